/**
 * Honest batches in which every operation occurs in every shape: what the systematic suite changes, one input at a
 * time.
 */
import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { opOf, type Row, type Transition } from "../../../trace/machine/transition.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import { inputOf, SMALL } from "../../lib/circuit.ts";
import { allCompleted } from "../../lib/completed.ts";
import { stateWith, T } from "../lib/words.ts";
import { ANSWERS } from "./conditions.ts";
import { honestCase, mapOfCase } from "./forgery.ts";
import { CASES } from "./index.ts";
import { CHANGES } from "./owing.ts";

/** An honest batch, and the row of it to look at. */
export interface Shape {
  /** Name of the operation. */
  of: Row["effect"] | "Padding";
  op: number;
  pre: TimeMap;
  transitions: readonly Transition[];
  input: BatchSignals;
  /** Index of the row among the batch's rows. */
  row: number;
}

/** Inputs that say how an operation is used: two rows are of one shape if these are zero in the same places. */
const TELLING =
  "is held derives narrows inPlace before after expires scoped subjected fired condition clears slotHolds sEscrow dSlot xSlot xWords scope rank checkTurn last sWatch dWatch".split(
    " ",
  );

function keyOf(input: BatchSignals, row: number): string {
  const zeros = TELLING.filter((name) => name in input).map((name) =>
    [(input[name] as (bigint | bigint[])[])[row]].flat().map((value) => (value === 0n ? "0" : "1")),
  );
  const [actor, peer] = [input.actor, input.peer] as [bigint[], bigint[]];
  return JSON.stringify([zeros, actor[row] === peer[row]]);
}

function* batches(): Generator<{ pre: TimeMap; transitions: readonly Transition[] }> {
  for (const rules of CASES) {
    const pre = mapOfCase(rules);
    yield { pre, transitions: honestCase(pre, rules) };
  }
  for (const [, cells, rows] of CHANGES) yield performed(stateWith(4, cells), rows);
  for (const { cells, rows, moored } of ANSWERS) yield performed(stateWith(4, cells, moored), rows);
}

function performed(pre: TimeMap, rows: readonly Row[]): { pre: TimeMap; transitions: readonly Transition[] } {
  return { pre, transitions: new Machine(pre.clone(), 0, T).perform(allCompleted(rows, pre), T) };
}

/** One row of each shape, operation by operation, padding first. */
export function shapes(): Shape[] {
  const found = new Map<string, Shape>();
  for (const { pre, transitions } of batches()) {
    const input = inputOf(pre, transitions);
    for (let row = 0; row <= transitions.length && row < SMALL.rows; row++) {
      const key = keyOf(input, row);
      if (found.has(key)) continue;
      const t = transitions[row];
      const [of, op] = t === undefined ? (["Padding", 0] as const) : [t.effect, opOf(t)];
      found.set(key, { of, op, pre, transitions, input, row });
    }
  }
  return [...found.values()].sort((a, b) => a.op - b.op);
}
