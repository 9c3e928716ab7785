/** Submits batches to the registry of the map's chain. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Bundle } from "../../prover/bundles/bundle.ts";
import { profileOf } from "../../prover/profiles.ts";
import { verifyingArtifactsOf } from "../../prover/verifyingArtifacts.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import type { ChainEntry } from "../../trace/run/manifest.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { confirmedBlock } from "../../verifier/chain/confirm.ts";
import { signerOf } from "../../verifier/chain/connect.ts";
import { isSending } from "../../verifier/chain/nonce.ts";
import { openOwnRegistry } from "../../verifier/chain/ownRegistry.ts";
import { submissionOf, TraceRecords } from "../../verifier/chain/publishedRows.ts";
import {
  advance,
  type Chain,
  ChainRefusal,
  type Confirmations,
  findMap,
  isLocalChain,
  isSubmitter,
  type Registry,
  refuseDevelopmentKeyOnPublicChain,
  requireMap,
  usualConfirmations,
} from "../../verifier/chain/registry.ts";
import type { ChainHead, Submitter } from "./submitter.ts";

/** Milliseconds between two looks for a transaction of the account that is not mined yet. */
const LOOK_MS = 4_000;
const LOOK_LOCAL_MS = 100;
/** How long such a transaction is waited for. */
const PATIENCE_MS = 180_000;

/**
 * A submitter for the map of a run directory.
 *
 *     const chain = await connect(url, { privateKey });
 *     const submitter = await openChainSubmitter("shop", chain, registryAddress);
 *
 * @param confirmations by default those of `usualConfirmations`
 * @throws InvalidInputError if the run has no map on this chain and registry; ChainRefusal if the account may not
 *   submit
 * @throws EnvironmentError if the node does not answer, or the connection has no account
 */
export async function openChainSubmitter(
  dir: string,
  chain: Chain,
  address: string,
  confirmations: Confirmations = usualConfirmations(chain.chainId),
): Promise<Submitter> {
  const { registry, entry } = await openOwnRegistry(dir, chain, address);
  await requireMap(registry, entry);
  const account = await signerOf(chain).getAddress();
  if (!(await isSubmitter(registry, entry.mapId, account))) throw new ChainRefusal("NotSubmitter", { caller: account });
  const records = new TraceRecords(pathIn(dir, "trace"));
  return new ChainSubmitter({ registry, entry, account, confirmations, records });
}

/** What a submitter needs. */
interface Submitting {
  readonly registry: Registry;
  readonly entry: ChainEntry;
  readonly account: string;
  readonly confirmations: Confirmations;
  /** Where the rows of a moored map are read. */
  readonly records: TraceRecords;
}

class ChainSubmitter implements Submitter {
  readonly #registry: Registry;
  readonly #entry: ChainEntry;
  readonly #account: string;
  readonly #confirmations: Confirmations;
  readonly #records: TraceRecords;
  /** Profiles whose key may be used on this chain. */
  readonly #allowed = new Set<string>();

  constructor({ registry, entry, account, confirmations, records }: Submitting) {
    this.#registry = registry;
    this.#entry = entry;
    this.#account = account;
    this.#confirmations = confirmations;
    this.#records = records;
  }

  async head(): Promise<ChainHead> {
    const { seq, root } = await requireMap(this.#registry, this.#entry);
    return { seq, root, confirmed: seq === 0 ? 0 : Math.min(seq, await this.#confirmed()) };
  }

  /** The map's head as of the last block that has the confirmations. */
  async #confirmed(): Promise<number> {
    const at = await confirmedBlock(this.#registry.chain.provider, this.#confirmations);
    if (at < 0) return 0;
    return (await findMap({ ...this.#registry, at }, this.#entry.mapId))?.seq ?? 0;
  }

  async submit(bundles: readonly Bundle[]): Promise<string> {
    for (const { profile } of bundles) await this.#requireAllowed(profile);
    const before = await this.#settled();
    const [first] = bundles;
    // What was on its way has moved the head.
    if (first !== undefined && before.root !== first.statement.preRoot) {
      throw new EnvironmentError("unconfirmed", "the map's head has moved meanwhile; look at it again");
    }
    const { transactionHash } = await advance(
      this.#registry,
      this.#entry.mapId,
      bundles.map((each) => submissionOf(each, this.#records)),
    );
    return transactionHash;
  }

  /** Development keys are refused on public chains before anything is sent. */
  async #requireAllowed(profile: string): Promise<void> {
    const { chainId } = this.#registry.chain;
    if (isLocalChain(chainId) || this.#allowed.has(profile)) return;
    const { key } = await verifyingArtifactsOf(profileOf(profile));
    await refuseDevelopmentKeyOnPublicChain(key.verificationKey, chainId);
    this.#allowed.add(profile);
  }

  /**
   * Waits until no transaction of the account is on its way: one that was sent before a crash may hold these batches.
   * @returns the map's head then
   */
  async #settled(): Promise<{ root: bigint }> {
    const { chain } = this.#registry;
    const since = Date.now();
    while (await isSending(chain.provider, this.#account)) {
      if (Date.now() - since > (chain.waitMs ?? PATIENCE_MS)) {
        throw new EnvironmentError(
          "stuck",
          `a transaction of account ${this.#account} is not mined; wait, or replace it with a higher fee`,
        );
      }
      await sleep(isLocalChain(chain.chainId) ? LOOK_LOCAL_MS : LOOK_MS);
    }
    return requireMap(this.#registry, this.#entry);
  }
}
