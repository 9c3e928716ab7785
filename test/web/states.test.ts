/** States for a slider: the same as those of a replay, in any order of asking. */
import { expect, test } from "vitest";
import { snapshotOf } from "../../trace/query/index.ts";
import type { Words } from "../../trace/state/cells.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { States } from "../../web/work/history/states.ts";
import { genesisWith } from "../lib/build.ts";
import { DEALINGS, PROGRAMS, World } from "../lib/cleanRun.ts";
import { historyIn } from "../lib/history.ts";

const genesis = genesisWith({ programs: PROGRAMS, inbox: 16 });
const world = new World(Tracer.from(genesis));
for (let i = 0; i < 20; i++) world.deal({ what: DEALINGS[i % DEALINGS.length] ?? "join", from: i, to: i * 3 });
const history = historyIn(genesis, world.tracer);
const last = history.transitions.length;

const wordsOf = (map: TimeMap): [number, Words][] => [...map.addresses()].map((at) => [at, map.words(at)]);

test("a state is the one of a replay, whatever was asked before", () => {
  const states = new States(history, 5);
  const order = [last, 0, 17, 16, 3, ...Array.from({ length: last + 1 }, (_, i) => (i * 37) % (last + 1)), last - 1, 0];
  for (const seq of order) {
    const [made, right] = [states.at(seq), snapshotOf(history, seq)];
    expect(wordsOf(made.map)).toEqual(wordsOf(right.map));
    expect({ ...made, map: null, history: null }).toEqual({ ...right, map: null, history: null });
  }
  expect(states.at(last).map.root()).toBe(history.end.root());
});

test("a moment that the run does not have is refused", () => {
  const states = new States(history);
  expect(() => states.at(last + 1)).toThrow(`at: ${last + 1} is not there`);
  expect(() => states.at(-1)).toThrow("at: -1 is not there");
});
