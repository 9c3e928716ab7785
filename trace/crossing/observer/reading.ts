/** What an observer reads of another map, and how it never shows an older reading after a newer one. */
import { EnvironmentError } from "../../errors.ts";
import { address } from "../../layout.ts";
import type { View } from "../../state/timeMap.ts";

/**
 * A number of a map. `height`: its last final transition. `steps`: how many effects a program has made. `quantity`:
 * what lies in a slot. `applied`: 1 once the trigger of the watch in a slot was applied, as of an opened lock.
 */
export type Observable =
  | { readonly what: "height" }
  | { readonly what: "steps"; readonly program: number }
  | { readonly what: "quantity" | "applied"; readonly program: number; readonly slot: number };

/** A number, and the last transition that it takes into account. */
export interface Reading {
  readonly seq: number;
  readonly value: bigint;
}

/** Reads a number from the state after transition `seq`. */
export function readingOf(map: View, seq: number, asked: Observable): Reading {
  switch (asked.what) {
    case "height":
      return { seq, value: BigInt(seq) };
    case "steps": {
      const header = map.cell(address(asked.program, 0));
      return { seq, value: header.type === "program" ? BigInt(header.steps) : 0n };
    }
    case "quantity": {
      const cell = map.cell(address(asked.program, asked.slot));
      return { seq, value: cell.type === "resource" ? cell.quantity : 0n };
    }
    case "applied": {
      const cell = map.cell(address(asked.program, asked.slot));
      return { seq, value: cell.type === "watch" && cell.state === "spent" ? 1n : 0n };
    }
  }
}

/**
 * The reading to show, if an earlier one was shown. Keep it where a crash does not lose it before it is shown.
 * @param before what was kept; undefined at the beginning
 * @throws EnvironmentError "rpc" if the node is behind what was shown, or tells something else of the same state
 */
export function accepted(before: Reading | undefined, reading: Reading): Reading {
  if (before === undefined || reading.seq > before.seq) return reading;
  const wrong =
    reading.seq < before.seq
      ? `is at transition ${reading.seq}, and transition ${before.seq} was final before`
      : reading.value !== before.value
        ? `says ${reading.value} of transition ${reading.seq}, and it was ${before.value} before`
        : undefined;
  if (wrong === undefined) return before;
  throw new EnvironmentError("rpc", `the node ${wrong}; ask again, or another node`);
}
