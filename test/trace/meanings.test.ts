/**
 * Two runs from one beginning, in which the signer's rows read the same and other rows come between. Each must end in
 * another log, or in a refusal. So nothing changes after a person has signed.
 */
import { describe, expect, test } from "vitest";
import type { Effect } from "../../trace/effects/effects.ts";
import { lower } from "../../trace/effects/lower.ts";
import { address, idOf, kindOf, TRIGGERED_ID } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import { keyedPrograms, mapOf } from "../../trace/state/genesis.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { authority } from "../lib/authorities.ts";
import { capability, genesisWith, resource } from "../lib/build.ts";
import { does, refuses } from "../lib/refusals.ts";

const [MINT, SIGNER] = [1, 2] as const;
const begin = (): Tracer => Tracer.from({ levels: 3, cells: keyedPrograms([authority(1), authority(2)], 16) });
const logOf = (tracer: Tracer, program: number): bigint => {
  const header = tracer.map.cell(address(program, 0));
  return header.type === "program" ? header.log : 0n;
};
const issue = (program: number, slot: number): Effect => {
  return { effect: "Issue", kind: kindOf(program, 1), quantity: 5n, slot };
};
const watch = (slot: number, on: number, trigger: readonly Effect[] = []): Effect => ({
  effect: "WatchResource",
  slot,
  target: { program: SIGNER, slot: on },
  condition: "arrival",
  kind: 0n,
  threshold: 0n,
  trigger,
});

test("a program's log covers its own inbox, which its creator chose", () => {
  const logs = [16, 1].map((inbox) => {
    const tracer = begin();
    tracer.perform(MINT, { effect: "CreateProgram", inbox, authority: authority(3) });
    tracer.perform(3, issue(3, 1));
    return logOf(tracer, 3);
  });
  expect(logs[0]).not.toBe(logs[1]);
});

describe("a Clear", () => {
  /** The signer's watch has fired. The signer clears it before or after its trigger. */
  function cleared(applied: boolean): Tracer {
    const tracer = new Tracer(begin().machine, { autoTrigger: false });
    tracer.perform(SIGNER, watch(5, 6, [issue(SIGNER, 9)]));
    tracer.perform(SIGNER, issue(SIGNER, 6));
    if (applied) tracer.applyTrigger({ program: SIGNER, slot: 5 });
    tracer.perform(SIGNER, { effect: "Clear", slot: 5 });
    return tracer;
  }

  test("has another log if the watch's trigger was applied", () => {
    const [before, after] = [cleared(false), cleared(true)];
    expect(before.map.cell(address(SIGNER, 9)).type).toBe("empty");
    expect(after.map.cell(address(SIGNER, 9)).type).toBe("resource");
    expect(logOf(before, SIGNER)).not.toBe(logOf(after, SIGNER));
  });

  test("of a fired watch is refused after its trigger", () => {
    const tracer = new Tracer(begin().machine, { autoTrigger: false });
    tracer.perform(SIGNER, watch(5, 6, [issue(SIGNER, 9)]));
    tracer.perform(SIGNER, issue(SIGNER, 6));
    const row = lower(tracer.map, SIGNER, { effect: "Clear", slot: 5 });
    expect(row[0]?.argument).toMatchObject({ cleared: 3 });
    tracer.applyTrigger({ program: SIGNER, slot: 5 });
    refuses(tracer.machine, "log-signed", () => tracer.machine.perform(row, 0));
  });

  test.each([
    ["another watch", "Unwatch", watch(5, 6), watch(5, 6, [issue(SIGNER, 9)])],
    ["another entry point", "Clear", entry("f"), entry("g")],
  ] as const)("or an Unwatch is refused for %s than its row names", (_name, effect, one, other) => {
    const [a, b] = [begin(), begin()];
    a.perform(SIGNER, one as Effect);
    b.perform(SIGNER, other as Effect);
    const row = lower(a.map, SIGNER, { effect, slot: 5 });
    refuses(b.machine, "log-signed", () => b.machine.perform(row, 0));
    a.machine.perform(row, 0);
  });
});

function entry(name: string): Effect {
  return { effect: "DeclareEntry", slot: 5, name, nargs: 0, accepts: 0n, minimum: 0n, guarded: false };
}

describe("a subject", () => {
  const lend = (subject: bigint): Effect => {
    return {
      effect: "DelegateCapability",
      slot: 9,
      grantee: MINT,
      rights: ["claim"],
      scope: "all",
      subject,
      expiry: 0,
    };
  };
  test.each([
    ["an id that a trigger makes", TRIGGERED_ID + 7n],
    ["an id that no program makes", 1n << 56n],
  ])("with %s is refused", (_name, id) => {
    const { machine } = begin();
    refuses(machine, "log-signed", () => does(machine, SIGNER, lend(id)));
    does(machine, SIGNER, lend((1n << 56n) - 1n));
  });

  test("in a genesis is a resource of the genesis, or 0", () => {
    const genesis = (subject: bigint) =>
      genesisWith({
        programs: 2,
        cells: [resource([1, 1], kindOf(1, 1), 9n, { id: 5n }), capability([1, 2], 2, 1, { subject })],
      });
    for (const subject of [0n, 5n]) mapOf(genesis(subject));
    for (const subject of [6n, idOf(1, 0), TRIGGERED_ID + 7n])
      expect(() => mapOf(genesis(subject))).toThrow(/subject: is 0, or the id of a resource of the genesis/);
  });
});

test("the giver of an escrow with a deadline cannot have it claimed early by a program that it lent the claim to", () => {
  const cells = [
    resource([2, 128], kindOf(1, 1), 9n, { escrowFrom: 1, deadline: 50 }),
    capability([1, 3], 3, 1, { scope: address(2, 128) }),
  ];
  const machine = new Machine(mapOf(genesisWith({ programs: 3, cells })));
  const claim: Effect = {
    effect: "ClaimFromProgram",
    from: { program: 2, slot: 128 },
    to: 4,
    by: { program: 1, slot: 3 },
  };
  const refused = refuses(machine, "expiry-enforced", () => does(machine, 3, claim, 49));
  expect(refused.message).toContain("is promised to program 2 until 50, it is 49");
  does(machine, 3, claim, 50);
});
