/** A trace in which every sort of row happens, on a map of the everyday profile's size. */
import { kindOf } from "../../trace/layout.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { authority } from "./authorities.ts";
import { genesisWith, resource } from "./build.ts";
import { PROFILE } from "./profile.ts";

const GOLD = kindOf(1, 1);
const SILVER = kindOf(2, 1);

export const EVERYTHING: Scenario = {
  name: "everything",
  description: "every effect, every sort of row",
  genesis: () =>
    genesisWith({
      programs: 2,
      levels: PROFILE.levels,
      cells: [resource([2, 1], SILVER, 9n), resource([2, 2], SILVER, 8n)],
    }),
  run: everything,
};

/**
 * Creates a third program and has every effect at least once, with both answers of a Check, two watches on a slot, a
 * right that is lent on, and a guarded call with two arguments. Programs with a key do not act, so no signature is
 * needed.
 */
function everything(tracer: Tracer): void {
  const at = (slot: number, program = 2) => ({ program, slot });
  const effects: [number, Parameters<Tracer["perform"]>[1]][] = [
    [1, { effect: "CreateProgram", inbox: 100, authority: "open" }],
    [1, { effect: "Issue", kind: GOLD, quantity: 100n, slot: 1 }],
    [1, { effect: "Split", from: 1, to: 2, part: 30n }],
    [1, { effect: "Split", from: 1, to: 3, part: 20n }],
    [1, { effect: "Merge", from: 3, to: 2 }],
    [2, { effect: "DeclareEntry", slot: 10, name: "pay", nargs: 2, accepts: GOLD, minimum: 60n, guarded: true }],
    [
      2,
      {
        effect: "DelegateCapability",
        slot: 11,
        grantee: 1,
        rights: ["invoke", "claim", "watch", "delegate"],
        scope: "all",
        subject: 0n,
        expiry: 0,
      },
    ],
    [
      1,
      {
        effect: "DelegateCapability",
        slot: 5,
        grantee: 3,
        rights: ["watch"],
        scope: at(200),
        subject: 0n,
        expiry: 9_000,
        by: at(11),
      },
    ],
    [
      3,
      {
        effect: "JoinWith",
        programs: [
          { program: 2, steps: 2 },
          { program: 1, steps: 1 },
        ],
      },
    ],
    [
      1,
      {
        effect: "WatchResource",
        slot: 20,
        target: at(200),
        condition: "above",
        kind: GOLD,
        threshold: 60n,
        trigger: [],
        by: at(11),
      },
    ],
    [
      3,
      {
        effect: "WatchResource",
        slot: 5,
        target: at(200),
        condition: "arrival",
        kind: 0n,
        threshold: 0n,
        trigger: [],
        by: at(5, 1),
      },
    ],
    [
      2,
      {
        effect: "WatchResource",
        slot: 21,
        target: at(201),
        condition: "arrival",
        kind: GOLD,
        threshold: 0n,
        trigger: [{ effect: "Retire", slot: 2 }],
      },
    ],
    [
      1,
      {
        effect: "InvokeProgram",
        program: 2,
        name: "pay",
        args: [
          { from: 1, to: 200 },
          { from: 2, to: 201 },
        ],
        by: at(11),
      },
    ],
    [1, { effect: "Unwatch", slot: 20 }],
    [2, { effect: "Clear", slot: 21 }],
    [2, { effect: "EscrowToProgram", from: 1, to: at(130, 3), deadline: 2_000 }],
    [3, { effect: "ClaimFromProgram", from: at(130, 3), to: "in place" }],
    [2, { effect: "EscrowToProgram", from: 200, to: at(131, 3), deadline: 0 }],
    [2, { effect: "RevokeResource", from: at(131, 3), to: 5 }],
    [1, { effect: "ClaimFromProgram", from: at(201), to: 6, by: at(11) }],
    [2, { effect: "RevokeCapability", slot: 11 }],
    [
      1,
      {
        effect: "AtomicBatch",
        effects: [
          { effect: "Split", from: 6, to: 7, part: 1n },
          { effect: "Issue", kind: GOLD, quantity: 1n, slot: 8 },
        ],
      },
    ],
    [1, { effect: "CreateProgram", inbox: 256, authority: authority(4) }],
    [3, { effect: "RotateAuthority", authority: authority(3) }],
  ];
  effects.forEach(([program, effect], i) => {
    tracer.perform(program, effect, 1_000 + i);
  });
}
