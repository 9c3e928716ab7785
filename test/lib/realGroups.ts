/** Groups that a machine takes, with the numbers that each row meets, and batches of them for the small circuit. */
import { batchesOf, GroupSizeError } from "../../prover/batches/batcher.ts";
import type { Known } from "../../prover/certificate/equations/match.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { address } from "../../trace/layout.ts";
import { groupDigest, triggerDigest } from "../../trace/machine/group.ts";
import { rowOf } from "../../trace/machine/rowShape.ts";
import { logLaneOf, type Row, type Transition } from "../../trace/machine/transition.ts";
import { packCell } from "../../trace/state/cells.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import type { anyEffect } from "./anyEffect.ts";
import { SMALL } from "./circuit.ts";
import { askedRows, nextRows, OpenGroup } from "./machineSteps.ts";
import type { Random } from "./random.ts";
import { RICH_TIME } from "./richMap.ts";

/** A row that the machine takes, and the numbers that it meets. */
export interface RealRow {
  readonly row: Row;
  readonly known: Known;
}
/** Rows, and the map before them. */
export interface RealBatch {
  readonly before: TimeMap;
  readonly rows: readonly RealRow[];
  readonly transitions: readonly Transition[];
}
interface RealGroup extends RealBatch {
  /** Something was put into the map since the group before. */
  readonly isFresh: boolean;
}

/**
 * @param asked how many effects, or pairs of them, are asked for; most are refused. In a third of them a watch that has
 *   fired is put into the map, which has them as its trigger: a run seldom comes to a trigger that can be applied.
 */
export function* realGroups(random: Random, map: TimeMap, asked: number, any: typeof anyEffect): Generator<RealGroup> {
  const run = new Run(random, map, any);
  for (let i = 0; i < asked; i++) {
    const rows = run.asked();
    if (random.below(3) !== 0 || rows[0] === undefined || rows[0].effect === "Trigger") {
      yield* run.group(rows);
      continue;
    }
    const watch = run.fired(rows[0].actor, triggerDigest(rows));
    // A group of one row in between: then the first effect that is triggered comes third.
    if (random.below(3) !== 0) yield* run.group(run.asked().slice(0, 1));
    const trigger = rowOf("Trigger", rows[0].actor, { authority: watch });
    const [group] = run.group([trigger, ...rows]);
    if (group === undefined) run.put(watch, packCell({ type: "empty", watch: 0, seq: 0 }));
    else yield group;
  }
}

/** A map, and what is done to it. */
class Run {
  readonly #triggers = new Map<bigint, readonly Row[]>();
  readonly #random: Random;
  readonly #map: TimeMap;
  readonly #any: typeof anyEffect;
  #isFresh = true;
  #seq = 1;
  #before = 0;
  #now = RICH_TIME;

  constructor(random: Random, map: TimeMap, any: typeof anyEffect) {
    this.#random = random;
    this.#map = map;
    this.#any = any;
  }

  asked(): Row[] {
    this.#now += this.#random.below(3);
    return askedRows(this.#random, this.#map, this.#now, this.#triggers, this.#any);
  }

  put(at: number, words: Parameters<TimeMap["write"]>[1]): void {
    this.#map.write(at, words);
    this.#isFresh = true;
  }

  /** Puts a watch that has fired where the program has nothing. @returns its address */
  fired(program: number, trigger: bigint): number {
    const at = [11, 12, 13].map((slot) => address(program, slot)).find((one) => this.#map.cell(one).type === "empty");
    const [state, target] = ["fired", address(1 + this.#random.below(3), 1)] as const;
    const numbers = { target, kind: 0n, condition: 3, rank: 0, threshold: 0n, trigger, seq: 0 };
    const watch = at ?? address(program, 14);
    this.put(watch, packCell({ type: "watch", state, ...numbers }));
    return watch;
  }

  /** The group of these rows, and of the lines and the Checks that they need; none if the machine refuses it. */
  group(asked: readonly Row[]): RealGroup[] {
    if (asked.length === 0) return [];
    const map = this.#map;
    const digest = groupDigest(asked, (program) => logLaneOf(map.words(address(program, 0))));
    const group = new OpenGroup({ map, seq: this.#seq, before: this.#before, digest });
    const [waiting, rows, before] = [[...asked], [] as RealRow[], map.clone()];
    try {
      while (waiting.length > 0 || group.progress.obligations.length > 0) {
        for (const row of nextRows(group.group, waiting)) {
          const { known, error } = group.step(row, this.#now);
          if (error !== undefined) throw error;
          rows.push({ row, known });
        }
      }
      const transitions = group.group.commit();
      this.#seq += transitions.length;
      this.#before = this.#now;
      const isFresh = this.#isFresh;
      this.#isFresh = false;
      return [{ before, rows, transitions, isFresh }];
    } catch (error) {
      if (error instanceof TimeBanditsError) return [];
      throw error;
    }
  }
}

/** All batches of groups that follow each other. */
export function* realBatches(groups: Iterable<RealGroup>): Generator<RealBatch> {
  let last: RealGroup[] = [];
  for (const group of groups) {
    last = group.isFresh ? [group] : [...last, group];
    while (last.reduce((rows, one) => rows + one.rows.length, 0) > SMALL.rows) last.shift();
    for (let from = 0; from < last.length; from++) {
      const some = last.slice(from);
      const [first] = some;
      if (first === undefined || !areOneBatch(some)) continue;
      const [rows, transitions] = [some.flatMap((one) => one.rows), some.flatMap((one) => one.transitions)];
      yield { before: first.before, rows, transitions };
    }
  }
}

/** Whether the groups are one batch. */
function areOneBatch(groups: readonly RealGroup[]): boolean {
  try {
    const all = groups.map(({ transitions }) => transitions);
    return [...batchesOf(all, SMALL)].length === 1;
  } catch (error) {
    if (error instanceof GroupSizeError) return false;
    throw error;
  }
}
