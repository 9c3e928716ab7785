/** What holds between rows: watches, clocks, parents, groups, logs, time, roots. Each forgery changes one thing of a batch that is accepted. */
import { beforeAll, describe, expect, test } from "vitest";
import type { BatchSignals } from "../../prover/batchInput.ts";
import { type Cell, packCell } from "../../trace/cells.ts";
import { packSpan, unpackSpan } from "../../trace/commit.ts";
import { address, FIELD, GENESIS_ID, SEQ_OFFSET, TAG } from "../../trace/layout.ts";
import { groupDigest, Machine } from "../../trace/machine.ts";
import { hash } from "../../trace/poseidon.ts";
import type { Transition } from "../../trace/record.ts";
import { rowOf } from "../../trace/rows.ts";
import type { TimeMap } from "../../trace/state.ts";
import { GOLD, mapWith, type Placed, resource, SILVER } from "../lib/build.ts";
import { inputOf, SMALL, verdict } from "../lib/circuit.ts";
import { RowForger } from "../lib/rowForger.ts";

const T = 1000;
const [A, B, C] = [1, 2, 3];
const id = (n: number): bigint => GENESIS_ID + BigInt(n);
const thing = (n: number, quantity: bigint) => ({ resource: id(n), kind: GOLD, quantity });
const gold = (at: [number, number], n: number, quantity: bigint, more: Parameters<typeof resource>[3] = {}): Placed =>
  resource(at, GOLD, quantity, { id: id(n), ...more });

function stateWith(cells: readonly Placed[]): TimeMap {
  const map = mapWith({ programs: 3, inbox: 4, levels: SMALL.levels });
  for (const { at, ...cell } of cells) map.write(address(...at), packCell({ ...cell, seq: 0 } as Cell));
  return map;
}

/** A slot of B watched by C, with what lies in it. */
function watched(
  slot: number,
  condition: number,
  more: { kind?: bigint; threshold?: bigint; quantity?: bigint; n?: number; by?: number } = {},
): Placed[] {
  const { kind = 0n, threshold = 0n, quantity, n = 9, by = 1 } = more;
  return [
    {
      at: [C, by],
      type: "watch",
      state: "armed",
      target: address(B, slot),
      kind,
      condition,
      rank: 0,
      threshold,
      trigger: 5n,
    },
    quantity === undefined ? { at: [B, slot], type: "empty", watch: 1 } : gold([B, slot], n, quantity, { watch: 1 }),
  ];
}
const deposit = (slot: number, n = 1, quantity = 100n) =>
  rowOf("EscrowToProgram", A, { peer: B, source: address(A, 1), destination: address(B, slot), ...thing(n, quantity) });
const takeOut = (slot: number, n: number, quantity: bigint) =>
  rowOf("Retire", B, { source: address(B, slot), ...thing(n, quantity) });

const clone = (input: BatchSignals): BatchSignals => structuredClone(input);
const list = (input: BatchSignals, name: string): bigint[] => input[name] as bigint[];
const row = (input: BatchSignals, name: string, at: number): bigint[] => (input[name] as bigint[][])[at] as bigint[];

describe("a watch fires if its condition holds, and only then", () => {
  const cases: [string, Placed[], Parameters<Machine["perform"]>[0], boolean][] = [
    ["above, reached", watched(5, 1, { threshold: 99n }), [deposit(5)], true],
    ["above, equal", watched(5, 1, { threshold: 100n }), [deposit(5)], false],
    ["above, of another kind", watched(5, 1, { threshold: 99n, kind: SILVER }), [deposit(5)], false],
    ["below, reached", watched(5, 2, { threshold: 101n }), [deposit(5)], true],
    ["below, equal", watched(5, 2, { threshold: 100n }), [deposit(5)], false],
    ["below, emptied", watched(5, 2, { threshold: 1n, quantity: 7n }), [takeOut(5, 9, 7n)], true],
    ["arrival", watched(5, 3, { kind: GOLD }), [deposit(5)], true],
    ["arrival of another kind", watched(5, 3, { kind: SILVER }), [deposit(5)], false],
    ["arrival, but it leaves", watched(5, 3, { quantity: 7n }), [takeOut(5, 9, 7n)], false],
    ["departure", watched(5, 4, { quantity: 7n }), [takeOut(5, 9, 7n)], true],
    ["departure, but it arrives", watched(5, 4), [deposit(5)], false],
    [
      "departure, but a part stays",
      watched(5, 4, { quantity: 7n }),
      [rowOf("Split", B, { source: address(B, 5), destination: address(B, 6), ...thing(9, 3n) })],
      false,
    ],
    ["change", watched(5, 5), [deposit(5)], true],
    ["change of another kind", watched(5, 5, { kind: SILVER }), [deposit(5)], false],
  ];
  test.each(cases)("%s", async (_name, cells, rows, fires) => {
    const pre = stateWith([gold([A, 1], 1, 100n), ...cells]);
    const transitions = new Machine(pre.clone(), 0, T).perform(rows, T);
    const input = inputOf(pre, transitions);
    expect(list(input, "fired")[1]).toBe(fires ? 1n : 0n);
    expect(await verdict(input)).toBe("accepted");
    const other = clone(input);
    list(other, "fired")[1] = fires ? 0n : 1n;
    expect(await verdict(other)).toContain("Condition: ");
    // Nor does another distance make the other answer right.
    const spare = list(input, "spare")[1] ?? 0n;
    for (const distance of [spare + 1n, spare === 0n ? 2n : spare - 1n]) {
      list(other, "spare")[1] = distance;
      expect(await verdict(other)).toContain("Condition: ");
    }
  });

  test("a firing cannot be left out", async () => {
    const forger = new RowForger(stateWith([gold([A, 1], 1, 100n), ...watched(5, 3)]), T).group([{ row: deposit(5) }]);
    expect(await verdict(forger.build(SMALL))).toContain("last * (owed.rest + callingOut + Lineage)");
  });

  test("nothing comes between a change and its Check", async () => {
    const pre = stateWith([gold([A, 1], 1, 100n), gold([A, 2], 2, 5n), ...watched(5, 3)]);
    const late = rowOf("Retire", A, { source: address(A, 2), ...thing(2, 5n) });
    const check = rowOf("Check", C, {
      peer: B,
      source: address(B, 5),
      authority: address(C, 1),
      argument: { condition: 3 },
    });
    const forger = new RowForger(pre, T).group([
      { row: deposit(5) },
      { row: late },
      { row: check, inputs: { fired: 1n } },
    ]);
    expect(await verdict(forger.build(SMALL))).toContain("Owed: ");
  });

  test("no Check without a change", async () => {
    const check = rowOf("Check", C, {
      peer: B,
      source: address(B, 5),
      authority: address(C, 1),
      argument: { condition: 3 },
    });
    const forger = new RowForger(stateWith(watched(5, 3)), T).group([{ row: check, inputs: { fired: 1n } }]);
    expect(await verdict(forger.build(SMALL))).toContain("Owed: ");
  });

  test("S is checked before D", async () => {
    const pre = stateWith([
      gold([B, 6], 3, 5n, { watch: 1 }),
      ...watched(6, 4, { quantity: 5n, n: 3, by: 2 }),
      ...watched(5, 3),
    ]);
    const move = rowOf("Split", B, { source: address(B, 6), destination: address(B, 5), ...thing(3, 2n) });
    const transitions = new Machine(pre.clone(), 0, T).perform([move], T);
    expect(transitions.map((t) => t.source)).toEqual([address(B, 6), address(B, 6), address(B, 5)]);
    expect(await verdict(inputOf(pre, transitions))).toBe("accepted");
    const checkOf = (slot: number, by: number, condition: number) =>
      rowOf("Check", C, { peer: B, source: address(B, slot), authority: address(C, by), argument: { condition } });
    const forger = new RowForger(pre, T).group([
      { row: move },
      { row: checkOf(5, 1, 3), inputs: { fired: 1n } },
      { row: checkOf(6, 2, 4) },
    ]);
    expect(await verdict(forger.build(SMALL))).toContain("Owed: ");
  });

  test("another watch does not stand in for the one that is owed", async () => {
    const pre = stateWith([gold([A, 1], 1, 100n), ...watched(5, 3), ...watched(6, 4, { by: 2 })]);
    const wrong = rowOf("Check", C, {
      peer: B,
      source: address(B, 5),
      authority: address(C, 2),
      argument: { condition: 4 },
    });
    const forger = new RowForger(pre, T).group([{ row: deposit(5) }, { row: wrong }]);
    expect(await verdict(forger.build(SMALL))).toContain("xWords[0] ===");
  });

  test("a trigger stands first in its group", async () => {
    const retire = rowOf("Retire", A, { source: address(A, 2), ...thing(2, 5n) });
    const pre = stateWith([
      gold([A, 2], 2, 5n),
      {
        at: [C, 1],
        type: "watch",
        state: "fired",
        target: address(B, 5),
        kind: 0n,
        condition: 3,
        rank: 0,
        threshold: 0n,
        trigger: groupDigest([retire], () => 0n),
      },
    ]);
    const first = { row: retire };
    const forger = new RowForger(pre, T).group([first, { row: rowOf("Trigger", C, { authority: address(C, 1) }) }]);
    expect(await verdict(forger.build(SMALL))).toContain("trigger * continues");
  });
});

describe("a batch of four rows", () => {
  let pre: TimeMap;
  let transitions: Transition[];
  let good: BatchSignals;
  beforeAll(async () => {
    pre = stateWith([gold([A, 1], 1, 100n), gold([A, 2], 2, 50n), gold([B, 7], 3, 7n)]);
    const machine = new Machine(pre.clone(), 0, T);
    transitions = [
      ...machine.perform(
        [
          deposit(5),
          rowOf("EscrowToProgram", A, { peer: B, source: address(A, 2), destination: address(B, 6), ...thing(2, 50n) }),
        ],
        T + 1,
      ),
      ...machine.perform([rowOf("Retire", B, { source: address(B, 7), ...thing(3, 7n) })], T + 2),
    ];
    good = inputOf(pre, transitions);
    expect(await verdict(good)).toBe("accepted");
  });

  const altered = (change: (input: BatchSignals) => void): BatchSignals => {
    const input = clone(good);
    change(input);
    return input;
  };
  const span = (change: Partial<ReturnType<typeof unpackSpan>>) => (input: BatchSignals) => {
    input.span = packSpan({ ...unpackSpan(input.span as bigint), ...change });
  };

  const forgeries: [string, (input: BatchSignals) => void, string][] = [
    ["another root before", (i) => (i.preRoot = (i.preRoot as bigint) + 1n), "treeSum === 0"],
    ["another root after", (i) => (i.postRoot = (i.postRoot as bigint) + 1n), "treeSum === 0"],
    ["another root of the records", (i) => (i.traceRoot = (i.traceRoot as bigint) + 1n), "traceRoot === trace.root"],
    ["more transitions than there are", span({ count: 4 }), "count === rows"],
    ["fewer transitions than there are", span({ count: 2 }), "count === rows"],
    ["other numbers of transitions", span({ firstSeq: 2 }), "memorySum === 0"],
    ["a time before the first row's", span({ notBefore: T }), "traceRoot === trace.root"],
    ["an end before the last row", span({ until: T + 1 }), "Num2Bits(40)(until"],
    ["a span of more than 128 bits", (i) => (i.span = (i.span as bigint) + (1n << 128n)), "Num2Bits(128)(span)"],
    ["a clock that is too low", (i) => (list(i, "clock")[1] = 1n), "Num2Bits(32)(clock - real - aClock)"],
    ["a clock that is too high", (i) => (list(i, "clock")[1] = 9n), "* (clock - real - bClock) === 0"],
    ["a peer's clock that is too low", (i) => (list(i, "bClock")[1] = 0n), "bWords[0] ==="],
    ["another parent of the header", (i) => (list(i, "aSeq")[1] = 0n), "aWords[0] ==="],
    ["another parent of the slot", (i) => (list(i, "sSeq")[2] = 1n), "sWords[0] ==="],
    ["half a group", (i) => (list(i, "last")[0] = 1n), "last * (chainOut - digest)"],
    [
      "a group that stays open",
      (i) => ([list(i, "last")[2], list(i, "digest")[3]] = [0n, list(i, "digest")[2] as bigint]),
      "is[0] * (1 - last + continuesIn)",
    ],
    ["another digest of the group", (i) => (list(i, "digest")[0] = 1n), "continues * (digest - digestIn)"],
    ["another operation", (i) => ([row(i, "is", 2)[3], row(i, "is", 2)[17]] = [0n, 1n]), "Row: "],
    ["two operations", (i) => (row(i, "is", 2)[4] = 1n), "ones === 1"],
    ["half an operation", (i) => ([row(i, "is", 2)[3], row(i, "is", 2)[4]] = [2n, FIELD - 1n]), "is[i] * (is[i] - 1)"],
    ["padding that does something", (i) => (list(i, "actor")[3] = 1n), "is[0] * actor"],
    ["padding that finds something", (i) => (row(i, "aWords", 3)[2] = 1n), "is[0] * aWords[2]"],
    ["padding before the end", (i) => ((i.is as bigint[][])[1] = (i.is as bigint[][])[3] as bigint[]), "Row: "],
    ["an actor beyond the tree", (i) => (list(i, "actor")[2] = 1n << 60n), "Num2Bits(4 * L)(actor)"],
    ["a node of another name", (i) => (list(i, "nodeX")[1] = 17n), "treeSum === 0"],
    ["a cells node as an inner one", (i) => (list(i, "nodeCells")[2] = 0n), "Batch: "],
    ["an inner node with a y", (i) => (list(i, "nodeY")[0] = 1n), "(1 - cells) * y"],
  ];
  test.each(forgeries)("%s is refused", async (_name, change, by) => {
    expect(await verdict(altered(change))).toContain(by);
  });

  test("a node that is supplied twice is refused", async () => {
    const input = altered((i) => {
      const free = SMALL.nodes - 1;
      for (const name of ["nodeCells", "nodeX", "nodeY", "nodeBefore", "nodeAfter"]) {
        const values = i[name] as bigint[];
        values[free] = values[2] as bigint;
      }
    });
    expect(await verdict(input)).toContain("Sum === 0");
  });

  test("a cell that no row opened stays as it was", async () => {
    const input = altered((i) => {
      const names = list(i, "nodeX").map((x, n) => ({
        x: Number(x),
        y: Number(list(i, "nodeY")[n]),
        cells: list(i, "nodeCells")[n] === 1n,
      }));
      const leaf = names.findIndex((n) => n.cells && n.x === 256 + C) >= 0 ? C : A;
      const at = names.findIndex((n) => n.cells && n.x === 256 + leaf && n.y === 0);
      // Slot 3 of program A, empty until now, holds a resource.
      row(i, "nodeAfter", at)[9] = 2n + 8n * (GOLD << 4n);
      row(i, "nodeAfter", at)[10] = 1_000_000n;
      i.postRoot = rehash(names, i.nodeAfter as bigint[][]);
    });
    expect(await verdict(input)).toContain("memorySum === 0");
  });

  test("a row that is left out is missed", async () => {
    const forger = new RowForger(pre, T).group([
      { row: transitions[0] as Transition, at: T + 1 },
      { row: transitions[1] as Transition, at: T + 1 },
    ]);
    const input = forger.build(SMALL);
    expect(await verdict(input)).toBe("accepted");
    input.postRoot = inputOf(pre, transitions).postRoot as bigint;
    expect(await verdict(input)).toContain("treeSum === 0");
  });

  test("a cell is not read as it was two rows ago", async () => {
    const stale = pre.words(address(A, 1));
    const forger = new RowForger(pre, T)
      .group([{ row: deposit(5) }])
      .group([{ row: { ...deposit(6) }, found: { S: stale } }]);
    expect(await verdict(forger.build(SMALL))).toContain("memorySum === 0");
  });

  test("a cell is not read from the future", async () => {
    const later = [pre.words(address(A, 1))[0] + (5n << SEQ_OFFSET), pre.words(address(A, 1))[1], 0n] as const;
    const forger = new RowForger(pre, T).group([{ row: deposit(5), found: { S: later } }]);
    expect(await verdict(forger.build(SMALL))).toContain("Num2Bits(32)(gap[i])");
  });
});

/** Digests of nodes after the batch, from the leaves up, into their parents' lanes; returns the root. */
function rehash(names: { x: number; y: number; cells: boolean }[], after: bigint[][]): bigint {
  let root = 0n;
  for (let n = names.length - 1; n >= 0; n--) {
    const { x, y, cells } = names[n] as (typeof names)[number];
    if (x === 0) continue;
    const digest = hash(cells ? TAG.cells : TAG.inner, after[n] as bigint[]);
    if (x === 1) root = digest;
    const parent = y > 0 ? { x, y: (y - 1) >> 2, lane: 12 + ((y - 1) & 3) } : { x: x >> 4, y: 0, lane: x & 15 };
    const above = names.findIndex((p) => p.x === parent.x && p.y === parent.y);
    if (above >= 0) (after[above] as bigint[])[parent.lane] = digest;
  }
  return root;
}
