/** Rows of tests with the members that a tracer fills in, such as the peer's key and the id of a merge's target. */

import { address } from "../../trace/layout.ts";
import { SHAPES } from "../../trace/machine/rowShape.ts";
import { clearedOf, removedOf } from "../../trace/machine/rules/capability.ts";
import type { Row } from "../../trace/machine/transition.ts";
import { type Cell, emptyCell, unpackCell, type Words } from "../../trace/state/cells.ts";
import type { View } from "../../trace/state/timeMap.ts";

/**
 * The row with its missing members filled in from the state. Its own members stay, right or wrong.
 */
export function completed(row: Row, wordsAt: (at: number) => Words): Row {
  const wants = SHAPES[row.effect]?.argument ?? [];
  const argument = { ...row.argument };
  if (wants.includes("peerAuthority") && argument.peerAuthority === undefined && row.peer !== row.actor)
    argument.peerAuthority = wordsAt(address(row.peer, 0))[1];
  if (wants.includes("cleared") || wants.includes("removed")) {
    const cell = cellOf(wordsAt(row.authority));
    if (wants.includes("cleared")) argument.cleared ??= clearedOf(cell);
    argument.removed ??= removedOf(cell);
  }
  if (wants.includes("into") && argument.into === undefined) argument.into = idIn(wordsAt(row.destination));
  if (wants.includes("escrowFrom") && argument.escrowFrom === undefined) {
    const cell = cellOf(wordsAt(row.source));
    argument.escrowFrom = cell.type === "resource" ? cell.escrowFrom : 0;
  }
  return { ...row, argument };
}

/** The row with 0 for its missing members, so that nothing is filled in. */
export function asItStands(row: Row): Row {
  const wants = SHAPES[row.effect]?.argument ?? [];
  const zeros = {
    ...(wants.includes("cleared") ? { cleared: 0 } : {}),
    ...(wants.includes("removed") ? { removed: 0n } : {}),
    ...(wants.includes("peerAuthority") ? { peerAuthority: 0n } : {}),
    ...(wants.includes("into") ? { into: 0n } : {}),
    ...(wants.includes("escrowFrom") ? { escrowFrom: 0 } : {}),
  };
  return { ...row, argument: { ...zeros, ...row.argument } };
}

/** The same for several rows, over one state. */
export function allCompleted(rows: readonly Row[], map: View): Row[] {
  return rows.map((row) => completed(row, (at) => map.words(at)));
}

function idIn(words: Words): bigint {
  const cell = cellOf(words);
  return cell.type === "resource" ? cell.id : 0n;
}

/** Words that are not a cell are read as an empty cell. */
function cellOf(words: Words): Cell {
  try {
    return unpackCell(words);
  } catch {
    return emptyCell();
  }
}
