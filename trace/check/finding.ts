/** What a check finds: told in words, shown by transitions, with something to do about it. */

import { ShortNames } from "../describe/names.ts";
import { phraseOf } from "../describe/summary.ts";
import type { Transition } from "../machine/transition.ts";
import type { Manifest } from "../run/manifest.ts";
import type { TimeMap } from "../state/timeMap.ts";

/** `error`: it is wrong; `warning`: it may go wrong; `info`: worth knowing, and often meant so. */
export const SEVERITIES = ["error", "warning", "info"] as const;
/** How bad a finding is. */
export type Severity = (typeof SEVERITIES)[number];

/** What was found, where, and what to do about it. */
export interface Finding {
  /** Which sort of finding, the same in code, tests and docs/reference/check.md. */
  id: string;
  severity: Severity;
  message: string;
  /** seqs of the transitions that show it, in their order. */
  transitions: number[];
  /** Numbers of the programs that it is about, in their order. */
  programs: number[];
  /** What to do about it. */
  suggestion: string;
}

/** A run to check: whole groups from the first on, and the state that they lead to. */
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
