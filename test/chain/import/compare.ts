/** Compares what a map says of everybody with what the chain itself says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BLOCKS_FILE, parseBlocks, tablesAfter } from "../../../trace/import/blocks/blockLines.ts";
import { kindKey } from "../../../trace/import/tokens/kinds.ts";
import { programOf } from "../../../trace/layout.ts";
import { replayDirectory } from "../../../trace/replay/replay.ts";
import { finalBalances } from "../balances.ts";
import type { World } from "../world.ts";

/** Holdings by address and kind (`wei`, a token's address, or that with standard and number). */
export function holdings(dir: string): { held: Map<string, bigint>; addresses: Set<string>; refused: Set<string> } {
  const { header, lines } = parseBlocks(readFileSync(join(dir, BLOCKS_FILE), "utf8"));
  const { tables, refused } = tablesAfter(header, lines);
  const names = new Map(tables.programs.map(([program, name]) => [program, name.split(" #")[0] ?? ""]));
  const kinds = new Map(tables.kinds.map(([kind, of]) => [kind, kindKey(of)]));
  const { map } = replayDirectory(dir);
  const held = new Map<string, bigint>();
  for (const at of map.addresses()) {
    const cell = map.cell(at);
    if (cell.type !== "resource") continue;
    const key = `${names.get(programOf(at))} ${kinds.get(cell.kind) ?? "wei"}`;
    held.set(key, (held.get(key) ?? 0n) + cell.quantity);
  }
  return { held, addresses: new Set(names.values()), refused: new Set(refused.keys()) };
}

/**
 * Every difference, in words. Addresses that the map does not know are compared for tokens, not for wei.
 * @param which `all`: the import saw every block; `touched`: holdings that it never touched are not compared
 */
export async function differences(
  world: World,
  dir: string,
  block: number,
  which: "all" | "touched" = "all",
): Promise<string[]> {
  const { held, addresses, refused } = holdings(dir);
  const chain = await finalBalances(world, block);
  const expected = new Map<string, bigint>();
  for (const [who, wei] of chain.ether) if (addresses.has(who)) expected.set(`${who} wei`, wei);
  for (const [token, amounts] of chain.tokens) {
    if (refused.has(token)) continue;
    for (const [who, amount] of amounts) expected.set(`${who} ${token}`, amount);
  }
  for (const [token, owners] of chain.nfts) {
    for (const [id, who] of owners) expected.set(`${who} ${token} ERC-721 ${id}`, 1n);
  }
  for (const [pair, amount] of chain.multi) {
    const [who, id] = pair.split(" ");
    expected.set(`${who} ${world.contracts.multi.address} ERC-1155 ${id}`, amount);
  }
  const issuer = "ethereum";
  return [...new Set([...held.keys(), ...(which === "all" ? expected.keys() : [])])]
    .filter((key) => !key.startsWith(issuer) && (held.get(key) ?? 0n) !== (expected.get(key) ?? 0n))
    .map((key) => `${key}: ${held.get(key) ?? 0n} in the map, ${expected.get(key) ?? 0n} on the chain`);
}
