/** Two runs compared, with the functions behind the verb `diff`. */
import { commonWords } from "../../../trace/describe/chainWords.ts";
import { Names } from "../../../trace/describe/names.ts";
import { namesInUse } from "../../../trace/describe/ownNames.ts";
import { sentenceOf } from "../../../trace/describe/sentence.ts";
import type { Transition } from "../../../trace/machine/transition.ts";
import { differenceOf, type FieldDifference, type RunDifference } from "../../../trace/query/index.ts";
import { differenceLines } from "../../../trace/query/renderDiff.ts";
import { replayAsFar } from "./asFar.ts";
import { Desk, type RunFacts } from "./desk.ts";

/** One transition of both runs with the same number. */
export interface Beside {
  readonly seq: number;
  /** Sentences; null where a run has ended. */
  readonly first: string | null;
  readonly second: string | null;
  /** Whether the two belong to the common beginning. */
  readonly common: boolean;
}

/** The difference of two runs, as data for the page. */
export interface Comparison {
  readonly first: RunFacts;
  readonly second: RunFacts;
  readonly same: boolean;
  readonly genesis: RunDifference["genesis"];
  readonly transitions: Omit<RunDifference["transitions"], "differs"> & {
    readonly differs: { readonly seq: number; readonly fields: readonly FieldDifference[] } | null;
  };
  readonly end: RunDifference["end"];
  /** The transitions around the place where the runs part. */
  readonly around: readonly Beside[];
  /** What `diff` prints. */
  readonly lines: readonly string[];
}

/** Transitions that are shown before and from the place where the runs part. */
const BEFORE = 3;
const AFTER = 7;

/** @throws InvalidInputError if the genesis of one cannot be read */
export function compare(
  dirs: readonly [string, string],
  called: readonly [string, string],
  onProgress: (which: "first" | "second", share: number) => void,
): Comparison {
  const first = new Desk(
    dirs[0],
    replayAsFar(dirs[0], (share) => onProgress("first", share)),
  );
  const second = new Desk(
    dirs[1],
    replayAsFar(dirs[1], (share) => onProgress("second", share)),
  );
  // Both runs are told with the first one's names, so that a number reads the same in both.
  const [one, two] = [first.tables.words, second.tables.words];
  const words = one !== undefined && two !== undefined ? commonWords(one, two) : undefined;
  const names = new Names(namesInUse(first.run.manifest, undefined, words).tables);
  const difference = differenceOf(first.history, second.history);
  const { differs, ...counts } = difference.transitions;
  return {
    ...{ first: first.facts(), second: second.facts() },
    ...{ same: difference.same, genesis: difference.genesis, end: difference.end },
    transitions: { ...counts, differs: differs === null ? null : { seq: differs.seq, fields: differs.fields } },
    around: besides(first.history.transitions, second.history.transitions, counts.common, names),
    lines: differenceLines(difference, called, names),
  };
}

function besides(first: readonly Transition[], second: readonly Transition[], common: number, names: Names): Beside[] {
  const last = Math.max(first.length, second.length);
  if (common === last) return [];
  const from = Math.max(1, common + 1 - BEFORE);
  const told = (t: Transition | undefined): string | null => (t === undefined ? null : sentenceOf(t, names));
  return Array.from({ length: Math.min(last, common + AFTER) - from + 1 }, (_, i) => {
    const seq = from + i;
    return { seq, first: told(first[seq - 1]), second: told(second[seq - 1]), common: seq <= common };
  });
}
