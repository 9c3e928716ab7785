/** A row as data, for the lines of a trace, for reports and for `--json`. */

import { SHAPES } from "./rowShape.ts";
import type { Argument, Row, RowName } from "./transition.ts";

/** Members of an argument that are field elements, written as decimal texts. */
export const WORDS: ReadonlySet<keyof Argument> = new Set<keyof Argument>([
  "authority",
  "selector",
  "trigger",
  "peerAuthority",
  "recipient",
  "removed",
]);
/** Members that are ids, written as decimal texts. The others are small numbers. */
export const IDS: ReadonlySet<keyof Argument> = new Set<keyof Argument>(["into"]);

/**
 * A row as data: every field by its name, for every sort of row. Numbers that may not fit a double are decimal texts.
 */
export interface RowFacts {
  effect: RowName;
  actor: number;
  peer: number;
  /** Addresses: program · 256 + slot; 0 = closed. */
  source: number;
  destination: number;
  authority: number;
  resource: string;
  kind: string;
  quantity: string;
  deadline: number;
  /** Every member that this sort of row has. */
  argument: Record<string, string | number>;
}

/** The row as data, its members in the order of a trace. Absent members of the argument are 0. */
export function factsOf(row: Row): RowFacts {
  const argument: Record<string, number | string> = {};
  for (const name of SHAPES[row.effect].argument) {
    const value = row.argument[name] ?? 0;
    argument[name] = WORDS.has(name) || IDS.has(name) ? value.toString() : Number(value);
  }
  const { effect, actor, peer, source, destination, authority, deadline } = row;
  const resource = row.resource.toString();
  const kind = row.kind.toString();
  const quantity = row.quantity.toString();
  return { effect, actor, peer, source, destination, authority, resource, kind, quantity, argument, deadline };
}
