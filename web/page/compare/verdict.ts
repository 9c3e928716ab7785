/** The outcome of a comparison in a sentence, and as bars. */
import type { Comparison } from "../../work/history/compare.ts";

/** A sentence without its full stop. */
export function verdictOf({ same, genesis, transitions }: Comparison): string {
  const { first, common, prefix, differs } = transitions;
  if (same) return `The runs are the same: the genesis, all ${first} transitions, and the end`;
  if (!genesis.same) return "The runs differ from the genesis on";
  if (prefix !== null) {
    const [shorter, longer] = prefix === "first" ? ["first", "second"] : ["second", "first"];
    return `The ${shorter} run is the beginning of the ${longer}, which goes on from transition ${common + 1}`;
  }
  if (differs === null) return "The runs differ";
  return `The runs differ from transition ${differs.seq} on`;
}

/** A run as a bar, in percent of the longer one. */
export interface Bar {
  readonly common: number;
  readonly rest: number;
  readonly transitions: number;
}

export function barsOf({ transitions: { first, second, common } }: Comparison): readonly [Bar, Bar] {
  const longest = Math.max(first, second, 1);
  const bar = (transitions: number): Bar => ({
    ...{ common: (100 * common) / longest, rest: (100 * (transitions - common)) / longest, transitions },
  });
  return [bar(first), bar(second)];
}
