/** The id of a resource that a transition made. */
import { unpackCell } from "../state/cells.ts";
import type { Transition } from "./transition.ts";

/** The id of the resource that an Issue or a Split made; undefined for other rows. */
export function idMade({ effect, columns }: Transition): bigint | undefined {
  if (effect !== "Issue" && effect !== "Split") return undefined;
  const made = unpackCell(columns.D.after);
  return made.type === "resource" ? made.id : undefined;
}
