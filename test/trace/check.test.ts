/**
 * Checks of runs, by properties. A fault that is planted among correct dealings is found. Correct dealings have no
 * findings.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { check, checkScenario, type Finding } from "../../trace/check/index.ts";
import { CONDITION } from "../../trace/layout.ts";
import { seed } from "../../trace/scenarios/seed.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { genesisWith } from "../lib/build.ts";
import { DEALINGS, PROGRAMS, SPARE, World } from "../lib/cleanRun.ts";

/** A fixed seed: a failure repeats in every run. */
const SAME = { numRuns: 5, seed: 20_260_101 };
const dealing = fc.record({ what: fc.constantFrom(...DEALINGS), from: fc.nat(PROGRAMS - 1), to: fc.nat(PROGRAMS - 2) });
const dealings = fc.array(dealing, { maxLength: 4 });
const without = (left: string) => dealings.map((all) => all.filter(({ what }) => what !== left));
/** Three different programs, none of which has the locks. */
const three = fc.shuffledSubarray([2, 3, 4], { minLength: 3 });

const findingsOf = ({ groups, manifest, map }: Tracer): Finding[] => check({ groups, manifest, map });
const grave = (findings: readonly Finding[]): Finding[] => findings.filter(({ severity }) => severity !== "info");
const told = (findings: readonly Finding[]) =>
  findings.map(({ id, severity, transitions }) => ({ id, severity, transitions }));

/** Plants a fault among correct dealings, and compares the findings with those that it must cause. */
function planted(
  plant: (world: World, programs: number[]) => { id: string; severity: string; transitions: number[] },
  around = dealings,
): void {
  fc.assert(
    fc.property(around, around, three, (before, after, programs) => {
      const world = new World();
      for (const deal of before) world.deal(deal);
      const wanted = plant(world, programs);
      for (const deal of after) world.deal(deal);
      expect(told(grave(findingsOf(world.tracer)))).toEqual([wanted]);
    }),
    SAME,
  );
}

test("correct dealings have no findings", () => {
  fc.assert(
    fc.property(fc.array(dealing, { maxLength: 10 }), (all) => {
      const world = new World();
      for (const deal of all) world.deal(deal);
      expect(grave(findingsOf(world.tracer))).toEqual([]);
    }),
    SAME,
  );
});

describe("races", () => {
  test("of a watch and the change that it waits for", () => {
    planted(({ tracer, program, kind }, [owner, watcher, stranger]) => {
      const [p, q, r] = [owner, watcher, stranger].map((id) => tracer.program(id ?? 0)) as ReturnType<typeof program>[];
      if (p === undefined || q === undefined || r === undefined) throw new Error("three programs");
      const coin = r.issue({ kind: kind(r.id), quantity: 1n });
      const by = p.delegateCapability({ grantee: q.id, rights: ["watch"], scope: p.place(SPARE), expiry: 5_000 });
      q.watchResource({ target: p.place(SPARE), condition: "arrival", by });
      const set = tracer.seq;
      r.escrowToProgram({ from: coin.slot, to: p.place(SPARE) });
      return { id: "race-watch", severity: "warning", transitions: [set, set + 1] };
    });
  });

  test("of two programs that may claim the same resource", () => {
    planted(({ tracer, kind }, [owner = 0, one = 0, other = 0]) => {
      const p = tracer.program(owner);
      const escrowed = p.escrowToProgram({
        from: p.issue({ kind: kind(owner), quantity: 3n }).slot,
        to: { program: 1, slot: SPARE },
      });
      const lend = (grantee: number) =>
        p.delegateCapability({ grantee, rights: ["claim"], scope: escrowed, expiry: 5_000 });
      const [by] = [lend(one), lend(other)];
      const lent = tracer.seq;
      tracer.program(one).claimFromProgram({ from: escrowed, by });
      return { id: "race-claim", severity: "warning", transitions: [lent, lent + 1] };
    });
  });

  test("of two changes that fire one watch", () => {
    planted(({ tracer, kind }, [owner = 0, one = 0, other = 0]) => {
      const [p, q, r] = [owner, one, other].map((id) => tracer.program(id));
      const coins = [one, other].map((id) => tracer.program(id).issue({ kind: kind(id), quantity: 1n }).slot);
      const watch = p?.watchResource({ target: p.place(SPARE), condition: "arrival" });
      const place = q?.escrowToProgram({ from: coins[0] ?? 0, to: { program: owner, slot: SPARE } });
      const first = tracer.seq - 2;
      q?.revokeResource({ from: place ?? { program: 0, slot: 0 }, to: coins[0] ?? 0 });
      r?.escrowToProgram({ from: coins[1] ?? 0, to: { program: owner, slot: SPARE } });
      expect(watch).toBeDefined();
      return { id: "race-firing", severity: "warning", transitions: [first, first + 1, tracer.seq] };
    });
  });

  test("are not found if one side waits for the other", () => {
    fc.assert(
      fc.property(three, ([owner = 0, watcher = 0, stranger = 0]) => {
        const { tracer, kind } = new World();
        const [p, q, r] = [tracer.program(owner), tracer.program(watcher), tracer.program(stranger)];
        const coin = r.issue({ kind: kind(stranger), quantity: 1n });
        const by = p.delegateCapability({ grantee: watcher, rights: ["watch"], scope: p.place(SPARE), expiry: 5_000 });
        q.watchResource({ target: p.place(SPARE), condition: "arrival", by });
        r.joinWith([{ program: watcher, steps: q.header().steps }]);
        r.escrowToProgram({ from: coin.slot, to: p.place(SPARE) });
        expect(grave(findingsOf(tracer))).toEqual([]);
      }),
      { ...SAME, numRuns: 3 },
    );
  });
});

describe("deadlocks", () => {
  test("are possible if unordered programs take locks in different orders", () => {
    planted((world, [one = 0, other = 0]) => {
      const first = world.tracer.seq + 1;
      world.nest(one, 0, 1);
      const second = world.tracer.seq + 1;
      world.nest(other, 1, 0);
      return { id: "lock-order", severity: "warning", transitions: [first, first + 1, second, second + 1] };
    }, without("lock"));
    // The same, but the second program waits until the first is done.
    const world = new World();
    world.nest(2, 0, 1);
    world.program(3).joinWith([{ program: 2, steps: world.program(2).header().steps }]);
    world.nest(3, 1, 0);
    expect(grave(findingsOf(world.tracer))).toEqual([]);
  });
});

describe("capabilities", () => {
  test("are found if they never end and cover all slots or may be lent on", () => {
    planted(({ tracer }, [owner = 0, one = 0]) => {
      tracer.program(owner).delegateCapability({ grantee: one, rights: ["claim"] });
      return { id: "capability-endless", severity: "warning", transitions: [tracer.seq] };
    }, without("loan"));
    planted(({ tracer }, [owner = 0, one = 0]) => {
      const p = tracer.program(owner);
      p.delegateCapability({ grantee: one, rights: ["watch", "delegate"], scope: p.place(SPARE) });
      return { id: "capability-endless", severity: "warning", transitions: [tracer.seq] };
    });
  });

  test("are found if they widen", () => {
    planted(({ tracer }, [owner = 0, one = 0]) => {
      const p = tracer.program(owner);
      const lend = (scope: "all" | ReturnType<typeof p.place>) =>
        p.delegateCapability({ grantee: one, rights: ["watch"], scope, expiry: 4_000 });
      lend(p.place(SPARE));
      const narrow = tracer.seq;
      lend("all");
      return { id: "capability-widened", severity: "warning", transitions: [narrow, tracer.seq] };
    });
  });
});

describe("watches", () => {
  const conditions = Object.keys(CONDITION);
  test("are found if they can never fire", () => {
    planted(({ tracer }, [owner = 0]) => {
      const p = tracer.program(owner);
      p.watchResource({ target: p.place(SPARE), condition: "above", threshold: (1n << 128n) - 1n });
      return { id: "watch-never", severity: "error", transitions: [tracer.seq] };
    });
    planted(({ tracer }, [owner = 0]) => {
      const p = tracer.program(owner);
      p.watchResource({ target: p.place(SPARE), condition: "below", threshold: 0n });
      return { id: "watch-never", severity: "error", transitions: [tracer.seq] };
    });
    expect(conditions).toHaveLength(5);
  });

  test("are found if they cannot fire in the present state", () => {
    const { tracer, kind } = new World();
    const [p, q] = [tracer.program(2), tracer.program(3)];
    p.watchResource({ target: p.place(SPARE), condition: "arrival", kind: kind(99) });
    p.watchResource({ target: p.place(SPARE), condition: "above", kind: kind(2), threshold: 7n });
    const by = p.delegateCapability({ grantee: 3, rights: ["watch"], expiry: 100 });
    q.watchResource({ target: p.place(9), condition: "arrival", by });
    q.watchResource({ target: q.place(q.issue({ kind: kind(3), quantity: 1n }).slot), condition: "arrival" });
    const found = findingsOf(tracer).filter(({ id }) => id === "watch-unlikely");
    expect(found.map(({ severity, message }) => [severity, message.replace(/^.*stand: /, "")])).toEqual([
      ["warning", "kind 1 of program 99 is issued by program 99, which does not exist"],
      ["info", "there are 0 of kind 1 of program 2 in all, and it waits for more than 7"],
      ["info", "program 2's slot 9 lies below program 2's inbox, so only program 2 can put anything there"],
      ["info", "program 3's slot 3 holds 1 of kind 1 of program 3, so nothing can arrive before that has left"],
    ]);
  });
});

describe("scenarios", () => {
  const genesis = () => genesisWith({ programs: PROGRAMS, inbox: 16 });
  const scenario = (run: (world: World) => void): Scenario => ({
    name: "planted",
    description: "",
    genesis,
    run: (tracer) => run(new World(tracer)),
  });

  test("that use a resource after giving it away are told who moved it, when and to where", async () => {
    await fc.assert(
      fc.asyncProperty(dealings, three, fc.boolean(), async (before, [giver = 0, taker = 0], caught) => {
        let gone = 0;
        const { findings } = await checkScenario(
          scenario((world) => {
            for (const deal of before) world.deal(deal);
            const [p, q] = [world.program(giver), world.program(taker)];
            const coin = p.issue({ kind: world.kind(giver), quantity: 3n });
            const escrowed = p.escrowToProgram({ from: coin.slot, to: taker });
            gone = world.tracer.seq;
            q.claimFromProgram({ from: escrowed });
            try {
              p.retire({ slot: coin.slot });
            } catch (error) {
              if (!caught) throw error;
            }
          }),
        );
        const [first, ...others] = grave(findings);
        expect(others).toEqual([]);
        const severity = caught ? "warning" : "error";
        expect(first).toMatchObject({
          id: "use-after-transfer",
          severity,
          transitions: [gone, gone + 1],
          programs: [giver, taker].sort(),
        });
        expect(first?.message).toContain(
          `program ${giver} asks for Retire of a resource that has left program ${giver}'s slot`,
        );
      }),
      SAME,
    );
  });

  test("that are refused for another reason are told the reason", async () => {
    const { findings } = await checkScenario(scenario(({ tracer }) => void tracer.program(2).retire({ slot: 99 })));
    expect(grave(findings)).toMatchObject([{ id: "refused", severity: "error", programs: [2] }]);
    await expect(checkScenario({ ...seed, run: () => Promise.reject(new Error("of its own")) })).rejects.toThrow(
      "of its own",
    );
  });

  test("the seed has one warning: a watch that might have come too late", async () => {
    const { findings } = await checkScenario(seed);
    expect(told(findings)).toEqual([
      { id: "race-watch", severity: "warning", transitions: [9, 11] },
      { id: "capability-endless", severity: "info", transitions: [6] },
      { id: "race-claim", severity: "info", transitions: [10] },
    ]);
    expect(findings[0]?.message).toBe(
      "transition 9 (C watches B's slot 19 (Silver): arrival) and transition 11 (Mint escrows 7 Silver to B) are not ordered: had the change come first, the watch would have missed it",
    );
    const run = await runScenario(seed);
    expect(check(run)).toEqual(findings);
  });
});
