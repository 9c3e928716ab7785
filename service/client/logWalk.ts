/**
 * A program's log, computed again from the effects that a server shows. What the server says of them is believed in
 * nothing that the log covers: effects that are left out, added or changed lead to another log.
 */
import { triggersIn } from "../../trace/describe/triggeredRows.ts";
import { lookUp, type TriggerRows } from "../../trace/effects/triggers.ts";
import { InvalidInputError, TimeBanditsError } from "../../trace/errors.ts";
import { address, BITS, FIELD, mustSign, NO_INBOX } from "../../trace/layout.ts";
import { groupDigest, triggerDigest } from "../../trace/machine/group.ts";
import { checkShape, isEffect } from "../../trace/machine/rowShape.ts";
import type { Row } from "../../trace/machine/transition.ts";
import { rowFrom } from "../../trace/run/traceLines.ts";
import { keysOf, LogNames } from "../../trace/signing/boundPrograms.ts";
import type { Genesis } from "../../trace/state/genesis.ts";
import type { LogAnswer } from "./answers.ts";

/** Where a log stands, and what is to be known to go on from there. */
export interface LogPoint {
  /** Own effects of the program so far. */
  readonly steps: number;
  readonly log: bigint;
  /** Programs that the log binds, with their keys. */
  readonly bound: ReadonlyMap<number, bigint>;
  /** The program's inbox; undefined where nothing has told it yet. */
  readonly inbox: number | undefined;
  /** The program's key, 0 for none; undefined while neither the genesis nor its own effects tell it. */
  readonly authority: bigint | undefined;
}

/** An effect of a group, as the server shows it. Its number and time are what the server says. */
export interface ShownEffect {
  readonly seq: number;
  readonly at: number;
  /** Number of its group's first transition; 0 if it is alone. */
  readonly group: number;
  readonly row: Row;
}

/** A group of the log, and the point after it. */
export interface WalkedGroup {
  readonly effects: readonly ShownEffect[];
  readonly after: LogPoint;
  /** Programs that the program's effects name, and that the log does not bind. */
  readonly unbound: readonly number[];
  /** A transition that sets a watch whose effects the server does not show. */
  readonly opaque: number | undefined;
  /** The key that signs for the program's last effect in it; undefined if the log does not tell it. */
  readonly signer: bigint | undefined;
}

/** The point at which every log begins. */
export function beginningOf(genesis: Genesis, program: number): LogPoint {
  const cell = genesis.cells.find((one) => one.address === address(program, 0))?.cell;
  const inGenesis = cell?.type === "program";
  return {
    ...{ steps: 0, log: 0n, bound: new Map() },
    inbox: inGenesis ? cell.inbox : undefined,
    authority: inGenesis ? cell.authority : undefined,
  };
}

/**
 * Computes the log on.
 * @param start a point that the caller has computed itself
 * @throws InvalidInputError if the server shows what is no part of a log
 */
export function walkLog(
  genesis: Genesis,
  program: number,
  start: LogPoint,
  answer: Pick<LogAnswer, "groups" | "triggers">,
): { groups: WalkedGroup[]; triggers: TriggerRows } {
  const triggers = lookUp(triggersFrom(answer.triggers));
  const keys = keysOf(genesis);
  const names = new LogNames(
    program,
    (each) => keys.get(each),
    triggers,
    (each) => start.bound.get(each),
  );
  const groups: WalkedGroup[] = [];
  let point = start;
  for (const [i, group] of answer.groups.entries()) {
    const where = `groups[${i}]`;
    const effects = effectsOf(where, group, genesis.levels);
    const rows = effects.map(({ row }) => row);
    const own = rows.filter(({ actor }) => actor === program);
    if (own.length === 0) throw new InvalidInputError(where, `has no effect of program ${program}`);
    const inbox = inboxOf(where, program, point, group.lanes);
    const lanes = (actor: number): bigint =>
      actor === program ? point.log + BigInt(inbox) : word(`${where}.lanes.${actor}`, group.lanes[actor]);
    const log = groupDigest(rows, lanes);
    const { signer, authority } = keysAfter(own, point.authority);
    const keyed = authority !== undefined && mustSign(program, authority);
    const now = (each: number): bigint | undefined => {
      const key = Object.hasOwn(group.keys, each) ? group.keys[each] : undefined;
      return key === undefined ? undefined : word(`${where}.keys.${each}`, key);
    };
    const unbound = keyed ? names.missing(rows, now) : [];
    names.take(rows);
    const opaque = effects.find(
      ({ row }) => row.actor === program && [...triggersIn([row], triggers).values()].includes(undefined),
    );
    point = {
      steps: point.steps + own.length,
      log,
      bound: new Map([...start.bound, ...names.bound]),
      inbox,
      authority,
    };
    groups.push({ effects, after: point, unbound, opaque: opaque?.seq, signer });
  }
  return { groups, triggers };
}

type Group = LogAnswer["groups"][number];

/** The program's key after its effects, and the one that signs for the last of them: the old one for a new key. */
function keysAfter(own: readonly Row[], before: bigint | undefined) {
  let [signer, authority] = [before, before];
  for (const { effect, argument } of own) {
    const next = effect === "RotateAuthority" ? argument.authority : authority;
    signer = authority === 0n ? next : authority;
    authority = next;
  }
  return { signer, authority };
}

function effectsOf(where: string, { rows, firstSeq, at }: Group, levels: number): ShownEffect[] {
  let before = 0;
  return rows.map(({ seq, row: json }, i) => {
    const field = `${where}.rows[${i}]`;
    const row = rowFrom(field, json);
    shapely(field, row, levels);
    if (!Number.isSafeInteger(seq) || seq <= before || seq >= 2 ** BITS.seq) {
      throw new InvalidInputError(`${field}.seq`, "is no number above the one before");
    }
    before = seq;
    if (!Number.isSafeInteger(at) || at < 0 || at >= 2 ** BITS.time)
      throw new InvalidInputError(`${where}.at`, "is no time");
    return { seq, at, group: rows.length > 1 ? firstSeq : 0, row };
  });
}

/** Only effects are in a log, and each has one encoding: its shape. */
function shapely(field: string, row: Row, levels: number): void {
  if (!isEffect(row)) throw new InvalidInputError(field, `${row.effect} is no effect`);
  try {
    checkShape(row, levels);
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
    throw new InvalidInputError(field, `is no row that a rule allows: ${error.message}`, { cause: error });
  }
}

/** The inbox enters every first link. For a program of the run, the first group tells it, and it never changes. */
function inboxOf(where: string, program: number, { inbox, log }: LogPoint, lanes: Group["lanes"]): number {
  if (inbox !== undefined) return inbox;
  const told = word(`${where}.lanes.${program}`, lanes[program]) - log;
  if (told < 1n || told > BigInt(NO_INBOX))
    throw new InvalidInputError(`${where}.lanes.${program}`, "is not log + inbox");
  return Number(told);
}

/** Only rows with the digest count; a server may show others. */
function triggersFrom(given: LogAnswer["triggers"]): Map<bigint, readonly Row[]> {
  const known = new Map<bigint, readonly Row[]>();
  for (const [digits, rows] of Object.entries(given)) {
    const digest = word("triggers", digits);
    const parsed = rows.map((row, i) => rowFrom(`triggers.${digits}[${i}]`, row));
    if (triggerDigest(parsed) !== digest) {
      throw new InvalidInputError(`triggers.${digits}`, "are not the rows with this digest; the server shows others");
    }
    known.set(digest, parsed);
  }
  return known;
}

/** A word of the field, written as a decimal text. @throws InvalidInputError */
export function word(field: string, text: unknown): bigint {
  // log + inbox may be a little above the field's order.
  const value = typeof text === "string" && /^(0|[1-9][0-9]{0,77})$/.test(text) ? BigInt(text) : undefined;
  if (value === undefined || value >= FIELD + BigInt(NO_INBOX) + 1n) {
    throw new InvalidInputError(field, "is no word, written as a decimal text");
  }
  return value;
}
