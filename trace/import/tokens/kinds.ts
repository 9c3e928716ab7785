/** Tokens and wei as kinds: one kind for wei, one for each ERC-20 token, one for each id of an ERC-721 or ERC-1155. */

/** The standard whose events a token follows. */
export type Standard = "ERC-20" | "ERC-721" | "ERC-1155";

/** A kind as the chain names it. */
export interface TokenKind {
  /** The token's contract, in lower case. */
  token: string;
  standard: Standard;
  /** Number of the token within its contract; null for ERC-20. */
  id: bigint | null;
}

/** A key that is equal for equal kinds. */
export function kindKey({ token, standard, id }: TokenKind): string {
  return id === null ? token : `${token} ${standard} ${id}`;
}

/** Address 0: events name it for nobody, but some tokens keep what is sent there. */
export const ZERO = `0x${"0".repeat(40)}`;

/** Kind of the chain's own coin, as a key beside those of tokens. */
export const WEI = "wei";

/** A kind's name without a symbol: its contract, and the number of the token. */
export function kindName({ token, id }: TokenKind): string {
  return id === null ? `token ${token}` : `token ${token} #${id}`;
}
