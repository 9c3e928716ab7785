/**
 * The effects that the fuzzer's programs ask for in the present state, and their changes before machine and circuit get
 * them.
 */
import type { Effect } from "../../../trace/effects/effects.ts";
import { lower, lowerAll } from "../../../trace/effects/lower.ts";
import { TimeBanditsError } from "../../../trace/errors.ts";
import { GRACE } from "../../../trace/layout.ts";
import { Machine, triggerDigest } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Row } from "../../../trace/machine/transition.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import { anyEffect } from "../../lib/anyEffect.ts";
import { BEGIN, Choices, type FuzzRun } from "./fuzzRun.ts";
import type { Court } from "./judge.ts";
import { FIELDS, type Put, WAYS } from "./mutations.ts";

/** Number of remembered states, for effects that are asked for in an old one. */
const REMEMBERED = 4;
/** Number of effects that are tried for one step. */
const ATTEMPTS = 4;
/** Number of refusals of one effect for one reason that are of interest. */
const ENOUGH = 2;

/**
 * Runs the fuzzer's program before a court: asks for effects, spoils them, and hands the rows over group by group.
 * @throws Disagreement
 */
export async function play(run: FuzzRun, court: Court): Promise<void> {
  const { machine } = court;
  const earlier: Put[] = [];
  const old: TimeMap[] = [];
  const asking: Asking = {
    machine,
    triggers: new Map([[triggerDigest([]), []]]),
    done: new Map(),
    refused: new Map(),
    balanced: run.balanced,
  };
  let now = BEGIN;
  for (const step of run.steps) {
    now += step.wait;
    const choices = new Choices(step.picks);
    if (choices.once(6)) now = turningPoint(machine.map, now, choices);
    const way = WAYS[step.spoil] ?? "stale";
    const whole = asked(asking, way === "stale" && old.length > 0 ? choices.pick(old) : machine.map, choices, now);
    if (whole === undefined) continue;
    const put = way === "stale" ? whole.put : way(whole.put, choices, earlier);
    const before = machine.map.clone();
    // Unspoiled effects are mostly refused for the same few reasons.
    const stale = put === whole.put && whole.refused !== undefined && countOf(asking.refused, whole.refused) > ENOUGH;
    if (whole.refused !== undefined) count(asking.refused, whole.refused);
    if (!(await court.hear(put, !stale || choices.once(4)))) continue;
    for (const { effect } of put.rows) count(asking.done, effect);
    earlier.push(put);
    old.push(before);
    if (old.length > REMEMBERED) old.shift();
  }
  await court.close();
}

/**
 * The second at which something in the map ends, or the one before, because rules change there. The same time, if
 * nothing ends soon.
 */
function turningPoint(map: TimeMap, now: number, choices: Choices): number {
  const ends = [...map.addresses()].flatMap((at) => {
    const cell = map.cell(at);
    if (cell.type === "capability") return [cell.expiry];
    if (cell.type !== "resource" || cell.deadline === 0) return [];
    return choices.once(8) ? [cell.deadline + GRACE] : [cell.deadline];
  });
  const points = ends.flatMap((end) => [end - 1, end]).filter((end) => end >= now && end <= now + 2 * GRACE);
  return points.length === 0 ? now : choices.pick(points);
}

/** The acting program, and the run up to now. */
interface Asking {
  machine: Machine;
  /** The effects of watches that were set, by their digest. */
  triggers: Map<bigint, readonly Row[]>;
  /** Number of accepted rows of each effect. */
  done: Map<string, number>;
  /** Number of the machine's refusals, by effect and reason. */
  refused: Map<string, number>;
  /** Of several acceptable effects, the rarest one is chosen; else the first. */
  balanced: boolean;
}
/** A group, and the reason why the machine refuses it, if it does. */
interface Asked {
  put: Put;
  refused: string | undefined;
}

/**
 * The rows of the next group, completed from the state. A few effects are tried. Mostly the result is one that the
 * machine accepts, else the one with the rarest reason of refusal; undefined if none of them has rows.
 */
function asked(
  { machine, triggers, done, refused, balanced }: Asking,
  seen: TimeMap,
  choices: Choices,
  now: number,
): Asked | undefined {
  const alone = (list: readonly Row[]): Put => ({ rows: list.map(bare), ats: list.map(() => now) });
  const good: Asked[] = [];
  const bad: (Asked & { refused: string })[] = [];
  const wanted = choices.once(4) ? bad : good;
  for (let attempt = 0; attempt < (balanced ? 2 * ATTEMPTS : ATTEMPTS); attempt++) {
    const rows = firedRows(machine.map, choices, triggers) ?? effectRows(seen, choices, now, triggers);
    if (rows === undefined) continue;
    try {
      const put = alone(new Machine(machine.map.clone(), machine.seq, machine.at).perform(rows, now));
      good.push({ put, refused: undefined });
    } catch (error) {
      if (!(error instanceof TimeBanditsError)) throw error;
      bad.push({ put: alone(rows), refused: `${rows[0]?.effect}: ${error.message.replace(/\d+/g, "#")}` });
    }
    if (!balanced && wanted.length > 0) break;
  }
  const times = ({ put }: Asked): number => Math.min(...put.rows.map(({ effect }) => countOf(done, effect)));
  good.sort((a, b) => times(a) - times(b));
  bad.sort((a, b) => countOf(refused, a.refused) - countOf(refused, b.refused));
  return wanted[0] ?? good[0] ?? bad[0];
}

const countOf = (counts: ReadonlyMap<string, number>, key: string): number => counts.get(key) ?? 0;

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, countOf(counts, key) + 1);
}

/** Often, if a watch has fired: its trigger. */
function firedRows(
  map: TimeMap,
  choices: Choices,
  triggers: ReadonlyMap<bigint, readonly Row[]>,
): readonly Row[] | undefined {
  for (const at of map.addresses()) {
    const cell = map.cell(at);
    if (cell.type !== "watch" || cell.state !== "fired" || !choices.once(2)) continue;
    const rows = triggers.get(cell.trigger);
    if (rows !== undefined) return [rowOf("Trigger", Math.floor(at / 256), { authority: at }), ...rows];
  }
  return undefined;
}

function effectRows(
  seen: TimeMap,
  choices: Choices,
  now: number,
  triggers: Map<bigint, readonly Row[]>,
): readonly Row[] | undefined {
  const actor = 1 + choices.below(3);
  const asker = { actor, now, map: seen };
  const onTrigger = (digest: bigint, rows: readonly Row[]) => triggers.set(digest, rows);
  try {
    if (!choices.once(5)) return lower(seen, actor, anyEffect(choices, asker), onTrigger);
    const effects: Effect[] = [anyEffect(choices, asker), anyEffect(choices, asker)];
    return lowerAll(seen, actor, effects, onTrigger);
  } catch (error) {
    if (error instanceof TimeBanditsError) return undefined;
    throw error;
  }
}

/** A row without the fields that the machine adds. */
function bare(row: Row): Row {
  const numbers = Object.fromEntries(FIELDS.map((field) => [field, row[field]])) as Pick<Row, (typeof FIELDS)[number]>;
  return { effect: row.effect, ...numbers, argument: row.argument };
}
