/** What a moored map publishes. Each forgery changes one thing of a statement that is accepted. */

import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { channelInputs, pointOf } from "../../../prover/batches/channelPoint.ts";
import { type RowWords, valueAt, wordsOf } from "../../../trace/commitment/channel.ts";
import { type PublicInputs, unpackSpan } from "../../../trace/commitment/commit.ts";
import { address } from "../../../trace/layout.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Transition } from "../../../trace/machine/transition.ts";
import { TimeMap } from "../../../trace/state/timeMap.ts";
import { inputOf } from "../../lib/circuit.ts";
import { A, B, escrow, gold, stateWith, T, thing } from "../lib/words.ts";
import { type Forgery, once } from "./forgery.ts";

const before = (moored: boolean): TimeMap => {
  const map = stateWith(4, [gold([A, 1], 1, 100n), gold([A, 2], 2, 50n), gold([B, 7], 3, 7n)]);
  const cells = [...map.addresses()].map((at) => [at, map.words(at)] as const);
  return new TimeMap(map.levels, cells, map.watches, moored);
};
const happened = once((): Transition[] => {
  const machine = new Machine(before(true), 0, T);
  return [
    ...machine.perform([escrow(1, 100n), escrow(2, 50n, address(A, 2), address(B, 6))], T + 1),
    ...machine.perform([rowOf("Retire", B, { source: address(B, 7), ...thing(3, 7n) })], T + 2),
  ];
});
/** Three rows and one of padding, in a map that publishes them, and in one that does not. */
const moored = once(() => inputOf(before(true), happened()));
const unmoored = once(() => inputOf(before(false), happened()));

const altered =
  (good: () => BatchSignals, change: (input: BatchSignals) => void): (() => BatchSignals) =>
  () => {
    const input = structuredClone(good());
    change(input);
    return input;
  };

/** States the value that other words have, at the point that is drawn from them. */
const telling = (change: (words: RowWords[]) => readonly RowWords[]) =>
  altered(moored, (input) => {
    const statement = input as unknown as PublicInputs;
    const { notBefore } = unpackSpan(statement.span);
    const words = change(happened().map((row) => wordsOf(row, notBefore)));
    input.point = pointOf(statement, words);
    input.value = valueAt(words, input.point);
  });
/** Changes one word of a row by an amount. */
const shifted = (row: number, word: 0 | 1 | 2, by: bigint) =>
  telling((words) => words.map((each, i) => (i === row ? (each.with(word, (each[word] ?? 0n) + by) as never) : each)));

const WORDS = "the words are those of the rows, in number and order";
const ONE = "a map that publishes nothing has one statement";

type Line = [rule: string, attempt: string, by: string, neighbour: () => BatchSignals, forged: () => BatchSignals];

const LINES: Line[] = [
  [WORDS, "tell of another operation", "Batch 2", moored, shifted(2, 0, 1n)],
  [WORDS, "tell of a larger quantity", "Batch 2", moored, shifted(0, 1, 1n << 56n)],
  [WORDS, "tell of a later time", "Batch 2", moored, shifted(0, 1, 1n << 224n)],
  [WORDS, "tell of a group that ends earlier", "Batch 2", moored, shifted(0, 1, 1n << 252n)],
  [WORDS, "tell of another argument", "Batch 2", moored, shifted(1, 2, 1n)],
  [WORDS, "leave out the last row", "Batch 2", moored, telling((words) => words.slice(0, -1))],
  [WORDS, "leave out the first row", "Batch 2", moored, telling((words) => words.slice(1))],
  [WORDS, "tell of a row twice", "Batch 2", moored, telling((words) => [...words, words[2] as RowWords])],
  [WORDS, "tell of a row that is padding", "Batch 2", moored, telling((words) => [...words, [0n, 1n << 252n, 0n]])],
  [WORDS, "exchange two rows", "Batch 2", moored, telling(([a, b, c]) => [b, a, c] as RowWords[])],
  [WORDS, "tell of nothing", "Batch 2", moored, telling(() => [])],
  [
    WORDS,
    "state the value at another point",
    "Batch 2",
    moored,
    altered(moored, (input) => (input.point = (input.point as bigint) + 1n)),
  ],
  [
    "a batch publishes its rows if its map does",
    "publish nothing, and keep the bit of a map that does",
    "Batch 2",
    moored,
    altered(moored, (input) => Object.assign(input, { point: 0n, value: 1n })),
  ],
  [
    "a batch publishes its rows if its map does",
    "publish rows without that bit",
    "Channel 1",
    unmoored,
    altered(moored, (input) => (input.span = (input.span as bigint) - (1n << 128n))),
  ],
  [ONE, "state another point", "Channel 1", unmoored, altered(unmoored, (input) => (input.point = 5n))],
  [ONE, "state another value", "Batch 2", unmoored, altered(unmoored, (input) => (input.value = 0n))],
  [
    ONE,
    "state what its rows would be",
    "Channel 1",
    unmoored,
    altered(unmoored, (input) => {
      const statement = input as unknown as PublicInputs;
      const span = { ...unpackSpan(statement.span), moored: true };
      Object.assign(input, channelInputs(statement, span, happened()));
    }),
  ],
];

export const CHANNEL: readonly Forgery[] = LINES.map(
  ([rule, attempt, by, neighbour, forged]): Forgery => ({
    of: "Channel",
    rule,
    attempt,
    invariant: "log-signed",
    by,
    neighbour,
    forged,
  }),
);
