/** Replays the run, and answers the page's questions. Nothing here says that anything is proven. */
import "../node/globals.ts";
import { expose, transfer } from "comlink";
import type { ExitWish } from "../../prover/exits/exitInput.ts";
import type { OpenRequest } from "../../trace/crossing/entries.ts";
import type { FilterWords } from "../../trace/query/filter.ts";
import type { LogSignature } from "../../trace/signing/signature.ts";
import { putFile } from "../node/files.ts";
import { answersOf, borderOf } from "./history/border.ts";
import type { Drawing } from "./history/columns.ts";
import { type Comparison, compare } from "./history/compare.ts";
import { coneOf } from "./history/cone.ts";
import type { Desk, RunFacts } from "./history/desk.ts";
import { buffersOf, drawingOf, labelsOf } from "./history/drawing.ts";
import { type ExportQuestion, type ExportSort, exportFile } from "./history/exportFile.ts";
import { grow } from "./history/growth.ts";
import { exitInputOf, leavableBy } from "./history/leaving.ts";
import { Ownership } from "./history/ownership.ts";
import { search } from "./history/search.ts";
import { READY } from "./ready.ts";

const RUN = "/run";
const SECOND = "/second";
let desk: Desk | undefined;
/** The parents of all transitions, kept for cones. */
let parents: Uint32Array | undefined;
let ownership: Ownership | undefined;

function present(): Desk {
  if (desk === undefined) throw new Error("the run was not opened yet");
  return desk;
}

function holdings(): Ownership {
  ownership ??= new Ownership(present());
  return ownership;
}

const work = {
  /** Takes in the run's files, by their names in the run directory. */
  take(files: readonly (readonly [name: string, content: Uint8Array])[]): void {
    for (const [name, content] of files) putFile(`${RUN}/${name}`, content);
  },

  /**
   * Replays. Questions are answered meanwhile, from what was replayed when it was last told.
   * @param onPart told what the run is so far, if it takes long
   * @param onShare told the part of the trace that was read
   * @throws InvalidInputError if the genesis cannot be read
   */
  async open(onPart: (facts: RunFacts) => void, onShare: (share: number) => void): Promise<RunFacts> {
    const show = (made: Desk): RunFacts => {
      [desk, parents, ownership] = [made, undefined, undefined];
      return made.facts();
    };
    return show(await grow(RUN, { onDesk: (made) => onPart(show(made)), onShare }));
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

  /** The columns of the causal view. They are handed over, so ask once. */
  drawing(): Drawing {
    const { history, tables } = present();
    const drawing = drawingOf(history.transitions, history.end.programs(), tables);
    parents = drawing.parents.slice();
    return transfer(drawing, buffersOf(drawing));
  },

  labels(from: number, to: number) {
    const { history, tables } = present();
    return labelsOf(history.transitions, tables, from, to);
  },

  /** The causal cone of a transition. */
  cone(seq: number) {
    parents ??= Uint32Array.from(present().history.transitions.flatMap((t) => t.parents));
    const cone = coneOf(seq, parents);
    return transfer(cone, [cone.back.buffer, cone.forward.buffer]);
  },
  /**
   * Takes in a second run beside the first, and compares them.
   * @throws InvalidInputError if a genesis cannot be read
   */
  compare(
    files: readonly (readonly [name: string, content: Uint8Array])[],
    called: readonly [string, string],
    onProgress: (which: "first" | "second", share: number) => void,
  ): Comparison {
    for (const [name, content] of files) putFile(`${SECOND}/${name}`, content);
    return compare([RUN, SECOND], called, onProgress);
  },

  moment: (at: number) => holdings().moment(at),
  overview: (at: number) => holdings().overview(at),
  programView: (at: number, which: string) => holdings().program(at, which),
  resourceView: (at: number, which: string) => holdings().resource(at, which),
  capabilityView: (at: number, which: string) => holdings().capability(at, which),
  watchView: (at: number, which: string) => holdings().watch(at, which),
  kindView: (at: number, which: string) => holdings().kind(at, which),

  border: (at: number) => borderOf(present(), at),
  answers: (at: number, requests: readonly OpenRequest[]) => answersOf(present(), at, requests),
  leavable: (at: number, program: number, time: number) => leavableBy(present(), at, program, time),
  exitInput: (head: { readonly at: number; readonly root: string }, wish: ExitWish, signature: LogSignature) =>
    exitInputOf(present(), head, wish, signature),
};

/** The worker as the page sees it. */
export type HistoryWork = typeof work;

expose(work);
postMessage(READY);
