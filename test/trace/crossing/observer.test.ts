/** Observers: what a window shows on the way from one number to another, and after an interruption at any effect. */
import { expect, test } from "vitest";
import { accepted, readingOf } from "../../../trace/crossing/observer/reading.ts";
import {
  cellsOf,
  lendWatching,
  nextEffect,
  observedKind,
  type ShowingWindow,
  shownIn,
} from "../../../trace/crossing/observer/window.ts";
import { Names } from "../../../trace/describe/names.ts";
import { assetKind, FACT_LABEL, isObserved, kindOf } from "../../../trace/layout.ts";
import { MOORED_GENESIS } from "../../../trace/state/genesis.ts";
import { Tracer } from "../../../trace/tracer/tracer.ts";
import { authority } from "../../lib/authorities.ts";

function observing() {
  const tracer = Tracer.from(MOORED_GENESIS, { clock: () => 1_790_000_000 });
  const [observer, reader] = ["Observer", "Reader"].map((name, i) =>
    tracer.program(1).createProgram({ name, authority: authority(i + 1) }),
  ) as [ReturnType<Tracer["program"]>, ReturnType<Tracer["program"]>];
  const window: ShowingWindow = { program: observer.id, slot: 1, spare: 2, number: 0 };
  /** Makes at most so many effects towards a number. Returns what the window showed after each. */
  const show = (value: bigint, most = 10): bigint[] => {
    const seen: bigint[] = [];
    for (let i = 0; i < most; i++) {
      const next = nextEffect(cellsOf(tracer.map, window), window, value);
      if (next === undefined) break;
      observer.perform(next);
      seen.push(shownIn(cellsOf(tracer.map, window), window));
    }
    return seen;
  };
  return { tracer, observer, reader, window, show };
}

test("a window shows the old number or the new one, and nothing else", () => {
  const { show } = observing();
  for (const [value, effects] of [
    [5n, 1],
    [9n, 2],
    [4n, 2],
    [4n, 0],
    [0n, 1],
    [0n, 0],
    [1n, 1],
  ] as const) {
    const seen = show(value);
    expect(seen).toHaveLength(effects);
    expect(effects === 0 ? value : seen.at(-1)).toBe(value);
  }
});

test("an observer that was interrupted at any effect goes on to any number", () => {
  const values = [0n, 3n, 7n, 8n];
  for (const from of values) {
    for (const to of values) {
      for (const then of values) {
        for (const cut of [1, 2]) {
          const { tracer, window, show } = observing();
          show(from);
          const first = show(to, cut);
          const second = show(then);
          for (const each of first) expect([from, to]).toContain(each);
          for (const each of second) expect([first.at(-1) ?? from, then]).toContain(each);
          expect(shownIn(cellsOf(tracer.map, window), window)).toBe(then);
          expect(nextEffect(cellsOf(tracer.map, window), window, then)).toBeUndefined();
          expect(tracer.map.cell(window.program * 256 + window.spare).type).toBe("empty");
        }
      }
    }
  }
});

test("others watch a window by a right that is lent, and their watches mean what they say", () => {
  const { tracer, observer, reader, window, show } = observing();
  show(2n);
  observer.perform(lendWatching(window, reader.id, 3));
  const target = observer.place(window.slot);
  const kind = observedKind(observer.id, 0);
  reader.watchResource({ slot: 1, target, condition: "above", kind, threshold: 4n, by: observer.place(3) });
  reader.watchResource({ slot: 2, target, condition: "below", kind, threshold: 2n, by: observer.place(3) });
  const states = () => [1, 2].map((slot) => (reader.cell(slot) as { state?: string }).state);
  show(4n);
  expect(states()).toEqual(["armed", "armed"]);
  show(5n);
  expect(states()).toEqual(["spent", "armed"]);
  show(1n);
  expect(states()).toEqual(["spent", "spent"]);
  expect(tracer.notes.filter(({ event }) => event === "fired")).toHaveLength(2);
});

test("no older reading is shown after a newer one, and no other one of the same state", () => {
  const now = { seq: 10, value: 3n };
  expect(accepted(undefined, now)).toBe(now);
  expect(accepted(now, { seq: 10, value: 3n })).toBe(now);
  expect(accepted(now, { seq: 11, value: 1n })).toEqual({ seq: 11, value: 1n });
  expect(() => accepted(now, { seq: 9, value: 4n })).toThrow("was final before");
  expect(() => accepted(now, { seq: 10, value: 4n })).toThrow("it was 3 before");
});

test("a reading is the height, a program's steps, a quantity, or whether a trigger was applied", () => {
  const { tracer, observer, window, show } = observing();
  show(6n);
  const read = (asked: Parameters<typeof readingOf>[2]) => readingOf(tracer.map, tracer.seq, asked).value;
  expect(read({ what: "height" })).toBe(BigInt(tracer.seq));
  expect(read({ what: "steps", program: observer.id })).toBe(1n);
  expect(read({ what: "steps", program: 99 })).toBe(0n);
  expect(read({ what: "quantity", program: observer.id, slot: window.slot })).toBe(6n);
  expect(read({ what: "quantity", program: observer.id, slot: 9 })).toBe(0n);
  expect(read({ what: "applied", program: observer.id, slot: window.slot })).toBe(0n);
});

test("the kind of an observed number says whose word it is", () => {
  expect(isObserved(observedKind(7, 0))).toBe(true);
  expect(isObserved(observedKind(7, 12))).toBe(true);
  expect(isObserved(kindOf(7, 1))).toBe(false);
  // Data of the layers, and facts of the chain.
  expect(isObserved(kindOf(7, 2 ** 32 - 1))).toBe(false);
  expect(isObserved(assetKind(FACT_LABEL))).toBe(false);
  expect(new Names({ programs: {}, kinds: {}, functions: {}, slots: {} }).kind(observedKind(7, 0))).toBe(
    "kind 2147483648 of program 7, a number for which the key of program 7 alone vouches",
  );
  expect(() => observedKind(7, 2 ** 31 - 1)).toThrow(RangeError);
});
