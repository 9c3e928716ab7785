/** What the chain of a moored map lets in and takes out: A is the chain, B and C are other programs. */
import { address, RIGHT, TRIGGERED_ID } from "../../../trace/layout.ts";
import { triggerDigest } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Row } from "../../../trace/machine/transition.ts";
import { authority } from "../../lib/authorities.ts";
import { capability, SILVER } from "../../lib/build.ts";
import { came, ETH, entered, PRICE, RAIN, TOKEN } from "../../lib/moored.ts";
import type { Forged } from "../../lib/rowForger.ts";
import { A, B, C, eject, elsewhere, enter, ether, f, keyed, T, twice, watchCell } from "../lib/words.ts";
import type { Case } from "./forgery.ts";

type Attempt = [attempt: string, invariant: Case["invariant"], bad: Forged[], by: string];

/** Attempts at one rule, beside one group that happens. */
const against = (
  of: string,
  rule: string,
  cells: Case["cells"],
  good: Forged[],
  ...attempts: readonly Attempt[]
): Case[] =>
  attempts.map(([attempt, invariant, bad, by]) => ({
    ...{ of, rule, attempt, invariant, by, cells },
    good: [good],
    bad: [bad],
    moored: true,
  }));

/** The chain shows a fact in B's slot 5. */
const show = (n: number, quantity: bigint, more = {}) => enter(n, quantity, PRICE, more);
const into = (slot: number, program: number = B) => ({ destination: address(program, slot) });
const fact = (kind = PRICE, more = {}) => came([B, 5], kind, 8, 7n, more);
/** An asset of B's in its slot 5. */
const held = (more = {}) => came([B, 5], ETH, 1, 100n, more);
const promised = held({ escrowFrom: C, deadline: T + 9 });
const emptied = { inputs: { held: 0n } };
/** C watches B's slot 5 twice. */
const twoWatches = [
  watchCell([C, 1], [B, 5], { condition: 4 }),
  watchCell([C, 2], [B, 5], { condition: 2, rank: 1, threshold: 9n }),
];
const checkOf = (by: number, condition: number) =>
  rowOf("Check", C, { peer: B, source: address(B, 5), authority: address(C, by), argument: { condition } });
const watchIt = rowOf("WatchResource", B, {
  ...{ peer: B, source: address(B, 5), destination: address(B, 7) },
  argument: { condition: 5, trigger: 9n },
});

const ENTERS: readonly Case[] = [
  ...against(
    "Enter",
    "only the chain lets in",
    [],
    [f(enter(1, 100n))],
    ["let an asset in, as another program", "chain-approved", [f({ ...enter(1, 100n), actor: C })], "Row 1"],
    ["show a fact, as another program", "chain-approved", [f({ ...show(9, 8n), actor: C })], "Row 1"],
  ),
  ...against(
    "Enter",
    "an asset enters an empty slot, and takes nobody's place",
    [held(), { ...fact(), at: [B, 6] }],
    [f(enter(2, 5n, ETH, into(9)))],
    ["enter where an asset of its kind lies", "no-double-spend", [f(enter(2, 5n))], "CellD 10"],
    ["say that nothing lies there", "no-double-spend", [f(enter(2, 5n), emptied)], "CellD 10"],
    ["enter where another asset lies", "no-double-spend", [f(enter(2, 5n, TOKEN))], "CellD 10"],
    ["enter where a fact lies", "no-double-spend", [f(enter(2, 5n, ETH, into(6)))], "CellD 10"],
  ),
  ...against(
    "Enter",
    "a fact takes the place of one of its kind, and of nothing else",
    [fact(), { ...fact(RAIN), at: [B, 6] }, { ...held(), at: [B, 7] }],
    [f(show(9, 8n))],
    ["show it where another fact lies", "no-double-spend", [f(show(9, 8n, into(6)))], "CellD 10"],
    ["show it where an asset lies", "no-double-spend", [f(show(9, 8n, into(7)))], "CellD 10"],
    ["say that nothing lies there", "no-double-spend", [f(show(9, 8n, into(6)), emptied)], "CellD 10"],
  ),
  ...against(
    "Enter",
    "a fact takes no promised thing's place",
    [{ ...fact(PRICE, { escrowFrom: C }), at: [B, 6] }],
    [f(show(9, 8n))],
    ["show it where an escrow lies", "no-double-spend", [f(show(9, 8n, into(6)))], "CellD 10"],
  ),
  ...against(
    "Enter",
    "what enters goes to the receiver's inbox",
    [],
    [f(enter(1, 100n, ETH, into(4)))],
    ["enter below the inbox", "inbox-respected", [f(enter(1, 100n, ETH, into(3)))], "CellD 10"],
    ["enter another program's memory", "no-unscoped-access", [elsewhere(enter(1, 1n), "D", address(C, 5))], "Batch 6"],
  ),
  ...against(
    "Enter",
    "the row says whose key the receiver has",
    [keyed(B, 2)],
    [f(enter(1, 100n))],
    [
      "name another key",
      "log-signed",
      [f(enter(1, 100n, ETH, { argument: { peerAuthority: authority(3) } }))],
      "UnusedIsZero 12",
    ],
    ["name none", "log-signed", [f(enter(1, 100n, ETH, { argument: { peerAuthority: 0n } }))], "UnusedIsZero 12"],
  ),
  ...against(
    "Enter",
    "what enters is of a kind of the chain's",
    [],
    [f(enter(1, 100n))],
    ["let in what another program issues", "conservation", [f(enter(1, 100n, SILVER))], "SingleOperations 13"],
  ),
  ...against(
    "Enter",
    "the chain keeps nothing",
    [],
    [f(enter(1, 100n))],
    [
      "let something in to the chain's program",
      "invocation-causal",
      [f({ ...enter(1, 1n, ETH, into(5, A)), peer: A }, twice)],
      "CellD 10",
    ],
  ),
  ...against(
    "Enter",
    "what enters owes a Check of each watch on its slot",
    [{ at: [B, 5], type: "empty", watch: 0b11 }, ...twoWatches],
    [f(enter(1, 100n))],
    ["leave both out", "watch-deterministic", [f(enter(1, 100n))], "Effect 16"],
    ["leave the second out", "watch-deterministic", [f(enter(1, 100n)), f(checkOf(1, 4))], "Effect 16"],
  ),
  ...against(
    "Enter",
    "two things enter two slots of a group",
    [],
    [f(enter(1, 100n)), f(enter(2, 100n, ETH, into(6)))],
    ["show two facts in one slot", "group-disjoint", [f(show(1, 1n)), f(show(2, 2n))], "MemoryOrder 6"],
  ),
];

const EJECTS: readonly Case[] = [
  ...against(
    "Eject",
    "only the chain takes out",
    [held()],
    [f(eject(1, 100n))],
    ["take it out, as another program", "chain-approved", [f({ ...eject(1, 100n), actor: C })], "Row 1"],
    ["take it out, as its holder", "chain-approved", [f({ ...eject(1, 100n), actor: B, peer: C })], "Row 1"],
  ),
  ...against(
    "Eject",
    "the row says what leaves",
    [held()],
    [f(eject(1, 100n))],
    ["name another id", "no-double-spend", [f(eject(2, 100n))], "CellS 9"],
    ["name another kind", "conservation", [f(eject(1, 100n, { kind: TOKEN }))], "CellS 9"],
    ["name a larger quantity", "conservation", [f(eject(1, 101n))], "CellS 9"],
    ["leave a part", "conservation", [f(eject(1, 99n))], "CellS 9"],
    ["take out of an empty slot", "no-double-spend", [f(eject(1, 100n, { source: address(B, 6) }))], "CellS 9"],
  ),
  ...against(
    "Eject",
    "the row says who has promised it, and until when",
    [promised],
    [f(eject(1, 100n, { deadline: T + 9 }))],
    ["name nobody", "escrow-atomic", [f(eject(1, 100n, { deadline: T + 9, argument: { escrowFrom: 0 } }))], "CellS 9"],
    [
      "name another giver",
      "escrow-atomic",
      [f(eject(1, 100n, { deadline: T + 9, argument: { escrowFrom: B } }))],
      "CellS 9",
    ],
    ["name no deadline", "escrow-atomic", [f(eject(1, 100n))], "CellS 9"],
    ["name a later one", "escrow-atomic", [f(eject(1, 100n, { deadline: T + 10 }))], "CellS 9"],
    [
      "say that what is promised is owned",
      "escrow-atomic",
      [f(eject(1, 100n, { deadline: T + 9, argument: { escrowFrom: 0 } }), { inputs: { sEscrow: 0n } })],
      "CellS 9",
    ],
  ),
  ...against(
    "Eject",
    "the row says whose key the program has that leaves",
    [keyed(B, 2), held()],
    [f(eject(1, 100n))],
    [
      "name another key",
      "log-signed",
      [f(eject(1, 100n, { argument: { peerAuthority: authority(3) } }))],
      "UnusedIsZero 12",
    ],
  ),
  ...against(
    "Eject",
    "what leaves owes a Check of each watch on its slot",
    [{ ...held(), watch: 0b11 } as Case["cells"][number], ...twoWatches],
    [f(eject(1, 100n))],
    ["leave both out", "watch-deterministic", [f(eject(1, 100n))], "Effect 16"],
    [
      "leave the second out",
      "watch-deterministic",
      [f(eject(1, 100n)), f(checkOf(1, 4), { inputs: { fired: 1n } })],
      "Effect 16",
    ],
  ),
  ...against(
    "Eject",
    "it needs no right, and shows none",
    [
      held(),
      capability([B, 9], C, RIGHT.claim | RIGHT.delegate),
      capability([C, 9], A, RIGHT.claim, { nonce: 5, parent: address(B, 9) }),
    ],
    [f(eject(1, 100n))],
    [
      "open the line of a right first",
      "chain-approved",
      [f(rowOf("Lineage", A, { peer: C, source: address(B, 9), authority: address(C, 9) })), f(eject(1, 100n))],
      "CapabilityInUse 8",
    ],
  ),
  ...against(
    "Eject",
    "nothing enters and leaves in one group",
    [held()],
    [f(enter(2, 5n, ETH, into(6))), f(eject(1, 100n))],
    [
      "let it in and take it out",
      "group-disjoint",
      [f(enter(2, 5n, ETH, into(6))), f(eject(2, 5n, { source: address(B, 6) }))],
      "MemoryOrder 6",
    ],
  ),
];

const WATCHES: readonly Case[] = against(
  "WatchResource",
  "a slot of a moored map has two watches at most",
  [{ at: [B, 5], type: "empty", watch: 0b11 }, { at: [B, 6], type: "empty", watch: 0b01 }, ...twoWatches],
  [f({ ...watchIt, source: address(B, 6) })],
  ["set a third", "watch-deterministic", [f(watchIt)], "Watches 15"],
);

/** B lends the claim on one thing of its own. */
const lend = (subject: bigint) =>
  f(
    rowOf("DelegateCapability", B, {
      ...{ peer: C, destination: address(B, 7), resource: subject },
      argument: { scope: address(B, 5), rights: RIGHT.claim },
    }),
  );
const NAMED: readonly Case[] = against(
  "DelegateCapability",
  "a capability may name what came in, because the registry gave it its number",
  [held()],
  [lend(entered(1))],
  ["name what a trigger made", "log-signed", [lend(TRIGGERED_ID + 1n)], "SingleOperations 13"],
  ["name both", "log-signed", [lend(TRIGGERED_ID + entered(1))], "SingleOperations 13"],
  ["name a number beyond 56 bits", "log-signed", [lend(entered(1) + (1n << 56n))], "SingleOperations 13"],
);

/** A trigger of B's in which the chain acts, and one in which B does. */
const asTrigger = rowOf("Enter", A, {
  ...{ peer: C, destination: address(C, 5), ...ether(1, 5n) },
  argument: { peerAuthority: 0n },
});
const ownTrigger = rowOf("Retire", B, { source: address(B, 5), ...ether(8, 7n, PRICE) });
const fired = (slot: number, row: Row) =>
  watchCell([B, slot], [B, 9], { state: "fired", trigger: triggerDigest([row]) });
const pull = (slot: number, row: Row): Forged[] => [f(rowOf("Trigger", B, { authority: address(B, slot) })), f(row)];
const TRIGGERED: readonly Case[] = against(
  "Enter",
  "no trigger acts for the chain",
  [fact(), fired(1, ownTrigger), fired(2, asTrigger), fired(3, { ...asTrigger, actor: B })],
  pull(1, ownTrigger),
  ["let something in by a trigger", "no-unscoped-access", pull(2, asTrigger), "Group 2"],
  ["do it in the program's own name", "chain-approved", pull(3, { ...asTrigger, actor: B }), "Row 1"],
);
const created = (argument: Row["argument"]) =>
  rowOf("CreateProgram", A, { peer: 4, authority: address(C, 0), argument: { inbox: 4, ...argument } });
const CREATED: readonly Case[] = against(
  "CreateProgram",
  "the chain makes no open program",
  [],
  [f(created({ authority: authority(4) }))],
  ["make one", "log-signed", [f(created({ authority: 0n }))], "SingleOperations 13"],
);

/** Forgeries of the chain's rows, and of other rows in moored maps. */
export const CHAIN_ROWS: readonly Case[] = [...ENTERS, ...EJECTS, ...WATCHES, ...NAMED, ...TRIGGERED, ...CREATED];
