import { InvalidInputError } from "../../trace/errors.ts";
import type { RegistryCall } from "./calls.ts";
import { type Outcome, outcome, type Registry, registryAbi, write } from "./contract.ts";
import { type AdvancedEvent, parseAdvanced } from "./events.ts";

/** One batch to submit. */
export interface BatchSubmission {
  readonly keyHash: string;
  readonly preRoot: bigint;
  readonly postRoot: bigint;
  readonly traceRoot: bigint;
  /** Packed, see `packSpan`. */
  readonly span: bigint;
  /** The rows of a batch of a moored map, packed by `packRows`. */
  readonly rows?: Uint8Array | undefined;
  /** The eight words of `proofWords`. */
  readonly proof: readonly bigint[];
}

/** Successive batches under one key, as arguments of the registry. It knows their preRoots. */
interface KeyRun {
  readonly vkeyHash: string;
  readonly batches: Pick<BatchSubmission, "postRoot" | "traceRoot" | "span" | "proof">[];
}

/** `late` of a call by a submitter: it names no request. */
const BY_SUBMITTER = 0n;

/**
 * The arguments of the registry's function `advance`.
 * @param late the name of a late request that the call answers: then anybody may call; default: none
 * @throws InvalidInputError if a batch does not begin where the one before it ends: the arguments cannot express that
 */
export function advanceArguments(
  mapId: string,
  batches: readonly BatchSubmission[],
  late = BY_SUBMITTER,
): [mapId: string, preRoot: bigint, runs: KeyRun[], rows: Uint8Array[], late: bigint] {
  const runs: KeyRun[] = [];
  for (const [index, { keyHash: vkeyHash, preRoot, rows: _, ...batch }] of batches.entries()) {
    const before = batches[index - 1];
    if (before !== undefined && preRoot !== before.postRoot) {
      throw new InvalidInputError("preRoot", `batch ${index} of the call does not begin where the one before it ends`);
    }
    if (vkeyHash !== before?.keyHash) runs.push({ vkeyHash, batches: [] });
    runs.at(-1)?.batches.push(batch);
  }
  return [mapId, batches[0]?.preRoot ?? 0n, runs, batches.flatMap(({ rows }) => rows ?? []), late];
}

/** The call that moves a map's head over consecutive batches. @throws InvalidInputError if they are not consecutive */
export function advanceCall(mapId: string, batches: readonly BatchSubmission[], late?: bigint): RegistryCall {
  return { name: "advance", args: advanceArguments(mapId, batches, late) };
}

/**
 * Moves a map's head over consecutive batches, all or none.
 * @param late name of the late request in whose name a stranger lets out; 0n for a submitter
 * @throws ChainRefusal
 * @throws InvalidInputError if the batches are not consecutive
 */
export async function advance(
  registry: Registry,
  mapId: string,
  batches: readonly BatchSubmission[],
  late?: bigint,
): Promise<Outcome & { readonly events: readonly AdvancedEvent[] }> {
  const receipt = await write(registry, "advance", advanceArguments(mapId, batches, late));
  const abi = await registryAbi();
  return { ...outcome(receipt), events: receipt.logs.flatMap((log) => parseAdvanced(abi, registry, log) ?? []) };
}
