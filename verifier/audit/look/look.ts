/** Looks at the groups of a trace one after the other, and keeps of them what {@link Part} lists. */

import { channelInputs } from "../../../prover/batches/channelPoint.ts";
import { wantedSignatures } from "../../../prover/signing/signatures.ts";
import { commitTo, type PublicInputs, unpackSpan } from "../../../trace/commitment/commit.ts";
import { digestsIn } from "../../../trace/describe/triggeredRows.ts";
import type { TriggerRows } from "../../../trace/effects/triggers.ts";
import { TimeBanditsError } from "../../../trace/errors.ts";
import { authorityAsked, isEffect } from "../../../trace/machine/rowShape.ts";
import type { Row, Transition } from "../../../trace/machine/transition.ts";
import { kindsOf, passesFilter, resourcesOf, type TransitionFilter } from "../../../trace/query/filter.ts";
import { BindingEvents } from "./bindings.ts";
import { GroupMeasure } from "./measure.ts";
import type { Part, SeenRange, ToldRange, Wanted } from "./part.ts";

/** Gives the root of the state after the group; computed only if it is asked for. */
export type RootOf = () => bigint;

export class Look {
  readonly #wanted: Wanted;
  readonly #bindings: BindingEvents;
  readonly #measure: GroupMeasure;
  readonly #ranges: RangeLook;
  readonly #filter: TransitionFilter;
  #part: Part;
  #block = 0;

  /**
   * @param after the transition that the look begins behind
   * @param root of the state there
   */
  constructor(wanted: Wanted, triggers: TriggerRows, after: number, root: RootOf) {
    this.#wanted = wanted;
    this.#bindings = new BindingEvents(triggers);
    this.#measure = new GroupMeasure(wanted.levels);
    this.#ranges = new RangeLook(wanted, after, root);
    this.#filter = filterOf(wanted.told);
    this.#part = emptyPart(after);
  }

  /** Whether a bundle's range has begun and not ended. */
  get isOpen(): boolean {
    return this.#ranges.isOpen;
  }

  add(group: readonly Transition[], root: RootOf): void {
    const part = this.#part;
    this.#bindings.add(group);
    part.seen.push(...this.#ranges.add(group, root));
    const { proven } = this.#wanted;
    const last = group.at(-1)?.seq ?? 0;
    if (last > proven) this.#measure.add((group[0]?.seq ?? 0) > proven ? group : group.filter((t) => t.seq > proven));
    for (const t of group) this.#addRow(t);
    part.seq = last;
  }

  /** The rows behind the end of a piece, only to finish the ranges that begin in it. */
  finish(group: readonly Transition[], root: RootOf): void {
    this.#ranges.begin = false;
    this.#part.seen.push(...this.#ranges.add(group, root));
  }

  /** The new keys of a group that is not counted, because it is not what the trace says. */
  addKeys(group: readonly Row[]): void {
    this.#bindings.addKeys(group);
  }

  #addRow(t: Transition): void {
    const part = this.#part;
    if (authorityAsked(t) !== 0n) this.#signers.add(t.actor);
    const { selector } = t.argument;
    if (selector !== undefined) this.#selectors.add(selector);
    for (const digest of digestsIn([t])) {
      this.#digests.delete(digest);
      this.#digests.add(digest);
      const setter = `${t.actor} ${digest}`;
      if (!isEffect(t) || this.#set.has(setter)) continue;
      this.#set.add(setter);
      part.set.push([t.actor, digest, t.seq]);
    }
    const { told, approvals } = this.#wanted;
    if (told.kinds !== undefined) for (const kind of kindsOf(t)) this.#kinds.add(kind);
    if (told.resources !== undefined)
      for (const id of resourcesOf(t)) if (told.resources.has(id)) this.#resources.add(id);
    if (passesFilter(t, this.#filter)) {
      part.matching++;
      if (part.told.length < told.most) part.told.push(t);
    }
    if (approvals && t.effect === "DelegateCapability") part.approvals.push(t);
    this.#compareTime(t);
  }

  readonly #signers = new Set<number>();
  readonly #selectors = new Set<bigint>();
  readonly #digests = new Set<bigint>();
  readonly #set = new Set<string>();
  readonly #kinds = new Set<bigint>();
  readonly #resources = new Set<bigint>();

  /** Compares the time of an imported transition with that of its block. */
  #compareTime({ seq, at }: Transition): void {
    const { blocks } = this.#wanted;
    for (; (blocks[this.#block]?.[1] ?? Number.POSITIVE_INFINITY) < seq; this.#block++);
    const block = blocks[this.#block];
    if (block !== undefined && block[0] <= seq && block[2] !== at) this.#part.mistimed ??= { seq, at };
  }

  /** What was looked at since the last call. */
  take(): Part {
    const part: Part = {
      ...this.#part,
      bindings: this.#bindings.take(),
      measured: this.#measure.take(),
      signers: taken(this.#signers),
      selectors: taken(this.#selectors),
      digests: taken(this.#digests),
      kinds: taken(this.#kinds),
      resources: taken(this.#resources),
    };
    this.#set.clear();
    this.#part = emptyPart(part.seq);
    return part;
  }
}

function taken<T>(set: Set<T>): T[] {
  const all = [...set];
  set.clear();
  return all;
}

function emptyPart(seq: number): Part {
  return {
    ...{ seq, bindings: [], signers: [], selectors: [], digests: [], set: [], seen: [] },
    measured: new GroupMeasure(1).take(),
    ...{ told: [], matching: 0, kinds: [], resources: [], approvals: [], mistimed: null },
  };
}

function filterOf({ from, to, programs, resources, kinds, ranges }: ToldRange): TransitionFilter {
  const none = new Set<never>();
  // A set that is asked for and empty lets nothing pass.
  const impossible = [programs, resources, kinds].some((set) => set !== undefined && set.size === 0);
  return {
    from: impossible ? Number.POSITIVE_INFINITY : from,
    to,
    programs: programs ?? none,
    resources: resources ?? none,
    kinds: kinds ?? none,
    ranges: ranges ?? null,
  };
}

/** Follows the ranges of the bundles. */
class RangeLook {
  /** Whether further ranges begin. */
  begin = true;
  readonly #ranges: Wanted["ranges"];
  /** Ends of groups at which a root is wanted. */
  readonly #ends: ReadonlySet<number>;
  readonly #roots = new Map<number, bigint>();
  #next: number;
  #open: number[] = [];
  /** The transitions since the first one of an open range. */
  #rows: Transition[] = [];

  constructor({ ranges }: Wanted, after: number, root: RootOf) {
    this.#ranges = ranges;
    this.#next = ranges.findIndex(({ firstSeq }) => firstSeq > after);
    if (this.#next < 0) this.#next = ranges.length;
    this.#ends = new Set(ranges.slice(this.#next).map(({ firstSeq }) => firstSeq - 1));
    if (this.#ends.has(after)) this.#roots.set(after, root());
  }

  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  add(group: readonly Transition[], root: RootOf): SeenRange[] {
    for (const t of group) {
      while (this.begin && this.#ranges[this.#next]?.firstSeq === t.seq) this.#open.push(this.#next++);
      if (this.#open.length > 0) this.#rows.push(t);
    }
    const last = group.at(-1)?.seq ?? 0;
    const rangeOf = (index: number) => this.#ranges[index] as Wanted["ranges"][number];
    const done = this.#open.filter((index) => rangeOf(index).lastSeq <= last);
    const seen = done.map((index) => this.#seen(index, last, root));
    if (done.length > 0) {
      this.#open = this.#open.filter((index) => rangeOf(index).lastSeq > last);
      const first = Math.min(last + 1, ...this.#open.map((index) => rangeOf(index).firstSeq));
      this.#rows = this.#rows.slice(Math.max(0, first - (this.#rows[0]?.seq ?? first)));
      // Ranges that still come begin behind the first one that is open.
      for (const end of this.#roots.keys()) if (end + 1 < first) this.#roots.delete(end);
    }
    if (this.begin && this.#ends.has(last)) this.#roots.set(last, root());
    return seen;
  }

  #seen(index: number, end: number, root: RootOf): SeenRange {
    const { firstSeq, lastSeq, rows, statement } = this.#ranges[index] as Wanted["ranges"][number];
    const begin = firstSeq - (this.#rows[0]?.seq ?? 0);
    const batch = this.#rows.slice(begin, begin + lastSeq - firstSeq + 1);
    return {
      index,
      notBefore: batch[0]?.at ?? 0,
      until: batch.at(-1)?.at ?? 0,
      preRoot: this.#roots.get(firstSeq - 1),
      postRoot: lastSeq === end ? root() : undefined,
      traceRoot: rows === null ? undefined : commitTo(batch, rows).root,
      channel: channelOf(statement, batch),
      wanted: wantedIn(batch),
    };
  }
}

/** The published value of a batch. Rows that cannot be told give none: other checks report their times. */
function channelOf(statement: PublicInputs, batch: readonly Transition[]): SeenRange["channel"] {
  try {
    return channelInputs(statement, unpackSpan(statement.span), batch);
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
    return undefined;
  }
}

/** The signatures that a batch needs. An invalid range gives none: other checks report it. */
function wantedIn(batch: readonly Transition[]): SeenRange["wanted"] {
  try {
    return wantedSignatures(batch);
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
    return [];
  }
}
