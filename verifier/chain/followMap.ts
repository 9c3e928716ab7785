/**
 * Follows a moored map by its chain alone: the state after each batch that is final there. Whoever has it needs to
 * believe no operator and no observer about that map. Whether the map's proofs are by keys that one trusts is to be
 * checked once before (`audit --rpc`, `rebuild`): the holder of a key's secret can prove anything.
 */
import { profilesWith } from "../../prover/profiles.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { Machine } from "../../trace/machine/machine.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { MOORED_GENESIS, mapOf } from "../../trace/state/genesis.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { ask, blockAt } from "./ask.ts";
import { publishedBatches } from "./events.ts";
import { NotPublishedError, replayed } from "./publishedRun.ts";
import {
  type Chain,
  type Confirmations,
  openRegistry,
  type Registry,
  readMap,
  usualConfirmations,
} from "./registry.ts";

/** Which map, and when its blocks count. */
export interface FollowOptions {
  readonly registry: string;
  readonly mapId: string;
  /** Default: `usualConfirmations`. */
  readonly confirmations?: Confirmations | undefined;
}

/** A moored map as far as it is final. */
export class MapFollower {
  readonly #registry: Registry;
  readonly #mapId: string;
  readonly #confirmations: Confirmations;
  #machine: Machine;
  readonly #rows: Transition[] = [];
  #now = 0;
  #block = -1;

  private constructor(registry: Registry, { mapId, confirmations }: FollowOptions) {
    this.#registry = registry;
    this.#mapId = mapId;
    this.#confirmations = confirmations ?? usualConfirmations(registry.chain.chainId);
    this.#machine = new Machine(mapOf(MOORED_GENESIS));
  }

  /**
   * Begins to follow a map. Nothing is read of it before {@link MapFollower.catchUp}.
   * @throws NotPublishedError if the map is not moored; ChainRefusal UnknownMap; EnvironmentError
   *
   * @example
   * const follower = await MapFollower.open(chain, { registry, mapId });
   * await follower.catchUp();
   * console.log(follower.seq, follower.map.root());
   */
  static async open(chain: Chain, options: FollowOptions): Promise<MapFollower> {
    const registry = await openRegistry(chain, options.registry);
    const { dataPolicy } = await readMap(registry, options.mapId);
    if (dataPolicy !== "chain") throw new NotPublishedError(options.mapId);
    return new MapFollower(registry, options);
  }

  /** The state after the last final batch. Ask for it again after each `catchUp`. */
  get map(): TimeMap {
    return this.#machine.map;
  }
  /** All final transitions. */
  get rows(): readonly Transition[] {
    return this.#rows;
  }
  /** Number of the last one. */
  get seq(): number {
    return this.#machine.seq;
  }
  /** Time of the last final block, in seconds since 1970; 0 before the first `catchUp`. */
  get now(): number {
    return this.#now;
  }

  /**
   * Takes in what has become final. Each batch is applied by the rules, and its roots are compared with what the
   * registry took with its proof, the last one with the map's head.
   * @returns the new transitions
   * @throws EnvironmentError "rpc" if the node does not answer, leaves out or changes events, or is behind what was
   *   seen before; nothing was taken in then, so ask again
   */
  async catchUp(): Promise<readonly Transition[]> {
    const { number, timestamp } = await this.#finalBlock();
    if (number < this.#block)
      throw new EnvironmentError(
        "rpc",
        `the node's last final block is ${number}, but block ${this.#block} was seen before; ask again, or another node`,
      );
    const then = { ...this.#registry, at: number };
    const head = await readMap(then, this.#mapId);
    const batches = (await publishedBatches(then, this.#mapId)).batches.filter(({ event }) => event.seq > this.seq);
    // On a copy: of rows that turn out to be wrong, nothing stays, and of rows that are right, none is missed later.
    const { map, seq, at } = this.#machine;
    const machine = batches.length === 0 ? this.#machine : new Machine(map.clone(), seq, at);
    const known = profilesWith(MOORED_GENESIS.levels);
    const added = batches.flatMap((batch) => replayed(machine, batch, known).flat());
    if (machine.seq !== head.seq || machine.map.root() !== head.root)
      throw new EnvironmentError(
        "rpc",
        `the node gives the map's rows up to ${machine.seq}, and its head is at ${head.seq}; ask again, or another node`,
      );
    for (const row of added) this.#rows.push(row);
    this.#machine = machine;
    [this.#block, this.#now] = [number, timestamp];
    return added;
  }

  async #finalBlock(): Promise<{ number: number; timestamp: number }> {
    const { provider } = this.#registry.chain;
    if (this.#confirmations === "finalized") return blockAt(provider, "finalized");
    const latest = await blockAt(provider, "latest");
    const number = Math.max(0, latest.number - this.#confirmations + 1);
    if (number === latest.number) return latest;
    const block = await ask(`block ${number}`, () => provider.getBlock(number));
    if (block === null) throw new EnvironmentError("rpc", `the node has no block ${number}; ask again`);
    return { number, timestamp: block.timestamp };
  }
}
