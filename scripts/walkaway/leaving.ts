/** Leaving a map with a key file and the chain alone. No operator is asked, and no file of one is read. */
import { join } from "node:path";
import type { Engine } from "../../prover/engines/engine.ts";
import { proveExit } from "../../prover/exits/proveExit.ts";
import { isEntitled } from "../../trace/crossing/entitled.ts";
import { address, isAsset, SLOTS } from "../../trace/layout.ts";
import { replayDirectory, snapshotAt } from "../../trace/replay/replay.ts";
import { readKeyFile } from "../../trace/signing/keyFile.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { blockAt } from "../../verifier/chain/ask.ts";
import { sendCall } from "../../verifier/chain/calls.ts";
import {
  type ExitRequest,
  leastFee,
  leaveFrozen,
  requestExit,
  waitingAtBorder,
} from "../../verifier/chain/crossing/index.ts";
import { proofWords } from "../../verifier/chain/key.ts";
import { rebuildRun } from "../../verifier/chain/rebuild.ts";
import { pinned, readMap } from "../../verifier/chain/registry.ts";
import { planLetOut } from "../../verifier/exits/planLetOut.ts";
import { must } from "./amounts.ts";
import type { Party } from "./parties.ts";
import type { Account, World } from "./world.ts";

const WEEK = 7 * 86_400;
let rebuilt = 0;

/** What somebody has made of the chain's events. */
export interface Seen {
  readonly dir: string;
  readonly map: TimeMap;
  /** Number of its root at the registry. */
  readonly root: number;
}

/** Makes the run again, and compares the root that replaying gives with the registry's. */
export async function look(world: World, mapId: string): Promise<Seen> {
  const { chain, address: registry } = world.registry;
  const dir = join(world.folder, `rebuilt-${++rebuilt}`);
  const { root } = await rebuildRun(chain, { registry, mapId, out: dir });
  const state = await readMap(world.registry, mapId);
  const { map } = replayDirectory(dir);
  must(map.root() === state.root && root === state.root, "the rebuilt run has another root than the registry");
  return { dir, map, root: state.advances };
}

/** Somebody who has a key, and sees the chain. */
export class Leaver {
  readonly #world: World;
  readonly #mapId: string;
  readonly #party: Party;
  readonly #engine: Engine;

  constructor(world: World, mapId: string, party: Party, engine: Engine) {
    this.#world = world;
    this.#mapId = mapId;
    this.#party = party;
    this.#engine = engine;
  }

  /** Addresses of cells with what the party is entitled to now. */
  async entitled({ map }: Seen): Promise<number[]> {
    const { timestamp } = await blockAt(this.#world.chain.provider, "latest");
    const { program } = this.#party;
    const found: number[] = [];
    for (let holder = 1; holder <= map.programs(); holder++) {
      for (let slot = 1; slot < SLOTS; slot++) {
        const cell = map.cell(address(holder, slot));
        if (cell.type !== "resource" || !isAsset(cell.kind)) continue;
        if (isEntitled(program, { holder, ...cell }, timestamp)) found.push(address(holder, slot));
      }
    }
    return found;
  }

  /** Asks for what lies in a cell. */
  async asks(seen: Seen, at: number): Promise<ExitRequest> {
    return await this.#asks(seen.map, seen.root, at);
  }

  /** Asks for what lay in a cell after an earlier transition. @param root number of the root there */
  async asksForThePast({ dir }: Seen, { seq, root }: { seq: number; root: number }, at: number): Promise<ExitRequest> {
    return await this.#asks(snapshotAt(dir, seq), root, at);
  }

  async #asks(map: TimeMap, root: number, at: number): Promise<ExitRequest> {
    const { registry } = this.#party.account;
    const { wish, proof } = await this.#proof(map, at);
    const block = await registry.chain.provider.getBlock("latest");
    // The base fee may rise by an eighth until the next block.
    const fee = leastFee(2n * (block?.baseFeePerGas ?? 0n));
    const asked = await requestExit(registry, this.#mapId, { root, wish, proof, fee });
    this.#world.costs.note("request", asked.gasUsed);
    return asked;
  }

  /** Leaves a frozen map with what lies in a cell. */
  async leaves({ map }: Seen, at: number): Promise<void> {
    const { wish, proof } = await this.#proof(map, at);
    const { gasUsed } = await leaveFrozen(this.#party.account.registry, this.#mapId, wish, proof);
    this.#world.costs.note("leave", gasUsed);
  }

  async #proof(map: TimeMap, at: number) {
    const { program, keyFile, vault } = this.#party;
    const { secret } = readKeyFile(keyFile);
    const { domain } = await readMap(this.#world.registry, this.#mapId);
    const validUntil = this.#world.clock.now() + WEEK;
    const wish = { domain, address: at, program, recipient: BigInt(vault), validUntil };
    const { chainId } = this.#world.chain;
    const { statement, proof } = await proveExit(map, wish, { secret }, { engine: this.#engine, chainId });
    const { root: _, domain: __, ...exit } = statement;
    return { wish: exit, proof: proofWords(proof) };
  }
}

/**
 * Answers a request that is late, and others that are open, as a stranger who has the chain alone.
 * @returns the names of those that are answered
 */
export async function letOut(
  world: World,
  { registry }: Account,
  mapId: string,
  late: bigint,
  engine: Engine,
): Promise<{ readonly ejected: readonly bigint[]; readonly gasUsed: bigint }> {
  const { map } = await look(world, mapId);
  const there = await pinned(registry);
  const { requests } = await waitingAtBorder(registry, mapId);
  const asked = { late, requests, now: there.block.timestamp, chainId: registry.chain.chainId };
  const { call, ejected } = await planLetOut(map, await readMap(there, mapId), { ...asked, engine });
  const { gasUsed } = await sendCall(registry, call);
  await world.clock.follow();
  return { ejected, gasUsed };
}
