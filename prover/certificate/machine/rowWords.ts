/** A row of the circuit as the machine sees it: where its words, its cells and its state are. */
import { OP, WATCHES } from "../../../trace/layout.ts";
import type { RowName } from "../../../trace/machine/transition.ts";
import { USUAL_WATCHES } from "../../../trace/state/genesis.ts";
import { plus, type Sum } from "../../../verifier/constraints/sums.ts";
import { wordsOfRow } from "../equations/packedRow.ts";
import type { Names } from "../names.ts";
import type { Row } from "../rows/row.ts";
import type { Carried } from "./progress.ts";
import { COLUMNS, type Column, type RowWords } from "./values.ts";

/** Signals that the compiler has under another name. */
const SAME: Readonly<Record<string, string>> = { "tuples.wordsLeft[1][2]": "found.bWords[2]" };
/** Words that no cell of the column has. */
const NONE = /^(tuples\.wordsLeft\[2\]\[2\]|found\.[sd]Words\[2\])$/;

/** The column of the capability that a row uses, by its operation. */
const IN_USE: Readonly<Partial<Record<RowName, Column>>> = {
  ClaimFromProgram: "X",
  InvokeProgram: "S",
  DelegateCapability: "X",
  WatchResource: "X",
  Lineage: "S",
};

/** The conditions that a watch may have, by the numbers of their bits. */
const CONDITIONS = [0, 1, 2, 3, 4];

/** @param levels of programs in the map */
export function rowWords(effect: RowName, row: Pick<Row, "number" | "named">, names: Names, levels: number): RowWords {
  const number = row.number;
  const isLast = !names.signals.has(`operations[${number + 1}].actor`);
  const sum = (name: string): Sum => {
    const isNone = NONE.test(name) && !row.named.has(name);
    if (isNone || (isLast && name === "next.groupState.continues")) return new Map();
    // The state before the first row is 0, but for the time: the compiler has no signals for it.
    if (number === 0 && name.startsWith("previous.") && name !== "previous.time") return new Map();
    const signal = row.named.get(SAME[name] ?? name) ?? names.signals.get(name);
    if (signal === undefined) throw new Error(`row ${number} has no signal ${name}`);
    return new Map([[signal, 1n]]);
  };
  const words = (name: (i: number) => string): [Sum, Sum, Sum] => [sum(name(0)), sum(name(1)), sum(name(2))];
  const byColumn = <T>(make: (column: Column, i: number) => T): Record<Column, T> =>
    Object.fromEntries(COLUMNS.map((column, i) => [column, make(column, i)])) as Record<Column, T>;
  const carried = (when: "previous" | "next"): Carried => {
    // What a row hands on of these are its own operation, actor and digest.
    const of = when === "previous" ? number - 1 : number;
    const ranks = Array.from({ length: WATCHES }, (_, i) => i);
    const owed = (name: string): Sum => sum(`${when}.owedChecks.${name}`);
    return {
      time: sum(`${when}.time`),
      call: {
        calling: sum(`${when}.callState.calling`),
        left: sum(`${when}.callState.left`),
        sum: sum(`${when}.callState.sum`),
        entry: sum(`${when}.callState.entry`),
        actor: sum(`${when}.callState.actor`),
      },
      line: {
        lineage: of < 0 ? new Map() : sum(`operations[${of}].is[${OP.Lineage}]`),
        child: sum(`${when}.lineageState.child`),
        root: sum(`${when}.lineageState.root`),
        actor: of < 0 ? new Map() : sum(`operations[${of}].actor`),
      },
      group: {
        continues: sum(`${when}.groupState.continues`),
        triggered: sum(`${when}.groupState.triggered`),
        triggerActor: sum(`${when}.groupState.triggerActor`),
        start: sum(`${when}.start`),
        digest: of < 0 ? new Map() : sum(`operations[${of}].digest`),
      },
      owed: [...ranks.map((i) => owed(`s[${i}]`)), ...ranks.map((i) => owed(`d[${i}]`))],
      ofS: { address: owed("sAddress"), after: owed("sAfter"), quantity: owed("sQuantity") },
      ofD: { address: owed("dAddress"), before: owed("dBefore"), quantity: owed("dQuantity") },
      kind: owed("kind"),
    };
  };
  const [handed, after] = [carried("previous"), carried("next")];
  // Of the group before, only one that goes on.
  const before = { ...handed, group: { ...handed.group, triggered: sum("Effect.group.triggered") } };
  const [p1, p2, word] = wordsOfRow(effect);
  const moored = sum("spanBits[128]");
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
      ["map.moored", moored],
      // Two in a moored map, and four in another: a lower bound of a map is not its circuit's.
      ["map.watches", plus(new Map([[0, BigInt(WATCHES)]]), moored, BigInt(USUAL_WATCHES - WATCHES))],
      ["map.leaf", new Map([[0, 16n ** BigInt(levels)]])],
      // The program that a row makes is the next one (memory).
      ...(effect === "CreateProgram" ? ([["map.programs", new Map([...sum("op.peer"), [0, -1n]])]] as const) : []),
      // The entry that a call goes to lies in the same cell until its last argument is passed.
      ...(effect === "Pass" ? ([["call.terms.minimum", sum("found.xWords[1]")]] as const) : []),
    ]),
    inUse: IN_USE[effect],
    ways: effect === "Check" ? [sum("choice.fired")] : [],
    condition: effect === "Check" ? CONDITIONS.map((i) => sum(`choice.condition[${i}]`)) : [],
    handed,
    before,
    after,
    taken: [
      {
        name: "triggered",
        sum: before.group.triggered,
        handed: handed.group.triggered,
        fresh: new Map(),
      },
      { name: "first", sum: after.group.start, handed: handed.group.start, fresh: sum("seq") },
      { name: "digest", sum: sum("op.digest"), handed: handed.group.digest, fresh: null },
    ],
  };
}
