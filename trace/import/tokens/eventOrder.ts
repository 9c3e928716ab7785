/** Whether a block's transfers can have happened in the order of their events, each from what its giver had by then. */
import { MOST_WEI } from "../evmFlow.ts";
import type { TransferEvent } from "./events.ts";
import { kindKey, type Standard, type TokenKind } from "./kinds.ts";
import { REASONS, type TokenBook } from "./tokenBook.ts";

/**
 * Plays transfers in their order. Refuses the tokens of which somebody would hold more than a resource can, or give
 * more than there is: a balance before and after the block says nothing of what lies in between.
 * @param before what an address holds before the first transfer
 * @param strict false if more may have been there, or come by other ways: then only too much is refused
 */
export function checkOrder(
  transfers: Iterable<TransferEvent>,
  before: (who: string, kind: TokenKind) => bigint,
  tokens: TokenBook,
  strict: boolean,
): void {
  const held = new Map<string, bigint>();
  for (const event of transfers) {
    const { kind, amount } = event;
    if (!tokens.isTransfer(event) || tokens.why(event) !== null) continue;
    const key = kindKey(kind);
    const of = (who: string): bigint => held.get(`${who} ${key}`) ?? before(who, kind);
    if (event.from !== null) {
      const left = of(event.from) - amount;
      if (left < 0n && strict) {
        const what = `${event.from} gives ${amount} of ${key}, and has ${left + amount} by then`;
        tokens.refused.set(kind.token, `its balances do not follow its events: ${what}`);
        continue;
      }
      held.set(`${event.from} ${key}`, left < 0n ? 0n : left);
    }
    if (event.to === null) continue;
    const sum = of(event.to) + amount;
    held.set(`${event.to} ${key}`, sum);
    if (sum <= mostOf(kind.standard)) continue;
    const twice = `its owners do not follow its events: ${key} is given to ${event.to} twice`;
    tokens.refused.set(kind.token, kind.standard === "ERC-721" ? twice : REASONS.huge);
  }
}

const mostOf = (standard: Standard): bigint => (standard === "ERC-721" ? 1n : MOST_WEI);

/**
 * Refuses tokens that follow ERC-20 and ERC-721: both have the same `balanceOf`, so it does not tell of which it
 * speaks.
 * @param known whether the map knows kinds of the standard
 */
export function refuseMixed(
  transfers: Iterable<TransferEvent>,
  tokens: TokenBook,
  known: (token: string, standard: Standard) => boolean,
): void {
  const seen = new Map<string, Standard>();
  for (const event of transfers) {
    const { token, standard } = event.kind;
    if (standard === "ERC-1155" || !tokens.isTransfer(event) || tokens.refused.has(token)) continue;
    const other = standard === "ERC-20" ? "ERC-721" : "ERC-20";
    if (seen.get(token) === other || known(token, other)) {
      tokens.refused.set(token, "it follows ERC-20 and ERC-721, and balanceOf does not tell of which it speaks");
    }
    seen.set(token, standard);
  }
}
