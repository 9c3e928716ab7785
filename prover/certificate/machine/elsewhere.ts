/** Refusals of the machine that are not a row's: something else sees to them. */
import type { Condition, Test } from "../equations/explore.ts";
import { textOf } from "../equations/linear.ts";
import type { Path } from "../equations/paths.ts";

/** By the last test of a way that the machine refuses. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/^row\.seq - 4294967296 nonnegative/, "a map has room for 2^32 transitions"],
  [/^([AB]\.(steps|clock)|max\(A\.clock, B\.clock\)) - 4294967295 nonnegative/, "a map has room for 2^32 transitions"],
  [/^row\.(actor|peer) - 1 negative/, "no program has the number 0"],
  [/^row\.(source|destination|authority)\.(slot|program) zero/, "slot 0 holds a program's header (memory)"],
  [/^row\.(source|destination|authority)\.program - 1 negative/, "no program has the number 0"],
  [/^256\*row\.(\w+)\.program \+ row\.\1\.slot zero/, "no program has the number 0"],
  [/^progress\.rotated nonzero/, "the signature table has one key for each program of a batch"],
  [/^(- )?row\.(actor|peer) [-+] row\.(actor|peer) zero/, "a row finds a cell once (memory)"],
  [/map\.programs/, "programs are numbered without gaps (memory)"],
];
/** By the invariant, and the last test. */
const BY_INVARIANT: readonly (readonly [string, Condition["is"], string])[] = [
  ["group-disjoint", "zero", "a row finds a cell once (memory)"],
];
/** By where the machine refuses. */
const PLACES: readonly (readonly [RegExp, string])[] = [
  [/^trace\/machine\/rules\/chain\.ts/, "the registry of a moored map refuses it"],
];
/** What a registry looks at: the invariant, or the field of an input. */
const REGISTRY: ReadonlySet<string> = new Set(["chain-approved", "resource", "conservation"]);
/** One operation has two names: which one it is follows from the cell. */
const OTHER_NAME = "it is the other of Clear and RevokeCapability";

/** What sees to a refusal, if it is not the row. */
export function elsewhere({ conditions, outcome }: Path): string | null {
  if (outcome.accepted) return null;
  const isRegistry = REGISTRY.has(outcome.invariant);
  const place = isRegistry ? PLACES.find(([pattern]) => pattern.test(outcome.where)) : undefined;
  if (place !== undefined) return place[1];
  if (outcome.invariant === "argument.cleared") return OTHER_NAME;
  const last = lastOf(conditions.at(-1));
  if (last === null) return null;
  const by = BY_INVARIANT.find(([name, is]) => name === outcome.invariant && is === last.is);
  if (by !== undefined) return by[2];
  const text = `${textOf(last.sum)} ${last.is}`;
  return ELSEWHERE.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

const lastOf = (test: Test | undefined): Condition | null => (test === undefined || "any" in test ? null : test);
