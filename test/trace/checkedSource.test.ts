/** A source that is checked tells the state of its root, or throws. */
import { describe, expect, test } from "vitest";
import { FIELD, WATCHES } from "../../trace/layout.ts";
import type { Words } from "../../trace/state/cells.ts";
import type { StateSource } from "../../trace/state/stateSource.ts";
import { TimeMap } from "../../trace/state/timeMap.ts";
import { pathOf } from "../../trace/state/tree.ts";
import { CheckedSource } from "../../trace/store/checkedSource.ts";
import { DamagedStoreError } from "../../trace/store/storeErrors.ts";
import { sourceOf, told } from "../lib/mapSource.ts";
import { randomRun } from "../lib/randomRun.ts";

const { tracer } = randomRun(7, 600);
const { map } = tracer;
const root = map.root();
const addresses = [...map.addresses()];
/** A slot with an armed watch. */
const [target = 0, rank = 0] =
  addresses.flatMap((at) =>
    Array.from({ length: WATCHES }, (_, each) => each).flatMap((each) => (map.watchOn(at, each) ? [[at, each]] : [])),
  )[0] ?? [];

const checked = (lies: Partial<StateSource> = {}, most?: number): CheckedSource =>
  new CheckedSource(sourceOf(map, lies), root, most === undefined ? {} : { most });

test("the true state passes, whatever is read, and however little is remembered", () => {
  for (const most of [undefined, 1, 3]) {
    const over = TimeMap.over(checked({}, most));
    expect(told(over)).toEqual(told(map));
    for (const at of addresses)
      for (const node of pathOf(map.levels, at)) expect(over.lanes(node)).toEqual(map.lanes(node));
  }
});

test("a watched slot is among the cells", () => {
  expect(target).toBeGreaterThan(0);
});

describe("a lie is noticed when it is read:", () => {
  const at = addresses.at(-1) ?? 0;
  const lie = (change: (words: Words) => Words): Partial<StateSource> => ({
    words: (each) => (each === at ? change(map.words(each)) : map.words(each)),
  });
  const read = (lies: Partial<StateSource>, what = (source: CheckedSource): unknown => source.words(at)) => {
    expect(() => what(checked(lies))).toThrow(DamagedStoreError);
  };

  test("another cell, none, or the same beyond the field", () => {
    read(lie(([a, b, c]) => [a, b + 1n, c]));
    read(lie(() => [0n, 0n, 0n]));
    read(lie(([a, b, c]) => [a, b + FIELD, c]));
    read(lie(([a, b, c]) => [a, b - FIELD, c]));
  });

  test("another digest, or none, of every node on the path and beside it", () => {
    for (const node of pathOf(map.levels, at).slice(1)) {
      for (const x of [node.x, node.x + 1]) {
        const same = (n: { x: number; y: number }): boolean => n.x === x && n.y === node.y;
        read({ digest: (n) => (same(n) ? 5n : map.digest(n)) });
        if (x === node.x) read({ digest: (n) => (same(n) ? undefined : map.digest(n)) });
      }
    }
  });

  test("another number of programs", () => {
    const count = map.programs();
    for (const programs of [count - 1, count + 1, 0, -1, 0.5, Number.NaN, 10 ** 9])
      read({ programs }, (source) => source.programs);
    expect(checked({ programs: count }).programs).toBe(count);
  });

  test("a watch that is left out, or is another", () => {
    const watch = map.watchOn(target, rank);
    for (const other of [0, watch + 1, target, -1, 2 ** 40, Number.NaN])
      read({ watchOn: () => other }, (source) => source.watchOn(target, rank));
    expect(checked().watchOn(target, rank)).toBe(watch);
  });

  test("a watch where the state has none is not reported", () => {
    const free =
      Array.from({ length: WATCHES }, (_, each) => each).find((each) => map.watchOn(target, each) === 0) ?? 3;
    expect(checked({ watchOn: () => map.watchOn(target, rank) }).watchOn(target, free)).toBe(0);
  });

  test("another root", () => {
    expect(() => new CheckedSource(sourceOf(map), root + 1n).words(at)).toThrow(DamagedStoreError);
  });

  test("a cell that is missing in the list of addresses is listed all the same", () => {
    expect([...checked({ addresses: () => [] }).addresses()]).toEqual(addresses);
  });
});
