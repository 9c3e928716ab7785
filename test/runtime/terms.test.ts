/**
 * Unknown rights, conditions and fields in terms of the layers are refused by TypeScript, and when they are used.
 */
import { expect, test } from "vitest";
import { InvalidEffectError } from "../../trace/errors.ts";
import {
  actor,
  channel,
  declare,
  Exchange,
  issue,
  lend,
  perform,
  self,
  type Terms,
  type WatchTerms,
  watch,
} from "../../trace/runtime/index.ts";
import { errorData, errorFrom } from "../../trace/runtime/workers/packets.ts";
import { runMain } from "../lib/concurrentRun.ts";

const HERE = { program: 1, slot: 20 };
class Idle {}

test("each is refused by name, with the caller's file and line, and without any effect", async () => {
  const asks: [() => Promise<unknown>, string][] = [
    [() => lend("all", 1, { rights: ["clam"] as never }), 'lend.rights[0]: is "clam"; give one of "claim", "invoke"'],
    [() => lend("all", 1, { rights: "claim" as never }), 'lend.rights: is "claim"; give a list'],
    [
      () => lend("all", 1, { rights: ["claim"], untl: 5 } as Terms),
      "lend.untl: is unknown; there are rights, until, by",
    ],
    [() => lend("all", 1, { rights: ["claim"], until: -1 }), "lend.until: is -1; give whole seconds"],
    [() => lend("all", 1, { rights: ["claim"], by: 3 as never }), "lend.by: is 3; give a capability or its place"],
    [() => lend("all", 1, undefined as never), "lend: is missing; give { rights, until, by }"],
    [() => lend("all", 0, { rights: ["claim"] }), "DelegateCapability.grantee: is 0; give a program's number"],
    [() => watch(HERE, { when: "abov" } as never), 'watch.when: is "abov"; give one of "above"'],
    [() => watch(HERE, { when: "above" } as WatchTerms), "watch.threshold: is missing; give a quantity"],
    [() => watch(HERE, { when: "change", threshold: 1n } as WatchTerms), "watch.threshold: is unknown"],
    [
      () => watch(HERE, { when: "change" }, [{ effect: "Retire", slot: 0 }]),
      "Retire.slot: is 0; give a slot, 1 to 255",
    ],
    [() => declare("pay", { minimum: 5 as never }), "declare.minimum: is 5; give a quantity"],
    [() => declare("pay", { acepts: 5n } as never), "declare.acepts: is unknown"],
    [() => declare("", {}), 'DeclareEntry.name: is ""; give a name of 1 to 465 bytes'],
    [async () => channel("c", { capcity: 1 } as never), "channel.capcity: is unknown; there are capacity"],
    [async () => channel("c", { capacity: -1 }), "channel.capacity: is -1; give a whole number from 0"],
    [() => new Exchange("e").trade(1, { second: 5 } as never), "trade.second: is unknown; there are wants, seconds"],
    [
      () => new Exchange("e").trade(1, { wants: { kind: 5n } as never }),
      "trade.wants.quantity: is missing; give a quantity",
    ],
    [async () => actor(Idle, { supervison: {} } as never), "actor.supervison: is unknown; there are name, supervision"],
    [
      async () => actor(Idle, { supervision: { strategy: "restrt" as never } }),
      'supervision.strategy: is "restrt"; give one of "restart", "stop", "escalate"',
    ],
    [() => issue("gold", 5 as never), "Issue.quantity: is 5; give a quantity: a bigint"],
    [() => perform({ effect: "Isue" } as never), 'effect: is "Isue"; give one of'],
  ];
  const tracer = await runMain(async () => {
    for (const [asked, message] of asks) {
      const error = await asked().catch((thrown: unknown) => thrown);
      expect(error, message).toBeInstanceOf(InvalidEffectError);
      expect((error as Error).message).toContain(message);
      expect((error as InvalidEffectError).at).toMatch(/^terms\.test\.ts:\d+$/);
    }
  });
  expect(tracer.transitions).toEqual([]);
});

test("an escrow with a misspelt deadline is refused", async () => {
  const tracer = await runMain(async () => {
    const gold = await issue("gold", 5n);
    const escrow = gold.escrow(1, { dedline: 5 } as never);
    await expect(escrow).rejects.toThrow(/^escrow\.dedline: is unknown; there are deadline \(terms\.test\.ts:\d+\)$/);
    expect(gold.here).toBe(true);
  });
  expect(tracer.transitions.map((t) => t.effect)).toEqual(["Issue"]);
});

test("an error from a worker thread keeps its class and message", () => {
  const sent = new InvalidEffectError("Issue", "slot", "is 0; give a slot, 1 to 255", "loan.ts:3");
  const come = errorFrom(errorData(sent));
  expect(come).toBeInstanceOf(InvalidEffectError);
  expect(come).toMatchObject({ field: "Issue.slot", effect: "Issue", member: "slot", at: "loan.ts:3" });
  expect((come as InvalidEffectError).calledAt("swap.ts:9").message).toBe(
    "Issue.slot: is 0; give a slot, 1 to 255 (swap.ts:9)",
  );
});

test("valid terms are accepted", async () => {
  const tracer = await runMain(async () => {
    const { program } = self();
    await declare("pay", { accepts: 5n, minimum: 1n, guarded: true });
    await watch({ program, slot: 30 }, { when: "above", threshold: 1n, kind: 7n });
  });
  expect(tracer.transitions.map((t) => t.effect)).toEqual(["DeclareEntry", "WatchResource"]);
});

test("TypeScript refuses the same", () => {
  /** Only tsc checks it. It is never called. */
  const unchecked = async (): Promise<void> => {
    // @ts-expect-error there is no such right
    await lend("all", 2, { rights: ["clam"] });
    // @ts-expect-error there is no such field
    await lend("all", 2, { rights: ["claim"], untl: 5 });
    // @ts-expect-error there is no such condition
    await watch(HERE, { when: "abov", threshold: 1n });
    // @ts-expect-error above needs a threshold
    await watch(HERE, { when: "above" });
    // @ts-expect-error a change has none
    await watch(HERE, { when: "change", threshold: 1n });
    // @ts-expect-error there is no such field
    await declare("pay", { acepts: 5n });
    // @ts-expect-error a quantity is a bigint
    await issue("gold", 5);
    // @ts-expect-error there is no such effect
    await perform({ effect: "Isue" });
  };
  expect(unchecked).toBeTypeOf("function");
});
