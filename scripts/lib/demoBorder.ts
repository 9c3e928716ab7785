/** The border of the demonstration's moored map: Silver comes from the chain, and the map lets it in. */
import { InvalidInputError } from "../../trace/errors.ts";
import { SILVER_SLOT } from "../../trace/scenarios/seed.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { blockAt } from "../../verifier/chain/ask.ts";
import { assetOf, deposit, ETHER, purse, takeInRun } from "../../verifier/chain/crossing/index.ts";
import { type Chain, openRegistry } from "../../verifier/chain/registry.ts";

/** How much Silver is paid in, in wei. */
export const SILVER_PAID = 7n;
/** How long it may wait, in seconds. */
const WAITS = 3_600;

/** What happened at the border. */
export interface SilverArrived {
  /** Number of the deposit at the registry. */
  readonly number: bigint;
  readonly gasUsed: bigint;
  /** How many transitions it led to in the map: its entry, the Check of the watch on it, the trigger, and so on. */
  readonly transitions: number;
}

/**
 * Somebody pays Silver to B, into the slot that C watches; then the map's operator takes it in.
 * @param tracer of the run so far, for B's number and key
 */
export async function silverArrives(
  dir: string,
  chain: Chain,
  { registry: at, mapId, tracer }: { registry: string; mapId: string; tracer: Tracer },
): Promise<SilverArrived> {
  const registry = await openRegistry(chain, at);
  const b = tracer.program("B");
  const { timestamp } = await blockAt(chain.provider, "latest");
  const paid = await deposit(registry, mapId, {
    ...{ asset: await assetOf(registry, ETHER), quantity: SILVER_PAID, program: b.id, slot: SILVER_SLOT },
    ...{ authority: b.header().authority, deadline: timestamp + WAITS },
  });
  const { entered, waiting, added } = await takeInRun(dir, chain, { registry: at });
  if (entered.length !== 1) throw new InvalidInputError("deposit", waiting[0]?.why ?? "is not there");
  return { number: paid.number, gasUsed: paid.gasUsed, transitions: added };
}

/** What the map holds of Silver, by the registry. */
export async function silverInMap(chain: Chain, at: string, mapId: string): Promise<bigint> {
  return purse(await openRegistry(chain, at), mapId, ETHER);
}
