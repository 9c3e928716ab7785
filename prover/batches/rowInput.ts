/**
 * From one transition to the inputs of one row of the circuit (circuits/row/inputs.circom lists them with their
 * widths).
 */

import { CONDITION, FIELD, GRACE, OPS, programOf, slotOf, WATCHES } from "../../trace/layout.ts";
import { detail, opOf, type Row, type RowName, type Transition } from "../../trace/machine/transition.ts";
import { type CapabilityCell, type Cell, unpackCell } from "../../trace/state/cells.ts";
import { inverse } from "../curve/bn254.ts";

/** The part of the preceding rows that a row's inputs depend on. */
export interface RowContext {
  /** Time of the previous row, or the batch's `notBefore`. */
  readonly at: number;
  /** The call under way: arguments left, and the sum so far. */
  readonly call: { readonly left: number; readonly sum: bigint };
  /** Kind of the resource that the last row other than a Check moved. */
  readonly moved: bigint;
  /** That row's source. A Check of its source comes before those of its destination. */
  readonly source: number;
}

/** Before the first row of a batch. */
export function firstContext(at: number): RowContext {
  return { at, call: { left: 0, sum: 0n }, moved: 0n, source: 0 };
}

/** After a row that happened `at` a time. */
export function contextAfter(before: RowContext, row: Row, at: number): RowContext {
  let { call } = before;
  if (row.effect === "InvokeProgram") call = { left: row.argument.nargs ?? 0, sum: 0n };
  else if (row.effect === "Pass") call = { left: call.left - 1, sum: call.sum + row.quantity };
  const { moved, source } = row.effect === "Check" ? before : { moved: row.kind, source: row.source };
  return { at, call, moved, source };
}

/** Rows whose deadline is their own word, not a distance. */
const NAMES_DEADLINE: ReadonlySet<RowName> = new Set<RowName>(["EscrowToProgram", "DelegateCapability", "Eject"]);

/** Inputs of one row: numbers, or lists of them, by signal name. */
export type RowInput = Record<string, bigint | bigint[]>;

const LOW = (1n << 128n) - 1n;
/** Inbox, steps and clock of a header. */
const HEADER_PAYLOAD = (1n << 73n) - 1n;

function header(cell: Cell): { low: bigint; inbox: bigint; steps: bigint; clock: bigint } {
  if (cell.type !== "program") return { low: 0n, inbox: 0n, steps: 0n, clock: 0n };
  const inbox = BigInt(cell.inbox);
  const steps = BigInt(cell.steps);
  return { low: inbox + (steps << 9n), inbox, steps, clock: BigInt(cell.clock) };
}

/**
 * The inputs of the row of a transition. Cells are read from its columns, as found.
 * @param digest of the row's group
 */
export function rowInput(t: Transition, context: RowContext, digest: bigint): RowInput {
  const { A, B, S, D, X } = t.columns;
  const a = header(unpackCell(A.before));
  const b = header(unpackCell(B.before));
  const s = unpackCell(S.before);
  const d = unpackCell(D.before);
  const x = unpackCell(X.before);
  const { scope, rights, word } = detail(t);
  const onSlot = t.effect === "WatchResource" || t.effect === "Unwatch" || t.effect === "Check";
  const inPlace = t.effect === "ClaimFromProgram" && t.destination === 0;

  const capability = capabilityInUse(t, s, x);
  const derives = t.effect === "DelegateCapability" && capability !== undefined;
  const deadline = deadlineInputs(t, s, inPlace);
  const shown = derives && capability.expiry !== 0 ? BigInt(t.deadline) : mustNotVanish(t, s);
  const merged = t.effect === "Merge" && d.type === "resource" ? d.id : 0n;

  const input: RowInput = {
    is: Array.from({ length: OPS }, (_, op) => BigInt(op === opOf(t))),
    actor: BigInt(t.actor),
    peer: BigInt(t.peer),
    holder: BigInt(holderOf(t, s, capability)),
    sSlot: BigInt(slotOf(t.source)),
    dSlot: BigInt(slotOf(t.destination)),
    xSlot: BigInt(slotOf(t.authority)),
    resource: onSlot ? (s.type === "resource" ? s.kind : 0n) : t.resource,
    kind: t.kind,
    quantity: t.quantity,
    scope: t.effect === "Merge" ? merged & 0xffffffffn : BigInt(scope),
    rights: BigInt(rights),
    argument: word,
    term: NAMES_DEADLINE.has(t.effect) ? BigInt(t.deadline) : deadline.term,
    last: BigInt(t.last),
    digest,
    aWords: [...A.before],
    bWords: [...B.before],
    sWords: S.before.slice(0, 2),
    dWords: D.before.slice(0, 2),
    xWords: [...X.before],
    aLow: a.low,
    aClock: a.clock,
    bClock: b.clock,
    bInbox: b.inbox,
    bSteps: b.steps,
    aSeq: BigInt(t.parents[0]),
    bSeq: BigInt(t.parents[1]),
    sSeq: BigInt(t.parents[2]),
    dSeq: BigInt(t.parents[3]),
    xSeq: BigInt(t.parents[4]),
    sWatch: ranksOn(s),
    dWatch: ranksOn(d),
    sEscrow: s.type === "resource" ? BigInt(s.escrowFrom) : 0n,
    slotHolds: BigInt(onSlot && s.type === "resource"),
    clears: clears(t, x),
    clock: BigInt(t.clock),
    wait: BigInt(t.at - context.at),
    spare: spare(t, context, s, d, x, capability !== undefined, b.steps),
    inPlace: BigInt(inPlace),
    before: deadline.before,
    after: deadline.after,
    expires: BigInt(capability !== undefined && capability.expiry !== 0),
    held: BigInt(t.effect === "Enter" && d.type === "resource"),
    derives: BigInt(derives),
    narrows: BigInt(derives && capability.scope === 0 && scope !== 0),
    expiryGap:
      t.effect === "Merge"
        ? merged >> 32n
        : capability?.expiry
          ? BigInt(capability.expiry - (derives ? t.deadline : t.at + 1))
          : 0n,
    capRights: BigInt(capability?.rights ?? 0),
    scoped: BigInt((capability?.scope ?? 0) !== 0),
    subjected: BigInt((capability?.subject ?? 0n) !== 0n),
    condition: Array.from({ length: 5 }, (_, i) =>
      BigInt((t.effect === "WatchResource" || t.effect === "Check") && rights === i + 1),
    ),
    rank: oneHot(WATCHES, rankSet(t, s, x)),
    checkTurn: oneHot(2 * WATCHES, turnOf(t, context, x)),
    fired: BigInt(t.effect === "Check" && unpackCell(X.after).type === "watch" && (X.after[0] & 7n) === 6n),
    inverse: shown === 0n ? 0n : inverse(shown, FIELD),
  };
  return t.effect === "Lineage" ? { ...input, ...lineageInputs(S.before, X.before) } : input;
}

/** The inputs of a row that pads a batch. */
export function paddingInput(digest: bigint): RowInput {
  const zeros = (n: number): bigint[] => new Array<bigint>(n).fill(0n);
  const names =
    "actor peer holder sSlot dSlot xSlot resource kind quantity scope rights argument term aLow aClock bClock bInbox bSteps aSeq bSeq sSeq dSeq xSeq sEscrow slotHolds clock wait spare held derives narrows inPlace before after expires expiryGap capRights scoped subjected fired inverse";
  const input: RowInput = Object.fromEntries(names.split(" ").map((name) => [name, 0n]));
  return {
    ...input,
    is: Array.from({ length: OPS }, (_, op) => BigInt(op === 0)),
    aWords: zeros(3),
    bWords: zeros(3),
    sWords: zeros(2),
    dWords: zeros(2),
    xWords: zeros(3),
    clears: zeros(4),
    condition: zeros(5),
    sWatch: zeros(WATCHES),
    dWatch: zeros(WATCHES),
    rank: zeros(WATCHES),
    checkTurn: zeros(2 * WATCHES),
    last: 1n,
    digest,
  };
}

const oneHot = (width: number, index: number | undefined): bigint[] =>
  Array.from({ length: width }, (_, i) => BigInt(i === index));

/** The ranks of the watches on a slot, as bits. */
function ranksOn(cell: Cell): bigint[] {
  const ranks = cell.type === "empty" || cell.type === "resource" ? cell.watch : 0;
  return Array.from({ length: WATCHES }, (_, rank) => BigInt((ranks >> rank) & 1));
}

/** The capability that the row uses or lends on. */
function capabilityInUse(t: Transition, s: Cell, x: Cell): CapabilityCell | undefined {
  if (t.effect === "Lineage" || t.effect === "Clear" || t.effect === "RevokeCapability") return undefined;
  if (s.type === "capability") return s;
  return x.type === "capability" ? x : undefined;
}

/** The program in whose memory the capability in use lies; in a Lineage row, the parent's; in an Eject, what leaves. */
function holderOf(t: Transition, s: Cell, capability: CapabilityCell | undefined): number {
  if (t.effect === "Lineage" || t.effect === "Eject") return programOf(t.source);
  if (capability === undefined) return 0;
  return programOf(s.type === "capability" ? t.source : t.authority);
}

/** The rank of a new watch (the lowest free one) or of a removed one. */
function rankSet(t: Transition, s: Cell, x: Cell): number | undefined {
  if (t.effect === "WatchResource") return ranksOn(s).indexOf(0n);
  return t.effect === "Unwatch" && x.type === "watch" ? x.rank : undefined;
}

/** Which of the owed Checks this Check is. Those of S come before those of D. */
function turnOf(t: Transition, context: RowContext, x: Cell): number | undefined {
  if (t.effect !== "Check" || x.type !== "watch") return undefined;
  return t.source === context.source ? x.rank : WATCHES + x.rank;
}

/** The inputs of a Lineage row for the words of parent and child (circuits/row/inputs.circom lists their places). */
function lineageInputs(parent: readonly bigint[], child: readonly bigint[]): RowInput {
  const bits = (word: bigint | undefined, from: number, count: number): bigint =>
    ((word ?? 0n) >> BigInt(from)) & ((1n << BigInt(count)) - 1n);
  return {
    kind: bits(parent[0], 3, 56),
    rights: bits(parent[0], 59, 8),
    spare: bits(parent[1], 0, 128),
    quantity: bits(parent[1], 130, 104) + (bits(child[1], 0, 24) << 104n),
    capRights: bits(child[1], 24, 8),
    scope: bits(child[0], 3, 32),
    expiryGap: bits(child[0], 35, 40),
    resource: bits(child[1], 130, 64),
    term: bits(child[1], 194, 40),
  };
}

/** The distance of `at` from the deadline of a claim or a revocation. */
function deadlineInputs(t: Transition, s: Cell, inPlace: boolean): { term: bigint; before: bigint; after: bigint } {
  const none = { term: 0n, before: 0n, after: 0n };
  if ((t.effect !== "ClaimFromProgram" && t.effect !== "RevokeResource") || s.type !== "resource" || s.deadline === 0)
    return none;
  const byGiver = t.effect === "RevokeResource" || t.peer !== t.actor;
  if (byGiver) return { term: BigInt(t.at - s.deadline), before: 0n, after: 1n };
  if (t.at < s.deadline || !inPlace) return { term: BigInt(s.deadline - t.at - 1), before: 1n, after: 0n };
  return { term: BigInt(t.at - s.deadline - GRACE), before: 0n, after: 1n };
}

function clears(t: Transition, x: Cell): bigint[] {
  const sort = x.type === "watch" ? x.state : x.type;
  const clear = t.effect === "Clear" || t.effect === "RevokeCapability";
  return ["capability", "entry", "fired", "spent"].map((name) => BigInt(clear && sort === name));
}

/** The number that the operation keeps in `spare`. */
function spare(
  t: Transition,
  context: RowContext,
  s: Cell,
  d: Cell,
  x: Cell,
  holds: boolean,
  peerSteps: bigint,
): bigint {
  switch (t.effect) {
    case "Split":
      return s.type === "resource" ? s.quantity - t.quantity : 0n;
    case "Merge":
      return d.type === "resource" ? d.quantity + t.quantity : 0n;
    case "Clear":
    case "RevokeCapability":
    case "Unwatch":
    case "Trigger":
      return (t.columns.X.before[0] >> 3n) & LOW;
    case "CreateProgram":
      return (t.columns.X.before[0] >> 3n) & HEADER_PAYLOAD;
    case "JoinWith":
      return peerSteps - BigInt(detail(t).scope);
    case "Pass":
      return context.call.left === 1 && x.type === "entry" ? context.call.sum + t.quantity - x.minimum : 0n;
    case "Check":
      return distance(t, context.moved, s, x);
    default:
      if (!holds) return 0n;
      return (s.type === "capability" ? t.columns.S.before[1] : t.columns.X.before[1]) & LOW;
  }
}

/** The distance of a quantity from the opposite answer of `above` or `below` (circuits/watch.circom, step 2). */
function distance(t: Transition, moved: bigint, s: Cell, x: Cell): bigint {
  if (x.type !== "watch" || (x.condition !== CONDITION.above && x.condition !== CONDITION.below)) return 0n;
  const amount = s.type === "resource" && (x.kind === 0n || x.kind === moved) ? s.quantity : 0n;
  const lead = x.condition === CONDITION.above ? amount - x.threshold : x.threshold - amount;
  return (t.columns.X.after[0] & 7n) === 6n ? lead - 1n : -lead;
}

/** The value that the operation's rules require to be nonzero. */
function mustNotVanish(t: Transition, s: Cell): bigint {
  if (t.effect === "Issue") return t.quantity;
  if (t.effect === "Split" && s.type === "resource") return t.quantity * (s.quantity - t.quantity);
  return 0n;
}
