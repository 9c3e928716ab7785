/** One row during its application: the cells as found, the cells as left, and the state carried from row to row. */

import { RefusedError } from "../../errors.ts";
import { CHAIN_AUTHORITY, idOf, kindText, programOf, slotOf, TRIGGERED_ID } from "../../layout.ts";
import type { Cell, EmptyCell, EntryCell, ProgramCell, ResourceCell } from "../../state/cells.ts";
import type { View } from "../../state/timeMap.ts";
import type { COLUMNS, Row } from "../transition.ts";

/** A column that a row may open. */
export type Column = (typeof COLUMNS)[number];

/** A call whose arguments are being passed. */
export interface Call {
  actor: number;
  /** Address of the entry. */
  entry: number;
  terms: EntryCell;
  /** Pass rows still to come. */
  left: number;
  /** Sum of the quantities passed so far. */
  sum: bigint;
}

/** A changed watched slot. The Check of one of its watches must come next. */
export interface Obligation {
  slot: number;
  /** Rank of the watch. */
  rank: number;
  before: Cell;
  after: Cell;
  /** Kind of the resource that moved. */
  kind: bigint;
}

/**
 * An open line of capabilities, opened from its beginning. The same actor must use its last one in the very next row.
 */
export interface Line {
  actor: number;
  /** Address of the capability reached so far. */
  child: number;
  /** The program that granted the first one. */
  root: number;
}

/** The state that a group carries from row to row. */
export interface Progress {
  /** seq of the group's first row. */
  first: number;
  /** The group's digest G. */
  digest: bigint;
  /** Program whose watch was triggered; 0 in groups that are not triggered. */
  triggered: number;
  call: Call | null;
  obligations: Obligation[];
  /** Set by a Lineage row, for the row after it. */
  line: Line | null;
  /** Programs that changed their authority. They do nothing more in the group. */
  rotated: Set<number>;
}

/** One row during its application. */
export class Step {
  readonly row: Row;
  readonly at: number;
  readonly seq: number;
  /** The peer is the actor itself. */
  readonly self: boolean;
  readonly view: View;
  readonly progress: Progress;
  readonly #found = new Map<Column, Cell>();
  readonly #left = new Map<Column, Cell>();

  constructor(row: Row, at: number, seq: number, view: View, progress: Progress) {
    this.row = row;
    this.at = at;
    this.seq = seq;
    this.self = row.peer === row.actor;
    this.view = view;
    this.progress = progress;
  }

  open(column: Column, cell: Cell): void {
    this.#found.set(column, cell);
    this.#left.set(column, cell);
  }
  /** The cell as found. Only for open columns. */
  found(column: Column): Cell {
    const cell = this.#found.get(column);
    if (cell === undefined)
      throw new RefusedError("no-unscoped-access", `${this.row.effect} does not open column ${column}`);
    return cell;
  }
  /** The cell as it will be left. Only for open columns. */
  left(column: Column): Cell {
    return this.#left.get(column) ?? this.found(column);
  }
  leave(column: Column, cell: Cell): void {
    this.#left.set(column, cell);
  }
  header(column: "A" | "B"): ProgramCell {
    const cell = this.left(column);
    if (cell.type !== "program") {
      const program = column === "A" ? this.row.actor : this.row.peer;
      throw new RefusedError(
        "invocation-causal",
        `program ${program} does not exist at seq ${this.seq}; create it first (there are ${this.view.programs()})`,
      );
    }
    return cell;
  }
  /** The id for the row's product: by the actor's own count of effects, or by seq if a trigger makes it. */
  newId(): bigint {
    if (this.progress.triggered !== 0) return TRIGGERED_ID + BigInt(this.seq);
    return idOf(this.row.actor, this.header("A").steps);
  }
  /** The authority in the peer's header as found. */
  foundAuthority(): bigint {
    const cell = this.found("B");
    return cell.type === "program" ? cell.authority : 0n;
  }
  /** The inbox of the program whose memory holds the peer's slots. */
  inbox(): number {
    return this.header(this.self ? "A" : "B").inbox;
  }
}

/** `slot 5 of program 2`, for messages. */
export function slotName(address: number): string {
  return `slot ${slotOf(address)} of program ${programOf(address)}`;
}

/** A cell's content in a few words, for messages. */
export function contentOf(cell: Cell): string {
  switch (cell.type) {
    case "empty":
      return "nothing";
    case "resource":
      return `resource ${cell.id} (${cell.quantity} of ${kindText(cell.kind)})`;
    case "watch":
      return `a watch that is ${cell.state}`;
    case "entry":
      return "an entry point";
    case "capability":
      return "a capability";
    case "program":
      return "a header";
  }
}

/** @throws RefusedError unless the address lies in the program's memory */
export function requireIn(program: number, address: number, whose: string): void {
  if (programOf(address) !== program) {
    throw new RefusedError(
      "no-unscoped-access",
      `${slotName(address)} is not in the ${whose}'s memory (program ${program}); name one of its own slots`,
    );
  }
}

/** The resource in S. It must be the one that the row names. Does not check its owner. */
export function namedResource(step: Step): ResourceCell {
  const { row } = step;
  const cell = resourceIn(step, "S", row.source);
  if (cell.id !== row.resource) {
    throw new RefusedError(
      "no-double-spend",
      `${slotName(row.source)} holds resource ${cell.id}, not ${row.resource}; it has moved on`,
    );
  }
  if (cell.kind !== row.kind) {
    throw new RefusedError(
      "conservation",
      `resource ${cell.id} is of ${kindText(cell.kind)}, not of ${kindText(row.kind)}; name the kind that is there`,
    );
  }
  if (row.effect !== "Split" && cell.quantity !== row.quantity) {
    throw new RefusedError(
      "conservation",
      `resource ${cell.id} is ${cell.quantity}, not ${row.quantity}; name the quantity that is there`,
    );
  }
  return cell;
}

function resourceIn(step: Step, column: Column, address: number): ResourceCell {
  const cell = step.found(column);
  if (cell.type !== "resource") {
    throw new RefusedError(
      "no-double-spend",
      `${slotName(address)} holds ${contentOf(cell)}, not a resource; it was moved or never there`,
    );
  }
  return cell;
}

/** The resource in the actor's own slot, owned outright. */
export function ownOutright(step: Step, column: "S" | "D"): ResourceCell {
  const address = column === "S" ? step.row.source : step.row.destination;
  requireIn(step.row.actor, address, "actor");
  const cell = column === "S" ? namedResource(step) : resourceIn(step, column, address);
  if (cell.escrowFrom !== 0) {
    throw new RefusedError(
      "escrow-atomic",
      `resource ${cell.id} in ${slotName(address)} is escrowed by program ${cell.escrowFrom}; claim it first`,
    );
  }
  return cell;
}

/** D. It must be empty and in the program's memory. */
export function emptyIn(step: Step, program: number, whose: string): EmptyCell {
  const address = step.row.destination;
  requireIn(program, address, whose);
  const cell = step.found("D");
  if (cell.type !== "empty") {
    throw new RefusedError(
      "no-double-spend",
      `${slotName(address)} already holds ${contentOf(cell)}; choose an empty slot`,
    );
  }
  return cell;
}

/** D. It must be the actor's, empty, and unwatched, because it will hold something other than a resource. */
export function unwatchedOwn(step: Step): void {
  const cell = emptyIn(step, step.row.actor, "actor");
  if (cell.watch !== 0) {
    throw new RefusedError(
      "watch-deterministic",
      `${slotName(step.row.destination)} is watched, so only resources may go there; choose another slot`,
    );
  }
}

/**
 * The row must carry the peer's key as found. A signature over the row then covers the receiver's identity, not just a
 * number that could still become another program's.
 */
export function boundPeer(step: Step): void {
  const { row } = step;
  const found = step.self ? 0n : step.foundAuthority();
  const named = row.argument.peerAuthority ?? 0n;
  if (named === found) return;
  const keyOf = (authority: bigint): string => {
    if (authority === CHAIN_AUTHORITY) return "no key: it is the chain";
    return authority === 0n ? "no key: it is open" : `the key ${authority}`;
  };
  throw new RefusedError(
    "log-signed",
    `program ${row.peer} has ${keyOf(found)}, but ${row.effect} names ${keyOf(named)}; look who it is, and ask again`,
  );
}

/**
 * D in the peer's memory. It must be empty and, if the peer is another program, at or above its inbox.
 * @param replaced whether what lies there may be replaced
 */
export function depositSlot(step: Step, replaced = false): void {
  const { row } = step;
  if (replaced) requireIn(row.peer, row.destination, "peer");
  else emptyIn(step, row.peer, "peer");
  const inbox = step.inbox();
  if (!step.self && slotOf(row.destination) < inbox) {
    const hint = inbox > 255 ? "it takes no deposits" : `deposit at slot ${inbox} or above`;
    throw new RefusedError("inbox-respected", `${slotName(row.destination)} is below the program's inbox; ${hint}`);
  }
}

/** Puts a resource into an open slot, owned outright unless `escrow` is given. The slot keeps its watches. */
export function place(
  step: Step,
  column: "S" | "D",
  thing: { id: bigint; kind: bigint; quantity: bigint },
  escrow: { from: number; deadline: number } = { from: 0, deadline: 0 },
): void {
  step.leave(column, {
    type: "resource",
    watch: watchOf(step.found(column)),
    kind: thing.kind,
    escrowFrom: escrow.from,
    quantity: thing.quantity,
    id: thing.id,
    deadline: escrow.deadline,
    seq: step.seq,
  });
}

/** Empties an open slot. It keeps its watches. */
export function vacate(step: Step, column: "S" | "X"): void {
  step.leave(column, { type: "empty", watch: watchOf(step.found(column)), seq: step.seq });
}

/** The ranks of the armed watches on a slot, as a bit set: only empty slots and resources can be watched. */
export function watchOf(cell: Cell): number {
  return cell.type === "empty" || cell.type === "resource" ? cell.watch : 0;
}
