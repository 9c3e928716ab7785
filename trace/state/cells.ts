/**
 * Cells of the time map: their fields, and how they are packed into three words (docs/reference/protocol.md, section
 * 2).
 */
import { InvalidInputError } from "../errors.ts";
import { BITS, CELL, FIELD, HEADER_SEQ_OFFSET, HIGH_OFFSET, MIDDLE_OFFSET, NO_INBOX, SEQ_OFFSET } from "../layout.ts";

/** The three words of a cell, as the tree and the circuit carry them. */
export type Words = readonly [bigint, bigint, bigint];
/** The words of a slot that was never written. */
export const EMPTY_WORDS: Words = [0n, 0n, 0n];

/** An empty slot. `watch` is the bit set of the ranks of the armed watches on it. */
export interface EmptyCell {
  type: "empty";
  watch: number;
  seq: number;
}
/**
 * Header of a program, in slot 0. `authority` is the key that signs for it. 0 is an open program: the operator may act
 * for it.
 */
export interface ProgramCell {
  type: "program";
  /** First slot that others may deposit into; 256 = none. */
  inbox: number;
  /** Number of own effects. */
  steps: number;
  /** Lamport clock. */
  clock: number;
  authority: bigint;
  /** Hash chain of own effects. */
  log: bigint;
  seq: number;
}
/** A resource. It belongs to the program whose memory holds it, if `escrowFrom` is 0. */
export interface ResourceCell {
  type: "resource";
  watch: number;
  kind: bigint;
  /** Program that put it here in escrow; 0 = owned outright. */
  escrowFrom: number;
  quantity: bigint;
  id: bigint;
  /** Seconds; 0 = none. */
  deadline: number;
  seq: number;
}
/** The grantor (whose memory holds it) lets `grantee` use `rights` on `scope` until `expiry`. */
export interface CapabilityCell {
  type: "capability";
  grantee: number;
  /**
   * Address of a slot; 0 = every slot of the grantor. In a capability that was lent on: of the line's first grantor.
   */
  scope: number;
  rights: number;
  /** The seq of the row that made it. */
  nonce: number;
  /** Address of the capability it was derived from (0 = none), and the nonce found there. */
  parent: number;
  parentNonce: number;
  /** Id of a resource; 0 = any. */
  subject: bigint;
  /** Seconds; 0 = none. */
  expiry: number;
  seq: number;
}
/** A function that other programs may call. */
export interface EntryCell {
  type: "entry";
  nargs: number;
  /** 0 = anyone may call, 1 = holders of a capability with the right `invoke`. */
  guard: number;
  /** Kind of every argument; 0 if there are none. */
  accepts: bigint;
  /** Least sum of the arguments' quantities. */
  minimum: bigint;
  /** Hash of the function's name. */
  selector: bigint;
  seq: number;
}
/** Waits for a condition on the slot `target`. Once it has fired, anyone may apply its trigger. */
export interface WatchCell {
  type: "watch";
  state: "armed" | "fired" | "spent";
  target: number;
  /** Kind it looks at; 0 = any. */
  kind: bigint;
  /** Number of the condition (`CONDITION`). */
  condition: number;
  /** Its number among the slot's watches, from 0. Watches are checked in this order. Meaningful while it is armed. */
  rank: number;
  threshold: bigint;
  /** Digest of the rows to apply. */
  trigger: bigint;
  seq: number;
}
/** The content of a slot. */
export type Cell = EmptyCell | ProgramCell | ResourceCell | CapabilityCell | EntryCell | WatchCell;

/** Checks that the number fits its bits and returns it as a word. @throws InvalidInputError naming the field */
function fit(field: string, value: number | bigint, bits: number): bigint {
  // Most are small numbers, which are compared as such.
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new InvalidInputError(field, `${value} is not a whole number`);
    if (value >= 0 && value < 2 ** bits) return BigInt(value);
  } else if (value >= 0n && BigInt.asUintN(bits, value) === value) return value;
  throw new InvalidInputError(field, `${value} does not fit in ${bits} bits; use a smaller number`);
}
function word(field: string, value: bigint): bigint {
  if (value < 0n || value >= FIELD) throw new InvalidInputError(field, "is not below the field's order");
  return value;
}
function bitsOf(value: bigint, offset: number, bits: number): bigint {
  return BigInt.asUintN(bits, value >> BigInt(offset));
}
const numberOf = (value: bigint, offset: number, bits: number): number => Number(bitsOf(value, offset, bits));

function pack0(type: number, payload: bigint, seq: number, offset = SEQ_OFFSET): bigint {
  return BigInt(type) + (payload << 3n) + (fit("seq", seq, BITS.seq) << offset);
}

/**
 * Packs a cell into its three words.
 * @throws InvalidInputError naming the field that does not fit
 */
export function packCell(cell: Cell): Words {
  switch (cell.type) {
    case "empty":
      return [pack0(CELL.empty, fit("watch", cell.watch, BITS.watch), cell.seq), 0n, 0n];
    case "program": {
      if (cell.inbox < 1 || cell.inbox > NO_INBOX) throw new InvalidInputError("inbox", "lies between 1 and 256");
      const payload =
        fit("inbox", cell.inbox, BITS.inbox) +
        (fit("steps", cell.steps, BITS.steps) << 9n) +
        (fit("clock", cell.clock, BITS.clock) << 41n);
      return [
        pack0(CELL.program, payload, cell.seq, HEADER_SEQ_OFFSET),
        word("authority", cell.authority),
        word("log", cell.log),
      ];
    }
    case "resource": {
      const payload =
        fit("watch", cell.watch, BITS.watch) +
        (fit("kind", cell.kind, BITS.kind) << 4n) +
        (fit("escrowFrom", cell.escrowFrom, BITS.program) << 60n);
      const w1 =
        fit("quantity", cell.quantity, BITS.quantity) +
        (fit("id", cell.id, BITS.id) << MIDDLE_OFFSET) +
        (fit("deadline", cell.deadline, BITS.time) << HIGH_OFFSET);
      return [pack0(CELL.resource, payload, cell.seq), w1, 0n];
    }
    case "capability": {
      const payload =
        fit("grantee", cell.grantee, BITS.program) +
        (fit("scope", cell.scope, BITS.address) << 24n) +
        (fit("rights", cell.rights, BITS.rights) << 56n);
      const w1 =
        fit("nonce", cell.nonce, BITS.seq) +
        (fit("parent", cell.parent, BITS.address) << 32n) +
        (fit("parentNonce", cell.parentNonce, BITS.seq) << 64n) +
        (fit("subject", cell.subject, BITS.id) << MIDDLE_OFFSET) +
        (fit("expiry", cell.expiry, BITS.time) << HIGH_OFFSET);
      return [pack0(CELL.capability, payload, cell.seq), w1, 0n];
    }
    case "entry": {
      const payload =
        fit("nargs", cell.nargs, BITS.nargs) +
        (fit("guard", cell.guard, 1) << 8n) +
        (fit("accepts", cell.accepts, BITS.kind) << 40n);
      return [
        pack0(CELL.entry, payload, cell.seq),
        fit("minimum", cell.minimum, BITS.quantity),
        word("selector", cell.selector),
      ];
    }
    case "watch": {
      const payload =
        fit("target", cell.target, BITS.address) +
        (fit("kind", cell.kind, BITS.kind) << 32n) +
        (fit("condition", cell.condition, BITS.condition) << 88n) +
        (fit("rank", cell.rank, BITS.rank) << 96n);
      return [
        pack0(CELL[cell.state], payload, cell.seq),
        fit("threshold", cell.threshold, BITS.quantity),
        word("trigger", cell.trigger),
      ];
    }
  }
}

/** Inverse of {@link packCell}. @throws InvalidInputError if no cell packs to these words */
export function unpackCell(words: Words): Cell {
  const cell = unpackLoosely(words);
  const again = packCell(cell);
  if (again.some((w, i) => w !== words[i])) throw new InvalidInputError("words", "are not those of a packed cell");
  return cell;
}

function unpackLoosely([w0, w1, w2]: Words): Cell {
  const type = Number(w0 & 7n);
  const payload = w0 >> 3n;
  const seq = Number(w0 >> (type === CELL.program ? HEADER_SEQ_OFFSET : SEQ_OFFSET));
  switch (type) {
    case CELL.empty:
      return { type: "empty", watch: numberOf(payload, 0, BITS.watch), seq };
    case CELL.program:
      return {
        type: "program",
        inbox: numberOf(payload, 0, BITS.inbox),
        steps: numberOf(payload, 9, BITS.steps),
        clock: numberOf(payload, 41, BITS.clock),
        authority: w1,
        log: w2,
        seq,
      };
    case CELL.resource:
      return {
        type: "resource",
        watch: numberOf(payload, 0, BITS.watch),
        kind: bitsOf(payload, 4, BITS.kind),
        escrowFrom: numberOf(payload, 60, BITS.program),
        quantity: bitsOf(w1, 0, BITS.quantity),
        id: bitsOf(w1, 130, BITS.id),
        deadline: numberOf(w1, 194, BITS.time),
        seq,
      };
    case CELL.capability:
      return {
        type: "capability",
        grantee: numberOf(payload, 0, BITS.program),
        scope: numberOf(payload, 24, BITS.address),
        rights: numberOf(payload, 56, BITS.rights),
        nonce: numberOf(w1, 0, BITS.seq),
        parent: numberOf(w1, 32, BITS.address),
        parentNonce: numberOf(w1, 64, BITS.seq),
        subject: bitsOf(w1, 130, BITS.id),
        expiry: numberOf(w1, 194, BITS.time),
        seq,
      };
    case CELL.entry:
      return {
        type: "entry",
        nargs: numberOf(payload, 0, BITS.nargs),
        guard: numberOf(payload, 8, 1),
        accepts: bitsOf(payload, 40, BITS.kind),
        minimum: w1,
        selector: w2,
        seq,
      };
    default:
      return {
        type: "watch",
        state: type === CELL.armed ? "armed" : type === CELL.fired ? "fired" : "spent",
        target: numberOf(payload, 0, BITS.address),
        kind: bitsOf(payload, 32, BITS.kind),
        condition: numberOf(payload, 88, BITS.condition),
        rank: numberOf(payload, 96, BITS.rank),
        threshold: w1,
        trigger: w2,
        seq,
      };
  }
}

/** The cell of a slot that was never written. */
export function emptyCell(): EmptyCell {
  return { type: "empty", watch: 0, seq: 0 };
}
