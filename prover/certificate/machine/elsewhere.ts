/** Refusals of the machine that are not a row's: something else sees to them. */
import type { Condition, Test } from "../equations/explore.ts";
import { textOf } from "../equations/linear.ts";
import type { Path } from "../equations/paths.ts";

/** By the last test of a way that the machine refuses. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/^row\.seq - 4294967296 nonnegative/, "a map has room for 2^32 transitions"],
  [/^([AB]\.(steps|clock)|max\(A\.clock, B\.clock\)) - 4294967295 nonnegative/, "a map has room for 2^32 transitions"],
  [/^row\.(source|destination|authority)\.slot zero/, "slot 0 holds a program's header (memory)"],
  [/^progress\.rotated nonzero/, "the signature table has one key for each program of a batch"],
  [/^- map\.programs \+ row\.peer - 1 nonzero/, "programs are numbered without gaps (memory)"],
];
/** What the registry of a moored map alone looks at (docs/reference/protocol.md, section 8), by the last test. */
const REGISTRY: readonly (readonly [string, RegExp])[] = [
  // The chain's program does nothing but its own three effects, and facts and recipients are the registry's.
  ["chain-approved", /^(?!map\.moored zero|row\.actor - 1 nonzero)/],
  ["resource", /^row\.resource /],
  ["conservation", /^row\.quantity zero/],
];
/** A row that opens its peer's header names another program than its own. */
const SELF = /^(- )?row\.(actor|peer) [-+] row\.(actor|peer) zero/;
const SHAPE = /^trace\/machine\/rowShape\.ts/;
const CHAIN = /^trace\/machine\/rules\/chain\.ts/;
/** One operation has two names: which one it is follows from the cell. */
const OTHER_NAME = "it is the other of Clear and RevokeCapability";

/** What sees to a refusal, if it is not the row. */
export function elsewhere({ conditions, outcome }: Path): string | null {
  if (outcome.accepted) return null;
  if (outcome.invariant === "argument.cleared") return OTHER_NAME;
  const last = lastOf(conditions.at(-1));
  const text = last === null ? "" : `${textOf(last.sum)} ${last.is}`;
  const isRegistry = REGISTRY.some(([name, test]) => name === outcome.invariant && test.test(text));
  if (isRegistry && CHAIN.test(outcome.where)) return "the registry of a moored map refuses it";
  const isOnce = outcome.invariant === "group-disjoint" || (SELF.test(text) && SHAPE.test(outcome.where));
  if (isOnce && last?.is === "zero") return "a row finds a cell once (memory)";
  return ELSEWHERE.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

const lastOf = (test: Test | undefined): Condition | null => (test === undefined || "any" in test ? null : test);
