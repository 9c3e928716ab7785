/** Whether a map's registry has accepted a record's batch. */
import { rangeOf } from "../../prover/bundles/bundle.ts";
import { type VerificationKey, verificationKeyHash } from "../../prover/keys/verificationKey.ts";
import type { PublicInputs } from "../../trace/commitment/commit.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import type { AdvancedEvent, Chain } from "../chain/registry.ts";
import { RecordError, type RecordFile } from "./recordFile.ts";

/** The registry's facts on the record's batch and on the map, as of one block. */
export interface Acceptance {
  chainId: string;
  registry: string;
  mapId: string;
  /** The batch's transaction, and its block. */
  transaction: string;
  acceptedIn: number;
  /** The map's head, and the block whose state this is. */
  head: { seq: number; root: string; time: number };
  block: number;
}

/**
 * Finds the record's batch among those that the registry accepted for the record's map.
 * @param address of the registry
 * @returns the registry's facts, and the key under which it accepted the batch
 * @throws RecordError if it has not accepted this batch
 * @throws InvalidInputError if the record's map is on no chain or elsewhere, or the contract is not a registry of this
 *   version
 * @throws LostMapError if the chain has no such map; EnvironmentError if the node does not answer
 */
export async function acceptanceOf(
  chain: Chain,
  address: string,
  { bundle, map: { chain: entry } }: RecordFile,
): Promise<{ acceptance: Acceptance; key: VerificationKey }> {
  if (entry === undefined) {
    throw new InvalidInputError("map chain", "is null: the record's map is on no chain; verify it without --rpc");
  }
  if (chain.chainId !== entry.chainId) {
    throw new InvalidInputError("rpc", `is chain ${chain.chainId}, but the record's map is on chain ${entry.chainId}`);
  }
  const { historyOf, openRegistry, pinned, requireMap } = await import("../chain/registry.ts");
  const { storedKey } = await import("../keyReports.ts");
  const registry = await pinned(await openRegistry(chain, address));
  if (registry.address.toLowerCase() !== entry.registry.toLowerCase()) {
    throw new InvalidInputError("registry", `is ${registry.address}, but the record's map is on ${entry.registry}`);
  }
  const { seq, root, time } = await requireMap(registry, entry);
  const { advanced } = await historyOf(registry, entry.mapId);
  const accepted = advanced.find((event) => isOf(event, bundle.key.hash, bundle.statement));
  if (accepted === undefined) {
    const { firstSeq, lastSeq } = rangeOf(bundle);
    throw new RecordError(
      "batch",
      `of transitions ${firstSeq} to ${lastSeq} is not among the batches that the registry accepted for the map; ` +
        `the map's head is at transition ${seq}`,
    );
  }
  const key = await storedKey(registry, accepted.keyHash);
  if (verificationKeyHash(key) !== accepted.keyHash.toLowerCase()) {
    throw new InvalidInputError("registry", `keeps another key under ${accepted.keyHash}; name another node`);
  }
  const { transactionHash: transaction, blockNumber: acceptedIn } = accepted;
  const where = { chainId: `${chain.chainId}`, registry: registry.address, mapId: entry.mapId };
  const head = { seq, root: `${root}`, time };
  return { acceptance: { ...where, transaction, acceptedIn, head, block: registry.block.number }, key };
}

/** The parts of the statement that an event holds. The domain is the map's. */
function isOf(event: AdvancedEvent, keyHash: string, statement: PublicInputs): boolean {
  const { firstSeq, count, notBefore, until } = rangeOf({ statement });
  const { span } = event;
  return (
    event.keyHash.toLowerCase() === keyHash &&
    event.preRoot === statement.preRoot &&
    event.postRoot === statement.postRoot &&
    event.traceRoot === statement.traceRoot &&
    span.firstSeq === firstSeq &&
    span.count === count &&
    span.notBefore === notBefore &&
    span.until === until
  );
}
