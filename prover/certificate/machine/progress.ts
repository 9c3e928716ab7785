/** What a group carries from row to row: the machine's numbers, in the state that rows of the circuit hand on. */
import { constantOf, type Sum } from "../../../verifier/constraints/sums.ts";
import type { CellType } from "../equations/explore.ts";
import type { RowCase } from "./rowCase.ts";

/** The state that a row hands on, as sums of signals. */
export interface Carried {
  readonly time: Sum;
  readonly call: Readonly<Record<"calling" | "left" | "sum" | "entry" | "actor", Sum>>;
  readonly line: Readonly<Record<"lineage" | "child" | "root" | "actor", Sum>>;
  /** Of the row's group. In what a row takes, `triggered` is of a group that goes on. */
  readonly group: Readonly<Record<"continues" | "triggered" | "triggerActor" | "start" | "digest", Sum>>;
  /** Checks that are owed, S's ranks and then D's. */
  readonly owed: readonly Sum[];
  readonly ofS: Readonly<Record<"address" | "after" | "quantity", Sum>>;
  readonly ofD: Readonly<Record<"address" | "before" | "quantity", Sum>>;
  readonly kind: Sum;
}

/** Puts the machine's variables about the group where the circuit has them. */
export function carriedIn(
  own: RowCase,
  before: Carried,
  of: Map<string, Sum>,
  wholes: Map<string, Sum>,
  types: Map<string, CellType | undefined>,
  unread: Sum[],
): void {
  const zero: Sum = new Map();
  of.set("call.left", before.call.left);
  of.set("call.actor", before.call.actor);
  of.set("call.sum", before.call.sum);
  wholes.set("call.entry", before.call.entry);
  wholes.set("line.child", before.line.child);
  of.set("line.actor", before.line.actor);
  of.set("line.root", before.line.root);
  const triggered = constantOf(own.normal(before.group.triggered));
  if (triggered === null) unread.push(own.normal(before.group.triggered));
  else of.set("progress.triggered", triggered === 0n ? zero : before.group.triggerActor);
  const ranks = before.owed.length / 2;
  for (const [i, bit] of before.owed.entries()) {
    const isOwed = constantOf(own.normal(bit));
    if (isOwed === 0n) continue;
    if (isOwed === null) {
      unread.push(own.normal(bit));
      return;
    }
    const isS = i < ranks;
    wholes.set("owed.slot", isS ? before.ofS.address : before.ofD.address);
    wholes.set("owed.kind", before.kind);
    of.set("owed.rank", i % ranks === 0 ? zero : new Map([[0, BigInt(i % ranks)]]));
    const there = (bit: Sum): CellType | undefined => {
      const value = constantOf(own.normal(bit));
      if (value === null) unread.push(own.normal(bit));
      return value === null ? undefined : value === 0n ? "empty" : "resource";
    };
    types.set("owed.before", isS ? "resource" : there(before.ofD.before));
    types.set("owed.after", isS ? there(before.ofS.after) : "resource");
    of.set("owed.after.quantity", isS ? before.ofS.quantity : before.ofD.quantity);
    return;
  }
  wholes.set("owed.slot", zero);
}
