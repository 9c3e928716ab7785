/**
 * A forgery: a witness that breaks one rule and is right in everything else. Each has an honest neighbour, which shows
 * that it is refused for that rule alone, and is asked of the machine as well wherever a caller could ask for it.
 */
import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import type { Invariant } from "../../../trace/errors.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import type { Placed } from "../../lib/build.ts";
import { inputOf, SMALL } from "../../lib/circuit.ts";
import { completed } from "../../lib/completed.ts";
import { type Forged, RowForger } from "../../lib/rowForger.ts";
import { stateWith, T } from "../lib/words.ts";

/** The description of a forgery: a line of the table in docs/security/forgeries.md. */
interface Claim {
  /** The row of docs/reference/protocol.md, section 4, whose rule it breaks, or the part of the protocol. */
  of: string;
  /** The rule, as it should be. */
  rule: string;
  /** How it is to be broken. */
  attempt: string;
  /** The machine's invariant; `invalid` if the row is malformed before any rule is checked. */
  invariant: Invariant | "invalid";
  /**
   * Section of the constraint that refuses it, as `CellS 9` (test/lib/sections.ts); a template alone where any of its
   * sections will do.
   */
  by: string;
}

/** A forgery of rows: groups that happen, and the nearest that must not. */
export interface Case extends Claim {
  cells: Placed[];
  /** Groups that happen; each Forged is one row. */
  good: Forged[][];
  /** Groups of which the last must not happen. */
  bad: Forged[][];
  inbox?: number;
  /** Whether the map is moored, so that A is its chain. */
  moored?: boolean;
}

/** A case of one group that happens, and one that must not. */
export function nearby(
  [of, rule, attempt]: readonly [of: string, rule: string, attempt: string],
  invariant: Case["invariant"],
  cells: Placed[],
  good: Forged[],
  bad: Forged[],
  by: string,
): Case {
  return { of, rule, attempt, invariant, cells, good: [good], bad: [bad], by };
}

/** Any forgery. */
export interface Forgery extends Claim {
  /** Inputs that the circuit accepts. */
  neighbour: () => BatchSignals;
  /** Inputs that it must refuse. */
  forged: () => BatchSignals;
  /** Asks the machine, which must throw. Absent for values that the machine computes itself. */
  machine?: () => void;
}

/** Calls a function once and keeps its result. */
export function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The state that a case begins with. */
export const mapOfCase = ({ cells, inbox, moored }: Case): TimeMap => stateWith(inbox ?? 4, cells, moored);

/**
 * What the machine makes of the groups that happen. Checks come by themselves, and Lineage rows where none is written
 * out.
 */
export function honestCase(pre: TimeMap, { good }: Case): ReturnType<Machine["perform"]> {
  const machine = new Machine(pre.clone(), 0, T);
  let at = T;
  return good.flatMap((group) => {
    at = group[0]?.at ?? at;
    const rows = group.map((g) => completed(g.row, (at) => machine.map.words(at)));
    return rows.some((row) => row.effect === "Lineage") ? machine.apply(rows, at) : machine.perform(rows, at);
  });
}

/** Asks the machine for groups, row by row as they stand. */
export function askMachine(map: TimeMap, groups: readonly (readonly Forged[])[]): void {
  const machine = new Machine(map, 0, T);
  let at = T;
  for (const group of groups) {
    const times = group.map((g) => {
      at = g.at ?? at;
      return at;
    });
    machine.apply(
      group.map((g) => completed(g.machine ?? g.row, (at) => machine.map.words(at))),
      times,
    );
  }
}

/** The witness of groups past the machine. */
export function forge(map: TimeMap, groups: readonly (readonly Forged[])[]): BatchSignals {
  const forger = new RowForger(map, T);
  for (const group of groups) forger.group(group);
  return forger.build(SMALL);
}

/** A case as any other forgery. */
export function forgeryOf(rules: Case): Forgery {
  const { of, rule, attempt, invariant, by } = rules;
  return {
    of,
    rule,
    attempt,
    invariant,
    by,
    neighbour: () => {
      const pre = mapOfCase(rules);
      return inputOf(pre, honestCase(pre, rules));
    },
    forged: () => forge(mapOfCase(rules), rules.bad),
    machine: () => askMachine(mapOfCase(rules), rules.bad),
  };
}
