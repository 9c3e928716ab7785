/** The words of a moored map's rows: bytes and rows of every sort lead back to them. */
import { describe, expect, test } from "vitest";
import { batchesOf } from "../../prover/batches/batcher.ts";
import { pointOf } from "../../prover/batches/channelPoint.ts";
import { MOST_LAG, type RowWords, valueAt, wordsOf } from "../../trace/commitment/channel.ts";
import { packRows, unpackRows } from "../../trace/commitment/rowBytes.ts";
import { publishedGroups } from "../../trace/commitment/rowsFromWords.ts";
import { FIELD } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import { SHAPES } from "../../trace/machine/rowShape.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { recordLine, recordOf } from "../../trace/run/traceLines.ts";
import { SMALL } from "../lib/circuit.ts";
import { randomRun } from "../lib/randomRun.ts";
import { stateOf } from "../lib/state.ts";

const words = (rows: readonly Transition[]): RowWords[] => rows.map((row) => wordsOf(row, rows[0]?.at ?? 0));

const seen = new Set<string>();

describe("rows of random runs", () => {
  test.each([
    [1, false],
    [2, false],
    [3, false],
    [4, true],
    [5, true],
  ])("are found again in their bytes, seed %i, moored: %s", (seed, moored) => {
    const { genesis, tracer } = randomRun(seed, 400, moored);
    const machine = new Machine(stateOf(genesis));
    const effects = new Set<string>();
    for (const { transitions } of batchesOf(tracer.groups, SMALL)) {
      const told = words(transitions);
      const bytes = packRows(told);
      expect(unpackRows(bytes)).toEqual(told);
      const again: Transition[] = [];
      for (const { rows, at } of publishedGroups(unpackRows(bytes), transitions[0]?.at ?? 0, machine.map))
        again.push(...machine.apply(rows, at));
      expect(again.map((row) => recordLine(recordOf(row)))).toEqual(
        transitions.map((row) => recordLine(recordOf(row))),
      );
      for (const { effect } of transitions) effects.add(effect);
    }
    expect(machine.map.root()).toBe(tracer.root());
    for (const effect of effects) seen.add(effect);
  });
});

test("all sorts of rows were among them", () => {
  expect([...seen].sort()).toEqual(Object.keys(SHAPES).sort());
});

describe("words", () => {
  const [row] = [...randomRun(1, 40).tracer.groups].flat() as [Transition];

  test("have room for their time, and for no more", () => {
    const late = { ...row, at: row.at + MOST_LAG, last: false };
    expect((wordsOf(late, row.at)[1] >> 224n) & ((1n << 28n) - 1n)).toBe(BigInt(MOST_LAG));
    expect(wordsOf(late, row.at)[1] >> 252n).toBe(0n);
    expect(() => wordsOf({ ...late, at: late.at + 1 }, row.at)).toThrow("at");
    expect(() => wordsOf(row, row.at + 1)).toThrow("at");
  });

  test("are coefficients of a monic polynomial: length, order and each value count", () => {
    const [a, b]: [RowWords, RowWords] = [
      [1n, 2n, 3n],
      [4n, 5n, 6n],
    ];
    expect(valueAt([], 10n)).toBe(1n);
    expect(valueAt([a], 10n)).toBe(1123n);
    expect(valueAt([a, b], 10n)).toBe(1_123_456n);
    expect(valueAt([b, a], 10n)).not.toBe(valueAt([a, b], 10n));
    expect(valueAt([[0n, 0n, 0n], a], 10n)).not.toBe(valueAt([a], 10n));
    expect(valueAt([a], FIELD - 1n)).toBe((((FIELD - 1n + 1n) * (FIELD - 1n) + 2n) * (FIELD - 1n) + 3n) % FIELD);
  });

  test("give their point, with everything that the statement says", () => {
    const drawn = { domain: 1n, preRoot: 2n, postRoot: 3n, traceRoot: 4n, span: 5n };
    const point = pointOf(drawn, [[6n, 7n, 8n]]);
    for (const name of ["domain", "preRoot", "postRoot", "traceRoot", "span"] as const)
      expect(pointOf({ ...drawn, [name]: 9n }, [[6n, 7n, 8n]])).not.toBe(point);
    expect(pointOf(drawn, [[6n, 7n, 9n]])).not.toBe(point);
    expect(pointOf(drawn, [])).not.toBe(point);
    expect(point).toBeLessThan(FIELD);
  });
});

describe("bytes that are no rows", () => {
  const bytes = (...words: bigint[]): Uint8Array =>
    Uint8Array.from(Buffer.from(words.map((word) => word.toString(16).padStart(64, "0")).join(""), "hex"));
  const most = (1n << 253n) - 1n;
  const follows = 1n << 255n;
  test.each([
    ["a first word of 254 bits", bytes(most + 1n, most)],
    ["one with another high bit", bytes(1n << 254n, most)],
    ["a second word of 254 bits", bytes(most, most + 1n)],
    ["a second word that says that another follows", bytes(most, follows)],
    ["a row cut short", bytes(1n, 2n).slice(0, -1)],
    ["a row of one word", bytes(1n)],
    ["an argument cut short", bytes(follows, 2n, 3n).slice(0, -1)],
    ["an argument of the field's order", bytes(follows, 2n, FIELD)],
    ["an argument of 0, which is left out", bytes(follows, 2n, 0n)],
    ["one byte more", Uint8Array.from([...bytes(1n, 2n), 0])],
  ])("%s", (_, packed) => {
    expect(() => unpackRows(packed)).toThrow("rows");
  });
  test("and the nearest that are", () => {
    for (const packed of [bytes(most, most), bytes(most + follows, most, FIELD - 1n), bytes(follows, 0n, 1n), bytes()])
      expect(Uint8Array.from(packRows(unpackRows(packed)))).toEqual(packed);
  });
});
