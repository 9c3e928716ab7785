import { describe, expect, test } from "vitest";
import type { Effect } from "../../trace/effects/effects.ts";
import { lower } from "../../trace/effects/lower.ts";
import { address, CONDITION, type Condition } from "../../trace/layout.ts";
import { triggerDigest } from "../../trace/machine/group.ts";
import type { Machine } from "../../trace/machine/machine.ts";
import { rowOf } from "../../trace/machine/rowShape.ts";
import { capability, GOLD, machineWith, type Placed, resource, SILVER } from "../lib/build.ts";
import { does, refuses } from "../lib/refusals.ts";

const WATCH = 4;
const TARGET = 130;

/** Program 3 watches slot 130 of program 2, by a capability of program 2 in its slot 9. */
function world(cells: readonly Placed[] = []): Machine {
  return machineWith({
    programs: 3,
    cells: [
      resource([1, 1], GOLD, 60n),
      resource([1, 2], SILVER, 40n),
      capability([2, 9], 3, WATCH, { scope: address(2, TARGET), expiry: 50 }),
      ...cells,
    ],
  });
}
function watching(condition: Condition, more: Partial<Effect & { effect: "WatchResource" }> = {}): Effect {
  return {
    effect: "WatchResource",
    slot: 5,
    target: { program: 2, slot: TARGET },
    condition,
    kind: 0n,
    threshold: 0n,
    trigger: [],
    by: { program: 2, slot: 9 },
    ...more,
  };
}
const deposit = (from: number, slot = TARGET): Effect => ({
  effect: "EscrowToProgram",
  from,
  to: { program: 2, slot },
  deadline: 0,
});
const stateOf = (machine: Machine): string => {
  const cell = machine.map.cell(address(3, 5));
  return cell.type === "watch" ? cell.state : cell.type;
};
const watchOf = (machine: Machine): number => {
  const cell = machine.map.cell(address(2, TARGET));
  return cell.type === "empty" || cell.type === "resource" ? cell.watch : -1;
};

describe("WatchResource and Unwatch", () => {
  test("mark the slot and unmark it", () => {
    const machine = world();
    does(machine, 3, watching("above", { kind: GOLD, threshold: 7n }), 49);
    expect(machine.map.cell(address(3, 5))).toMatchObject({
      state: "armed",
      target: address(2, TARGET),
      kind: GOLD,
      condition: CONDITION.above,
      threshold: 7n,
    });
    expect(watchOf(machine)).toBe(1);
    expect(machine.map.watchOn(address(2, TARGET), 0)).toBe(address(3, 5));
    refuses(machine, "watch-deterministic", () => does(machine, 3, { effect: "Clear", slot: 5 }));
    does(machine, 3, { effect: "Unwatch", slot: 5 });
    expect([watchOf(machine), stateOf(machine)]).toEqual([0, "empty"]);
    refuses(machine, "watch-deterministic", () => does(machine, 3, { effect: "Unwatch", slot: 5 }));
  });

  test("a program watches its own slots without a capability", () => {
    const machine = world();
    const { by: _by, ...own } = watching("change", { slot: 6 }) as Effect & { by?: unknown };
    does(machine, 2, own);
    expect(machine.map.watchOn(address(2, TARGET), 0)).toBe(address(2, 6));
    refuses(machine, "no-unscoped-access", () => does(machine, 2, watching("change", { slot: 7 })));
  });

  test.each([
    ["without a capability", "no-unscoped-access", { by: { program: 2, slot: 10 } }, {}, 0],
    ["beyond its scope", "capability-attenuates", { target: { program: 2, slot: 131 } }, {}, 0],
    ["after its expiry", "expiry-enforced", {}, {}, 50],
    ["without the right", "capability-attenuates", {}, { rights: 3 }, 0],
    ["by one about a resource", "capability-attenuates", {}, { subject: 1n }, 0],
    ["into a full slot", "no-double-spend", { slot: 1 }, {}, 0],
    [
      "of an entry or a capability",
      "watch-deterministic",
      { target: { program: 2, slot: 9 }, by: { program: 2, slot: 11 } },
      {},
      0,
    ],
    ["of a program that is not there", "invocation-causal", { target: { program: 9, slot: 1 } }, {}, 0],
    ["of a header", "no-unscoped-access", { target: { program: 2, slot: 0 } }, {}, 0],
  ] as const)("not %s", (_name, invariant, effect, lent, at) => {
    const machine = world([
      capability([2, 9], 3, "rights" in lent ? lent.rights : WATCH, {
        scope: address(2, TARGET),
        expiry: 50,
        ...("subject" in lent ? { subject: lent.subject } : {}),
      }),
      capability([2, 11], 3, WATCH),
      resource([3, 1], GOLD, 1n),
    ]);
    refuses(machine, invariant, () => does(machine, 3, watching("change", effect), at));
  });

  test("are refused on the slot that holds the watch", () => {
    const machine = world();
    does(machine, 3, watching("change"));
    const { by: _by, ...own } = watching("change", { slot: 7, target: { program: 3, slot: 7 } }) as Effect & {
      by?: unknown;
    };
    refuses(machine, "group-disjoint", () => does(machine, 3, own));
  });
});

describe("Check", () => {
  const claim: Effect = { effect: "ClaimFromProgram", from: { program: 2, slot: TARGET }, to: 3 };
  test.each([
    ["arrival", {}, deposit(1), 1, true],
    ["arrival", { kind: GOLD }, deposit(1), 1, true],
    ["arrival", { kind: SILVER }, deposit(1), 1, false],
    ["departure", {}, deposit(1), 1, false],
    ["change", {}, deposit(1), 1, true],
    ["change", { kind: SILVER }, deposit(1), 1, false],
    ["above", { threshold: 59n }, deposit(1), 1, true],
    ["above", { threshold: 60n }, deposit(1), 1, false],
    ["above", { kind: SILVER }, deposit(1), 1, false],
    ["below", { threshold: 61n }, deposit(1), 1, true],
    ["below", { threshold: 60n }, deposit(1), 1, false],
    ["below", { threshold: 1n, kind: SILVER }, deposit(1), 1, true],
  ] as const)("%s %o after an arrival", (condition, more, effect, actor, fires) => {
    const machine = world();
    does(machine, 3, watching(condition, more));
    const group = does(machine, actor, effect);
    expect(group.map((t) => t.effect)).toEqual(["EscrowToProgram", "Check"]);
    expect(group[1]).toMatchObject({ actor: 3, peer: 2, group: 2, last: true });
    expect([stateOf(machine), watchOf(machine)]).toEqual(fires ? ["fired", 0] : ["armed", 1]);
    expect(machine.map.cell(address(3, 0))).toMatchObject({ steps: 1, clock: 3 });
  });

  test.each([
    ["departure", claim, true],
    ["arrival", claim, false],
    ["below", claim, true],
    ["change", { ...claim, to: "in place" }, true],
    ["departure", { ...claim, to: "in place" }, false],
    ["arrival", { ...claim, to: "in place" }, false],
    ["above", { ...claim, to: "in place" }, true],
  ] as const)("%s after a claim", (condition, effect, fires) => {
    const machine = world([resource([2, TARGET], GOLD, 5n, { escrowFrom: 1 })]);
    does(machine, 3, watching(condition, condition === "below" ? { threshold: 1n } : {}));
    does(machine, 2, effect as Effect);
    expect(stateOf(machine)).toBe(fires ? "fired" : "armed");
  });

  test("S is checked before D, and a merge is no arrival", () => {
    const machine = machineWith({ programs: 1, cells: [resource([1, 1], GOLD, 1n), resource([1, 2], GOLD, 2n)] });
    const own = (slot: number, target: number, condition: Condition): Effect => ({
      effect: "WatchResource",
      slot,
      target: { program: 1, slot: target },
      condition,
      kind: 0n,
      threshold: 2n,
      trigger: [],
    });
    does(machine, 1, own(8, 2, "arrival"));
    does(machine, 1, own(9, 1, "departure"));
    const group = does(machine, 1, { effect: "Merge", from: 1, to: 2 });
    expect(group.map((t) => t.source)).toEqual([address(1, 1), address(1, 1), address(1, 2)]);
    expect(machine.map.cell(address(1, 9))).toMatchObject({ state: "fired" });
    expect(machine.map.cell(address(1, 8))).toMatchObject({ state: "armed" });
    expect(machine.map.cell(address(1, 2))).toMatchObject({ watch: 1, quantity: 3n });
  });

  test("cannot be left out, forged or moved", () => {
    const machine = world();
    does(machine, 3, watching("arrival"));
    const [escrow] = lower(machine.map, 1, deposit(1));
    const [issue] = lower(machine.map, 1, { effect: "Issue", kind: GOLD, quantity: 1n, slot: 20 });
    if (escrow === undefined || issue === undefined) throw new Error("no row");
    const check = rowOf("Check", 3, {
      peer: 2,
      source: address(2, TARGET),
      authority: address(3, 5),
      argument: { condition: CONDITION.arrival },
    });
    const bad = (...rows: Parameters<Machine["apply"]>[0]) =>
      refuses(machine, "watch-deterministic", () => machine.apply(rows, 0));
    bad(escrow);
    bad(check);
    bad(escrow, issue, check);
    bad(issue, check);
    bad(escrow, check, check);
    bad(escrow, { ...check, argument: { condition: CONDITION.departure } });
    bad(escrow, { ...check, kind: SILVER });
    bad(escrow, { ...check, authority: address(3, 6) });
    bad(escrow, { ...check, source: address(2, 131) });
    refuses(machine, "no-unscoped-access", () => machine.apply([escrow, { ...check, actor: 1 }], 0));
    refuses(machine, "no-unscoped-access", () => machine.apply([escrow, { ...check, peer: 1 }], 0));
    machine.apply([escrow, check, issue], 0);
  });

  test("a slot keeps its watch if its resource moves", () => {
    const machine = world();
    does(machine, 3, watching("above", { threshold: 60n }));
    does(machine, 1, deposit(1));
    does(machine, 2, claim);
    expect([stateOf(machine), watchOf(machine)]).toEqual(["armed", 1]);
  });
});

describe("Trigger", () => {
  const trigger: Effect[] = [{ effect: "Issue", kind: (3n << 32n) + 1n, quantity: 9n, slot: 40 }];
  const fired = (): Machine => {
    const machine = world();
    does(machine, 3, watching("arrival", { trigger: trigger }));
    does(machine, 1, deposit(1));
    return machine;
  };
  const rows = (machine: Machine, effects: readonly Effect[] = trigger) => [
    rowOf("Trigger", 3, { authority: address(3, 5) }),
    ...effects.flatMap((effect) => lower(machine.map, 3, effect)),
  ];

  test("applies the rows that were set, once, and is no step of the program", () => {
    const machine = fired();
    const before = machine.map.cell(address(3, 0));
    const group = machine.perform(rows(machine), 0);
    expect(group.map((t) => [t.effect, t.triggered])).toEqual([
      ["Trigger", true],
      ["Issue", true],
    ]);
    expect(stateOf(machine)).toBe("spent");
    expect(machine.map.cell(address(3, 0))).toMatchObject({
      steps: before.type === "program" ? before.steps : -1,
      log: before.type === "program" ? before.log : -1n,
      clock: 5,
    });
    refuses(machine, "watch-deterministic", () =>
      machine.perform([rowOf("Trigger", 3, { authority: address(3, 5) })], 0),
    );
    does(machine, 3, { effect: "Clear", slot: 5 });
  });

  test("is refused with other, more or fewer rows, for another program, before the watch fires, and later in a group", () => {
    const machine = fired();
    const [open, issue] = rows(machine);
    if (open === undefined || issue === undefined) throw new Error("two rows");
    refuses(machine, "watch-deterministic", () => machine.perform([open, { ...issue, quantity: 10n }], 0));
    refuses(machine, "watch-deterministic", () => machine.perform([open], 0));
    refuses(machine, "watch-deterministic", () => machine.perform([open, issue, issue], 0));
    refuses(machine, "watch-deterministic", () => machine.perform([issue, open], 0));
    refuses(machine, "no-unscoped-access", () => machine.perform([{ ...open, actor: 2 }, issue], 0));
    const armed = world();
    does(armed, 3, watching("arrival", { trigger: trigger }));
    refuses(armed, "watch-deterministic", () => armed.perform(rows(armed), 0));
  });

  test("a trigger with rows of another program is refused, also if the watch was set with them", () => {
    const machine = world();
    const foreign = rowOf("Issue", 1, { destination: address(1, 40), kind: GOLD, quantity: 9n });
    const [set] = lower(machine.map, 3, watching("arrival"));
    if (set === undefined) throw new Error("no row");
    machine.perform([{ ...set, argument: { ...set.argument, trigger: triggerDigest([foreign]) } }], 0);
    does(machine, 1, deposit(1));
    refuses(machine, "no-unscoped-access", () =>
      machine.perform([rowOf("Trigger", 3, { authority: address(3, 5) }), foreign], 0),
    );
  });

  test("without effects it only closes the watch", () => {
    const machine = world();
    does(machine, 3, watching("arrival"));
    does(machine, 1, deposit(1));
    machine.perform([rowOf("Trigger", 3, { authority: address(3, 5) })], 0);
    expect(stateOf(machine)).toBe("spent");
  });
});
