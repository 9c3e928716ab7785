/** An adversary who operates the map: rows of others are inserted, removed, reordered and created anew. */
import { TimeBanditsError } from "../../../trace/errors.ts";

import { address, kindOf } from "../../../trace/layout.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { isEffect, rowOf } from "../../../trace/machine/rowShape.ts";
import type { Row, Transition } from "../../../trace/machine/transition.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import { authority } from "../../lib/authorities.ts";
import type { Random } from "../../lib/random.ts";
import { MALLORY, MALLORY_KEY, MINT, NEW_KEYS, SIGNER, START } from "./world.ts";

/** Rows of one group, and whether they are the signer's, word for word. */
export interface Act {
  rows: readonly Row[];
  at: number;
  signed: boolean;
}

/** The groups of a run as acts, without the fields that follow from the state. */
export function actsOf(groups: readonly (readonly Transition[])[]): Act[] {
  return groups.map((group) => ({
    rows: group.filter((t) => isEffect(t) || t.effect === "Trigger").map(bare),
    at: group[0]?.at ?? 0,
    signed: group.some((t) => t.actor === SIGNER && isEffect(t) && !t.triggered),
  }));
}

function bare({
  effect,
  actor,
  peer,
  source,
  destination,
  authority,
  resource,
  kind,
  quantity,
  deadline,
  argument,
}: Row): Row {
  return { effect, actor, peer, source, destination, authority, resource, kind, quantity, deadline, argument };
}

/** The acts in another arrangement. */
export function rearranged(acts: readonly Act[], random: Random): Act[] {
  const out = [...acts];
  const foreign = () => out.flatMap(({ signed }, i) => (signed ? [] : [i]));
  for (let n = 1 + random.below(3); n > 0; n--) {
    const index = foreign().length === 0 ? undefined : random.pick(foreign());
    switch (random.below(6)) {
      case 0:
        if (index !== undefined) out.splice(index, 1);
        break;
      case 1: {
        if (index === undefined) break;
        const [moved] = out.splice(index, 1);
        if (moved !== undefined) out.splice(random.below(out.length + 1), 0, moved);
        break;
      }
      case 2:
        exchangeKeys(out, random);
        break;
      case 3:
        if (index !== undefined)
          out[index] = { ...(out[index] as Act), rows: (out[index] as Act).rows.map(otherAmount) };
        break;
      default:
        out.splice(random.below(out.length + 1), 0, inserted(random));
    }
  }
  return out;
}

/** Programs are created with each other's keys, or with Mallory's, and take them later. */
function exchangeKeys(acts: Act[], random: Random): void {
  const keys = [...NEW_KEYS, MALLORY_KEY].map((n) => authority(n));
  const turn = 1 + random.below(keys.length - 1);
  for (const [i, act] of acts.entries()) {
    if (act.signed) continue;
    const rows = act.rows.map((row) => {
      const at = keys.indexOf(row.argument.authority ?? 0n);
      if ((row.effect !== "CreateProgram" && row.effect !== "RotateAuthority") || at < 0) return row;
      return { ...row, argument: { ...row.argument, authority: keys[(at + turn) % keys.length] as bigint } };
    });
    acts[i] = { ...act, rows };
  }
}

const otherAmount = (row: Row): Row =>
  row.effect === "Issue" || row.effect === "Split" ? { ...row, quantity: row.quantity + 1n } : row;

function inserted(random: Random): Act {
  const actor = random.pick([MINT, MALLORY]);
  const row =
    random.below(2) === 0
      ? rowOf("Issue", actor, { destination: address(actor, 7), kind: kindOf(actor, 9), quantity: 900n })
      : rowOf("CreateProgram", actor, { argument: { inbox: 8, authority: authority(MALLORY_KEY) } });
  return { rows: [row], at: 0, signed: false };
}

/** The result of the signer's acts. */
export interface Played {
  machine: Machine;
  /** The signer's first refused act, and its state. */
  refused?: { act: Act; map: TimeMap; at: number; seq: number };
}

/**
 * Plays acts. Acts of others are adapted to the state, and skipped if the rules refuse them.
 * @param onGroup called with every group and the state before it
 */
export function play(acts: readonly Act[], onGroup: (group: readonly Transition[], before: TimeMap) => void): Played {
  const machine = new Machine(START.clone());
  for (const act of acts) {
    const before = machine.map.clone();
    const at = Math.max(machine.at, act.at);
    try {
      onGroup(machine.perform(act.signed ? act.rows : act.rows.map((row) => adapted(row, before)), at), before);
    } catch (error) {
      if (!(error instanceof TimeBanditsError)) throw error;
      if (act.signed) return { machine, refused: { act, map: before, at, seq: machine.seq } };
    }
  }
  return { machine };
}

/** An unsigned row, with the present cells instead of the earlier ones. */
function adapted(row: Row, map: TimeMap): Row {
  if (row.effect === "CreateProgram") {
    const last = map.programs();
    return { ...row, peer: last + 1, authority: row.actor === last ? 0 : address(last, 0) };
  }
  const thing = row.source === 0 ? undefined : map.cell(row.source);
  const found =
    thing?.type === "resource" && row.resource !== 0n
      ? { resource: thing.id, kind: thing.kind, quantity: row.effect === "Split" ? row.quantity : thing.quantity }
      : {};
  const argument = { ...row.argument };
  if (argument.peerAuthority !== undefined) {
    const header = map.cell(address(row.peer, 0));
    argument.peerAuthority = header.type === "program" ? header.authority : 0n;
  }
  const into = map.cell(row.destination);
  if (argument.into !== undefined && into.type === "resource") argument.into = into.id;
  return { ...row, ...found, argument };
}
