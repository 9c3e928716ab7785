/** What addresses hold of tokens. */
import type { TokenKind } from "../tokens/kinds.ts";
import type { Ledger } from "./ledger.ts";

/** Everything that addresses hold of tokens. */
export function* holdingsOf(ledger: Ledger): Generator<{ who: string; kind: TokenKind; amount: bigint }> {
  for (const { address, purses } of ledger.accounts) {
    for (const [number, { sum }] of purses) {
      const kind = ledger.kinds.get(number);
      if (kind !== undefined && sum > 0n) yield { who: address, kind, amount: sum };
    }
  }
}
