/**
 * The groups that made a program's log, a page at a time, the last ones first. Every record names the transition that
 * opened the program's header before it, so a page costs what it shows, however long the run is.
 */
import { triggersIn } from "../../trace/describe/triggeredRows.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { address, programOf } from "../../trace/layout.ts";
import { factsOf, type RowFacts } from "../../trace/machine/rowFacts.ts";
import { isEffect, opensPeer } from "../../trace/machine/rowShape.ts";
import type { Row } from "../../trace/machine/transition.ts";
import type { TraceRecord } from "../../trace/run/traceLines.ts";
import { namedBy } from "../../trace/signing/boundPrograms.ts";
import { notFound } from "./errors.ts";
import type { ServedMap } from "./servedMap.ts";

/** A group in which the program acted: all its effects, and what its digest takes in beside them. */
export interface LogGroup {
  readonly firstSeq: number;
  readonly at: number;
  readonly rows: readonly { readonly seq: number; readonly row: RowFacts }[];
  /** `log + inbox` of every actor before the group. */
  readonly lanes: Readonly<Record<string, bigint>>;
  /** Keys, before the group, of the programs that its rows name. Those that did not exist are left out. */
  readonly keys: Readonly<Record<string, bigint>>;
}

/** A page of a log. */
export interface LogPage {
  readonly program: number;
  readonly groups: readonly LogGroup[];
  readonly triggers: Readonly<Record<string, readonly RowFacts[]>>;
  /** Where the page before this one ends; null if there is none. */
  readonly before: number | null;
}

/** What a page may cost. */
export interface PageCost {
  readonly groups: number;
  readonly rows: number;
  /** Groups looked at. Many may open the program's header, and have no effect of the program. */
  readonly hops: number;
  /** Milliseconds until the page is answered as it is. */
  readonly ms: number;
  /** Milliseconds until others have their turn. */
  readonly sliceMs: number;
}

const USUAL_COST: PageCost = { groups: 100, rows: 1_000, hops: 5_000, ms: 2_000, sliceMs: 5 };
/** Records read at once while the end of a group is looked for. */
const CHUNK = 64;

/**
 * A page of a program's log. It is empty, with `before`, if no group was found in time. `before` falls from page to
 * page.
 * @param from steps that the reader knows already
 * @param before only groups before this transition
 * @param head the last transition
 * @throws HttpError 404 if there is no such program
 * @throws EnvironmentError if effects are withdrawn meanwhile: numbers that were read mean others then
 */
export async function logPage(
  map: ServedMap,
  program: number,
  from: number,
  before: number,
  head: number,
  cost = USUAL_COST,
): Promise<LogPage> {
  let withdrawn = false;
  const end = map.operator.subscribe(({ type }) => {
    withdrawn ||= type === "withdrawn";
  });
  try {
    const page = await walked(map, program, from, before, head, cost);
    if (!withdrawn) return page;
  } catch (error) {
    if (!withdrawn) throw error;
  } finally {
    end();
  }
  throw new EnvironmentError("busy", "effects are being withdrawn; ask again");
}

async function walked(
  map: ServedMap,
  program: number,
  from: number,
  before: number,
  head: number,
  cost: PageCost,
): Promise<LogPage> {
  const end = performance.now() + cost.ms;
  const last = Math.min(before - 1, head);
  const header = await map.headerAt(program, last);
  if (header === undefined) throw notFound(`program ${program} at transition ${last}`);
  let { steps, seq } = header;
  const groups: LogGroup[] = [];
  const shown: Row[] = [];
  let slice = performance.now() + cost.sliceMs;
  for (let hops = 0; steps > from && seq > 0; hops++) {
    if (groups.length >= cost.groups || shown.length >= cost.rows || hops >= cost.hops) break;
    if (performance.now() > slice) {
      await ownTurn();
      slice = performance.now() + cost.sliceMs;
    }
    // The first hop is always made, so every page gets on.
    if (hops > 0 && performance.now() > end) break;
    const group = groupAt(map, seq, head);
    const own = group[0]?.effect === "Trigger" ? 0 : group.filter((r) => isEffect(r) && r.actor === program).length;
    if (own > 0) {
      const effects = group.filter(isEffect);
      groups.push(await groupOf(map, effects, (group[0] as TraceRecord).seq));
      shown.push(...effects);
      steps -= own;
    }
    seq = openedBefore(group, address(program, 0));
  }
  const triggers = [...triggersIn(shown, map.triggers)].flatMap(([digest, rows]) =>
    rows === undefined ? [] : [[`${digest}`, rows.map(factsOf)] as const],
  );
  return {
    program,
    groups: groups.reverse(),
    triggers: Object.fromEntries(triggers),
    before: steps > from && seq > 0 ? seq + 1 : null,
  };
}

let turns: Promise<void> = Promise.resolve();

/** A turn of the event loop that no other page has. So everything else waits for one page's slice, not for many. */
function ownTurn(): Promise<void> {
  turns = turns.then(() => new Promise((resolve) => setImmediate(resolve)));
  return turns;
}

async function groupOf(map: ServedMap, effects: readonly TraceRecord[], firstSeq: number): Promise<LogGroup> {
  const named = new Set(effects.flatMap((row) => [...namedBy(row, map.triggers)]));
  const actors = new Set(effects.map(({ actor }) => actor));
  const lanes: Record<string, bigint> = {};
  const keys: Record<string, bigint> = {};
  for (const program of new Set([...actors, ...named])) {
    const header = await map.headerAt(program, firstSeq - 1);
    if (header === undefined) continue;
    keys[program] = header.authority;
    if (actors.has(program)) lanes[program] = header.log + BigInt(header.inbox);
  }
  const rows = effects.map((row) => ({ seq: row.seq, row: factsOf(row) }));
  return { firstSeq, at: effects[0]?.at ?? 0, rows, lanes, keys };
}

/** All records of the group that holds the transition. */
function groupAt({ operator }: ServedMap, seq: number, head: number): TraceRecord[] {
  const [one] = operator.records(seq, seq);
  if (one === undefined) throw notFound(`transition ${seq}`);
  if (one.group === 0) return [one];
  const group: TraceRecord[] = [];
  for (let next = one.group; next <= head; next += CHUNK) {
    for (const record of operator.records(next, Math.min(next + CHUNK - 1, head))) {
      if (record.group !== one.group) return group;
      group.push(record);
    }
  }
  return group;
}

/** The transition that opened the header before the group did; 0 if none did. */
function openedBefore(group: readonly TraceRecord[], header: number): number {
  for (const record of group) {
    const { source, destination, authority, parents } = record;
    const peer = opensPeer(record) ? address(record.peer, 0) : 0;
    const column = [address(record.actor, 0), peer, source, destination, authority].indexOf(header);
    if (column >= 0) return parents[column] ?? 0;
  }
  throw new Error(`the group does not open the header of program ${programOf(header)}`);
}
