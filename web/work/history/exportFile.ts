/** Transitions as files: the same tables as those of the command line, and traces for other viewers. */
import { triggerFacts } from "../../../trace/describe/triggeredRows.ts";
import { perfettoTrace } from "../../../trace/export/perfetto.ts";
import { spansOf } from "../../../trace/export/spans.ts";
import type { Exported } from "../../../trace/export/timeline.ts";
import type { Transition } from "../../../trace/machine/transition.ts";
import type { FilterWords } from "../../../trace/query/index.ts";
import { Coverage } from "../../../verifier/audit/coverage.ts";
import { transitionTable } from "../../../verifier/audit/tables.ts";
import type { TransitionReport } from "../../../verifier/audit/transitionReport.ts";
import type { BatchReport } from "../../../verifier/verify.ts";
import type { Desk } from "./desk.ts";

/** Sorts of files that can be made of transitions. */
export type ExportSort = "csv" | "json" | "perfetto" | "otlp";

/** What goes into a file. */
export interface ExportQuestion {
  readonly words: FilterWords;
  /** By seq − 1: 0 for transitions to leave out. */
  readonly chosen: Uint8Array | undefined;
  /** The batches that the page has checked. */
  readonly batches: readonly BatchReport[];
}

/** The transitions that the filter lets pass, as a file's content. @throws InvalidInputError as `transitions` does */
export function exportFile(
  desk: Desk,
  sort: ExportSort,
  { words, chosen, batches }: ExportQuestion,
): string | Uint8Array<ArrayBuffer> {
  const passing = desk.passing(words, chosen);
  const stories = (): TransitionReport[] => {
    const covering = new Coverage(batches);
    return passing.map((t) => ({ ...desk.story(t), bundle: covering.of(t.seq) }));
  };
  switch (sort) {
    case "csv":
      return `${transitionTable(stories()).join("\n")}\n`;
    case "json": {
      const triggers = triggerFacts(passing, desk.history.triggers);
      return `${JSON.stringify({ transitions: stories(), triggers }, null, 2)}\n`;
    }
    case "perfetto":
      return perfettoTrace(timeline(desk, passing));
    case "otlp":
      return `${JSON.stringify(spansOf(timeline(desk, passing)))}\n`;
  }
}

function timeline({ run, history: { names, triggers } }: Desk, transitions: readonly Transition[]): Exported {
  const { manifest, header } = run;
  return { title: manifest.scenario, genesisRoot: header?.genesisRoot ?? 0n, transitions, names, triggers };
}
