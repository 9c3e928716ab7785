import type { Interface, Log } from "ethers";
import { type Span, unpackSpan } from "../trace/commit.ts";
import { EnvironmentError, InvalidInputError } from "../trace/errors.ts";
import { chainError } from "./chain-errors.ts";
import { logsBetween } from "./chain-logs.ts";
import { type Outcome, outcome, type Registry, read, registryAbi, write } from "./chain-registry.ts";

/** One batch to submit. */
export interface BatchSubmission {
  readonly keyHash: string;
  readonly preRoot: bigint;
  readonly postRoot: bigint;
  readonly traceRoot: bigint;
  /** Packed, see `packSpan`. */
  readonly span: bigint;
  /** The eight words of `proofWords`. */
  readonly proof: readonly bigint[];
}

/** One accepted batch. */
export interface AdvancedEvent {
  readonly mapId: string;
  /** Number of the batch's last transition. */
  readonly seq: number;
  readonly keyHash: string;
  readonly preRoot: bigint;
  readonly postRoot: bigint;
  readonly traceRoot: bigint;
  readonly span: Span;
  readonly transactionHash: string;
  readonly blockNumber: number;
}

/** Successive batches under one key, as the registry takes them: it knows their preRoots itself. */
interface Stretch {
  readonly vkeyHash: string;
  readonly batches: Pick<BatchSubmission, "postRoot" | "traceRoot" | "span" | "proof">[];
}

/**
 * What the registry's function `advance` is called with.
 * @throws InvalidInputError if a batch does not begin where the one before it ends: the registry could not be told so
 */
export function advanceArguments(
  mapId: string,
  batches: readonly BatchSubmission[],
): [mapId: string, preRoot: bigint, stretches: Stretch[]] {
  const stretches: Stretch[] = [];
  for (const [index, { keyHash: vkeyHash, preRoot, ...batch }] of batches.entries()) {
    const before = batches[index - 1];
    if (before !== undefined && preRoot !== before.postRoot) {
      throw new InvalidInputError("preRoot", `batch ${index} of the call does not begin where the one before it ends`);
    }
    if (vkeyHash !== before?.keyHash) stretches.push({ vkeyHash, batches: [] });
    stretches.at(-1)?.batches.push(batch);
  }
  return [mapId, batches[0]?.preRoot ?? 0n, stretches];
}

/**
 * Moves a map's head over consecutive batches, all or none.
 * @throws ChainRefusal
 * @throws InvalidInputError if the batches are not consecutive
 */
export async function advance(
  registry: Registry,
  mapId: string,
  batches: readonly BatchSubmission[],
): Promise<Outcome & { readonly events: readonly AdvancedEvent[] }> {
  const receipt = await write(registry, "advance", advanceArguments(mapId, batches));
  const abi = await registryAbi();
  return { ...outcome(receipt), events: receipt.logs.flatMap((log) => parseAdvanced(abi, registry, log)) };
}

/** The batches of one event, each with the root at which it begins: the one before it ends there. */
function parseAdvanced(abi: Interface, registry: Registry, log: Log): AdvancedEvent[] {
  if (log.address !== registry.address) return [];
  try {
    return eventsOf(abi, log);
  } catch (error) {
    throw new EnvironmentError("rpc", "the node gives an event of the registry that cannot be read", { cause: error });
  }
}

function eventsOf(abi: Interface, log: Log): AdvancedEvent[] {
  const event = abi.parseLog(log);
  if (event?.name !== "Advanced") return [];
  const { args } = event;
  let preRoot = BigInt(args.preRoot);
  return Array.from(args.statements as Iterable<readonly bigint[]>, ([postRoot = 0n, traceRoot = 0n, packed = 0n]) => {
    const span = unpackSpan(packed);
    const accepted: AdvancedEvent = {
      mapId: String(args.mapId),
      seq: span.firstSeq + span.count - 1,
      keyHash: String(args.vkeyHash),
      preRoot,
      postRoot,
      traceRoot,
      span,
      transactionHash: log.transactionHash,
      blockNumber: log.blockNumber,
    };
    preRoot = postRoot;
    return accepted;
  });
}

/** Every batch that the registry has accepted for a map, in order. */
export async function advancedEvents(registry: Registry, mapId: string): Promise<AdvancedEvent[]> {
  const abi = await registryAbi();
  const { provider } = registry.chain;
  const createdIn = Number((await read(registry, "getMap", [mapId]))[0].createdIn);
  const topics = abi.encodeFilterTopics("Advanced", [mapId]);
  try {
    const last = await provider.getBlockNumber();
    const logs = await logsBetween(provider, { address: registry.address, topics }, createdIn, last);
    return logs.flatMap((log) => parseAdvanced(abi, registry, log));
  } catch (error) {
    throw chainError(error, abi);
  }
}
