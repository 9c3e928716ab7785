/** Amounts of the three assets. */
import { TimeBanditsError } from "../../trace/errors.ts";

/** Ether, a token by the book, and a token that keeps a fee on each transfer. */
export const ASSETS = ["ETH", "plain", "fee"] as const;
export type AssetName = (typeof ASSETS)[number];
export type Amounts = Record<AssetName, bigint>;

/** None of any. */
export function none(): Amounts {
  return { ETH: 0n, plain: 0n, fee: 0n };
}

/** Adds to the first. */
export function add(to: Amounts, more: Partial<Amounts>): void {
  for (const name of ASSETS) to[name] += more[name] ?? 0n;
}

/** For a file of JSON. */
export function asTexts(amounts: Amounts): Record<AssetName, string> {
  return { ETH: `${amounts.ETH}`, plain: `${amounts.plain}`, fee: `${amounts.fee}` };
}

/** What the test found wrong. */
export class WalkawayError extends TimeBanditsError {
  constructor(message: string) {
    super("walkaway", message);
  }
}

/** @throws WalkawayError unless it holds */
export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new WalkawayError(otherwise);
}

/** @throws WalkawayError unless the amounts are the same */
export function mustBe(what: string, found: Amounts, wanted: Amounts): void {
  for (const name of ASSETS)
    must(found[name] === wanted[name], `${what}: ${found[name]} of ${name}, and not ${wanted[name]}`);
}
