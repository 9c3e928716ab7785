/** What waits at the registry of a moored map, asked of the map's chain. */
import type { ChainEntry } from "../../trace/run/manifest.ts";
import { confirmedBlock } from "../../verifier/chain/confirm.ts";
import { type Window, waitingAtBorder } from "../../verifier/chain/crossing/index.ts";
import { chainError } from "../../verifier/chain/errors.ts";
import { logsBetween } from "../../verifier/chain/logs.ts";
import { openOwnRegistry } from "../../verifier/chain/ownRegistry.ts";
import {
  type Chain,
  ChainRefusal,
  type Confirmations,
  type Registry,
  usualConfirmations,
} from "../../verifier/chain/registry.ts";
import type { BorderSource, Waiting } from "./borderSource.ts";

/** Which block counts, and where facts are shown. */
export interface ChainBorderOptions {
  /** By default those of `usualConfirmations`. */
  readonly confirmations?: Confirmations | undefined;
  readonly windows?: readonly Window[] | undefined;
}

const NOTHING: Waiting = { head: 0, deposits: [], requests: [] };

/**
 * Says what waits for the map of a run directory, as of the last block that has the confirmations. A deposit that the
 * chain may still drop is not let in: batches behind its Enter could never be submitted.
 *
 *     const border = await openChainBorder("shop", await connect(url), registryAddress);
 *     await using served = await serveDirectory("shop", { http, submitter, border });
 *
 * @throws InvalidInputError if the run has no map on this chain and registry; EnvironmentError if the node does not
 *   answer
 */
export async function openChainBorder(
  dir: string,
  chain: Chain,
  address: string,
  options: ChainBorderOptions = {},
): Promise<BorderSource> {
  const { registry, entry } = await openOwnRegistry(dir, chain, address);
  return new ChainBorder(registry, entry, options);
}

class ChainBorder implements BorderSource {
  readonly #registry: Registry;
  readonly #entry: ChainEntry;
  readonly #confirmations: Confirmations;
  readonly #windows: readonly Window[];
  /** The last answer, and the block up to which nothing has happened since. */
  #last: { readonly at: number; readonly waiting: Waiting } | undefined;

  constructor(registry: Registry, entry: ChainEntry, { confirmations, windows = [] }: ChainBorderOptions) {
    this.#registry = registry;
    this.#entry = entry;
    this.#confirmations = confirmations ?? usualConfirmations(registry.chain.chainId);
    this.#windows = windows;
  }

  async waiting(): Promise<Waiting> {
    const at = await confirmedBlock(this.#registry.chain.provider, this.#confirmations);
    if (at < 0) return NOTHING;
    const last = this.#last;
    const same = last !== undefined && last.at <= at && !(await this.#hasChanged(last.at, at));
    const waiting = same ? last.waiting : await this.#read();
    this.#last = { at, waiting };
    return waiting;
  }

  /** Whether the registry tells anything of the map in the blocks behind one. Most often it does not. */
  async #hasChanged(behind: number, upTo: number): Promise<boolean> {
    if (behind === upTo) return false;
    const { chain, address } = this.#registry;
    try {
      const filter = { address, topics: [null, this.#entry.mapId] };
      return (await logsBetween(chain.provider, filter, behind + 1, upTo)).length > 0;
    } catch (error) {
      throw chainError(error);
    }
  }

  async #read(): Promise<Waiting> {
    try {
      const options = { confirmations: this.#confirmations, windows: this.#windows };
      return await waitingAtBorder(this.#registry, this.#entry.mapId, options);
    } catch (error) {
      // The block that made the map is not confirmed yet.
      if (error instanceof ChainRefusal && error.reason === "UnknownMap") return NOTHING;
      throw error;
    }
  }
}
