/** Findings of a check: a message, the transitions that show it, and a suggestion. */

import { ShortNames } from "../describe/names.ts";
import { phraseOf } from "../describe/summary.ts";
import type { Transition } from "../machine/transition.ts";
import type { Manifest } from "../run/manifest.ts";
import type { TimeMap } from "../state/timeMap.ts";

/** `error`: it is wrong; `warning`: it can go wrong; `info`: worth knowing, and often intended. */
export const SEVERITIES = ["error", "warning", "info"] as const;
/** Severity of a finding. */
export type Severity = (typeof SEVERITIES)[number];

/** One finding: what, where, and what to do about it. */
export interface Finding {
  /** The sort of finding; the same in code, tests and docs/reference/check.md. */
  id: string;
  severity: Severity;
  message: string;
  /** seqs of the transitions that show it, in order. */
  transitions: number[];
  /** Numbers of the programs concerned, in order. */
  programs: number[];
  /** What to do about it. */
  suggestion: string;
}

/** A run to check: all whole groups from the first on, and the resulting state. */
export interface Checked {
  groups: readonly (readonly Transition[])[];
  manifest: Manifest;
  /** The state at the end. */
  map: TimeMap;
}

/** Words for findings. */
export class Telling {
  readonly names: ShortNames;
  constructor(manifest: Manifest) {
    this.names = new ShortNames(manifest);
  }
  /** "transition 7 (A escrows 100 Gold to B)" */
  transition(t: Transition): string {
    return `transition ${t.seq} (${phraseOf(t, this.names)}${t.triggered ? ", triggered" : ""})`;
  }
  /** "A, B and C" */
  programs(programs: Iterable<number>): string {
    return joined([...programs].map((program) => this.names.program(program)));
  }
}

/** "a, b and c" */
export function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Numbers in order, each once. */
export function inOrder(numbers: Iterable<number>): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
