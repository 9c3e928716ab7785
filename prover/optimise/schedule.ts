/**
 * Orders groups so that each batch holds groups that touch the same nodes. This is list scheduling: a group is ready
 * when all its predecessors are placed. Each batch is tried with several ready groups as its first, and filled with the
 * ready group that adds the fewest nodes. The best try is kept. A batch ends where no ready group fits, so the batcher
 * cuts the order in the same places.
 */
import type { Profile } from "../profiles.ts";
import { constraintsOf } from "./cost.ts";
import type { Item } from "./items.ts";

/** Ready groups that are considered, and the number of them tried as a batch's first, earliest first. */
const WINDOW = 64;
const BEGINNINGS = 8;

/** Criterion for the next group of a batch: fewest nodes, or fewest nodes per row. */
export type Preference = "nodes" | "nodes per row";

/** A batch on trial. */
interface Draft {
  readonly profile: Profile;
  readonly order: number[];
  readonly members: Set<number>;
  readonly nodes: Set<number>;
  readonly signers: Map<number, bigint>;
  rows: number;
  now: number;
  /** Groups that became ready because of its groups. */
  readonly opened: number[];
  readonly waits: Map<number, number>;
}

/**
 * Puts groups into order.
 * @param items in their present order, which is a valid one
 * @param fixed number of items that come first and keep their order
 * @param begun number of these that are in a batch still open to the next items
 * @param beginnings number of ready groups to try as the first of each batch; 1: always the earliest
 * @returns indices of the items, each once
 */
export function schedule(
  items: readonly Item[],
  fixed: number,
  begun: number,
  preference: Preference,
  beginnings: number = BEGINNINGS,
): number[] {
  const scheduler = new Scheduler(items, fixed - begun, preference);
  if (begun > 0) scheduler.firstBatch(begun);
  while (scheduler.order.length < items.length) scheduler.nextBatch(beginnings);
  return scheduler.order;
}

class Scheduler {
  readonly order: number[] = [];
  readonly #items: readonly Item[];
  readonly #preference: Preference;
  readonly #after: number[][];
  readonly #waits: number[];
  readonly #placed: boolean[];
  /** Ready groups, the earliest first. */
  #ready: number[] = [];
  /** All groups, ordered by their latest time; those before `#urgent` are placed. */
  readonly #byLatest: number[];
  #urgent = 0;
  #now = 0;

  constructor(items: readonly Item[], fixed: number, preference: Preference) {
    this.#items = items;
    this.#preference = preference;
    this.#after = items.map(() => []);
    this.#waits = items.map(({ before }) => before.size);
    this.#placed = items.map(() => false);
    for (const [index, { before }] of items.entries()) for (const other of before) this.#after[other]?.push(index);
    this.#byLatest = items.map((_, index) => index).sort((a, b) => this.#item(a).latest - this.#item(b).latest);
    this.#ready = items.flatMap((_, index) => (this.#waits[index] === 0 ? [index] : []));
    this.#place(Array.from({ length: fixed }, (_, index) => index));
  }

  /** Places a batch that begins with the next `begun` groups, in their present order. */
  firstBatch(begun: number): void {
    const first = this.order.length;
    this.#place(this.#draft(Array.from({ length: begun }, (_, i) => first + i)).order);
  }

  /** Places the groups of the batch that fills its proof best. */
  nextBatch(beginnings: number): void {
    const drafts: Draft[] = [];
    for (const first of this.#ready) {
      if (drafts.length === beginnings) break;
      if (this.#inTime(first, this.#now, NOTHING)) drafts.push(this.#draft([first]));
    }
    this.#place(drafts.reduce((a, b) => (better(b, a) ? b : a)).order);
  }

  #item(index: number): Item {
    return this.#items[index] as Item;
  }

  #draft(begun: readonly number[]): Draft {
    const draft: Draft = {
      profile: this.#item(begun[0] ?? 0).profile,
      ...{ order: [], members: new Set(), nodes: new Set(), signers: new Map(), rows: 0, now: this.#now },
      ...{ opened: [], waits: new Map() },
    };
    for (const index of begun) this.#add(draft, index);
    for (let next = this.#nextFor(draft); next !== undefined; next = this.#nextFor(draft)) this.#add(draft, next);
    return draft;
  }

  #add(draft: Draft, index: number): void {
    const { rows, nodes, signers, at } = this.#item(index);
    draft.order.push(index);
    draft.members.add(index);
    draft.rows += rows;
    draft.now = Math.max(draft.now, at);
    for (const node of nodes) draft.nodes.add(node);
    for (const [program, authority] of signers) draft.signers.set(program, authority);
    for (const later of this.#after[index] ?? []) {
      const waits = (draft.waits.get(later) ?? this.#waits[later] ?? 0) - 1;
      draft.waits.set(later, waits);
      if (waits === 0) draft.opened.push(later);
    }
  }

  /** The group that costs the batch least, of those that fit into it. */
  #nextFor(draft: Draft): number | undefined {
    let best: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const index of [...this.#ready.slice(0, WINDOW + draft.order.length), ...draft.opened]) {
      if (draft.members.has(index) || !this.#inTime(index, draft.now, draft.members)) continue;
      const added = this.#added(draft, this.#item(index));
      if (added === null) continue;
      const price = this.#preference === "nodes" ? added : added / this.#item(index).rows;
      if (price < least || (price === least && index < (best ?? 0))) {
        best = index;
        least = price;
      }
    }
    return best;
  }

  /** Number of nodes the group adds; null if it does not fit. */
  #added({ profile, rows, nodes, signers }: Draft, item: Item): number | null {
    if (rows + item.rows > profile.rows) return null;
    let added = 0;
    for (const node of item.nodes) if (!nodes.has(node)) added++;
    if (nodes.size + added > profile.nodes) return null;
    let signatures = signers.size;
    for (const [program, authority] of item.signers) {
      const known = signers.get(program);
      if (known === undefined) signatures++;
      else if (known !== authority) return null;
    }
    return signatures > profile.signatures ? null : added;
  }

  /** Whether the group may come next without making a remaining group too late. */
  #inTime(index: number, now: number, members: ReadonlySet<number>): boolean {
    const { at } = this.#item(index);
    if (at <= now) return true;
    for (let i = this.#urgent; i < this.#byLatest.length; i++) {
      const other = this.#byLatest[i] as number;
      if (other !== index && !this.#placed[other] && !members.has(other)) return at <= this.#item(other).latest;
    }
    return true;
  }

  #place(groups: readonly number[]): void {
    const opened: number[] = [];
    for (const index of groups) {
      this.#placed[index] = true;
      this.order.push(index);
      this.#now = Math.max(this.#now, this.#item(index).at);
      for (const later of this.#after[index] ?? []) {
        const waits = (this.#waits[later] ?? 0) - 1;
        this.#waits[later] = waits;
        if (waits === 0) opened.push(later);
      }
    }
    this.#ready = [...this.#ready, ...opened].filter((index) => !this.#placed[index]).sort((a, b) => a - b);
    while (this.#placed[this.#byLatest[this.#urgent] ?? -1]) this.#urgent++;
  }
}

const NOTHING: ReadonlySet<number> = new Set();

/** Whether a batch fills its proof better: fewer constraints per row, or as many and fewer nodes. */
function better(a: Draft, b: Draft): boolean {
  const [costA, costB] = [constraintsOf(a.profile) / a.rows, constraintsOf(b.profile) / b.rows];
  return costA < costB || (costA === costB && a.nodes.size < b.nodes.size);
}
