/** Functions of the standard interfaces of tokens, by selector. No other names are built in. */

/** By selector, in hexadecimal. */
export const STANDARD_FUNCTIONS: Readonly<Record<string, string>> = {
  "0x06fdde03": "name()",
  "0x95d89b41": "symbol()",
  "0x313ce567": "decimals()",
  "0x18160ddd": "totalSupply()",
  "0x70a08231": "balanceOf(address)",
  "0xa9059cbb": "transfer(address,uint256)",
  "0x23b872dd": "transferFrom(address,address,uint256)",
  "0x095ea7b3": "approve(address,uint256)",
  "0xdd62ed3e": "allowance(address,address)",
  "0x6352211e": "ownerOf(uint256)",
  "0x42842e0e": "safeTransferFrom(address,address,uint256)",
  "0xb88d4fde": "safeTransferFrom(address,address,uint256,bytes)",
  "0xa22cb465": "setApprovalForAll(address,bool)",
  "0x081812fc": "getApproved(uint256)",
  "0xe985e9c5": "isApprovedForAll(address,address)",
  "0xc87b56dd": "tokenURI(uint256)",
  "0x00fdd58e": "balanceOf(address,uint256)",
  "0x4e1273f4": "balanceOfBatch(address[],uint256[])",
  "0xf242432a": "safeTransferFrom(address,address,uint256,uint256,bytes)",
  "0x2eb2c2d6": "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)",
  "0x0e89341c": "uri(uint256)",
  "0x150b7a02": "onERC721Received(address,address,uint256,bytes)",
  "0xf23a6e61": "onERC1155Received(address,address,uint256,uint256,bytes)",
  "0xbc197c81": "onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)",
  "0x01ffc9a7": "supportsInterface(bytes4)",
  "0xd505accf": "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
  "0xd0e30db0": "deposit()",
  "0x2e1a7d4d": "withdraw(uint256)",
};

/** Functions by selector, in decimal; each with all its known texts, in the order of the alphabet. */
export function functionsBySelector(more: Iterable<readonly [selector: string, signature: string]> = []) {
  const found = new Map<string, Set<string>>();
  for (const [selector, signature] of [...Object.entries(STANDARD_FUNCTIONS), ...more]) {
    const number = BigInt(selector).toString();
    found.set(number, (found.get(number) ?? new Set()).add(signature));
  }
  return Object.fromEntries([...found].map(([number, all]) => [number, [...all].sort()]));
}
