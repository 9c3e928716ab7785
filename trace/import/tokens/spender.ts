/** Who moves the tokens of another. */
import type { TransferEvent } from "./events.ts";

/** Functions of the standards that move tokens of another: they ask for an approval. */
export const ASKING: ReadonlySet<string> = new Set([
  "0x23b872dd", // transferFrom(address,address,uint256)
  "0x42842e0e", // safeTransferFrom(address,address,uint256)
  "0xb88d4fde", // safeTransferFrom(address,address,uint256,bytes)
  "0xf242432a", // safeTransferFrom(address,address,uint256,uint256,bytes)
  "0x2eb2c2d6", // safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)
  "0x79cc6790", // burnFrom(address,uint256)
  "0xb460af94", // withdraw(uint256,address,address) of a vault
  "0xba087652", // redeem(uint256,address,address) of a vault
]);

/** The address that moves the token of another, and so needs its approval; null if the owner or the token moves it. */
export function spenderOf({ kind, from, operator }: TransferEvent, caller: string): string | null {
  const by = operator ?? caller;
  return from === null || by === from || by === kind.token ? null : by;
}
