/**
 * Races: two transitions of different programs touch the same slot, not both reading, and nothing else orders them
 * (docs/reference/check.md). Taking another's deposit is no race: the taking could not have come first.
 */

import { count as inWords } from "../describe/count.ts";
import { conditionHolds } from "../machine/rules/watch.ts";
import type { Transition } from "../machine/transition.ts";
import { type Cell, unpackCell, type WatchCell } from "../state/cells.ts";
import { type Access, accessesOf, changes } from "./access.ts";
import { type Checked, type Finding, inOrder, Telling } from "./finding.ts";
import { Order } from "./order.ts";
import { tokensOf } from "./tokens.ts";

/** An access, with its transition and group. */
interface Touch extends Access {
  t: Transition;
  group: number;
}
/** The accesses of a slot so far. */
interface Slot {
  /** The last access of each kind by each line, by `line kind`. */
  touches: Map<string, Touch>;
  lastChange: Touch | undefined;
}

export function findRaces({ groups, manifest }: Checked): Finding[] {
  const order = new Order(groups);
  const slots = new Map<number, Slot>();
  const report = new Report(new Telling(manifest), tokensOf(groups.flat()));
  for (const [group, rows] of groups.entries()) {
    const line = order.line[group] ?? 0;
    for (const t of rows) {
      for (const access of accessesOf(t)) {
        const slot = slots.get(access.address) ?? { touches: new Map(), lastChange: undefined };
        slots.set(access.address, slot);
        const touch = { ...access, t, group };
        for (const [key, other] of slot.touches) {
          if (!key.startsWith(`${line} `) && !order.before(other.group, group)) {
            report.pair(other, touch, { slot, rows, earlier: groups[other.group] ?? [] });
          }
        }
        slot.touches.set(`${line} ${access.kind}`, touch);
        if (changes(access)) slot.lastChange = touch;
      }
    }
  }
  return report.findings();
}

/** Where a pair was found: the slot, and the groups of the later and the earlier access. */
interface Around {
  slot: Slot;
  rows: readonly Transition[];
  earlier: readonly Transition[];
}

class Report {
  readonly #telling: Telling;
  readonly #tokens: ReadonlyMap<bigint, unknown>;
  readonly #found: Finding[] = [];
  /** Pairs that took turns in a slot, by slot and programs; each is reported once. */
  readonly #turns = new Map<string, { first: Touch; second: Touch; count: number }>();

  /** @param tokens locks' tokens, which take turns in a slot by design */
  constructor(telling: Telling, tokens: ReadonlyMap<bigint, unknown>) {
    this.#telling = telling;
    this.#tokens = tokens;
  }

  findings(): Finding[] {
    const { names } = this.#telling;
    const turns = [...this.#turns.values()].map(({ first, second, count }): Finding => {
      const often = count === 1 ? "" : `, and ${inWords(count - 1, "more time")}`;
      return {
        ...this.#about("race-slot", "info", first, second),
        message: `${this.#both(first, second)} use ${names.slot(first.address)} one after the other${often}, and only the free slot decides which comes first`,
        suggestion:
          "Let each depositor have a slot of its own, or let the later one wait for the earlier one (JoinWith, or a call).",
      };
    });
    return [...this.#found, ...turns];
  }

  /** Two accesses that nothing orders. */
  pair(first: Touch, second: Touch, around: Around): void {
    if (first.kind === "watch" || second.kind === "watch") this.#watch(first, second, around);
    else if (first.kind === "read" && second.kind === "take") this.#revocation(first, second);
    else if (first.kind === "take" && second.kind === "deposit") this.#turn(first, second);
    else if (first.kind === "deposit" && second.kind === "deposit") this.#firing(first, second, around.earlier);
  }

  /** A change that fires a watch, or would have fired it, and the setting of that watch. */
  #watch(first: Touch, second: Touch, { slot, rows }: Around): void {
    if (second.kind === "watch") {
      const watch = setBy(second.t);
      // The watch can have missed only content that is still there, not content that came and went.
      if (watch === undefined || slot.lastChange !== first || !firesOn(watch, first)) return;
      this.#found.push({
        ...this.#about("race-watch", "warning", first, second),
        message: `${this.#both(first, second)} are not ordered: the watch came too late for this change, and would have fired had it been set first`,
        suggestion: `Set the watch before ${this.#actor(first)} can act, or look at the slot once the watch is set.`,
      });
    } else {
      const watch = setBy(first.t);
      const taken = first.t.effect === "Unwatch" ? unpackCell(first.t.columns.X.before) : undefined;
      const asked = rows.some(({ effect, authority }) => effect === "Check" && authority === first.t.destination);
      if (watch !== undefined ? !asked || !firesOn(watch, second) : taken?.type !== "watch" || !firesOn(taken, second))
        return;
      const otherwise =
        watch === undefined
          ? "the watch was removed just before, and would have fired"
          : "had the change come first, the watch would have missed it";
      this.#found.push({
        ...this.#about("race-watch", "warning", first, second),
        message: `${this.#both(first, second)} are not ordered: ${otherwise}`,
        suggestion: `Let ${this.#actor(second)} wait until the watch is set (JoinWith, or a call from ${this.#actor(first)}).`,
      });
    }
  }

  /** The use of a right or an entry point, and its end by the owner. */
  #revocation(first: Touch, second: Touch): void {
    this.#found.push({
      ...this.#about("race-revocation", "info", first, second),
      message: `${this.#both(first, second)} are not ordered: had it been removed first, ${this.#actor(first)} would have been refused`,
      suggestion: `If ${this.#actor(first)} must get through, let ${this.#actor(second)} wait for it (JoinWith) before it removes it.`,
    });
  }

  #turn(first: Touch, second: Touch): void {
    if (this.#tokens.has(first.t.resource) && this.#tokens.has(second.t.resource)) return;
    const key = [second.address, ...inOrder([first.t.actor, second.t.actor])].join(" ");
    const known = this.#turns.get(key);
    if (known === undefined) this.#turns.set(key, { first, second, count: 1 });
    else known.count++;
  }

  /** Two deposits: the first fired a watch that the second would have fired as well. */
  #firing(first: Touch, second: Touch, earlier: readonly Transition[]): void {
    for (const check of earlier) {
      if (check.effect !== "Check" || check.source !== first.address) continue;
      const [armed, fired] = [unpackCell(check.columns.X.before), unpackCell(check.columns.X.after)];
      if (armed.type !== "watch" || fired.type !== "watch" || fired.state !== "fired" || !firesOn(armed, second))
        continue;
      const { transitions, ...about } = this.#about("race-firing", "warning", first, second);
      this.#found.push({
        ...about,
        transitions: inOrder([...transitions, check.seq]),
        programs: inOrder([...about.programs, check.actor]),
        message: `${this.#both(first, second)} are not ordered, and both fire the watch that ${this.#telling.names.program(check.actor)} set: their order decides which one fires it`,
        suggestion: "Watch a kind that only one of them deposits, or give each its own slot and watch.",
      });
    }
  }

  #actor({ t }: Touch): string {
    return this.#telling.names.program(t.actor);
  }
  #both(first: Touch, second: Touch): string {
    return `${this.#telling.transition(first.t)} and ${this.#telling.transition(second.t)}`;
  }
  #about(id: string, severity: Finding["severity"], first: Touch, second: Touch) {
    const transitions = inOrder([first.t.seq, second.t.seq]);
    return { id, severity, transitions, programs: inOrder([first.t.actor, second.t.actor]) };
  }
}

/** The watch that a row sets. */
function setBy(t: Transition): WatchCell | undefined {
  const cell = t.effect === "WatchResource" ? unpackCell(t.columns.D.after) : undefined;
  return cell?.type === "watch" ? cell : undefined;
}

/** Whether the change fires the watch. */
function firesOn(watch: WatchCell, { t, address }: Touch): boolean {
  const opened = t.columns.S.address === address ? t.columns.S : t.columns.D;
  const [before, after]: [Cell, Cell] = [unpackCell(opened.before), unpackCell(opened.after)];
  return conditionHolds(watch, { slot: address, rank: watch.rank, before, after, kind: t.kind });
}
