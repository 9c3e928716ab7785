/** Answers the page's questions about a run, with the functions behind the verbs `show` and `diff`. */
import { type ChainRecord, recordIn } from "../../../trace/chain/record.ts";
import { wordsOf } from "../../../trace/chain/words.ts";
import type { NameTables } from "../../../trace/describe/names.ts";
import { Names } from "../../../trace/describe/names.ts";
import { namesInUse } from "../../../trace/describe/ownNames.ts";
import { linesOf } from "../../../trace/describe/triggeredRows.ts";
import { lookUp } from "../../../trace/effects/triggers.ts";
import { InvalidInputError } from "../../../trace/errors.ts";
import { authorityAsked, isEffect } from "../../../trace/machine/rowShape.ts";
import type { Transition } from "../../../trace/machine/transition.ts";
import {
  type CapabilityAnswer,
  capabilityAt,
  type FilterWords,
  type OpenedCell,
  type ProgramAnswer,
  passesFilter,
  programAt,
  type ResourceAnswer,
  type RunHistory,
  resourceAt,
  type Snapshot,
  type StateReport,
  stateAt,
  transitionAt,
  transitionFilter,
  type WatchAnswer,
  watchAt,
} from "../../../trace/query/index.ts";
import { WholePast } from "../../../trace/query/past.ts";
import {
  capabilityLines,
  openedLines,
  programLines,
  resourceLines,
  stateLines,
  watchLines,
} from "../../../trace/query/render.ts";
import type { TraceRecord } from "../../../trace/run/traceLines.ts";
import { changeText, transitionLines } from "../../../verifier/audit/render.ts";
import { storyOf, type TransitionReport } from "../../../verifier/audit/transitionReport.ts";
import { type AsFar, replayAsFar } from "./asFar.ts";
import { States } from "./states.ts";

/** What a run is, in short. */
export interface RunFacts {
  readonly scenario: string;
  readonly transitions: number;
  /** Whether all of the trace was read. Else more transitions are going to follow. */
  readonly whole: boolean;
  /** The part of the trace that was read, from 0 to 1. */
  readonly share: number;
  /** Records of the trace, replayed or not, as far as they can be read. */
  readonly records: number;
  readonly programs: readonly { readonly program: number; readonly name: string | null }[];
  readonly levels: number;
  /** Seconds since 1970 of the first and the last transition; 0 without one. */
  readonly from: number;
  readonly until: number;
  /** Why only a part is shown, in a sentence; null if all is. */
  readonly stopped: string | null;
  /** The map on its chain, as the manifest names it; null if it names none. */
  readonly chain: { readonly chainId: string; readonly registry: string } | null;
  /** Whether it is an import whose blocks are known. */
  readonly imported: boolean;
  /** Remarks on the blocks of an imported run. */
  readonly notes: readonly string[];
}

/** An answer as data and in words. */
export interface Told<Facts> {
  readonly facts: Facts;
  readonly lines: readonly string[];
}

/** One transition: its story, and what it left in its cells. */
export interface TransitionView {
  readonly story: TransitionReport;
  readonly lines: readonly string[];
  readonly opened: readonly string[];
  /** The cells that it opened, before and after. */
  readonly cells: readonly OpenedCell[];
  /** What became of each resource in them, in words. */
  readonly changes: readonly string[];
  readonly group: { readonly first: number; readonly last: number } | null;
}

/** A row of a table of transitions. */
export type TransitionRow = Pick<TransitionReport, "seq" | "group" | "at" | "effect" | "asks">;

/** A page of transitions. */
export interface TransitionPage {
  /** Number of all that the filter lets pass. */
  readonly matching: number;
  readonly stories: readonly TransitionReport[];
  /**
   * Records behind a fault of the replay: what they ask, and nothing more. Only filters by number and by marks find
   * them.
   */
  readonly unreached: readonly TransitionRow[];
}

export class Desk {
  readonly run: AsFar;
  readonly history: RunHistory;
  readonly chain: ChainRecord | null;
  readonly #notes: readonly string[];
  readonly #states: States;

  /** @param run as far as it was replayed. A replay that goes on changes nothing of what the desk says */
  constructor(dir: string, run: AsFar = replayAsFar(dir)) {
    this.run = run;
    const { manifest, groups, genesis, map, triggers } = run;
    const transitions = groups.flat();
    const { record, notes } = recordIn(dir, { manifest, records: transitions.length, transitions });
    const words = wordsOf(record, manifest, { addresses: false, functions: undefined });
    const { tables } = namesInUse(manifest, undefined, words);
    this.chain = record;
    this.#notes = notes;
    const names = new Names(tables);
    const end = run.whole ? map : map.clone();
    const past = new WholePast(genesis, transitions, end);
    this.history = { genesis, past, transitions, end, names, tables, triggers: lookUp(triggers) };
    this.#states = new States(this.history);
  }

  /** The names in use. */
  get tables(): NameTables {
    return this.history.tables;
  }

  facts(): RunFacts {
    const { manifest, stopped, whole, share } = this.run;
    const { transitions, names, end } = this.history;
    const { chain } = manifest;
    return {
      scenario: manifest.scenario,
      transitions: transitions.length,
      ...{ whole, share },
      records: transitions.length + this.run.unreached.length,
      programs: Array.from({ length: end.programs() }, (_, i) => names.ref(i + 1)),
      levels: end.levels,
      from: transitions[0]?.at ?? 0,
      until: transitions.at(-1)?.at ?? 0,
      stopped,
      chain: chain === undefined ? null : { chainId: chain.chainId.toString(), registry: chain.registry },
      imported: this.chain !== null,
      notes: this.#notes,
    };
  }

  /** @throws InvalidInputError as `transitionAt` does */
  transition(seq: number): TransitionView {
    const answer = transitionAt(this.history, String(seq));
    const story = this.story(answer.transition);
    const { names } = this.history;
    const changes = story.changes.map(changeText);
    const { cells, group } = answer;
    return { story, lines: transitionLines(story), opened: openedLines(answer, names), cells, changes, group };
  }

  /** By seq − 1: the program whose signature a transition needs; 0 if it is open; -1 if nobody is asked. */
  askers(): Int32Array {
    return Int32Array.from(this.history.transitions, (t) => {
      if (authorityAsked(t) !== 0n) return t.actor;
      return isEffect(t) && !t.triggered ? 0 : -1;
    });
  }

  story(t: Transition): TransitionReport {
    return storyOf(t, { ...this.history, chain: this.chain }, "");
  }

  /**
   * Transitions that the filter lets pass, some of them from one place on.
   * @param chosen by seq − 1: 0 for those to leave out
   * @throws InvalidInputError
   */
  transitions(words: FilterWords, skip: number, most: number, chosen?: Uint8Array): TransitionPage {
    const { from = 1, to = Number.MAX_SAFE_INTEGER, ...others } = words;
    const { unreached } = this.run;
    const isBehind = from > this.history.transitions.length && from <= (unreached.at(-1)?.seq ?? 0);
    const passing = isBehind ? [] : this.passing(words, chosen);
    const stories = passing.slice(skip, skip + most).map((t) => this.story(t));
    const isPlain = Object.values(others).every((word) => word === undefined);
    const behind = isPlain ? unreached.filter(({ seq }) => from <= seq && seq <= to && isChosen(seq, chosen)) : [];
    const first = Math.max(0, skip - passing.length);
    const rest = behind.slice(first, first + most - stories.length);
    return { matching: passing.length + behind.length, stories, unreached: rest.map((record) => this.#row(record)) };
  }

  /** A record that was not replayed, in words. @throws InvalidInputError if there is none of that number */
  unreached(seq: number): TransitionRow {
    const record = this.run.unreached.find((one) => one.seq === seq);
    if (record === undefined) throw new InvalidInputError("transition", `${seq} is not in the trace`);
    return this.#row(record);
  }

  #row(record: TraceRecord): TransitionRow {
    const { seq, group, at, effect } = record;
    return { seq, group, at, effect, asks: linesOf(record, this.history.names, this.history.triggers) };
  }

  /** @throws InvalidInputError if a word of the filter is in no transition */
  passing(words: FilterWords, chosen?: Uint8Array): Transition[] {
    const { transitions, names, end } = this.history;
    const around = { transitions, programs: end.programs(), names, chain: this.chain };
    const filter = transitionFilter(words, around);
    return transitions.filter((t) => isChosen(t.seq, chosen) && passesFilter(t, filter));
  }

  /** @throws InvalidInputError if there is no such transition */
  state(at: number): Told<StateReport & { root: string }> {
    const snapshot = this.snapshot(at);
    const facts = { root: snapshot.map.root().toString(), ...stateAt(snapshot) };
    return { facts, lines: stateLines(facts, this.history.names) };
  }

  /** @throws InvalidInputError as `programAt` does, and so on for the others */
  program(at: number, which: string): Told<ProgramAnswer> {
    const facts = programAt(this.snapshot(at), which);
    return { facts, lines: programLines(facts, this.history.names) };
  }

  resource(at: number, which: string): Told<ResourceAnswer> {
    const facts = resourceAt(this.snapshot(at), which);
    return { facts, lines: resourceLines(facts, this.history.names) };
  }

  capability(at: number, which: string): Told<CapabilityAnswer> {
    const facts = capabilityAt(this.snapshot(at), which);
    return { facts, lines: capabilityLines(facts, this.history.names) };
  }

  watch(at: number, which: string): Told<WatchAnswer> {
    const facts = watchAt(this.snapshot(at), which);
    return { facts, lines: watchLines(facts, this.history.names) };
  }

  /** @throws InvalidInputError if there is no such transition */
  snapshot(at: number): Snapshot {
    return this.#states.at(at);
  }
}

function isChosen(seq: number, chosen: Uint8Array | undefined): boolean {
  return chosen === undefined || chosen[seq - 1] === 1;
}
