/**
 * Who may propose effects, and whose approval a group needs. A program acts for itself alone, with the key that it has
 * at that moment. The operator acts for open programs. An approval counts while its key is the program's.
 */
import { checkEffect } from "../../trace/effects/checkEffect.ts";
import type { Effect } from "../../trace/effects/effects.ts";
import { keyIn } from "../../trace/effects/found.ts";
import { InvalidEffectError, InvalidInputError } from "../../trace/errors.ts";
import { mustSign } from "../../trace/layout.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import type { Approval } from "./journalLines.ts";
import type { Caller, Proposal } from "./types.ts";

/** Most effects in a proposal. No profile has as many rows. */
const MOST_PARTS = 256;

/** The programs that act, each once, in rising order. */
export function actorsOf({ parts }: Pick<Proposal, "parts">): number[] {
  return [...new Set(parts.map(({ actor }) => actor))].sort((a, b) => a - b);
}

/**
 * Checks everything about a proposal that needs no state.
 * @param mostAhead how far ahead its `validUntil` may lie
 * @throws InvalidInputError naming the field
 */
export function checkProposal({ id, parts, validUntil }: Proposal, now: number, mostAhead: number): void {
  if (typeof id !== "string" || !/^[0-9a-f]{32}$/.test(id))
    throw new InvalidInputError("id", "is not 32 hexadecimal digits; choose them at random");
  if (!Number.isSafeInteger(validUntil)) throw new InvalidInputError("validUntil", "is no time in whole seconds");
  if (validUntil < now) throw new InvalidInputError("validUntil", `is ${validUntil}, and it is ${now} already`);
  if (validUntil > now + mostAhead)
    throw new InvalidInputError("validUntil", `is ${validUntil}; give a time up to ${now + mostAhead}`);
  if (!Array.isArray(parts) || parts.length === 0 || parts.length > MOST_PARTS)
    throw new InvalidInputError("parts", `are 1 to ${MOST_PARTS} effects`);
  parts.forEach((part: Proposal["parts"][number] | null, i) => {
    const { actor = 0, effect } = part ?? {};
    if (!Number.isSafeInteger(actor) || actor < 1)
      throw new InvalidInputError(`parts[${i}].actor`, `is ${actor}; give the number of a program`);
    checkGiven(effect as Effect);
    if (parts.length > 1 && effect?.effect === "AtomicBatch") {
      throw new InvalidInputError(
        `parts[${i}].effect`,
        "is an AtomicBatch; a proposal of several effects is one group, so list its effects as parts",
      );
    }
  });
}

/** The same error as in code, without the place of the call, which is here. */
function checkGiven(effect: Effect): void {
  try {
    checkEffect(effect);
  } catch (error) {
    throw error instanceof InvalidEffectError ? error.calledAt(undefined) : error;
  }
}

/**
 * The approvals that the caller gives to a group by asking for it.
 * @throws InvalidInputError if it is not the caller's, or a program does not exist
 */
export function approvalsBy(by: Caller, proposal: Proposal, map: TimeMap): Approval[] {
  const keys = keysOf(proposal, map);
  if (by.kind === "operator")
    return [...keys]
      .filter(([program, key]) => !mustSign(program, key))
      .map(([program, authority]) => ({ program, authority }));
  requireOwnKey(by, map);
  if (keys.has(by.program)) return [{ program: by.program, authority: by.authority }];
  throw new InvalidInputError(
    "actor",
    `program ${by.program} acts in no part; a program asks for its own effects, alone or with others'`,
  );
}

/** The programs whose approval a group lacks, in rising order. Open programs and the chain lack the operator's. */
export function missingFrom(proposal: Proposal, approvals: readonly Approval[], map: TimeMap): number[] {
  return missingOf(actorsOf(proposal), approvals, map);
}

/** The same for programs that are known already. */
export function missingOf(actors: readonly number[], approvals: readonly Approval[], map: TimeMap): number[] {
  const has = (program: number, key: bigint): boolean =>
    approvals.some((given) => given.program === program && given.authority === key);
  return actors.filter((program) => !has(program, keyIn(map, program) ?? 0n));
}

/** The programs of a proposal that have a key. */
export function keyedActors(proposal: Proposal, map: TimeMap): number[] {
  return actorsOf(proposal).filter((program) => mustSign(program, keyIn(map, program) ?? 0n));
}

function keysOf(proposal: Proposal, map: TimeMap): Map<number, bigint> {
  const keys = new Map<number, bigint>();
  for (const program of actorsOf(proposal)) {
    const key = keyIn(map, program);
    if (key === undefined) throw new InvalidInputError("actor", `there is no program ${program}`);
    keys.set(program, key);
  }
  return keys;
}

function requireOwnKey({ program, authority }: Extract<Caller, { kind: "program" }>, map: TimeMap): void {
  const key = keyIn(map, program);
  if (key === undefined) throw new InvalidInputError("program", `there is no program ${program}`);
  if (!mustSign(program, key)) {
    const what = key === 0n ? "open" : "the chain";
    throw new InvalidInputError("program", `${program} is ${what}: it has no key, and the operator acts for it`);
  }
  if (key !== authority)
    throw new InvalidInputError("program", `${program} has another key now; ask with the key that it has`);
}
