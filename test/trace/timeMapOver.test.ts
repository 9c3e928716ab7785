/** A map over a source is the map that the source tells, and stays it through everything that is done to it. */
import { expect, test } from "vitest";
import { address, CELL } from "../../trace/layout.ts";
import { EMPTY_WORDS, type Words } from "../../trace/state/cells.ts";
import { TimeMap } from "../../trace/state/timeMap.ts";
import { pathOf } from "../../trace/state/tree.ts";
import { sourceOf, told } from "../lib/mapSource.ts";
import { Random } from "../lib/random.ts";

const LEVELS = 2;
const PROGRAMS = 40;

const anyAddress = (random: Random): number =>
  address(1 + random.below(PROGRAMS), random.below(3) === 0 ? random.below(256) : random.below(8));

/** A header in slot 0, and anything elsewhere, often a watch. */
function anyWords(random: Random, at: number): Words {
  if (at % 256 === 0) return [BigInt(CELL.program) + (random.bits(20) << 3n), 0n, random.bits(200)];
  switch (random.below(4)) {
    case 0:
      return EMPTY_WORDS;
    case 1:
      return [
        BigInt(CELL.armed) + (BigInt(anyAddress(random)) << 3n) + (BigInt(random.below(4)) << 99n),
        random.bits(64),
        random.bits(250),
      ];
    default:
      return [BigInt(CELL.resource) + (random.bits(60) << 3n), random.bits(250), 0n];
  }
}

function writeSome(random: Random, count: number, ...maps: readonly TimeMap[]): void {
  for (let i = 0; i < count; i++) {
    const at = anyAddress(random);
    const words = anyWords(random, at);
    for (const map of maps) map.write(at, words);
  }
}

test.each([1, 2, 3, 4, 5, 6])("a map over a source is the plain map after the same writes (seed %i)", (seed) => {
  const random = new Random(seed);
  const below = new TimeMap(LEVELS, [], 4);
  writeSome(random, 60, below);
  let [plain, over] = [below.clone(), TimeMap.over(sourceOf(below.clone()))];
  for (let round = 0; round < 12; round++) {
    writeSome(random, random.below(20), plain, over);
    expect(told(over)).toEqual(told(plain));
    const at = anyAddress(random);
    for (const node of pathOf(LEVELS, at)) expect(over.lanes(node)).toEqual(plain.lanes(node));
    switch (random.below(4)) {
      case 0: {
        // A copy is one of its own: what is written to it later is not in the first.
        const kept = told(over);
        const first = over;
        over = over.clone();
        writeSome(random, 5, plain, over);
        expect(told(first)).toEqual(kept);
        break;
      }
      case 1:
        over.restOn(sourceOf(plain.clone()));
        expect(over.held).toBe(0);
        break;
      case 2:
        over = TimeMap.over(sourceOf(over.clone()));
        break;
      default:
        plain = plain.clone();
    }
    expect(told(over)).toEqual(told(plain));
  }
});

test("a cell that is emptied stays empty, also where the source has one", () => {
  const below = new TimeMap(LEVELS, [[address(1, 1), [2n, 5n, 0n]]]);
  const over = TimeMap.over(sourceOf(below.clone()));
  over.write(address(1, 1), EMPTY_WORDS);
  expect([over.words(address(1, 1)), [...over.addresses()]]).toEqual([EMPTY_WORDS, []]);
  expect(over.root()).toBe(new TimeMap(LEVELS).root());
});
