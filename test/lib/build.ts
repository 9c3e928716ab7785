/** Small states for tests: a number of open programs, and cells in given slots. */

import { address, GENESIS_ID, kindOf } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import type { Cell } from "../../trace/state/cells.ts";
import { type Genesis, openPrograms } from "../../trace/state/genesis.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { stateOf } from "./state.ts";

/** Kinds used in tests: Gold is issued by program 1, Silver by program 2. */
export const GOLD = kindOf(1, 1);
export const SILVER = kindOf(2, 1);
/** First slot that others may deposit into, by default. */
export const INBOX = 128;

/** Leaves a union's members apart while making `seq` optional. */
type WithoutSeq<T> = T extends unknown ? Omit<T, "seq"> : never;
/** A cell and its place. */
export type Placed = { at: readonly [program: number, slot: number] } & WithoutSeq<Cell>;

export interface MapOptions {
  programs: number;
  inbox?: number;
  levels?: number;
  /** Bound on the watches of a slot. */
  watches?: number;
  cells?: readonly Placed[];
}

/** A genesis with `programs` open programs and the given cells. */
export function genesisWith(options: MapOptions): Genesis {
  const cells = openPrograms(options.programs, options.inbox ?? INBOX);
  for (const { at, ...cell } of options.cells ?? []) {
    const where = address(...at);
    const full = { ...cell, seq: 0 } as Cell;
    const known = cells.findIndex((c) => c.address === where);
    if (known < 0) cells.push({ address: where, cell: full });
    else cells[known] = { address: where, cell: full };
  }
  cells.sort((a, b) => a.address - b.address);
  return { levels: options.levels ?? 2, ...(options.watches === undefined ? {} : { watches: options.watches }), cells };
}

/** The time map of {@link genesisWith}. */
export function mapWith(options: MapOptions): TimeMap {
  return stateOf(genesisWith(options));
}

/** A machine on the map of {@link genesisWith}. */
export function machineWith(options: MapOptions): Machine {
  return new Machine(mapWith(options));
}

let nextId = 0n;

/** A resource owned outright, with an id of its own. */
export function resource(
  at: readonly [number, number],
  kind: bigint,
  quantity: bigint,
  more: { escrowFrom?: number; deadline?: number; watch?: number; id?: bigint } = {},
): Placed {
  nextId += 1n;
  return {
    at,
    type: "resource",
    kind,
    quantity,
    id: GENESIS_ID + nextId,
    escrowFrom: 0,
    deadline: 0,
    watch: 0,
    ...more,
  };
}

/** A capability of the program in whose memory it lies. */
export function capability(
  at: readonly [number, number],
  grantee: number,
  rights: number,
  more: {
    scope?: number;
    subject?: bigint;
    expiry?: number;
    nonce?: number;
    parent?: number;
    parentNonce?: number;
  } = {},
): Placed {
  return {
    at,
    type: "capability",
    grantee,
    rights,
    scope: 0,
    subject: 0n,
    expiry: 0,
    nonce: 0,
    parent: 0,
    parentNonce: 0,
    ...more,
  };
}
