/** The point at which a proof of a moored map states the value of its rows (docs/reference/protocol.md, section 7). */
import { keccak256, solidityPacked } from "ethers";
import { type RowWords, type TimedRow, valueAt, wordsOf } from "../../trace/commitment/channel.ts";
import type { PublicInputs, Span } from "../../trace/commitment/commit.ts";
import { FIELD } from "../../trace/layout.ts";

/** The inputs that the point is drawn from. */
type Drawn = Omit<PublicInputs, "point" | "value">;

/**
 * The point: keccak256(domain ‖ preRoot ‖ postRoot ‖ traceRoot ‖ span ‖ words), each in 32 bytes, modulo the field's
 * order. `traceRoot` fixes the proven words before the point is known. So another list of words has the same value at
 * it by chance only: once in 2^242 tries, for 768 rows.
 */
export function pointOf({ domain, preRoot, postRoot, traceRoot, span }: Drawn, rows: readonly RowWords[]): bigint {
  const words = [domain, preRoot, postRoot, traceRoot, span, ...rows.flat()];
  return (
    BigInt(
      keccak256(
        solidityPacked(
          words.map(() => "uint256"),
          words,
        ),
      ),
    ) % FIELD
  );
}

/** The last two inputs of a batch's statement. A map that is not moored has 0 and 1 in every one. */
export function channelInputs(
  drawn: Drawn,
  span: Span,
  transitions: readonly TimedRow[],
): Pick<PublicInputs, "point" | "value"> {
  if (!span.moored) return { point: 0n, value: 1n };
  const rows = transitions.map((row) => wordsOf(row, span.notBefore));
  const point = pointOf(drawn, rows);
  return { point, value: valueAt(rows, point) };
}
