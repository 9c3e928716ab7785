/** Watches and the Checks that a change owes: the answer is forced both ways, its place as well. */
import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { address } from "../../../trace/layout.ts";
import { groupDigest, Machine } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Row } from "../../../trace/machine/transition.ts";
import { type Placed, SILVER } from "../../lib/build.ts";
import { inputOf } from "../../lib/circuit.ts";
import { allCompleted } from "../../lib/completed.ts";
import { came, ETH, PRICE, TOKEN } from "../../lib/moored.ts";
import type { Forged } from "../../lib/rowForger.ts";
import { A, B, C, enter, escrow, f, gold, stateWith, T, thing, watchCell } from "../lib/words.ts";
import { askMachine, type Forgery, forge, once } from "./forgery.ts";

const GOLD = thing(1, 1n).kind;

/** A slot of B that C watches, with its cell. */
function watched(
  slot: number,
  condition: number,
  more: { kind?: bigint; threshold?: bigint; quantity?: bigint; n?: number; by?: number } = {},
): Placed[] {
  const { kind = 0n, threshold = 0n, quantity, n = 9, by = 1 } = more;
  return [
    watchCell([C, by], [B, slot], { kind, condition, threshold, trigger: 5n }),
    quantity === undefined ? { at: [B, slot], type: "empty", watch: 1 } : gold([B, slot], n, quantity, { watch: 1 }),
  ];
}
const deposit = (slot: number): Row => escrow(1, 100n, address(A, 1), address(B, slot));
const takeOut = (slot: number, n: number, quantity: bigint): Row =>
  rowOf("Retire", B, { source: address(B, slot), ...thing(n, quantity) });
const checkOf = (slot: number, by: number, condition: number): Row =>
  rowOf("Check", C, { peer: B, source: address(B, slot), authority: address(C, by), argument: { condition } });
const stock = gold([A, 1], 1, 100n);
const list = (input: BatchSignals, name: string): bigint[] => input[name] as bigint[];

/** A change of a watched slot, and whether the watch fires. */
export interface Answer {
  name: string;
  fires: boolean;
  cells: Placed[];
  rows: Row[];
  moored: boolean;
  /** The machine's rows. The Check is the second one. */
  input: () => BatchSignals;
}

const answer = (name: string, cells: Placed[], row: Row, fires: boolean): Answer => ({
  name,
  fires,
  cells: [stock, ...cells],
  rows: [row],
  moored: false,
  input: once(() => {
    const pre = stateWith(4, [stock, ...cells]);
    return inputOf(pre, new Machine(pre.clone(), 0, T).perform([row], T));
  }),
});
/** The same of what the chain lets in, shows or takes out. */
const answerTo = (name: string, cells: Placed[], row: Row, fires: boolean): Answer => ({
  name,
  fires,
  cells,
  rows: [row],
  moored: true,
  input: once(() => {
    const pre = stateWith(4, cells, true);
    return inputOf(pre, new Machine(pre.clone(), 0, T).perform(allCompleted([row], pre), T));
  }),
});
/** A fact of 7 that C watches. */
const shown = (condition: number, threshold = 0n): Placed[] => [
  ...watched(5, condition, { threshold }).slice(0, 1),
  came([B, 5], PRICE, 8, 7n, { watch: 1 }),
];
/** The chain takes out what the watched slot holds. */
const rowOut: Row = rowOf("Eject", A, { peer: B, source: address(B, 5), ...thing(9, 7n) });
const show = (quantity: bigint): Row => enter(9, quantity, PRICE);

export const ANSWERS: readonly Answer[] = [
  answer("above, reached", watched(5, 1, { threshold: 99n }), deposit(5), true),
  answer("above, equal", watched(5, 1, { threshold: 100n }), deposit(5), false),
  answer("above, of another kind", watched(5, 1, { threshold: 99n, kind: SILVER }), deposit(5), false),
  answer("below, reached", watched(5, 2, { threshold: 101n }), deposit(5), true),
  answer("below, equal", watched(5, 2, { threshold: 100n }), deposit(5), false),
  answer("below, emptied", watched(5, 2, { threshold: 1n, quantity: 7n }), takeOut(5, 9, 7n), true),
  answer("arrival", watched(5, 3, { kind: GOLD }), deposit(5), true),
  answer("arrival of another kind", watched(5, 3, { kind: SILVER }), deposit(5), false),
  answer("arrival, but it leaves", watched(5, 3, { quantity: 7n }), takeOut(5, 9, 7n), false),
  answer("departure", watched(5, 4, { quantity: 7n }), takeOut(5, 9, 7n), true),
  answer("departure, but it arrives", watched(5, 4), deposit(5), false),
  answer(
    "departure, but a part stays",
    watched(5, 4, { quantity: 7n }),
    rowOf("Split", B, { source: address(B, 5), destination: address(B, 6), ...thing(9, 3n) }),
    false,
  ),
  answer("change", watched(5, 5), deposit(5), true),
  answer("change of another kind", watched(5, 5, { kind: SILVER }), deposit(5), false),
  answerTo("above, a fact shown in its window", shown(1, 7n), show(8n), true),
  answerTo("above, a fact that stays as it was", shown(1, 7n), show(7n), false),
  answerTo("below, a fact that rises", shown(2, 8n), show(8n), false),
  answerTo("below, a fact that falls to 0", shown(2, 1n), show(0n), true),
  answerTo("change, a fact shown again", shown(5), show(7n), true),
  answerTo("arrival, a fact shown in its window", shown(3), show(8n), false),
  answerTo("departure, a fact shown in its window", shown(4), show(8n), false),
  answerTo("arrival, a first fact", watched(5, 3, { kind: PRICE }), show(8n), true),
  answerTo("above, a deposit", watched(5, 1, { kind: ETH, threshold: 4n }), enter(9, 5n), true),
  answerTo("arrival, of another asset", watched(5, 3, { kind: TOKEN }), enter(9, 5n), false),
  answerTo("departure, taken out", watched(5, 4, { quantity: 7n }), rowOut, true),
  answerTo("below, taken out", watched(5, 2, { quantity: 7n, threshold: 1n }), rowOut, true),
  answerTo("arrival, but it is taken out", watched(5, 3, { quantity: 7n }), rowOut, false),
];

/** The other answer; by itself, and with the distances next to the true one. */
function contradicted({ name, fires, input }: Answer): Forgery[] {
  const said = fires ? "say that it does not fire" : "say that it fires";
  const forged = (distance: (true_: bigint) => bigint) => (): BatchSignals => {
    const other = structuredClone(input());
    list(other, "fired")[1] = fires ? 0n : 1n;
    list(other, "spare")[1] = distance(list(other, "spare")[1] ?? 0n);
    return other;
  };
  const claim = { of: "Conditions", rule: name, invariant: "watch-deterministic", by: "Condition" } as const;
  return [
    { ...claim, attempt: said, neighbour: input, forged: forged((spare) => spare) },
    { ...claim, attempt: `${said}, a distance more`, neighbour: input, forged: forged((spare) => spare + 1n) },
    {
      ...claim,
      attempt: `${said}, a distance less`,
      neighbour: input,
      forged: forged((spare) => (spare === 0n ? 2n : spare - 1n)),
    },
  ];
}

/** Rows that leave out, move or exchange Checks; beside them, the machine performs the effect of the first. */
function owed(
  [rule, attempt]: readonly [rule: string, attempt: string],
  cells: readonly Placed[],
  effect: Row,
  rows: readonly Forged[],
  by: string,
  of = "Obligations",
): Forgery {
  const map = () => stateWith(4, cells);
  return {
    of,
    rule,
    attempt,
    invariant: "watch-deterministic",
    by,
    neighbour: () => inputOf(map(), new Machine(map(), 0, T).perform([effect], T)),
    forged: () => forge(map(), [rows]),
    machine: () => askMachine(map(), [rows]),
  };
}

const fires = { inputs: { fired: 1n } };
const other = gold([A, 2], 2, 5n);
const late = rowOf("Retire", A, { source: address(A, 2), ...thing(2, 5n) });
const twoSlots: Placed[] = [
  gold([B, 6], 3, 5n, { watch: 1 }),
  ...watched(6, 4, { quantity: 5n, n: 3, by: 2 }).slice(0, 1),
  ...watched(5, 3),
];
const move = rowOf("Split", B, { source: address(B, 6), destination: address(B, 5), ...thing(3, 2n) });
const AT_ONCE = "a change of a watched slot is checked at once";

export const CONDITIONS: readonly Forgery[] = [
  ...ANSWERS.flatMap(contradicted),
  owed([AT_ONCE, "leave the Check out"], [stock, ...watched(5, 3)], deposit(5), [f(deposit(5))], "Effect 16"),
  owed(
    [AT_ONCE, "retire a resource before the Check"],
    [stock, other, ...watched(5, 3)],
    deposit(5),
    [f(deposit(5)), f(late), f(checkOf(5, 1, 3), fires)],
    "PendingChecks 1",
  ),
  owed(
    ["a Check needs a change", "check an unchanged slot"],
    [stock, ...watched(5, 3)],
    deposit(5),
    [f(checkOf(5, 1, 3), fires)],
    "PendingChecks 1",
  ),
  owed(
    ["S is checked before D", "check D first"],
    twoSlots,
    move,
    [f(move), f(checkOf(5, 1, 3), fires), f(checkOf(6, 2, 4))],
    "PendingChecks 1",
  ),
  owed(
    ["a Check is of the watch that is owed", "show another watch"],
    [stock, ...watched(5, 3), ...watched(6, 4, { by: 2 })],
    deposit(5),
    [f(deposit(5)), f(checkOf(5, 2, 4))],
    "CellX 11",
  ),
  owed(
    ["a trigger stands first in its group", "retire a resource, then apply the trigger for it"],
    [other, watchCell([C, 1], [B, 5], { state: "fired", condition: 3, trigger: groupDigest([late], () => 4n) })],
    late,
    [f(late), f(rowOf("Trigger", C, { authority: address(C, 1) }))],
    "Group 1",
    "Trigger",
  ),
];
