/** From a state and an open request to the call that closes it, if its maker is not entitled to what it asks for. */
import { proveCell, type StateProofOptions } from "../../prover/exits/proveExit.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { dismissCall, type ExitRequest } from "../chain/crossing/requests.ts";
import { type MapState, proofWords, type RegistryCall } from "../chain/registry.ts";
import { type DismissReason, dismissReason, EntitledError } from "./dismissReason.ts";

export { type DismissReason, dismissReason, EntitledError };

/**
 * Proves against the map's head that the maker of a request is not entitled, and gives the call. Proving takes seconds.
 * @param map the state at the head
 * @throws EntitledError; as `proveCell`
 */
export async function planDismissal(
  map: TimeMap,
  head: MapState,
  request: ExitRequest,
  options: StateProofOptions & { chainId: bigint },
): Promise<{ call: RegistryCall; reason: DismissReason }> {
  const { reason, address: at } = dismissReason(map, request);
  const { statement, proof } = await proveCell(map, at, { keyHash: head.mooring?.cellKey, ...options });
  const { w0, w1, w2 } = statement;
  const cell = { location: at, w0, w1, w2 };
  return {
    call: dismissCall(head.mapId, request.request, { root: head.advances, cell, proof: proofWords(proof) }),
    reason,
  };
}
