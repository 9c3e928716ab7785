/** Who may leave a moored map with what lies in a cell (docs/reference/protocol.md, section 8). */
import { GRACE } from "../layout.ts";

/** How a resource lies in its cell. */
export interface Lying {
  /** The program in whose memory it lies. */
  readonly holder: number;
  /** The program that has put it there in escrow; 0 = its holder owns it outright. */
  readonly escrowFrom: number;
  /** The escrow's deadline, in seconds since 1970; 0 = none. */
  readonly deadline: number;
}

/**
 * Whether a program is entitled to a resource at a time. It is what the rules of the map say: the holder may claim an
 * escrow before its deadline, and again when its giver has left it there for the grace; the giver may take it back from
 * the deadline on.
 *
 * @param time in seconds since 1970
 *
 * @example
 * isEntitled(3, { holder: 3, escrowFrom: 0, deadline: 0 }, 1_790_000_000); // true: it owns it
 */
export function isEntitled(program: number, { holder, escrowFrom, deadline }: Lying, time: number): boolean {
  if (escrowFrom === 0) return program === holder;
  const ended = deadline === 0 || time >= deadline;
  if (program === escrowFrom && ended) return true;
  return program === holder && (deadline === 0 || time < deadline || time >= deadline + GRACE);
}
