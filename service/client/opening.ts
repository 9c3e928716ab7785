/** Openings: a cell, shown to be in a map by the nodes above it. Everything is hashed again. */
import { InvalidInputError } from "../../trace/errors.ts";
import { address, BITS, FIELD, SLOTS, slotOf } from "../../trace/layout.ts";
import { type Cell, unpackCell, type Words } from "../../trace/state/cells.ts";
import { ARITY, FIRST_CHILD_LANE, nodeDigest, pathOf, SLOTS_PER_NODE } from "../../trace/state/tree.ts";
import type { OpeningAnswer } from "./answers.ts";

/** A cell that is in a map with this root. */
export interface VerifiedCell {
  readonly root: bigint;
  readonly words: Words;
  readonly cell: Cell;
}

/**
 * The cell that an opening shows.
 * @param asked the cell that was asked for: an opening of another one shows nothing
 * @param root the map's root, if the caller knows it from elsewhere, such as a proof; else only the opening's own
 *   counts
 * @throws InvalidInputError if the opening does not show it
 */
export function verifyOpening(
  opening: OpeningAnswer,
  asked: { readonly program: number; readonly slot: number },
  root: bigint = word("root", opening.root),
): VerifiedCell {
  const { program, slot } = asked;
  const natural = (value: number, most: number): boolean => Number.isSafeInteger(value) && value >= 0 && value < most;
  if (!natural(program, 2 ** BITS.program) || !natural(slot, SLOTS)) throw new InvalidInputError("slot", "is none");
  const at = address(program, slot);
  const path = pathOf(opening.levels, at);
  if (opening.nodes.length !== path.length) throw wrong(`has ${opening.nodes.length} nodes, not ${path.length}`);
  let wanted = root;
  let lanes: bigint[] = [];
  for (const [i, node] of path.entries()) {
    const given = opening.nodes[i];
    if (given?.lanes.length !== ARITY) throw wrong(`node ${i} has not ${ARITY} lanes`);
    lanes = given.lanes.map((text, lane) => word(`nodes[${i}].lanes[${lane}]`, text));
    if (nodeDigest(node.kind, lanes) !== wanted) throw wrong(`node ${i} does not have the digest that is above it`);
    const next = path[i + 1];
    if (next === undefined) break;
    const child =
      next.kind === "cells" && node.kind === "cells" ? next.y - 4 * node.y - 1 + FIRST_CHILD_LANE : next.x % ARITY;
    wanted = lanes[child] ?? 0n;
  }
  const first = 3 * (slotOf(at) % SLOTS_PER_NODE);
  const words: Words = [lanes[first] ?? 0n, lanes[first + 1] ?? 0n, lanes[first + 2] ?? 0n];
  return { root, words, cell: unpackCell(words) };
}

function word(field: string, text: unknown): bigint {
  const value = typeof text === "string" && /^(0|[1-9][0-9]{0,77})$/.test(text) ? BigInt(text) : FIELD;
  if (value >= FIELD) throw new InvalidInputError(field, "is no element of the field, written as a decimal text");
  return value;
}

function wrong(how: string): InvalidInputError {
  return new InvalidInputError("opening", `${how}: it does not show the cell`);
}
