/**
 * The diagram of the model, spelled out for tests that count its transitions: A escrows Gold to B and lends the claim
 * to C; C watches a slot of B and claims the Gold; Silver arrives, the watch fires and its trigger calls B. Seventeen
 * transitions, three batches.
 */

import { address, GENESIS_ID, kindOf } from "../../trace/layout.ts";
import { openPrograms } from "../../trace/state/genesis.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { PROFILE } from "./profile.ts";

const [MINT, A, B, C] = [1, 2, 3, 4] as const;
const GOLD = kindOf(MINT, 1);
const SILVER = kindOf(MINT, 2);
const START = 1_767_225_600;
const STEP = 60;
const DEADLINE = START + 86_400;

export const DIAGRAM: Scenario = {
  name: "diagram",
  description: "escrow, lent claim, watch and trigger",
  genesis: () => ({
    levels: PROFILE.levels,
    cells: [
      ...openPrograms(1, 128),
      {
        address: address(MINT, 1),
        cell: {
          type: "resource",
          watch: 0,
          kind: SILVER,
          escrowFrom: 0,
          quantity: 7n,
          id: GENESIS_ID,
          deadline: 0,
          seq: 0,
        },
      },
    ],
  }),
  run,
};

function run(tracer: Tracer): void {
  const { manifest } = tracer;
  [MINT, A, B, C].forEach((program, i) => {
    manifest.programs[program] = ["Mint", "A", "B", "C"][i] ?? "";
  });
  manifest.kinds[GOLD.toString()] = "Gold";
  manifest.kinds[SILVER.toString()] = "Silver";
  const at = (program: number, slot: number) => ({ program, slot });
  const steps: [number, Parameters<Tracer["perform"]>[1]][] = [
    ...[A, B, C].map((): [number, Parameters<Tracer["perform"]>[1]] => [
      MINT,
      { effect: "CreateProgram", inbox: 128, authority: "open" },
    ]),
    [MINT, { effect: "Issue", kind: GOLD, quantity: 100n, slot: 2 }],
    [MINT, { effect: "EscrowToProgram", from: 2, to: at(A, 128), deadline: 0 }],
    [A, { effect: "ClaimFromProgram", from: at(A, 128), to: 1 }],
    [B, { effect: "DeclareEntry", slot: 1, name: "silverArrived", nargs: 0, accepts: 0n, minimum: 0n, guarded: true }],
    [
      B,
      {
        effect: "DelegateCapability",
        slot: 2,
        grantee: C,
        rights: ["watch", "invoke"],
        scope: "all",
        subject: 0n,
        expiry: 0,
      },
    ],
    [A, { effect: "EscrowToProgram", from: 1, to: at(B, 128), deadline: 0 }],
    [
      A,
      {
        effect: "DelegateCapability",
        slot: 1,
        grantee: C,
        rights: ["claim"],
        scope: at(B, 128),
        subject: 0n,
        expiry: DEADLINE,
      },
    ],
    [
      C,
      {
        effect: "WatchResource",
        slot: 1,
        target: at(B, 200),
        condition: "arrival",
        kind: SILVER,
        threshold: 0n,
        trigger: [{ effect: "InvokeProgram", program: B, name: "silverArrived", args: [], by: at(B, 2) }],
        by: at(B, 2),
      },
    ],
    [C, { effect: "ClaimFromProgram", from: at(B, 128), to: 2, by: at(A, 1) }],
    // Two more transitions: the Check that fires, then the trigger with its call, in a group of their own.
    [MINT, { effect: "EscrowToProgram", from: 1, to: at(B, 200), deadline: 0 }],
    [B, { effect: "ClaimFromProgram", from: at(B, 200), to: "in place" }],
  ];
  steps.forEach(([program, effect], i) => {
    tracer.perform(program, effect, START + i * STEP);
  });
}
