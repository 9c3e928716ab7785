/** What is found when constraints of the operations' rules are taken out, and tests that it is so. */
import { beforeAll, describe, expect, it } from "vitest";
import { readyRow } from "../../prover/certificate/machine/ready.ts";
import type { RowName } from "../../trace/machine/transition.ts";
import { SMALL } from "./circuit.ts";
import { type Finding, Mutations } from "./mutations.ts";

/** Without these, others say the same in each case: what takes from S has it open, and no slot is 0. */
const TAKES = /- sort\.takes$/;
const OPEN_D = /- choice\.inPlace - tuples\.open\[3\]$/;
const OPEN_X = /- columns\.claimSelf .*tuples\.open\[4\]/;
/** The peer's S is not empty, so the peer is a program. */
const MEETS = /- sort\.meets$/;
/** Found cells are packed: an empty one has no other words. */
const EMPTY = [/found\.bWords\[1\] = 0$/, /found\.bWords\[2\] = 0$/];
/** The rights of a capability that the row does not use: nothing hangs on them. */
const UNUSED = /CapabilityInUse\.ejectFrom$/;

export type MutationCase = readonly [RowName, noticed: number, implied: number, shown: readonly RegExp[]];

/** Of an operation's constraints: how many are noticed, how many are implied, and the others, with their reasons. */
export const FOUND: readonly MutationCase[] = [
  ["RevokeResource", 5, 1, [MEETS, TAKES]],
  ["Retire", 2, 1, [TAKES]],
  ["RotateAuthority", 4, 1, []],
  ["JoinWith", 6, 1, []],
  ["Clear", 8, 1, [OPEN_X]],
  ["Issue", 8, 2, []],
  ["DeclareEntry", 8, 3, []],
  ["Eject", 9, 1, [UNUSED]],
  ["Split", 12, 3, []],
  ["Merge", 10, 2, [TAKES]],
  ["EscrowToProgram", 10, 1, [OPEN_D, TAKES]],
  ["CreateProgram", 13, 1, EMPTY],
  ["Enter", 11, 2, [OPEN_D]],
  ["Lineage", 19, 9, []],
];

/** Tests that take out the constraints of each operation, one at a time, before the row's bounds are learned. */
export function describeMutations(cases: readonly MutationCase[]): void {
  let mutations: Mutations;
  beforeAll(async () => {
    mutations = new Mutations(await readyRow(SMALL));
  }, 300_000);

  describe.each(cases)("%s", (effect, noticed, implied, shown) => {
    it("is shown with all constraints", () => {
      expect(mutations.finding(effect, null)).toEqual({ is: "shown" });
    });

    it("is not shown without one of its constraints, unless there is a reason", () => {
      const all = mutations
        .ofOperation(effect)
        .map((n): [string, Finding] => [mutations.text(n), mutations.finding(effect, n)]);
      const of = (is: Finding["is"]): string[] => all.filter(([, found]) => found.is === is).map(([text]) => text);
      expect([of("noticed").length, of("implied").length]).toEqual([noticed, implied]);
      expect(of("shown").map((text) => shown.find((reason) => reason.test(text)) ?? text)).toEqual(shown);
    });
  });
}
