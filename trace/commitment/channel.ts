/**
 * The channel: what a moored map tells its chain of its rows (docs/reference/protocol.md, section 7). Each row gives
 * three words. A proof states the value of all words of its batch at one point, so the chain knows that the words it
 * was given are those of the proven rows.
 */
import { InvalidInputError } from "../errors.ts";
import { FIELD } from "../layout.ts";
import { packRow, type Row, type RowName, type Transition } from "../machine/transition.ts";

/** Most seconds between a batch's `notBefore` and a row of it, in a moored map: below 2^28. */
export const MOST_LAG = 2 ** 28 - 1;
/** Where a word has the row's time, and its bit `last`. */
const TIME_OFFSET = 224n;
const LAST_OFFSET = 252n;

/** The words of one row. */
export type RowWords = readonly [w1: bigint, w2: bigint, w3: bigint];

/** A row with its time, and whether it ends its group. */
export type TimedRow = Row & Pick<Transition, "at" | "last">;

/**
 * Rows whose argument is in the state before: the receiver's key, or the id merged into. It is not told twice.
 */
const NAMED: ReadonlySet<RowName> = new Set<RowName>([
  "EscrowToProgram",
  "Pass",
  "DelegateCapability",
  "JoinWith",
  "Merge",
]);

/**
 * The words of one row.
 *
 * - w1 = p1: operation, actor, peer, the three addresses, deadline, id. 253 bits.
 * - w2 = p2 + 2^224 (at − notBefore) + 2^252 last: kind, quantity, scope, rights, time, end of the group. 253 bits.
 * - w3 = argument, 0 where the state says it.
 *
 * @param row as it happened
 * @param notBefore of its batch, in seconds since 1970
 * @throws InvalidInputError "at" if it is before that, or more than {@link MOST_LAG} seconds later
 */
export function wordsOf(row: TimedRow, notBefore: number): RowWords {
  const later = row.at - notBefore;
  if (later < 0 || later > MOST_LAG)
    throw new InvalidInputError("at", `is ${later} seconds after the batch's begin, but 0 to ${MOST_LAG} can be told`);
  const [p1, p2, argument] = packRow(row);
  const fields = row.effect === "Lineage" ? 0n : p2;
  const word = fields + (BigInt(later) << TIME_OFFSET) + (BigInt(row.last) << LAST_OFFSET);
  return [p1, word, NAMED.has(row.effect) ? 0n : argument];
}

/**
 * The value of a list of words at a point, by Horner's rule: acc = 1; for each word, acc = acc · point + word. The
 * polynomial is monic, so the value depends on length and order, too.
 *
 * @param rows the words of each row
 * @param point a field element
 * @returns a field element
 *
 * @example
 * valueAt([[1n, 2n, 3n]], 10n); // 1123n
 */
export function valueAt(rows: readonly RowWords[], point: bigint): bigint {
  let acc = 1n;
  for (const words of rows) for (const word of words) acc = (acc * point + word) % FIELD;
  return acc;
}
