/** What lies in a map, who is entitled to it, and what the registry has and owes. */
import { isEntitled } from "../../../trace/crossing/entitled.ts";
import { isAsset, labelOf, programOf } from "../../../trace/layout.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import type { Held } from "./model.ts";
import { ETHER, TOKEN, type World } from "./world.ts";

/** An asset in a map. */
export interface Lying {
  readonly location: number;
  readonly label: number;
  readonly quantity: bigint;
  readonly holder: number;
  readonly escrowFrom: number;
  readonly deadline: number;
}

/** Every asset of a map. */
export function assetsIn(map: TimeMap): Lying[] {
  const found: Lying[] = [];
  for (const location of map.addresses()) {
    const cell = map.cell(location);
    if (cell.type !== "resource" || !isAsset(cell.kind)) continue;
    const { quantity, escrowFrom, deadline } = cell;
    found.push({ location, label: labelOf(cell.kind), quantity, holder: programOf(location), escrowFrom, deadline });
  }
  return found;
}

/** What the registry owes of an asset: open deposits, purses, accounts, and the fees of open requests. */
export function due(held: Held, label: number): bigint {
  let sum = 0n;
  for (const map of held.maps) {
    for (const open of map.deposits.values()) if (open.label === label) sum += open.quantity;
    sum += map.purse.get(label) ?? 0n;
    if (label === ETHER) for (const { fee } of map.requests.values()) sum += fee;
  }
  for (const [key, quantity] of held.owed) if (key.endsWith(` ${label}`)) sum += quantity;
  return sum;
}

/** What the registry has of an asset. */
export async function held({ ask, registry, odd }: World, label: number): Promise<bigint> {
  if (label === ETHER) return BigInt(String(await ask("eth_getBalance", [registry.address, "latest"])));
  const data = odd.tokenAbi.encodeFunctionData("balanceOf", [registry.address]);
  const to = label === TOKEN ? odd.token : odd.odd;
  return BigInt(String(await ask("eth_call", [{ to, data }, "latest"])));
}

/** Somebody who is entitled to it now. There always is. */
export function entitledTo(asset: Lying, now: number): number[] {
  const all = [...new Set([asset.holder, asset.escrowFrom])].filter((program) => program !== 0);
  return all.filter((program) => isEntitled(program, asset, now));
}
