/** What a row's certificate looks at in each operation, beyond what follows by itself. */

/** A sum of a row's signals: names as in `Row`, and factors. */
export type By = readonly (readonly [name: string, factor: bigint])[];

export type Step =
  /** Both values of a bit that is known. `only`: with constraints of these signals alone. */
  | { readonly split: string; readonly in?: readonly [readonly Step[], readonly Step[]]; readonly only?: RegExp }
  /** Both values of a bit that is not known; `by` lies elsewhere in each. */
  | {
      readonly apart: string;
      readonly by: By;
      /** Signals that are replaced by what they are sums of, so that they are gone from `by`. */
      readonly through?: readonly string[];
      readonly in?: readonly [readonly Step[], readonly Step[]];
    }
  /** Both values of a bit that is not known, for what `by` of the step around it lies between. */
  | { readonly either: string }
  /** Assumed to lie between two numbers. */
  | { readonly within: string; readonly low: bigint; readonly high: bigint; readonly reason: string }
  /** Not known, and harmless. */
  | { readonly free: readonly string[]; readonly reason: string }
  /** Of two bits or more that have the sum 1: the one that is 1 has a number that is known. */
  | { readonly index: string }
  /** Between what a signal lies, with others replaced by what they are sums of. */
  | { readonly bound: string; readonly through: readonly string[] }
  /** The parts of a known number, with signals replaced by what they are sums of. */
  | { readonly parts: string; readonly through: readonly string[] }
  /** The signal is a factor of what is not 0. */
  | { readonly positive: string };

export const REASONS = {
  programs: "no program has the number 0: no genesis has a cell of it, and no operation makes one",
  ids: "no resource has the id 0: whoever makes one gives it a number above 2^32",
  guards: "the guard in an entry is 0 or 1: DeclareEntry lets no other be written",
  term: "of an escrow without a deadline it may be said that it has passed: nothing that is kept depends on it",
  scoped: "where the capability names no slot and the new one none: both say the same",
  subjected: "where the resource is 0, any resource: both say the same",
} as const;

const program = (within: string): Step => ({ within, low: 1n, high: (1n << 24n) - 1n, reason: REASONS.programs });

const late: Step = { free: ["op.term", "choice.after"], reason: REASONS.term };

/** A capability in use names one slot or not, and ends or not. */
const inUse: readonly Step[] = [
  program("op.peer"),
  { parts: "found.xWords[1]", through: ["capability.low"] },
  { apart: "choice.scoped", by: [["CapabilityInUse.scopeFound", 1n]] },
  { apart: "choice.expires", by: [["CapabilityInUse.expiry", 1n]] },
  { split: "choice.expires" },
];

const ofRank = /^(choice\.rank|found\.sWatch|Watches\.(hit|taken)|watchRank|choice\.checkTurn)/;
/** The lowest rank that is free. */
const rankThatIsFree: Step = [0, 1, 2, 3].reduceRight<Step[]>(
  (inner, i) => [{ split: `found.sWatch[${i}]`, only: ofRank, in: [inner, inner] }],
  [1, 2, 3, 2, 1].map((i) => ({
    bound: `choice.rank[${i}]`,
    through: ["watchRank.number", "Watches.taken[1]", "Watches.taken[2]", "Watches.taken[3]"],
  })),
)[0] as Step;

const owed = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `previous.owedChecks.${i < 4 ? "s" : "d"}[${i % 4}]`);
const ofTurn = /^(choice\.checkTurn|Watches\.hit|previous\.owedChecks\.[sd]\[|found\.sWatch)/;
/** The first Check that is owed. */
const firstOwed: Step = owed.reduceRight<Step[]>(
  (inner, split, i) => [{ split, only: ofTurn, in: [inner, [{ positive: `found.sWatch[${i % 4}]` }]] }],
  [],
)[0] as Step;

/** A comparison says yes or no: the numbers that it compares decide. */
const fired: Step = {
  apart: "choice.fired",
  by: [["Watches.pending.Condition.lead", 1n]],
  through: ["Watches.pending.Condition.firedLead"],
};

export const STEPS: Readonly<Record<string, readonly Step[]>> = {
  CreateProgram: [{ split: "columns.header", in: [[], [{ parts: "found.xWords[0]", through: ["CellX.headerSeq"] }]] }],
  ClaimFromProgram: [
    {
      split: "columns.claimSelf",
      in: [
        [
          ...inUse,
          { within: "op.resource", low: 1n, high: (1n << 64n) - 1n, reason: REASONS.ids },
          { apart: "choice.subjected", by: [["capability.subject", 1n]] },
          late,
        ],
        [
          program("op.actor"),
          { apart: "choice.inPlace", by: [["at.d", 1n]] },
          {
            split: "choice.inPlace",
            in: [
              [{ apart: "choice.before", by: [["deadline", 1n]] }, { split: "choice.before" }],
              [
                {
                  apart: "choice.before",
                  by: [
                    ["deadline", 1n],
                    ["next.time", -1n],
                  ],
                  through: ["deadline", "CellS.ahead", "CellS.passed"],
                  in: [[{ either: "choice.after" }], []],
                },
                { split: "choice.before", in: [[late], []] },
              ],
            ],
          },
        ],
      ],
    },
  ],
  RevokeResource: [late],
  InvokeProgram: [
    { within: "op.scope", low: 0n, high: 1n, reason: REASONS.guards },
    {
      split: "columns.self",
      in: [[{ split: "columns.guarded", in: [[], inUse] }], [{ split: "columns.guarded", in: [[], inUse] }]],
    },
  ],
  Pass: [{ split: "columns.self" }],
  DelegateCapability: [
    { apart: "choice.derives", by: [["tuples.address[4]", 1n]], in: [[], [program("op.holder")]] },
    {
      split: "choice.derives",
      in: [
        [],
        [
          program("CapabilityInUse.root"),
          { parts: "found.xWords[1]", through: ["capability.low"] },
          {
            apart: "choice.narrows",
            by: [
              ["op.scope", 1n],
              ["CapabilityInUse.scopeFound", -1n],
            ],
            through: ["CapabilityInUse.scopeFound", "CapabilityInUse.aimLent"],
            in: [[{ either: "choice.scoped" }], [{ either: "choice.scoped" }]],
          },
          {
            apart: "choice.expires",
            by: [["CapabilityInUse.expiry", 1n]],
            in: [[], [{ positive: "capability.lentTerm" }]],
          },
          { split: "choice.expires" },
          { free: ["choice.scoped", "CapabilityInUse.unscopedParent"], reason: REASONS.scoped },
          { free: ["choice.subjected"], reason: REASONS.subjected },
        ],
      ],
    },
  ],
  Clear: [{ index: "found.clears" }],
  WatchResource: [rankThatIsFree, { index: "choice.condition" }, { split: "columns.watchBy", in: [[], inUse] }],
  Unwatch: [{ split: "columns.self" }, { index: "choice.rank" }],
  Check: [
    { split: "columns.self" },
    firstOwed,
    { index: "choice.condition" },
    {
      split: "choice.condition[0]",
      in: [[{ split: "choice.condition[1]", in: [[], [fired]] }], [fired]],
    },
  ],
};
