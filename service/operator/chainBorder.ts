/** What waits at the registry of a moored map, asked of the map's chain. */
import { InvalidInputError } from "../../trace/errors.ts";
import type { OpenDeposit, OpenRequest } from "../../trace/crossing/entries.ts";
import { headerIn } from "../../trace/replay/replayFile.ts";
import type { ChainEntry } from "../../trace/run/manifest.ts";
import { pathIn, readManifest } from "../../trace/run/runDirectory.ts";
import { blockAt, latestNumber } from "../../verifier/chain/ask.ts";
import { crossingHistory, type Deposit, type ExitRequest, requestPlace } from "../../verifier/chain/crossing/index.ts";
import { chainError } from "../../verifier/chain/errors.ts";
import { logsBetween } from "../../verifier/chain/logs.ts";
import { requireSamePlace } from "../../verifier/chain/publish.ts";
import {
  type Chain,
  type Confirmations,
  findMap,
  openRegistry,
  type Registry,
  usualConfirmations,
} from "../../verifier/chain/registry.ts";
import type { BorderSource, Waiting } from "./border.ts";

const NOTHING: Waiting = { head: 0, deposits: [], requests: [] };

/**
 * Says what waits for the map of a run directory, as of the last block that has the confirmations. A deposit that the
 * chain may still drop is not let in: batches behind its Enter could never be submitted.
 *
 *     const border = await openChainBorder("shop", await connect(url), registryAddress);
 *     await using served = await serveDirectory("shop", { http, submitter, border });
 *
 * @param confirmations by default those of `usualConfirmations`
 * @throws InvalidInputError if the run has no map on this chain and registry; EnvironmentError if the node does not
 *   answer
 */
export async function openChainBorder(
  dir: string,
  chain: Chain,
  address: string,
  confirmations: Confirmations = usualConfirmations(chain.chainId),
): Promise<BorderSource> {
  const header = headerIn(pathIn(dir, "trace"));
  const entry = readManifest(dir, header.profiles).chain;
  if (entry === undefined)
    throw new InvalidInputError("manifest.json chain", "is missing: the run has no map on a chain yet; run create");
  const registry = await openRegistry(chain, address);
  requireSamePlace(registry, entry);
  return new ChainBorder(registry, entry, confirmations);
}

/** An answer, and the block whose state it tells. */
interface Told {
  readonly at: number;
  readonly waiting: Waiting;
}

class ChainBorder implements BorderSource {
  readonly #registry: Registry;
  readonly #entry: ChainEntry;
  readonly #confirmations: Confirmations;
  #last: Told | undefined;

  constructor(registry: Registry, entry: ChainEntry, confirmations: Confirmations) {
    this.#registry = registry;
    this.#entry = entry;
    this.#confirmations = confirmations;
  }

  async waiting(): Promise<Waiting> {
    const at = await this.#confirmed();
    if (at < 0) return NOTHING;
    const last = this.#last;
    if (last !== undefined && last.at <= at && !(await this.#hasChanged(last.at, at))) {
      this.#last = { at, waiting: last.waiting };
      return last.waiting;
    }
    const waiting = await this.#read({ ...this.#registry, at });
    this.#last = { at, waiting };
    return waiting;
  }

  /** The last block that has the confirmations. */
  async #confirmed(): Promise<number> {
    const { provider } = this.#registry.chain;
    if (this.#confirmations === "finalized") return (await blockAt(provider, "finalized")).number;
    return (await latestNumber(provider)) - this.#confirmations + 1;
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

  async #read(there: Registry): Promise<Waiting> {
    const map = await findMap(there, this.#entry.mapId);
    if (map === null) return NOTHING;
    const { deposits, requests } = await crossingHistory(there, map.mapId);
    return {
      head: map.seq,
      deposits: deposits.filter(({ end }) => end === "open").map(depositOf),
      requests: requests.map(requestOf),
    };
  }
}

function depositOf({ number, label, quantity, program, slot, authority, entered, deadline }: Deposit): OpenDeposit {
  return { number: BigInt(number), label, quantity, program, slot, authority, entered, deadline };
}

function requestOf({ request, authority, id, time }: ExitRequest): OpenRequest {
  const { address, program } = requestPlace(request);
  return { request, location: address, program, authority, id, time };
}
