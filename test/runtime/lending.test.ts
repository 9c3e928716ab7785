/** Lending, watching and entries: their effects, and the errors after a right has ended. */
import { describe, expect, test } from "vitest";
import { RefusedError } from "../../trace/errors.ts";
import {
  Capability,
  channel,
  claim,
  claimAll,
  DeadlockError,
  declare,
  type Entry,
  go,
  issue,
  lend,
  now,
  type Owned,
  perform,
  RuntimeUseError,
  reserve,
  type Sender,
  self,
  sleep,
  spawn,
  spawnWorker,
  type Thread,
  unreserve,
  Watch,
  watch,
} from "../../trace/runtime/index.ts";
import { effectsOf, runMain } from "../lib/concurrentRun.ts";
import { lookout, type Order } from "../lib/lenders.ts";

/** A thread that runs the given function on each value that it receives, until the channel ends. */
function helper<T>(name: string, work: (value: T) => Promise<unknown>) {
  const [tx, rx] = channel<T>(`to ${name}`);
  const [back, results] = channel<string>(`from ${name}`);
  const thread = spawn(name, async () => {
    for await (const value of rx) {
      await back.send(
        await work(value).then(
          () => "done",
          (error: unknown) => (error as Error).message,
        ),
      );
    }
  });
  const ask = async (value: T): Promise<string> => {
    await tx.send(value);
    return await results.recv();
  };
  return { thread, ask, close: () => tx.close(), program: async () => (await thread.started()).program };
}

const invariantOf = async (promise: Promise<unknown>): Promise<string | undefined> => {
  const error = await promise.catch((thrown: unknown) => thrown);
  return error instanceof RefusedError ? error.invariant : String(error);
};

describe("lending", () => {
  test("a resource: the grantee owns it after the claim, and it can be claimed once", async () => {
    const tracer = await runMain(async () => {
      const gold = await issue("Gold", 5n);
      const ann = helper("Ann", async (right: Capability) => {
        const mine = await claim<"Gold">(right);
        await mine.retire();
      });
      const right = await lend(gold, await ann.program(), { rights: ["claim"] });
      expect(right).toMatchObject({ rights: ["claim"], scope: await gold.place(), until: 0 });
      expect(await ann.ask(right)).toBe("done");
      expect(await invariantOf(gold.retire())).toBe("no-double-spend");
      // The right was only for that resource, not for another of its kind.
      expect(await ann.ask(right)).toMatch(/^no-double-spend/);
      const others = await issue("Gold", 5n);
      const next = await lend(others, await ann.program(), { rights: ["claim"] });
      expect(await ann.ask(next)).toBe("done");
      ann.close();
    });
    const rows = effectsOf(tracer).filter((effect) => /Capability|Claim/.test(effect));
    expect(rows).toEqual(["DelegateCapability", "ClaimFromProgram", "DelegateCapability", "ClaimFromProgram"]);
  });

  test("on: at most the own rights, and all of them end when the first is revoked", async () => {
    await runMain(async () => {
      const quay = await reserve();
      const end = (await now()) + 3_600;
      const eve = helper("Eve", async (right: Capability) => await watch(right, { when: "change" }));
      const to = await eve.program();
      let lentOn: Capability | undefined;
      const ann = helper("Ann", async (right: Capability) => {
        if (lentOn !== undefined) return await right.lend(to, { rights: ["watch"] });
        expect(await invariantOf(right.lend(to, { rights: ["claim"] }))).toBe("capability-attenuates");
        expect(await invariantOf(right.lend(to, { rights: ["watch"], until: end + 1 }))).toBe("expiry-enforced");
        expect(await invariantOf(lend(right.place, to, { rights: ["watch"], by: right }))).toBe(
          "capability-attenuates",
        );
        const on = await right.lend(to, { rights: ["watch"], until: end - 1 });
        expect(on).toMatchObject({ rights: ["watch"], scope: right.scope, until: end - 1, grantee: to });
        lentOn = on;
        return on;
      });
      const right = await lend(quay, await ann.program(), { rights: ["watch", "delegate"], until: end });
      expect(await ann.ask(right)).toBe("done");
      expect(await eve.ask(lentOn as Capability)).toBe("done");
      expect(await eve.ask(right)).toMatch(/^no-unscoped-access: the capability in slot .* is for program/);
      await right.revoke();
      expect(await eve.ask(lentOn as Capability)).toMatch(/^capability-attenuates: .*was revoked; ask for a new one/);
      // Ann may not lend it on now.
      expect(await ann.ask(right)).toMatch(/the capability in slot \d+ of main is not there.*ask for a new one/);
      ann.close();
      eve.close();
    });
  });

  test("a handle does not stand for a later capability in its slot, and slots become free again", async () => {
    await runMain(async () => {
      const [gold, silver] = [await issue("Gold", 1n), await issue("Silver", 1n)];
      const ann = helper("Ann", async (right: Capability) => await claim(right));
      const first = await lend(gold, await ann.program(), { rights: ["claim"] });
      await first.revoke();
      const second = await lend(silver, await ann.program(), { rights: ["claim"] });
      expect(second.place).toEqual(first.place);
      expect(await ann.ask(first)).toMatch(/^no-unscoped-access: the capability in slot \d+ of main is not there/);
      expect(await invariantOf(first.revoke())).toBe("no-unscoped-access");
      expect(await ann.ask(second)).toBe("done");
      ann.close();
    });
  });

  test("every own slot, or an escrow in another program", async () => {
    await runMain(async () => {
      const gold = await issue("Gold", 1n);
      const [ann, host] = [
        helper("Ann", async ({ right, place }: { right: Capability; place?: { program: number; slot: number } }) =>
          place === undefined ? await claim(right) : await claim(place, right),
        ),
        spawn("Host", async () => await sleep(1)),
      ];
      const any = await lend("all", await ann.program(), { rights: ["claim"] });
      expect(await ann.ask({ right: any })).toMatch(/^the capability in slot \d+ of main covers every slot/);
      expect(await ann.ask({ right: any, place: await gold.place() })).toBe("done");
      const { program } = await host.started();
      const silver = await issue("Silver", 1n);
      const place = await silver.escrow(program);
      const right = await lend(place, await ann.program(), { rights: ["claim"] });
      expect(await ann.ask({ right })).toBe("done");
      ann.close();
      await host.join();
    });
  });

  test("several claims are one group, or none", async () => {
    const { transitions } = await runMain(async () => {
      const [gold, silver] = [await issue("Gold", 1n), await issue("Silver", 1n)];
      const ann = helper("Ann", async (rights: Capability[]) => {
        const all: Owned[] = await claimAll(rights);
        expect(all.map(({ kind }) => kind)).toEqual(["Gold", "Silver"]);
      });
      const to = await ann.program();
      const rights = [await lend(gold, to, { rights: ["claim"] }), await lend(silver, to, { rights: ["watch"] })];
      expect(await ann.ask(rights)).toMatch(/capability-attenuates.*"claim"/);
      rights[1] = await lend(silver, to, { rights: ["claim"] });
      expect(await ann.ask(rights)).toBe("done");
      ann.close();
    });
    const claims = transitions.filter(({ effect }) => effect === "ClaimFromProgram");
    expect(claims.map(({ group }) => group)).toEqual([claims[0]?.seq, claims[0]?.seq]);
  });
});

describe("watches and entries", () => {
  test("fire, can be awaited, and tell their state at the end", async () => {
    const tracer = await runMain(async () => {
      const gold = await issue("Gold", 10n);
      const low = await watch(gold, { when: "below", threshold: 5n });
      const { place } = low;
      await (await gold.split(2n)).retire();
      expect(await low.end()).toBe("armed");
      const again = await watch(gold, { when: "below", threshold: 5n, kind: gold.kindNumber });
      expect(again.place).toEqual(place);
      await (await gold.split(6n)).retire();
      expect(await again.fired()).toBe(true);
      expect(await again.end()).toBe("spent");
      await expect(again.end()).rejects.toThrow(/was taken away: set another/);
    });
    const ends = effectsOf(tracer).filter((effect) => ["Unwatch", "Clear", "Trigger"].includes(effect));
    expect(ends).toEqual(["Unwatch", "Trigger", "Clear"]);
  });

  test("a watch with a refused trigger stays fired; waiting for a removed watch fails", async () => {
    await runMain(async () => {
      const gold = await issue("Gold", 1n);
      const bell = await declare("bell");
      const dumb = await watch(gold, { when: "departure" }, [{ effect: "Clear", slot: bell.place.slot }]);
      await bell.remove();
      await gold.retire();
      expect(await dumb.fired()).toBe(false);
      expect(await dumb.end()).toBe("fired");
      const vain = await watch(await reserve(), { when: "arrival" });
      const waiting = go("waiting", () => vain.fired());
      await sleep(1);
      expect(await vain.end()).toBe("armed");
      await expect(waiting.join()).rejects.toThrow(/a watch of waiting was taken away: set another/);
    });
  });

  test("only a holder of the right may call a guarded entry", async () => {
    await runMain(async () => {
      const bell = await declare("bell", { guarded: true });
      const ann = helper("Ann", async ({ entry, by }: { entry: Entry; by?: Capability }) => {
        await perform(entry.call([], by));
      });
      expect(await ann.ask({ entry: bell })).toMatch(/no-unscoped-access/);
      const by = await lend(bell, await ann.program(), { rights: ["invoke"] });
      expect(await ann.ask({ entry: bell, by })).toBe("done");
      await by.revoke();
      expect(await ann.ask({ entry: bell, by })).toMatch(/no-unscoped-access/);
      await bell.remove();
      await expect(bell.remove()).rejects.toThrow(/holds no entry "bell": it was taken away before/);
      expect((await declare("other")).place).toEqual(bell.place);
      ann.close();
    });
  });

  test("the arguments of an entry come from the caller's own slots", async () => {
    await runMain(async () => {
      const gold = await issue("Gold", 3n);
      const till = await reserve();
      const pay = await declare("pay", { accepts: gold.kindNumber, minimum: 2n });
      const ann = helper("Ann", async ({ own, entry }: { own: Owned; entry: Entry }) => {
        const { slot } = await own.place();
        await perform(entry.call([{ from: slot, to: till.slot }]));
      });
      expect(await ann.ask({ own: gold, entry: pay })).toBe("done");
      ann.close();
    });
  });

  test("a wait without end is reported", async () => {
    const waiting = runMain(async () => {
      await (await watch(await reserve(), { when: "arrival" })).fired();
    });
    const error = await waiting.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DeadlockError);
    expect((error as Error).message).toMatch(/main waits for the watch in slot 1 to fire/);
  });
});

/** A port lets a lookout watch its quay, by way of an agent; crates arrive, and the right ends. */
function season(threads: boolean) {
  return async (): Promise<void> => {
    const [desk, atDesk] = channel<Sender<Order>>("desk");
    const [ready, isReady] = channel<null>("ready");
    const module = new URL("../lib/lenders.ts", import.meta.url);
    const guard: Thread<string[]> = threads
      ? spawnWorker("Lookout", { module, name: "lookout" }, desk, ready)
      : spawn("Lookout", lookout, desk, ready);
    const orders = await atDesk.recv();
    const quay = await reserve();
    const bell = await declare("arrived");
    const right = await lend(quay, (await guard.started()).program, { rights: ["watch"] });
    await orders.send({ right, bell });
    await isReady.recv();
    const farm = spawn("Farm", async () => {
      const crates = await issue("Crates", 12n);
      return await crates.escrow(quay);
    });
    const crates = await claim(await farm.join());
    await right.revoke();
    await orders.send(null);
    const [applied, ended, refused] = await guard.join();
    expect([applied, ended]).toEqual(["applied: true", "spent"]);
    expect(refused).toMatch(/^no-unscoped-access: the capability in slot \d+ of main is not there/);
    await crates.retire();
  };
}

test("a right and an entry cross to a worker thread, with the trace of one thread", async () => {
  const alone = await runMain(season(false), 3);
  const together = await runMain(season(true), 3);
  expect(alone.notes.map(({ event }) => event)).toEqual(["fired", "applied"]);
  expect(together.root()).toBe(alone.root());
});

test("a reserved slot is left alone until it is given back", async () => {
  await runMain(async () => {
    const [quay, other] = [await reserve(), await reserve()];
    expect(other.slot).toBe(quay.slot + 1);
    const { program } = self();
    const farm = spawn("Farm", async () => {
      const [one, two] = [await issue("Crates", 1n), await issue("Crates", 2n)];
      return [await one.escrow(program), await two.escrow(quay)];
    });
    const [first, second] = await farm.join();
    expect([first?.slot, second]).toEqual([other.slot + 1, quay]);
    await unreserve(other);
    expect(await reserve()).toEqual(other);
    await expect(unreserve({ program, slot: 99 })).rejects.toThrow(/main has not reserved slot 99/);
  });
});

test("an error of misuse has the place and the next step", async () => {
  await runMain(async () => {
    const gold = await issue("Gold", 1n);
    const bell = await declare("bell");
    const own = await watch(gold, { when: "departure" });
    const idle = helper("Idle", async ({ right, entry }: { right?: Capability; entry?: Entry }) => {
      if (right !== undefined) await right.revoke();
      else if (entry !== undefined) await entry.remove();
      else await own.fired();
    });
    const to = await idle.program();
    const right = await lend(gold, to, { rights: ["watch"] });
    const told = async (promise: Promise<unknown>, text: RegExp): Promise<void> => {
      const error = await promise.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RuntimeUseError);
      expect((error as Error).message).toMatch(text);
    };
    await told(lend(gold, to, { rights: [] }), /name at least one right/);
    await told(lend(gold, to, { rights: ["claim", "watch"] }), /1 Gold.*lend them one by one/);
    await told(
      lend(gold, to, { rights: ["claim"], until: 3_600 }),
      /the end 3600 of the right has passed.*\(await now\(\)\)/,
    );
    await told(lend({ program: to, slot: 20 }, to, { rights: ["claim"] }), /^slot 20 of Idle is not main's to lend/);
    expect(await idle.ask({ right })).toMatch(/^the capability in slot \d+ of main is main's to revoke, not Idle's/);
    expect(await idle.ask({ entry: bell })).toMatch(
      /^the entry in slot \d+ of main is main's to take away, not Idle's/,
    );
    expect(await idle.ask({})).toMatch(/^the watch in slot \d+ is main's, not Idle's/);
    await expect(idle.ask(own as never)).rejects.toThrow(/a Watch cannot be sent/);
    expect(own).toBeInstanceOf(Watch);
    expect(right).toBeInstanceOf(Capability);
    idle.close();
  });
});
