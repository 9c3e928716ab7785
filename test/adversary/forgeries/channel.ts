/** What a moored map publishes. Each forgery changes one thing of a statement that is accepted. */

import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { channelInputs, pointOf } from "../../../prover/batches/channelPoint.ts";
import { type RowWords, valueAt, wordsOf } from "../../../trace/commitment/channel.ts";
import { type PublicInputs, unpackSpan } from "../../../trace/commitment/commit.ts";
import { address } from "../../../trace/layout.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Transition } from "../../../trace/machine/transition.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import { type Placed, resource, SILVER } from "../../lib/build.ts";
import { inputOf } from "../../lib/circuit.ts";
import { allCompleted } from "../../lib/completed.ts";
import { came, ETH, PAYEE, TOKEN } from "../../lib/moored.ts";
import { B, C, eject, enter, ether, id, keyed, stateWith, T, thing } from "../lib/words.ts";
import { type Forgery, once } from "./forgery.ts";

const silver = (at: [number, number], n: number, quantity: bigint): Placed =>
  resource(at, SILVER, quantity, { id: id(n) });
const before = (moored: boolean): TimeMap =>
  stateWith(4, [silver([B, 1], 1, 100n), silver([B, 2], 2, 50n), silver([C, 7], 3, 7n)], moored);
const give = (n: number, quantity: bigint, slot: number) =>
  rowOf("EscrowToProgram", B, {
    ...{ peer: C, source: address(B, n), destination: address(C, slot) },
    ...thing(n, quantity, SILVER),
  });
const happened = once((): Transition[] => {
  const machine = new Machine(before(true), 0, T);
  return [
    ...machine.perform([give(1, 100n, 5), give(2, 50n, 6)], T + 1),
    ...machine.perform([rowOf("Retire", C, { source: address(C, 7), ...thing(3, 7n, SILVER) })], T + 2),
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

/** Escrowed by C, and let out by the chain, which lets something else in; B gives an asset away. */
const atTheBorder = once((): { rows: Transition[]; input: BatchSignals } => {
  const cells = [
    came([B, 5], ETH, 1, 100n, { escrowFrom: C, deadline: T + 9 }),
    came([B, 7], TOKEN, 2, 7n),
    keyed(B, 2),
  ];
  const pre = stateWith(4, cells, true);
  const machine = new Machine(pre.clone(), 0, T);
  const gone = ether(2, 7n, TOKEN);
  const asked = [
    enter(3, 5n, ETH, { destination: address(B, 6) }),
    eject(1, 100n, { deadline: T + 9 }),
    rowOf("Retire", B, { source: address(B, 7), ...gone, argument: { recipient: PAYEE } }),
  ];
  const rows = asked.flatMap((row) => machine.perform(allCompleted([row], machine.map), T + 1));
  return { rows, input: inputOf(pre, rows) };
});
const border = (): BatchSignals => atTheBorder().input;

/** States the value that other words have, at the point that is drawn from them. */
const telling = (change: (words: RowWords[]) => readonly RowWords[], good = moored, rows = happened) =>
  altered(good, (input) => {
    const statement = input as unknown as PublicInputs;
    const { notBefore } = unpackSpan(statement.span);
    const words = change(rows().map((row) => wordsOf(row, notBefore)));
    input.point = pointOf(statement, words);
    input.value = valueAt(words, input.point);
  });
/** Changes one word of a row by an amount. */
const shifted = (row: number, word: 0 | 1 | 2, by: bigint, good = moored, rows = happened) =>
  telling(
    (words) => words.map((each, i) => (i === row ? (each.with(word, (each[word] ?? 0n) + by) as never) : each)),
    good,
    rows,
  );
/** Of what came in, was taken out, or was given away. */
const atBorder = (row: number, word: 0 | 1 | 2, by: bigint) => shifted(row, word, by, border, () => atTheBorder().rows);

const WORDS = "the words are those of the rows, in number and order";
const ONE = "a map that publishes nothing has one statement";

type Line = [rule: string, attempt: string, by: string, neighbour: () => BatchSignals, forged: () => BatchSignals];

const LINES: Line[] = [
  [WORDS, "tell of another operation", "Batch 2", moored, shifted(2, 0, 1n)],
  [WORDS, "tell of a larger quantity", "Batch 2", moored, shifted(0, 1, 1n << 56n)],
  [WORDS, "tell of a later time", "Batch 2", moored, shifted(0, 1, 1n << 224n)],
  [WORDS, "tell of a group that ends earlier", "Batch 2", moored, shifted(0, 1, 1n << 252n)],
  [WORDS, "tell of another argument", "Batch 2", moored, shifted(1, 2, 1n)],
  [WORDS, "tell of a deposit with another number", "Batch 2", border, atBorder(0, 0, 1n << 189n)],
  [WORDS, "tell of a larger deposit", "Batch 2", border, atBorder(0, 1, 1n << 56n)],
  [WORDS, "tell of a deposit of another asset", "Batch 2", border, atBorder(0, 1, 1n)],
  [WORDS, "tell of a deposit into another slot", "Batch 2", border, atBorder(0, 0, 1n << 85n)],
  [WORDS, "tell of a deposit to another key", "Batch 2", border, atBorder(0, 2, 1n)],
  [WORDS, "tell of somebody else who leaves", "Batch 2", border, atBorder(1, 0, 1n << 29n)],
  [WORDS, "tell of another slot that is emptied", "Batch 2", border, atBorder(1, 0, 1n << 53n)],
  [WORDS, "tell of a later deadline of what leaves", "Batch 2", border, atBorder(1, 0, 1n << 149n)],
  [WORDS, "tell of something else that leaves", "Batch 2", border, atBorder(1, 0, 1n << 189n)],
  [WORDS, "tell of another giver of what leaves", "Batch 2", border, atBorder(1, 1, 1n << 184n)],
  [WORDS, "tell of another key of who leaves", "Batch 2", border, atBorder(1, 2, 1n)],
  [WORDS, "tell of another address that is paid", "Batch 2", border, atBorder(2, 2, 1n)],
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
