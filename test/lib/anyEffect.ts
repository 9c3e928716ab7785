/** Effects at random, for tests that ask whether the rules hold whatever is asked. */
import type { Effect } from "../../trace/effects.ts";
import { GOLD, SILVER } from "./build.ts";
import type { Random } from "./random.ts";

const SLOTS = [1, 2, 3, 4, 5, 6, 7, 8];

/** Any effect of three programs with things in their first eight slots, sensible or not. */
export function anyEffect(random: Random, now: number): Effect {
  const slot = () => random.pick(SLOTS);
  const place = () => ({ program: 1 + random.below(3), slot: slot() });
  const kind = () => random.pick([GOLD, SILVER]);
  const sometimes = (value: number) => (random.below(3) === 0 ? value : 0);
  const by = () => (random.below(2) === 0 ? { by: place() } : {});
  switch (random.below(20)) {
    case 0:
      return { effect: "Issue", kind: kind(), quantity: BigInt(random.below(20)), slot: slot() };
    case 1:
      return { effect: "Retire", slot: slot() };
    case 2:
      return { effect: "Split", from: slot(), to: slot(), part: BigInt(random.below(10)) };
    case 3:
      return { effect: "Merge", from: slot(), to: slot() };
    case 4:
    case 5:
      return { effect: "EscrowToProgram", from: slot(), to: place(), deadline: sometimes(now + random.below(9)) };
    case 6:
    case 7:
      return { effect: "ClaimFromProgram", from: place(), to: random.below(3) === 0 ? "in place" : slot(), ...by() };
    case 8:
      return { effect: "RevokeResource", from: place(), to: slot() };
    case 9:
      return {
        effect: "DelegateCapability",
        slot: slot(),
        grantee: 1 + random.below(3),
        rights: ["claim", "invoke", "watch"],
        scope: random.below(2) === 0 ? "all" : place(),
        subject: 0n,
        expiry: sometimes(now + random.below(30)),
      };
    case 10:
      return {
        effect: "WatchResource",
        slot: slot(),
        target: place(),
        condition: random.pick(["above", "below", "arrival", "departure", "change"] as const),
        kind: random.below(2) === 0 ? 0n : kind(),
        threshold: BigInt(random.below(9)),
        trigger: random.below(3) === 0 ? [{ effect: "Issue", kind: kind(), quantity: 1n, slot: slot() }] : [],
        ...by(),
      };
    case 11:
    case 14:
    case 15:
    case 16:
      return { effect: random.pick(["Clear", "Clear", "Unwatch"] as const), slot: slot() };
    case 12:
      return {
        effect: "DeclareEntry",
        slot: slot(),
        name: "f",
        nargs: 1,
        accepts: kind(),
        minimum: 1n,
        guarded: false,
      };
    default:
      return { effect: "InvokeProgram", program: 1 + random.below(3), name: "f", args: [{ from: slot(), to: slot() }] };
  }
}
