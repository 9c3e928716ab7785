/** From a state and an open request to the call that closes it, if its maker is not entitled to what it asks for. */
import type { OnProgress } from "../../prover/circuit/build.ts";
import { proveCell } from "../../prover/exits/proveExit.ts";
import { isEntitled } from "../../trace/crossing/entitled.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { address, programOf } from "../../trace/layout.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { dismissCall, type ExitRequest } from "../chain/crossing/requests.ts";
import { type MapState, proofWords, type RegistryCall } from "../chain/registry.ts";

/** The maker of a request is entitled to what it asks for, so the request cannot be dismissed. */
export class EntitledError extends TimeBanditsError {
  readonly field = "request";
  constructor({ request, program, id, time }: ExitRequest) {
    super(
      "entitled",
      `program ${program} was entitled to resource ${id} at ${time}, so request ${request} cannot be dismissed: let the resource out with an Eject, prove and submit`,
    );
  }
}

/** Why a request can be dismissed. */
export type DismissReason = "another key" | "not there" | "not entitled";

/**
 * Why a request can be dismissed by a state.
 * @returns the reason, and the address of the cell that shows it
 * @throws EntitledError if it cannot
 */
export function dismissReason(map: TimeMap, request: ExitRequest): { reason: DismissReason; address: number } {
  const { program, location, authority, id, time } = request;
  const header = map.cell(address(program, 0));
  if (header.type !== "program" || header.authority !== authority)
    return { reason: "another key", address: address(program, 0) };
  const cell = map.cell(location);
  if (cell.type !== "resource" || cell.id !== id) return { reason: "not there", address: location };
  if (!isEntitled(program, { holder: programOf(location), ...cell }, time))
    return { reason: "not entitled", address: location };
  throw new EntitledError(request);
}

/**
 * Proves against the map's head that the maker of a request is not entitled, and gives the call. Proving takes seconds.
 * @param map the state at the head
 * @throws EntitledError; as `proveCell`
 */
export async function planDismissal(
  map: TimeMap,
  head: MapState,
  request: ExitRequest,
  { chainId, onProgress }: { chainId: bigint; onProgress?: OnProgress | undefined },
): Promise<{ call: RegistryCall; reason: DismissReason }> {
  const { reason, address: at } = dismissReason(map, request);
  const { statement, proof } = await proveCell(map, at, { chainId, onProgress });
  const { w0, w1, w2 } = statement;
  const cell = { location: at, w0, w1, w2 };
  return {
    call: dismissCall(head.mapId, request.request, { root: head.advances, cell, proof: proofWords(proof) }),
    reason,
  };
}
