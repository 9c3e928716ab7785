/** Why a request to leave is none that an Eject answers: what the operator of a map looks at, and every reader. */

import { isEntitled } from "../../trace/crossing/entitled.ts";
import type { OpenRequest } from "../../trace/crossing/entries.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { address, programOf } from "../../trace/layout.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";

/** The maker of a request is entitled to what it asks for, so the request cannot be dismissed. */
export class EntitledError extends TimeBanditsError {
  readonly field = "request";
  constructor({ request, program, id, time }: OpenRequest) {
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
export function dismissReason(map: TimeMap, request: OpenRequest): { reason: DismissReason; address: number } {
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
