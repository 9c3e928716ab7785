import { poseidon2 } from "poseidon-lite";
import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../trace/errors.ts";
import { address, TAG } from "../../trace/layout.ts";
import { hash } from "../../trace/poseidon/index.ts";
import { packCell, type Words } from "../../trace/state/cells.ts";
import { TimeMap } from "../../trace/state/timeMap.ts";
import { nodeKey, pathOf } from "../../trace/state/tree.ts";
import { Random } from "../lib/random.ts";

/** The root by full recomputation, as in section 3 of the protocol. */
function naiveRoot(levels: number, cells: ReadonlyMap<number, Words>): bigint {
  const empty = new Map<number, bigint>();
  const cellsNode = (program: number, y: number, known: boolean): bigint => {
    const kept = known ? undefined : empty.get(y);
    if (kept !== undefined) return kept;
    const lanes: bigint[] = [];
    for (let slot = 4 * y; slot < 4 * y + 4; slot++) lanes.push(...(cells.get(address(program, slot)) ?? [0n, 0n, 0n]));
    for (let child = 4 * y + 1; child <= 4 * y + 4; child++)
      lanes.push(child > 63 ? 0n : cellsNode(program, child, known));
    const digest = hash(TAG.cells, lanes);
    if (!known) empty.set(y, digest);
    return digest;
  };
  const programs = new Set([...cells.keys()].map((at) => Math.floor(at / 256)));
  let row: bigint[] = [];
  for (let program = 0; program < 16 ** levels; program++) row.push(cellsNode(program, 0, programs.has(program)));
  while (row.length > 1) {
    const above: bigint[] = [];
    for (let i = 0; i < row.length; i += 16) above.push(hash(TAG.inner, row.slice(i, i + 16)));
    row = above;
  }
  return row[0] ?? 0n;
}

const resource = (quantity: bigint): Words =>
  packCell({ type: "resource", watch: 0, kind: 1n, escrowFrom: 0, quantity, id: 1n, deadline: 0, seq: 0 });

describe("tree", () => {
  test("hashes as circomlib does", () => {
    expect(hash(0n, [1n, 2n])).toBe(poseidon2([1n, 2n]));
  });

  test.each([1, 2])("equals the full recomputation, %i levels", (levels) => {
    const random = new Random(levels);
    const map = new TimeMap(levels);
    const cells = new Map<number, Words>();
    expect(map.root()).toBe(naiveRoot(levels, cells));
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 6; i++) {
        const at = address(1 + random.below(16 ** levels - 1), random.below(256));
        const words = resource(random.bits(128));
        map.write(at, words);
        cells.set(at, words);
        if (random.below(2) === 0) map.digest({ kind: "cells", x: 16 ** levels + Math.floor(at / 256), y: 0 });
      }
      expect(map.root()).toBe(naiveRoot(levels, cells));
      expect([...map.addresses()]).toEqual([...cells.keys()].sort((a, b) => a - b));
    }
  });

  test("does not depend on the order of writes, nor on writes that were undone", () => {
    const places = [address(1, 0), address(1, 255), address(2, 77), address(200, 4)];
    const forwards = new TimeMap(
      2,
      places.map((at, i) => [at, resource(BigInt(i))] as const),
    );
    const backwards = new TimeMap(2);
    for (const [i, at] of [...places.entries()].reverse()) {
      backwards.write(at, resource(99n));
      backwards.root();
      backwards.write(at, resource(BigInt(i)));
    }
    expect(backwards.root()).toBe(forwards.root());
    for (const at of places) backwards.write(at, [0n, 0n, 0n]);
    expect(backwards.root()).toBe(new TimeMap(2).root());
    expect([...backwards.addresses()]).toEqual([]);
  });

  test("a write to a clone does not change the original", () => {
    const map = new TimeMap(2, [[address(1, 1), resource(1n)]]);
    const root = map.root();
    const copy = map.clone();
    expect(copy.root()).toBe(root);
    copy.write(address(1, 1), resource(2n));
    expect(copy.root()).not.toBe(root);
    expect(map.root()).toBe(root);
    const unhashed = new TimeMap(2, [[address(1, 1), resource(1n)]]).clone();
    expect(unhashed.root()).toBe(root);
  });

  test("a node's digest is the hash of its lanes, which hold the digests of the nodes below", () => {
    const at = address(17, 255);
    const map = new TimeMap(2, [[at, resource(3n)]]);
    const path = pathOf(2, at);
    expect(path.map(({ kind, x, y }) => `${kind} ${x} ${y}`)).toEqual([
      "inner 1 0",
      "inner 17 0",
      "cells 273 0",
      "cells 273 3",
      "cells 273 15",
      "cells 273 63",
    ]);
    for (const [i, node] of path.entries()) {
      expect(map.digest(node)).toBe(hash(TAG[node.kind], map.lanes(node)));
      const below = path[i + 1];
      if (below !== undefined) expect(map.lanes(node)).toContain(map.digest(below));
    }
    expect(map.lanes(path.at(-1) ?? { kind: "cells", x: 273, y: 63 }).slice(9, 12)).toEqual(resource(3n));
  });

  test("every slot has a path, and every node a key of its own", () => {
    const keys = new Map<number, string>();
    for (const program of [1, 15, 16, 255]) {
      for (let slot = 0; slot < 256; slot++) {
        const path = pathOf(2, address(program, slot));
        expect(path.at(-1)).toEqual({ kind: "cells", x: 256 + program, y: slot >> 2 });
        for (const node of path) {
          const name = `${node.kind} ${node.x} ${node.y}`;
          expect(keys.get(nodeKey(node)) ?? name).toBe(name);
          keys.set(nodeKey(node), name);
        }
      }
    }
  });

  test("addresses outside the map are refused", () => {
    const map = new TimeMap(1);
    for (const at of [0, 255, address(16, 0), -1, 256.5])
      expect(() => map.write(at, resource(1n))).toThrow(InvalidInputError);
    for (const levels of [0, 7, 1.5]) expect(() => new TimeMap(levels)).toThrow(InvalidInputError);
  });

  test("of many cells only those on the asked paths are hashed", () => {
    const cells: [number, Words][] = [];
    for (let i = 0; i < 100_000; i++) cells.push([address(1 + Math.floor(i / 200), i % 200), resource(BigInt(i))]);
    const start = performance.now();
    const map = new TimeMap(6, cells);
    map.digest({ kind: "cells", x: 16 ** 6 + 7, y: 0 });
    expect(performance.now() - start).toBeLessThan(5000);
    expect(map.cell(address(7, 3))).toMatchObject({ quantity: 1203n });
  });
});
