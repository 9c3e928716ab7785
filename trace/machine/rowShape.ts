/**
 * The shape of each sort of row: open columns, used fields and their widths (docs/reference/protocol.md, section 4).
 */
import { InvalidInputError, RefusedError } from "../errors.ts";
import { BITS, CLEARED, FIELD, mustSign, NO_INBOX, programOf, slotOf } from "../layout.ts";
import { firstLeaf } from "../state/tree.ts";
import type { Argument, Row, RowName, Transition } from "./transition.ts";

type Presence = "open" | "closed" | "either";
type Field = "resource" | "kind" | "quantity" | "deadline";

/** The shape of one sort of row. */
export interface Shape {
  /** `none`: no peer; `other`: another program; `any`: another or the actor itself. */
  peer: "none" | "other" | "any";
  source: Presence;
  destination: Presence;
  authority: Presence;
  /** Fields that are used; all others are 0. */
  fields: readonly Field[];
  /** Members of the argument, in the order of the trace. */
  argument: readonly (keyof Argument)[];
}

const THING = ["resource", "kind", "quantity"] as const;

function shape(
  peer: Shape["peer"],
  columns: readonly [Presence, Presence, Presence],
  fields: readonly Field[] = [],
  argument: readonly (keyof Argument)[] = [],
): Shape {
  const [source, destination, authority] = columns;
  return { peer, source, destination, authority, fields, argument };
}

/** The shape of every sort of row. */
export const SHAPES: Readonly<Record<RowName, Shape>> = {
  CreateProgram: shape("other", ["closed", "closed", "either"], [], ["inbox", "authority"]),
  Issue: shape("none", ["closed", "open", "closed"], ["kind", "quantity"]),
  Retire: shape("none", ["open", "closed", "closed"], THING, ["recipient"]),
  DeclareEntry: shape("none", ["closed", "open", "closed"], ["kind", "quantity"], ["selector", "nargs", "guard"]),
  EscrowToProgram: shape("other", ["open", "open", "closed"], [...THING, "deadline"], ["peerAuthority"]),
  ClaimFromProgram: shape("any", ["open", "either", "either"], THING),
  RevokeResource: shape("other", ["open", "open", "closed"], THING),
  InvokeProgram: shape("any", ["either", "closed", "open"], ["kind"], ["selector", "nargs", "guard"]),
  Pass: shape("any", ["open", "open", "open"], THING, ["nargs", "guard", "peerAuthority"]),
  DelegateCapability: shape(
    "other",
    ["closed", "open", "either"],
    ["resource", "deadline"],
    ["scope", "rights", "peerAuthority"],
  ),
  RevokeCapability: shape("none", ["closed", "closed", "open"], [], ["cleared", "removed"]),
  Clear: shape("none", ["closed", "closed", "open"], [], ["cleared", "removed"]),
  WatchResource: shape("any", ["open", "open", "either"], ["kind", "quantity"], ["condition", "trigger"]),
  Unwatch: shape("any", ["open", "closed", "open"], [], ["removed"]),
  Check: shape("any", ["open", "closed", "open"], ["kind"], ["condition"]),
  Trigger: shape("none", ["closed", "closed", "open"]),
  JoinWith: shape("other", ["closed", "closed", "closed"], [], ["steps", "peerAuthority"]),
  Split: shape("none", ["open", "open", "closed"], THING),
  Merge: shape("none", ["open", "open", "closed"], THING, ["into"]),
  RotateAuthority: shape("none", ["closed", "closed", "closed"], [], ["authority"]),
  Lineage: shape("any", ["open", "closed", "open"]),
  Enter: shape("other", ["closed", "open", "closed"], THING, ["peerAuthority"]),
  Eject: shape("other", ["open", "closed", "closed"], [...THING, "deadline"], ["escrowFrom", "peerAuthority"]),
};

/** Bits of each member of an argument. Words are field elements instead. */
const ARGUMENT_BITS: Readonly<Record<keyof Argument, number>> = {
  inbox: BITS.inbox,
  authority: 254,
  selector: 254,
  nargs: BITS.nargs,
  guard: 1,
  scope: BITS.address,
  rights: BITS.rights,
  condition: BITS.condition,
  trigger: 254,
  steps: BITS.steps,
  peerAuthority: 254,
  recipient: 254,
  escrowFrom: BITS.program,
  into: BITS.id,
  cleared: 3,
  removed: 254,
};

/**
 * True for rows that stand for an effect. They enter the group's digest, and all except triggered ones enter the
 * actor's log. The others follow from the state: Check, Trigger, Lineage.
 */
export function isEffect(row: { effect: RowName }): boolean {
  return row.effect !== "Check" && row.effect !== "Trigger" && row.effect !== "Lineage";
}

/** Rows that change the content of slots. */
const MOVES: ReadonlySet<RowName> = new Set<RowName>([
  "Issue",
  "Retire",
  "EscrowToProgram",
  "ClaimFromProgram",
  "RevokeResource",
  "Pass",
  "Split",
  "Merge",
  "Enter",
  "Eject",
]);

/** True for rows that change the content of slots, so that the watches on these slots must be checked. */
export function movesResources(row: { effect: RowName }): boolean {
  return MOVES.has(row.effect);
}

/**
 * True if the row opens its peer's header and so joins both clocks. A Lineage row names the holder of a capability as
 * its peer, but opens no header of it.
 */
export function opensPeer(row: { effect: RowName; actor: number; peer: number }): boolean {
  return row.peer !== 0 && row.peer !== row.actor && row.effect !== "Lineage";
}

/**
 * The authority that must sign for a row; 0 if none. A trigger's effects were signed when its watch was set, and the
 * chain's are approved by the registry.
 */
export function authorityAsked(row: Transition): bigint {
  const authority = row.columns.A.before[1];
  return isEffect(row) && !row.triggered && mustSign(row.actor, authority) ? authority : 0n;
}

/** @throws InvalidInputError unless the value is a whole number of at most `bits` bits */
function range(field: string, value: number | bigint, bits: number): void {
  const whole = typeof value === "bigint" || Number.isSafeInteger(value);
  if (!whole || value < 0 || BigInt(value) >> BigInt(bits) !== 0n) {
    throw new InvalidInputError(field, `${value} is not a whole number of at most ${bits} bits`);
  }
  if (bits === 254 && BigInt(value) >= FIELD) throw new InvalidInputError(field, "is not below the field's order");
}

/**
 * Checks everything about a row that needs no state.
 * @throws InvalidInputError if a field is out of range, or set although this sort of row does not use it
 * @throws RefusedError if an address is not a memory slot of this map, a peer is not allowed, or a quantity does not
 *   fit
 */
export function checkShape(row: Row, levels: number): void {
  const wanted = SHAPES[row.effect];
  if (wanted === undefined)
    throw new InvalidInputError("effect", `"${String(row.effect)}" is not a row of the protocol`);
  checkPrograms(row, wanted, levels);
  for (const column of ["source", "destination", "authority"] as const)
    checkColumn(row, column, wanted[column], levels);
  if (row.quantity < 0n || row.quantity >> 128n !== 0n) {
    throw new RefusedError("conservation", `quantity ${row.quantity} does not fit in 128 bits; use a smaller one`);
  }
  range("resource", row.resource, BITS.id);
  range("kind", row.kind, BITS.kind);
  range("deadline", row.deadline, BITS.time);
  for (const field of ["resource", "kind", "quantity", "deadline"] as const) {
    if (!wanted.fields.includes(field) && BigInt(row[field]) !== 0n) {
      throw new InvalidInputError(field, `is ${row[field]}, but ${row.effect} does not use it; set it to 0`);
    }
  }
  for (const [name, value] of Object.entries(row.argument) as [keyof Argument, number | bigint][]) {
    if (!wanted.argument.includes(name))
      throw new InvalidInputError(`argument.${name}`, `${row.effect} does not use it`);
    range(`argument.${name}`, value, ARGUMENT_BITS[name]);
  }
  const { cleared = 0 } = row.argument;
  // One name for each case: RevokeCapability clears capabilities, Clear clears everything else.
  if (cleared !== 0 && (cleared === CLEARED.capability) !== (row.effect === "RevokeCapability")) {
    throw new InvalidInputError("argument.cleared", `is ${cleared}, which ${row.effect} does not clear`);
  }
  if (row.effect === "CreateProgram" && ((row.argument.inbox ?? 0) < 1 || (row.argument.inbox ?? 0) > NO_INBOX)) {
    throw new InvalidInputError("argument.inbox", "lies between 1 and 256 (256 = takes no deposits)");
  }
}

function checkPrograms(row: Row, wanted: Shape, levels: number): void {
  const last = firstLeaf(levels) - 1;
  for (const field of wanted.peer === "none" ? (["actor"] as const) : (["actor", "peer"] as const)) {
    const program = row[field];
    if (!Number.isSafeInteger(program) || program < 1 || program > last) {
      throw new RefusedError(
        "invocation-causal",
        `${field} ${program} is not a program of this map: they run from 1 to ${last}`,
      );
    }
  }
  if (wanted.peer === "none" && row.peer !== 0)
    throw new InvalidInputError("peer", `${row.effect} has no peer; set it to 0`);
  if (wanted.peer === "other" && row.peer === row.actor) {
    throw new RefusedError(
      "invocation-causal",
      `${row.effect} needs another program, but program ${row.actor} names itself`,
    );
  }
}

function checkColumn(
  row: Row,
  column: "source" | "destination" | "authority",
  presence: Presence,
  levels: number,
): void {
  const at = row[column];
  if (at === 0) {
    if (presence === "open")
      throw new RefusedError("no-unscoped-access", `${row.effect} names no ${column}; give a memory slot`);
    return;
  }
  if (presence === "closed") throw new InvalidInputError(column, `${row.effect} does not open it; set it to 0`);
  if (
    !Number.isSafeInteger(at) ||
    at < 0 ||
    programOf(at) < 1 ||
    programOf(at) >= firstLeaf(levels) ||
    // Only a new program's row opens a third header, beside those of actor and peer: that of the program before it.
    (slotOf(at) === 0) !== (row.effect === "CreateProgram")
  ) {
    throw new RefusedError(
      "no-unscoped-access",
      `${column} ${at} is not a memory slot of this map: slots run from 1 to 255`,
    );
  }
}

/** A row whose other fields are 0. */
export function rowOf(effect: RowName, actor: number, fields: Partial<Omit<Row, "effect" | "actor">> = {}): Row {
  return {
    effect,
    actor,
    peer: 0,
    source: 0,
    destination: 0,
    authority: 0,
    resource: 0n,
    kind: 0n,
    quantity: 0n,
    deadline: 0,
    argument: {},
    ...fields,
  };
}
