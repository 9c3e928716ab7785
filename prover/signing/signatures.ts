/**
 * The signatures that a batch needs, and the table in which the circuit finds them (docs/reference/protocol.md, section
 * 6).
 */

import { span } from "../../trace/describe/count.ts";
import { programText } from "../../trace/describe/names.ts";
import { InvalidInputError, RefusedError } from "../../trace/errors.ts";
import { authorityAsked } from "../../trace/machine/rowShape.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import type { LogSignature } from "../../trace/signing/signature.ts";

/**
 * FILLER_SIGNATURE of trace/signing/signature.ts. With the curve's base point as key it is valid for any message, so it
 * fills entries that require no signature. It is written out so that replaying and planning need not load the curve.
 */
export const FILLER: Readonly<LogSignature> = {
  key: [
    5299619240641551281634865583518297030282874472190772894086521144482721001553n,
    16950150798460657717958625567821834550301663161624707787222815936182638968203n,
  ],
  r: [0n, 0n],
  s: 0n,
};

/** A signature that a batch needs: one for each program with an authority that acts in it. */
export interface WantedSignature {
  program: number;
  /** The key that must sign: y of a Baby Jubjub key. */
  authority: bigint;
  /** Log of the program after the batch: the signed message. */
  log: bigint;
  /** Number of rows that require it. */
  uses: number;
}

/** A given signature, and the end of its validity in seconds since 1970. */
export interface GivenSignature {
  validUntil: number;
  signature: LogSignature;
}

/**
 * Finds a given signature for this program, log and authority that is valid at least until the end of the batch
 * (`until`, seconds since 1970).
 */
export type SignatureBook = (wanted: WantedSignature, until: number) => GivenSignature | undefined;

/** A missing signature, and the batch that cannot be proven without it. */
export interface MissingSignature {
  program: number;
  /** The program's name in the manifest. */
  name: string | null;
  authority: bigint;
  log: bigint;
  firstSeq: number;
  lastSeq: number;
}

/** The signatures that a batch lacks. */
export function missingOf(
  wanted: readonly WantedSignature[],
  transitions: readonly Transition[],
  names: Readonly<Record<string, string>> = {},
): MissingSignature[] {
  const [firstSeq, lastSeq] = [transitions[0]?.seq ?? 0, transitions.at(-1)?.seq ?? 0];
  return wanted.map(({ program, authority, log }) => {
    return { program, name: names[program] ?? null, authority, log, firstSeq, lastSeq };
  });
}

/** A batch that cannot be proven before it is signed. */
export class MissingSignatureError extends RefusedError {
  /** The missing signatures of the first batch that lacks one, and of later batches as far as known. */
  readonly missing: readonly MissingSignature[];

  /** @param done the work done before, as a sentence without its end */
  constructor(missing: readonly MissingSignature[], dir = "DIR", done?: string) {
    const { firstSeq = 0, lastSeq = 0 } = missing[0] ?? {};
    const here = missing.filter((one) => one.firstSeq === firstSeq);
    const names = (list: readonly MissingSignature[]) => new Set(list.map(programText));
    const later = missing.length - here.length;
    const programs = [...new Set(missing.map(({ program }) => program))];
    const next = programs.length === 1 ? `--program ${programs[0]}` : `--program N, with N = ${programs.join(", ")}`;
    super(
      "log-signed",
      `${span("transition", firstSeq, lastSeq)} ${firstSeq === lastSeq ? "is" : "are"} not signed by ${[...names(here)].join(", ")}` +
        `${later === 0 ? "" : `, and later batches lack ${later} more`}; ${done === undefined ? "" : `${done}; `}` +
        `the key's holder runs: timebandits sign ${dir} ${next} --key FILE; then prove again`,
    );
    this.missing = missing;
  }
}

/**
 * The signatures that a batch needs, by program.
 * @throws InvalidInputError if a program acts under two authorities: a new one signs from the next batch on
 */
export function wantedSignatures(transitions: readonly Transition[]): WantedSignature[] {
  const wanted = new Map<number, WantedSignature>();
  for (const t of transitions) {
    const authority = authorityAsked(t);
    if (authority === 0n) continue;
    const known = wanted.get(t.actor);
    if (known !== undefined && known.authority !== authority) {
      throw new InvalidInputError("batch", `program ${t.actor} acts under two authorities; end the batch between them`);
    }
    wanted.set(t.actor, {
      program: t.actor,
      authority,
      log: t.columns.A.after[2],
      uses: (known?.uses ?? 0) + 1,
    });
  }
  return [...wanted.values()].sort((a, b) => a.program - b.program);
}

/**
 * The table's inputs: used entries first, by program, then fillers.
 * @param slots number of entries of the profile
 * @param until end of the batch
 */
export function tableInputs(
  wanted: readonly WantedSignature[],
  given: readonly GivenSignature[],
  slots: number,
  until: number,
): Record<string, bigint[] | bigint[][]> {
  const entries = Array.from({ length: slots }, (_, i) => {
    const entry = wanted[i] ?? { program: 0, authority: FILLER.key[1], log: 0n, uses: 0 };
    const { validUntil, signature } = given[i] ?? { validUntil: until, signature: FILLER };
    return { ...entry, active: wanted[i] === undefined ? 0n : 1n, validUntil, signature };
  });
  return {
    entryActive: entries.map((e) => e.active),
    entryProgram: entries.map((e) => BigInt(e.program)),
    entryUses: entries.map((e) => BigInt(e.uses)),
    entryKey: entries.map((e) => e.authority),
    entryKeyX: entries.map((e) => e.signature.key[0]),
    entryLog: entries.map((e) => e.log),
    entryValidUntil: entries.map((e) => BigInt(e.validUntil)),
    entryR: entries.map((e) => [...e.signature.r]),
    entryS: entries.map((e) => e.signature.s),
  };
}
