/** Transitions as files: the same tables as those of the command line. */
import { triggerFacts } from "../../../trace/describe/triggeredRows.ts";
import type { FilterWords } from "../../../trace/query/index.ts";
import { Coverage } from "../../../verifier/audit/coverage.ts";
import { transitionTable } from "../../../verifier/audit/tables.ts";
import type { BatchReport } from "../../../verifier/verify.ts";
import type { Desk } from "./desk.ts";

/** Sorts of files that can be made of transitions. */
export const TABLE_SORTS = ["csv", "json"] as const;
export type TableSort = (typeof TABLE_SORTS)[number];

/** What goes into a file. */
export interface TableQuestion {
  readonly words: FilterWords;
  /** By seq − 1: 0 for transitions to leave out. */
  readonly chosen: Uint8Array | undefined;
  /** The batches that the page has checked. */
  readonly batches: readonly BatchReport[];
}

/** The transitions that the filter lets pass, as a file's text. @throws InvalidInputError as `transitions` does */
export function tableText(desk: Desk, sort: TableSort, { words, chosen, batches }: TableQuestion): string {
  const passing = desk.passing(words, chosen);
  const covering = new Coverage(batches);
  const stories = passing.map((t) => ({ ...desk.story(t), bundle: covering.of(t.seq) }));
  switch (sort) {
    case "csv":
      return `${transitionTable(stories).join("\n")}\n`;
    case "json": {
      return `${JSON.stringify({ transitions: stories, triggers: triggerFacts(passing, desk.history.triggers) }, null, 2)}\n`;
    }
  }
}
