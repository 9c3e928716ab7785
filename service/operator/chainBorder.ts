/** What waits at the registry of a moored map, asked of the map's chain, and requests that are dismissed there. */
import type { OnProgress } from "../../prover/circuit/build.ts";
import type { Engine } from "../../prover/engines/engine.ts";
import type { OpenRequest } from "../../trace/crossing/entries.ts";
import type { ChainEntry } from "../../trace/run/manifest.ts";
import { confirmedBlock } from "../../verifier/chain/confirm.ts";
import { inTurn } from "../../verifier/chain/crossing/history.ts";
import { findRequest, type Window, waitingAtBorder } from "../../verifier/chain/crossing/index.ts";
import { chainError } from "../../verifier/chain/errors.ts";
import { logsBetween } from "../../verifier/chain/logs.ts";
import { isSending } from "../../verifier/chain/nonce.ts";
import { openOwnRegistry } from "../../verifier/chain/ownRegistry.ts";
import {
  type Chain,
  ChainRefusal,
  type Confirmations,
  pinned,
  type Registry,
  requireMap,
  sendCall,
  usualConfirmations,
} from "../../verifier/chain/registry.ts";
import { EntitledError, planDismissal } from "../../verifier/exits/planDismissal.ts";
import type { AtHead, BorderSource, Dismissal, Waiting } from "./borderSource.ts";

/** Which block counts, where facts are shown, and how dismissals are proven. */
export interface ChainBorderOptions {
  /** By default those of `usualConfirmations`. */
  readonly confirmations?: Confirmations | undefined;
  readonly windows?: readonly Window[] | undefined;
  /** Name of the engine, or an engine, which then stays open; by default the first available one. */
  readonly engine?: string | Engine | undefined;
  /** Called while the circuit of cells or its key are made. */
  readonly onProgress?: OnProgress | undefined;
}

const NOTHING: Waiting = { head: 0, deposits: [], requests: [] };
const NOT_OPEN: Dismissal = { end: "not open" };

/**
 * Says what waits for the map of a run directory, as of the last block that has the confirmations. A deposit that the
 * chain may still drop is not let in: batches behind its Enter could never be submitted. Requests whose makers are not
 * entitled are dismissed from the connection's account, which must be a submitter.
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
  readonly #options: ChainBorderOptions;
  /** The last answer, and the block up to which nothing has happened since. */
  #last: { readonly at: number; readonly waiting: Waiting } | undefined;
  /** Whether a dismissal may be on its way, from here or from a process before. */
  #dismissing = true;

  constructor(registry: Registry, entry: ChainEntry, options: ChainBorderOptions) {
    this.#registry = registry;
    this.#entry = entry;
    this.#confirmations = options.confirmations ?? usualConfirmations(registry.chain.chainId);
    this.#options = options;
  }

  async waiting(): Promise<Waiting> {
    const at = await confirmedBlock(this.#registry.chain.provider, this.#confirmations);
    if (at < 0) return NOTHING;
    const last = this.#last;
    const same = last !== undefined && last.at <= at && !(await this.#hasChanged(last.at, at));
    const waiting = same ? last.waiting : await this.#read();
    this.#last = { at, waiting };
    if (waiting.requests.length === 0) return waiting;
    return { ...waiting, requests: await this.#stillOpen(waiting.requests) };
  }

  async dismiss(request: OpenRequest, atHead: AtHead): Promise<Dismissal> {
    if (await this.#mayBeDismissing()) return NOT_OPEN;
    const { chain } = this.#registry;
    const there = await pinned(this.#registry);
    const head = await requireMap(there, this.#entry);
    const open = await findRequest(there, head.mapId, request.request);
    if (open === null || !isSame(open, request) || head.mooring?.frozen !== false) return NOT_OPEN;
    try {
      const { engine, onProgress } = this.#options;
      const means = { chainId: chain.chainId, engine, onProgress };
      const { call, reason } = await atHead(head, (map) => planDismissal(map, head, open, means));
      this.#dismissing = true;
      const { transactionHash } = await sendCall(this.#registry, call);
      this.#dismissing = false;
      return { end: "dismissed", reason, transaction: transactionHash };
    } catch (error) {
      // The contract has refused it, so it is not on its way.
      if (error instanceof ChainRefusal) this.#dismissing = false;
      if (error instanceof EntitledError) return { end: "entitled" };
      if (error instanceof ChainRefusal && error.reason === "UnknownRequest") return NOT_OPEN;
      throw error;
    }
  }

  /**
   * The requests that the latest block has open, too. One that was dismissed or answered behind the confirmed block
   * must not be answered with an Eject: the registry would take no batch that has it.
   */
  async #stillOpen(requests: readonly OpenRequest[]): Promise<OpenRequest[]> {
    if (await this.#mayBeDismissing()) return [];
    const { mapId } = this.#entry;
    const open = await inTurn(requests, ({ request }) => findRequest(this.#registry, mapId, request));
    return requests.filter((request, i) => isSame(open[i] ?? null, request));
  }

  /** Whether a dismissal may be on its way: the account has sent something that is not mined. */
  async #mayBeDismissing(): Promise<boolean> {
    if (!this.#dismissing) return false;
    const { provider, signer } = this.#registry.chain;
    try {
      this.#dismissing = signer !== undefined && (await isSending(provider, await signer.getAddress()));
    } catch (error) {
      throw chainError(error);
    }
    return this.#dismissing;
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
      const { windows } = this.#options;
      const options = { confirmations: this.#confirmations, windows };
      return await waitingAtBorder(this.#registry, this.#entry.mapId, options);
    } catch (error) {
      // The block that made the map is not confirmed yet.
      if (error instanceof ChainRefusal && error.reason === "UnknownMap") return NOTHING;
      throw error;
    }
  }
}

/** Whether the registry has the same request: a name may be used again. */
function isSame(open: OpenRequest | null, { time, id }: OpenRequest): boolean {
  return open !== null && open.time === time && open.id === id;
}
