import { describe, expect, test } from "vitest";
import { MAX_NAME_BYTES, selectorOf } from "../../trace/effects/selector.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { FIELD } from "../../trace/layout.ts";
import { type Cell, EMPTY_WORDS, emptyCell, packCell, unpackCell, type Words } from "../../trace/state/cells.ts";
import { Random } from "../lib/random.ts";

/** A number of that many bits; often the least or the greatest one. */
function extreme(random: Random, bits: number): bigint | undefined {
  return [0n, (1n << BigInt(bits)) - 1n][random.below(8)];
}

function anyCell(random: Random): Cell {
  const bits = (count: number): bigint => extreme(random, count) ?? random.bits(count);
  const number = (count: number): number => Number(bits(count));
  const seq = number(32);
  const word = () => bits(253);
  switch (random.below(6)) {
    case 0:
      return { type: "empty", watch: number(4), seq };
    case 1:
      return {
        type: "program",
        inbox: 1 + random.below(256),
        steps: number(32),
        clock: number(32),
        authority: word(),
        log: word(),
        seq,
      };
    case 2:
      return {
        type: "resource",
        watch: number(4),
        kind: bits(56),
        escrowFrom: number(24),
        quantity: bits(128),
        id: bits(64),
        deadline: number(40),
        seq,
      };
    case 3:
      return {
        type: "capability",
        grantee: number(24),
        scope: number(32),
        rights: number(8),
        nonce: number(32),
        parent: number(32),
        parentNonce: number(32),
        subject: bits(64),
        expiry: number(40),
        seq,
      };
    case 4:
      return {
        type: "entry",
        nargs: number(8),
        guard: random.below(2),
        accepts: bits(56),
        minimum: bits(128),
        selector: word(),
        seq,
      };
    default:
      return {
        type: "watch",
        state: random.pick(["armed", "fired", "spent"] as const),
        target: number(32),
        kind: bits(56),
        condition: number(8),
        rank: number(2),
        threshold: bits(128),
        trigger: word(),
        seq,
      };
  }
}

describe("packing", () => {
  test("a packed cell unpacks to the same cell, and its words are in the field", () => {
    const random = new Random(1);
    for (let i = 0; i < 2000; i++) {
      const cell = anyCell(random);
      const words = packCell(cell);
      for (const word of words) expect(word >= 0n && word < FIELD).toBe(true);
      expect(unpackCell(words)).toEqual(cell);
    }
  });

  test("words with one changed bit are refused, or unpack to another cell", () => {
    const random = new Random(2);
    for (let i = 0; i < 500; i++) {
      const cell = anyCell(random);
      const words: [bigint, bigint, bigint] = [...packCell(cell)];
      const lane = random.below(3) as 0 | 1 | 2;
      words[lane] ^= 1n << BigInt(random.below(253));
      let other: Cell | undefined;
      try {
        other = unpackCell(words);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidInputError);
      }
      if (other !== undefined) {
        expect(other).not.toEqual(cell);
        expect(packCell(other)).toEqual(words);
      }
    }
  });

  test("two different cells never have the same words", () => {
    const random = new Random(3);
    const seen = new Map<string, string>();
    const show = (value: unknown) =>
      JSON.stringify(value, (_k, v: unknown) => (typeof v === "bigint" ? v.toString() : v));
    for (let i = 0; i < 2000; i++) {
      const cell = anyCell(random);
      const key = show(packCell(cell));
      expect(seen.get(key) ?? show(cell)).toBe(show(cell));
      seen.set(key, show(cell));
    }
  });

  test("the words of a cell that was never written are 0", () => {
    expect(packCell(emptyCell())).toEqual(EMPTY_WORDS);
    expect(unpackCell(EMPTY_WORDS)).toEqual(emptyCell());
  });

  test("a value outside its range is refused, and the message names the field", () => {
    const resource = {
      type: "resource",
      watch: 0,
      kind: 0n,
      escrowFrom: 0,
      quantity: 0n,
      id: 0n,
      deadline: 0,
      seq: 0,
    } as const;
    const bad: [string, Cell][] = [
      ["quantity", { ...resource, quantity: 1n << 128n }],
      ["deadline", { ...resource, deadline: 2 ** 40 }],
      ["seq", { ...resource, seq: -1 }],
      ["watch", { ...resource, watch: 0.5 }],
      ["inbox", { type: "program", inbox: 0, steps: 0, clock: 0, authority: 0n, log: 0n, seq: 0 }],
      ["log", { type: "program", inbox: 1, steps: 0, clock: 0, authority: 0n, log: FIELD, seq: 0 }],
    ];
    for (const [field, cell] of bad) {
      expect(() => packCell(cell)).toThrow(expect.objectContaining({ field }));
    }
    const gap: Words = [2n, 1n << 128n, 0n];
    expect(() => unpackCell(gap)).toThrow(InvalidInputError);
  });
});

describe("selectors", () => {
  test("differ by name; a number is its own selector", () => {
    const names = [
      "a",
      "b",
      "aa",
      "a\0",
      "\0a",
      "pay",
      "Pay",
      "é",
      "x".repeat(31),
      "x".repeat(32),
      "x".repeat(MAX_NAME_BYTES),
    ];
    expect(new Set(names.map(selectorOf)).size).toBe(names.length);
    expect(selectorOf(5n)).toBe(5n);
    expect(selectorOf("pay")).toBe(selectorOf("pay"));
    for (const bad of ["", "x".repeat(MAX_NAME_BYTES + 1), -1n, FIELD])
      expect(() => selectorOf(bad)).toThrow(InvalidInputError);
  });
});
