/** The concurrency graph of a run: programs, their events, and the ties of events between two programs. */

import { conditionName, type NameTables, quoted, rightNames, ShortNames } from "../describe/names.ts";
import { meantProgram } from "../describe/programNumber.ts";
import { fires, phraseOf } from "../describe/summary.ts";
import { InvalidInputError } from "../errors.ts";
import { opensPeer } from "../machine/rowShape.ts";
import type { Opened, RowName, Transition } from "../machine/transition.ts";
import type { Manifest } from "../run/manifest.ts";
import { unpackCell } from "../state/cells.ts";

/** Sorts of edges; each has its own look. `own`: an event of one program without a tie. */
export const SORTS = ["ownership", "call", "delegation", "watch", "join", "create", "own"] as const;
export type Sort = (typeof SORTS)[number];

const SORT_OF: Readonly<Record<RowName, Sort>> = {
  CreateProgram: "create",
  Issue: "ownership",
  Retire: "ownership",
  DeclareEntry: "call",
  EscrowToProgram: "ownership",
  ClaimFromProgram: "ownership",
  RevokeResource: "ownership",
  InvokeProgram: "call",
  Pass: "ownership",
  DelegateCapability: "delegation",
  RevokeCapability: "delegation",
  Clear: "own",
  WatchResource: "watch",
  Unwatch: "watch",
  Check: "watch",
  Trigger: "watch",
  JoinWith: "join",
  Split: "ownership",
  Merge: "ownership",
  RotateAuthority: "own",
  Lineage: "delegation",
  Enter: "ownership",
  Eject: "ownership",
};
/** Effects whose edge runs from the peer to the actor: the actor takes, learns or waits for something there. */
const INWARD: ReadonlySet<RowName> = new Set<RowName>([
  "ClaimFromProgram",
  "RevokeResource",
  "Check",
  "JoinWith",
  "Eject",
]);

/** Characters of a name in a picture. */
const LONGEST_NAME = 16;

/** One transition on the lane of its actor. */
export interface GraphEvent {
  seq: number;
  /** seq of the first row of its group; 0 if alone. */
  group: number;
  /** Seconds since 1970. */
  at: number;
  effect: RowName;
  sort: Sort;
  program: number;
  /** Lamport clock of the program afterwards. */
  clock: number;
  /** The tie to the other program whose clock it meets; null if there is none. */
  tie: Tie | null;
  /** "A escrows 100 Gold to B". */
  text: string;
  /** The same in a word or two, for an edge with named ends. */
  brief: string;
  /** A watch fired. */
  fired: boolean;
}
/** The tie of an event's program to another. */
export interface Tie {
  peer: number;
  /** Clock of the peer afterwards; a join leaves it as it is. */
  clock: number;
  /** True if the edge runs from the peer to the event's program. */
  inward: boolean;
  /** The amount that moved over the edge; null unless ownership moved. */
  amount: { kind: bigint; quantity: bigint } | null;
}

/** A program of the graph. */
export interface GraphProgram {
  program: number;
  /** Short enough for a picture. */
  name: string;
  fullName: string;
  /** Number of its own events, and of others' events that it takes part in. */
  events: number;
}
/** The part of a run that a picture shows. */
export interface Graph {
  title: string;
  /** The size of the whole run, and the chosen part in words, "" for all. */
  whole: { transitions: number; programs: number; chosen: string };
  /** In order of their numbers. */
  programs: readonly GraphProgram[];
  /** In order of seq. */
  events: readonly GraphEvent[];
  /** "Gold", or "kind 1 of A". */
  kindName: (kind: bigint) => string;
}

/** Which part of a run to draw. */
export interface GraphFilter {
  /** First and last transition. */
  from?: number | undefined;
  to?: number | undefined;
  /** Names or numbers; events without any of them are left out. */
  programs?: readonly string[] | undefined;
}

/** A manifest, with the chain's words for an imported run. */
type Named = Manifest & Pick<NameTables, "words">;

/**
 * The graph of the transitions that pass the filter.
 * @throws InvalidInputError if the filter names a program that takes part in none of them, or gives a name of several
 *   programs; if its range is reversed
 */
export function graphOf(transitions: readonly Transition[], manifest: Named, filter: GraphFilter = {}): Graph {
  const fullNames = new ShortNames(manifest);
  const names = new ShortNames(shortened(manifest));
  const { from = 1, to = Number.MAX_SAFE_INTEGER } = filter;
  if (from > to)
    throw new InvalidInputError("from", `${from} comes after ${to}; name the first transition, then the last`);
  const inRange = transitions.filter(({ seq }) => seq >= from && seq <= to).map((t) => eventOf(t, names));
  const wanted = wantedPrograms(inRange, manifest, filter.programs ?? []);
  const events =
    wanted === null ? inRange : inRange.filter(({ program, tie }) => wanted.has(program) || wanted.has(tie?.peer ?? 0));
  const counts = new Map<number, number>();
  for (const { program, tie } of events) {
    counts.set(program, (counts.get(program) ?? 0) + 1);
    if (tie !== null) counts.set(tie.peer, (counts.get(tie.peer) ?? 0) + 1);
  }
  const programs = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([program, events]) => ({
      program,
      name: clean(names.program(program)),
      fullName: clean(fullNames.program(program)),
      events,
    }));
  const whole = {
    transitions: transitions.length,
    programs: new Set(transitions.flatMap((t) => (opensPeer(t) ? [t.actor, t.peer] : [t.actor]))).size,
    chosen: clean(chosenText(filter, fullNames, wanted)),
  };
  return { title: clean(manifest.scenario), whole, programs, events, kindName: (kind) => clean(names.kind(kind)) };
}

/** A filter in words: "from 4 to 9, with A". */
function chosenText({ from, to }: GraphFilter, names: ShortNames, wanted: ReadonlySet<number> | null): string {
  const range = [...(from === undefined ? [] : [`from ${from}`]), ...(to === undefined ? [] : [`to ${to}`])].join(" ");
  const who = wanted === null ? "" : `with ${[...wanted].map((program) => names.program(program)).join(", ")}`;
  return [range, who].filter((part) => part !== "").join(", ");
}

/** The first program of an address of an imported run. */
function addressed(asked: string, { words }: Named): number | undefined {
  const found = Object.entries(words?.addresses ?? {}).find(([, address]) => address === asked.toLowerCase());
  return found === undefined ? undefined : Number(found[0]);
}

/** The numbers of the programs that a filter names; null for all. */
function wantedPrograms(events: readonly GraphEvent[], manifest: Named, asked: readonly string[]): Set<number> | null {
  if (asked.length === 0) return null;
  const there = new Set(events.flatMap(({ program, tie }) => (tie === null ? [program] : [program, tie.peer])));
  const wanted = new Set<number>();
  for (const name of asked) {
    const program = meantProgram(name, manifest) ?? addressed(name, manifest);
    if (program === undefined || !there.has(program)) {
      const names = new ShortNames(manifest);
      const known = [...there]
        .sort((a, b) => a - b)
        .slice(0, 20)
        .map((one) => names.program(one));
      throw new InvalidInputError(
        "program",
        `${quoted(name)} takes part in no transition here; there are: ${known.join(", ")}`,
      );
    }
    wanted.add(program);
  }
  return wanted;
}

/** The events of these transitions, with the texts of a picture. */
export function eventsOf(transitions: readonly Transition[], tables: NameTables): GraphEvent[] {
  const names = new ShortNames(shortened(tables));
  return transitions.map((t) => eventOf(t, names));
}

/** Names of programs for a picture: short ones, and whole ones. */
export function programNames(tables: NameTables): (program: number) => { name: string; fullName: string } {
  const [names, fullNames] = [new ShortNames(shortened(tables)), new ShortNames(tables)];
  return (program) => ({ name: clean(names.program(program)), fullName: clean(fullNames.program(program)) });
}

function eventOf(t: Transition, names: ShortNames): GraphEvent {
  return { ...placeOf(t), text: clean(phraseOf(t, names)), brief: clean(briefOf(t, names)) };
}

/** An event without its texts. */
export function placeOf(t: Transition): Omit<GraphEvent, "text" | "brief"> {
  const sort = SORT_OF[t.effect];
  const { seq, group, at, effect, actor: program, clock } = t;
  const amount = sort === "ownership" ? { kind: t.kind, quantity: t.quantity } : null;
  const tie = opensPeer(t) ? { peer: t.peer, clock: clockOf(t.columns.B), inward: INWARD.has(effect), amount } : null;
  return { seq, group, at, effect, sort, program, clock, tie, fired: fires(t) };
}

function clockOf({ after }: Opened): number {
  const cell = unpackCell(after);
  return cell.type === "program" ? cell.clock : 0;
}

function briefOf(t: Transition, names: ShortNames): string {
  switch (t.effect) {
    case "EscrowToProgram":
      return `escrow ${names.amount(t.quantity, t.kind)}`;
    case "ClaimFromProgram":
      return `claim ${names.amount(t.quantity, t.kind)}`;
    case "RevokeResource":
      return `take back ${names.amount(t.quantity, t.kind)}`;
    case "Pass":
      return `pass ${names.amount(t.quantity, t.kind)}`;
    case "InvokeProgram":
      return `call ${names.selector(t.argument.selector ?? 0n)}`;
    case "DelegateCapability":
      return `lend ${rightNames(t.argument.rights ?? 0) || "nothing"}`;
    case "WatchResource":
      return `watch: ${conditionName(t.argument.condition ?? 0)}`;
    case "Unwatch":
      return "unwatch";
    case "Check":
      return fires(t) ? "fired" : "checked";
    case "JoinWith":
      return "join";
    case "CreateProgram":
      return "create";
    case "Issue":
    case "Retire":
    case "Split":
    case "Merge":
    case "Enter":
    case "Eject":
      return `${t.effect.toLowerCase()} ${names.amount(t.quantity, t.kind)}`;
    case "DeclareEntry":
      return `declare ${names.selector(t.argument.selector ?? 0n)}`;
    case "Trigger":
      return "triggered";
    default:
      return t.effect;
  }
}

/** Long names (such as addresses) keep their beginning and end, so that sentences stay readable. */
function shortened({ programs, kinds, functions, slots, words }: NameTables): NameTables {
  const short = (names: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(names).map(([key, name]) => [key, shortName(name)]));
  const chain = words === undefined ? undefined : { ...words, addresses: short(words.addresses) };
  return {
    ...{ programs: short(programs), kinds: short(kinds), functions: short(functions), slots: short(slots) },
    words: chain,
  };
}

function shortName(name: string): string {
  const chars = [...name];
  if (chars.length <= LONGEST_NAME) return name;
  return `${chars.slice(0, LONGEST_NAME - 6).join("")}…${chars.slice(-5).join("")}`;
}

/**
 * Names come from files. Characters that cannot be drawn (controls, marks that reverse text, unpaired surrogates) are
 * replaced.
 */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\uFFFE\uFFFF]/gu, "\uFFFD");
}
