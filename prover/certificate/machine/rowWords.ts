/** A row of the circuit as the machine sees it: where its words, its cells and its state are. */
import { BITS, OP, WATCHES } from "../../../trace/layout.ts";
import { SHAPES } from "../../../trace/machine/rowShape.ts";
import type { RowName } from "../../../trace/machine/transition.ts";
import type { Sum } from "../../../verifier/certificate/system.ts";
import { constant, type Linear, plus } from "../equations/linear.ts";
import { linearOf } from "../equations/runtime.ts";
import { Sum as Value } from "../equations/values.ts";
import { named, rowNamed } from "../equations/variables.ts";
import type { Names } from "../names.ts";
import type { Row } from "../rows/row.ts";
import type { Carried } from "./progress.ts";
import { COLUMNS, type Column, type RowWords } from "./values.ts";

/** Signals that the compiler has under another name. */
const SAME: Readonly<Record<string, string>> = { "tuples.wordsLeft[1][2]": "found.bWords[2]" };
/** Words that no cell of the column has. */
const NONE = /^(tuples\.wordsLeft\[2\]\[2\]|found\.[sd]Words\[2\])$/;

/** @param levels of programs in the map */
export function rowWords(effect: RowName, row: Row, names: Names, levels: number): RowWords {
  const number = row.number;
  const sum = (name: string): Sum => {
    if (NONE.test(name)) return new Map();
    const signal = row.named.get(SAME[name] ?? name) ?? names.signals.get(name);
    if (signal === undefined) throw new Error(`row ${number} has no signal ${name}`);
    return new Map([[signal, 1n]]);
  };
  const words = (name: (i: number) => string): [Sum, Sum, Sum] => [sum(name(0)), sum(name(1)), sum(name(2))];
  const byColumn = <T>(make: (column: Column, i: number) => T): Record<Column, T> =>
    Object.fromEntries(COLUMNS.map((column, i) => [column, make(column, i)])) as Record<Column, T>;
  const carried = (when: "previous" | "next"): Carried => {
    // What a Lineage row hands on is its own operation and actor.
    const of = when === "previous" ? number - 1 : number;
    const ranks = Array.from({ length: WATCHES }, (_, i) => i);
    const owed = (name: string): Sum => sum(`${when}.owedChecks.${name}`);
    return {
      call: {
        calling: sum(`${when}.callState.calling`),
        left: sum(`${when}.callState.left`),
        sum: sum(`${when}.callState.sum`),
        entry: sum(`${when}.callState.entry`),
        actor: sum(`${when}.callState.actor`),
      },
      line: {
        lineage: sum(`operations[${of}].is[${OP.Lineage}]`),
        child: sum(`${when}.lineageState.child`),
        root: sum(`${when}.lineageState.root`),
        actor: sum(`operations[${of}].actor`),
      },
      group: {
        triggered: sum(when === "previous" ? "Effect.group.triggered" : "next.groupState.triggered"),
        triggerActor: sum(`${when}.groupState.triggerActor`),
      },
      owed: [...ranks.map((i) => owed(`s[${i}]`)), ...ranks.map((i) => owed(`d[${i}]`))],
      ofS: { address: owed("sAddress"), after: owed("sAfter"), quantity: owed("sQuantity") },
      ofD: { address: owed("dAddress"), before: owed("dBefore"), quantity: owed("dQuantity") },
      kind: owed("kind"),
    };
  };
  const [p1, p2, word] = packed(effect);
  return {
    found: byColumn((column) => words((i) => `found.${column.toLowerCase()}Words[${i}]`)),
    left: byColumn((_, column) => words((i) => `tuples.wordsLeft[${column}][${i}]`)),
    address: byColumn((_, i) => sum(`tuples.address[${i}]`)),
    open: byColumn((_, i) => sum(`tuples.open[${i}]`)),
    packed: [
      [p1, sum(`channel.words[${number}][0]`)],
      [p2, sum("p2")],
      [word, sum("op.argument")],
    ],
    single: new Map([
      ["row.seq", sum("seq")],
      ["row.at", sum("next.time")],
      ["before.at", sum("previous.time")],
      ["progress.first", sum("next.start")],
      ["progress.digest", sum("op.digest")],
      ["map.moored", sum("spanBits[128]")],
      ["map.leaf", new Map([[0, 16n ** BigInt(levels)]])],
      // The program that a row makes is the next one (memory).
      ...(effect === "CreateProgram" ? ([["map.programs", new Map([...sum("op.peer"), [0, -1n]])]] as const) : []),
      // The entry that a call goes to lies in the same cell until its last argument is passed.
      ...(effect === "Pass" ? ([["call.terms.minimum", sum("found.xWords[1]")]] as const) : []),
    ]),
    before: carried("previous"),
    after: carried("next"),
  };
}

/** The lower half of a merge's target: the row has it beside the whole. */
const lowOf = (into: unknown): Value | undefined =>
  into === undefined ? undefined : new Value(named("row.argument.into.low", BITS.id / 2));

/** The words that `packRow` makes of a row. */
function packed(effect: RowName): [Linear, Linear, Linear] {
  const row = rowNamed(effect, SHAPES[effect].argument);
  const argument = row.argument as Record<string, unknown>;
  const at = (value: unknown, place: bigint): Linear =>
    value === undefined ? constant(0n) : plus(constant(0n), linearOf(value), 1n << place);
  const total = (...parts: Linear[]): Linear => parts.reduce((a, b) => plus(a, b), constant(0n));
  const op = OP[effect === "RevokeCapability" ? "Clear" : effect];
  const { inbox, guard, scope, steps, escrowFrom, nargs, rights, condition, cleared } = argument;
  const { authority, selector, trigger, peerAuthority, recipient, into, removed } = argument;
  return [
    total(
      constant(BigInt(op)),
      at(row.actor, 5n),
      at(row.peer, 29n),
      at(row.source, 53n),
      at(row.destination, 85n),
      at(row.authority, 117n),
      at(row.deadline, 149n),
      at(row.resource, 189n),
    ),
    total(
      at(row.kind, 0n),
      at(row.quantity, 56n),
      at(inbox ?? guard ?? scope ?? steps ?? escrowFrom ?? lowOf(into), 184n),
      at(nargs ?? rights ?? condition ?? cleared, 216n),
    ),
    at(authority ?? selector ?? trigger ?? peerAuthority ?? recipient ?? into ?? removed, 0n),
  ];
}
