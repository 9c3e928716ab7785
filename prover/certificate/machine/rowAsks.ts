/** What the comparison rests on besides the machine's ways: a row is one operation, and asks its actor to sign. */
import { CHAIN } from "../../../trace/layout.ts";
import { plus, Refusal, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Names } from "../names.ts";
import type { Propagator } from "../propagate.ts";
import type { Row } from "../rows/row.ts";
import type { Goal } from "./handedOn.ts";
import type { RowCase } from "./rowCase.ts";
import type { Values } from "./values.ts";

/** Whether a constraint says that exactly one of the bits of all operations is 1, and each of them is a bit. */
export function isOneOperation(own: Propagator, row: Row): boolean {
  try {
    const bits = own.checker.oneOf(row.ones);
    // A bit that is known to be 0 adds nothing to the sum.
    const all = row.bits.filter((bit) => bit !== 0 && own.checker.facts.constant(bit) !== 0n);
    return bits.length === all.length && all.every((bit) => bits.includes(bit));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return false;
  }
}

/**
 * What is not shown of the signature that a row asks for: where the effect is the actor's own, which the words that it
 * leaves say, the actor must sign, but for the chain of a moored map.
 */
export function notAsked(own: RowCase, { unread }: Values, row: Row, names: Names): Goal[] {
  const [asked, signed, actor] = ["tuples.signed", "signed", "op.actor"].map((name): Sum => {
    const signal = row.named.get(name);
    if (signal === undefined) throw new Error(`row ${row.number} has no signal ${name}`);
    return new Map([[signal, 1n]]);
  }) as [Sum, Sum, Sum];
  const rest = own.normal(plus(asked, signed, -1n));
  if (rest.size === 0) return [];
  const moored: Sum = new Map([[names.signals.get("spanBits[128]") as number, 1n]]);
  const is = (sum: Sum, value: bigint): boolean => own.normal(plus(sum, new Map([[0, 1n]]), -value)).size === 0;
  if (is(moored, 1n) && is(actor, BigInt(CHAIN)) && is(asked, 0n)) return [];
  unread.push(rest);
  return [["the signature is asked for", [rest]]];
}
