/**
 * Rows, transitions and records: an effect as it happened, in the forms that the machine, the trace and the prover
 * share.
 */

import { BITS, OP, type Op } from "../layout.ts";
import { hash } from "../poseidon/index.ts";
import type { Words } from "../state/cells.ts";

/** Name of a row in a trace. `RevokeCapability` is the operation Clear when the cell is a capability. */
export type RowName = Exclude<Op, "Padding"> | "RevokeCapability";

/**
 * The content of a row: everything that its effect hash covers (docs/reference/protocol.md, sections 4 and 5).
 * Addresses are 0 where closed.
 */
export interface Row {
  effect: RowName;
  actor: number;
  peer: number;
  source: number;
  destination: number;
  authority: number;
  /** Id of a resource, or the subject of a capability. */
  resource: bigint;
  kind: bigint;
  quantity: bigint;
  /** Deadline of an escrow, in an Eject as found; expiry of a capability. */
  deadline: number;
  argument: Argument;
}

/** Members that only some effects carry. Absent members are 0. */
export interface Argument {
  /** CreateProgram: first slot that others may deposit into. */
  inbox?: number;
  /** CreateProgram: 0 = open. RotateAuthority: the new one. */
  authority?: bigint;
  /** DeclareEntry, InvokeProgram: hash of the function's name. */
  selector?: bigint;
  /** DeclareEntry, InvokeProgram, Pass. */
  nargs?: number;
  /** DeclareEntry, InvokeProgram, Pass. */
  guard?: number;
  /** DelegateCapability: slot address, 0 = every slot of the grantor. */
  scope?: number;
  /** DelegateCapability: bit set. */
  rights?: number;
  /** WatchResource, Check: number of the condition. */
  condition?: number;
  /** WatchResource: digest of the rows to apply. */
  trigger?: bigint;
  /** JoinWith: steps that the peer must have made. */
  steps?: number;
  /**
   * EscrowToProgram, Pass, DelegateCapability, JoinWith: the peer's authority as found, so that a signature binds the
   * key. Enter, Eject: the same, for the registry.
   */
  peerAuthority?: bigint;
  /** Retire: what it says, a word of the actor's choice. Of a chain's asset: the address to pay. */
  recipient?: bigint;
  /** Eject: program that has escrowed what leaves; 0 = none. */
  escrowFrom?: number;
  /** Merge: id of the resource to merge into. */
  into?: bigint;
  /** Clear, RevokeCapability: the removed thing, a number of `CLEARED`. */
  cleared?: number;
  /**
   * Clear, RevokeCapability, Unwatch: selector of the removed entry, or trigger of the removed watch; 0 for a
   * capability.
   */
  removed?: bigint;
}

/** One of the five cells of a row: address (0 = closed), words as found and as left. */
export interface Opened {
  address: number;
  before: Words;
  after: Words;
}
/** The cells of a row, in the order of the columns. */
export interface Columns {
  A: Opened;
  B: Opened;
  S: Opened;
  D: Opened;
  X: Opened;
}
/**
 * The cells that a row opens: headers of actor and peer, source, destination, and the authority or watch that it names.
 */
export const COLUMNS = ["A", "B", "S", "D", "X"] as const;

/** A row as it happened. */
export interface Transition extends Row {
  seq: number;
  /** seq of the first row of its group; 0 if alone. */
  group: number;
  /** Seconds since 1970. */
  at: number;
  /** Clock of the actor afterwards. */
  clock: number;
  /** The seqs found in the five cells, in the order of the columns; 0 where closed. */
  parents: readonly [number, number, number, number, number];
  /** True if the row closes its group. */
  last: boolean;
  /** True for the rows of a group that a Trigger row opens. */
  triggered: boolean;
  columns: Columns;
}

/** The scope and rights columns of the packed record. The effect determines the member of the argument in each. */
export function detail(row: Row): { scope: number; rights: number; word: bigint } {
  const a = row.argument;
  return {
    // The low half of a merge's target id is here, too, because this column has the circuit's range check.
    scope: a.inbox ?? a.guard ?? a.scope ?? a.steps ?? a.escrowFrom ?? Number((a.into ?? 0n) & 0xffff_ffffn),
    rights: a.nargs ?? a.rights ?? a.condition ?? a.cleared ?? 0,
    word: a.authority ?? a.selector ?? a.trigger ?? a.peerAuthority ?? a.recipient ?? a.into ?? a.removed ?? 0n,
  };
}

/** Operation number of a row. */
export function opOf(row: { effect: RowName }): number {
  return row.effect === "RevokeCapability" ? OP.Clear : OP[row.effect];
}

/** The three words that represent a row in its effect hash: p1, p2 and argument. */
export function packRow(row: Row): [bigint, bigint, bigint] {
  const { scope, rights, word } = detail(row);
  const p1 =
    BigInt(opOf(row)) +
    (BigInt(row.actor) << 5n) +
    (BigInt(row.peer) << 29n) +
    (BigInt(row.source) << 53n) +
    (BigInt(row.destination) << 85n) +
    (BigInt(row.authority) << 117n) +
    (BigInt(row.deadline) << 149n) +
    (row.resource << 189n);
  const p2 = row.kind + (row.quantity << 56n) + (BigInt(scope) << 184n) + (BigInt(rights) << 216n);
  return [p1, p2, word];
}

/**
 * The part of a program's header in the first link that it adds to a group: its log, and its inbox. The inbox is
 * included because the program's creation is in no log of its own.
 */
export function logLaneOf([w0, , log]: Words): bigint {
  return log + ((w0 >> 3n) & ((1n << BigInt(BITS.inbox)) - 1n));
}

/** One link of a group's chain: Poseidon(capacity = chain; logLane, p1, p2, argument). */
export function effectHash(chain: bigint, logLane: bigint, row: Row): bigint {
  return hash(chain, [logLane, ...packRow(row)]);
}
