/** Replays the run, and answers the page's questions. Nothing here says that anything is proven. */
import "../node/globals.ts";
import { expose } from "comlink";
import type { FilterWords } from "../../trace/query/filter.ts";
import { putFile } from "../node/files.ts";
import { Desk, type RunFacts } from "./history/desk.ts";
import { type ExportQuestion, type ExportSort, exportFile } from "./history/exportFile.ts";
import { search } from "./history/search.ts";

const RUN = "/run";
let desk: Desk | undefined;

function present(): Desk {
  if (desk === undefined) throw new Error("the run was not opened yet");
  return desk;
}

const work = {
  /** Takes in the run's files, by their names in the run directory. */
  take(files: readonly (readonly [name: string, content: Uint8Array])[]): void {
    for (const [name, content] of files) putFile(`${RUN}/${name}`, content);
  },

  /** Replays. @throws InvalidInputError if the genesis cannot be read */
  open(onProgress: (seq: number) => void): RunFacts {
    desk = new Desk(RUN, onProgress);
    return desk.facts();
  },

  transition: (seq: number) => present().transition(seq),
  transitions: (words: FilterWords, skip: number, most: number, chosen?: Uint8Array) =>
    present().transitions(words, skip, most, chosen),
  unreached: (seq: number) => present().unreached(seq),
  askers: () => present().askers(),
  search: (text: string) => search(present(), text),
  exportFile: (sort: ExportSort, question: ExportQuestion) => exportFile(present(), sort, question),
  state: (at: number) => present().state(at),
  program: (at: number, which: string) => present().program(at, which),
  resource: (at: number, which: string) => present().resource(at, which),
  capability: (at: number, which: string) => present().capability(at, which),
  watch: (at: number, which: string) => present().watch(at, which),
};

/** The worker as the page sees it. */
export type HistoryWork = typeof work;

expose(work);
