/** Several watches on one slot: the rank of a new one, and the checks of all in order. */
import { expect, test } from "vitest";
import { address } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import { deposit, divide, onBoth, RANKS, turn, twice, watchIt } from "../adversary/forgeries/ranks.ts";
import { B, C, stateWith, T, watchCell } from "../adversary/lib/words.ts";
import { inputOf } from "../lib/circuit.ts";
import { checkForgeries, verdictOnce } from "./ruleCases.ts";

test("all are checked by rank; watches that fire leave, the others stay", async () => {
  const pre = stateWith(4, twice([3, 4]));
  const machine = new Machine(pre.clone(), 0, T);
  const transitions = machine.perform([deposit], T);
  expect(transitions.map((t) => [t.effect, t.authority])).toEqual([
    ["EscrowToProgram", 0],
    ["Check", address(C, 1)],
    ["Check", address(C, 2)],
  ]);
  expect(await verdictOnce(inputOf(pre, transitions))).toBe("accepted");
  const slot = machine.map.cell(address(B, 5));
  expect(slot.type === "resource" ? slot.watch : 0).toBe(0b100);
});

test("watches on S are checked before watches on D", async () => {
  const pre = stateWith(4, onBoth());
  const transitions = new Machine(pre.clone(), 0, T).perform([divide], T);
  expect(transitions.slice(1).map((t) => t.authority)).toEqual([3, 1, 2].map((slot) => address(C, slot)));
  const input = inputOf(pre, transitions);
  const turns = input.checkTurn as bigint[][];
  expect([turns[1], turns[2]]).toEqual([turn(1), turn(4)]);
  expect(await verdictOnce(input)).toBe("accepted");
});

test("a new watch gets the lowest free rank", () => {
  const pre = stateWith(4, [watchCell([C, 1], [B, 5], { rank: 0 }), { at: [B, 5], type: "empty", watch: 1 }]);
  const machine = new Machine(pre, 0, T);
  machine.perform([watchIt], T);
  const made = machine.map.cell(address(B, 7));
  expect(made.type === "watch" ? made.rank : -1).toBe(1);
});

checkForgeries(RANKS);
