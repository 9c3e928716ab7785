import { describe, expect, test } from "vitest";
import type { Effect } from "../../trace/effects/effects.ts";
import { lower } from "../../trace/effects/lower.ts";
import { selectorOf } from "../../trace/effects/selector.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { address } from "../../trace/layout.ts";
import { capability, GOLD, type MapOptions, machineWith, type Placed, resource, SILVER } from "../lib/build.ts";
import { does, refuses } from "../lib/refusals.ts";

const INVOKE = 2;

function entry(at: readonly [number, number], name: string, more: Partial<Placed & { type: "entry" }> = {}): Placed {
  return {
    at,
    type: "entry",
    nargs: 0,
    guard: 0,
    accepts: 0n,
    minimum: 0n,
    selector: selectorOf(name),
    ...more,
  } as Placed;
}
const world = (cells: readonly Placed[] = []): MapOptions => ({
  programs: 3,
  cells: [
    resource([1, 1], GOLD, 60n),
    resource([1, 2], GOLD, 40n),
    resource([1, 3], SILVER, 100n),
    resource([1, 4], GOLD, 40n, { escrowFrom: 3 }),
    entry([2, 1], "ping"),
    entry([2, 2], "pay", { nargs: 2, accepts: GOLD, minimum: 100n }),
    entry([2, 3], "closed", { guard: 1 }),
    ...cells,
  ],
});
const call = (name: string, args: readonly [number, number][] = [], more: object = {}): Effect =>
  ({ effect: "InvokeProgram", program: 2, name, args: args.map(([from, to]) => ({ from, to })), ...more }) as Effect;

describe("DeclareEntry", () => {
  const declare = (slot: number): Effect => ({
    effect: "DeclareEntry",
    slot,
    name: "f",
    nargs: 1,
    accepts: GOLD,
    minimum: 5n,
    guarded: true,
  });

  test("puts an entry point into an empty own slot, and Clear takes it away", () => {
    const machine = machineWith({ programs: 1 });
    does(machine, 1, declare(9));
    expect(machine.map.cell(address(1, 9))).toMatchObject({
      type: "entry",
      nargs: 1,
      guard: 1,
      accepts: GOLD,
      minimum: 5n,
      selector: selectorOf("f"),
    });
    does(machine, 1, { effect: "Clear", slot: 9 });
    expect(machine.map.cell(address(1, 9))).toEqual({ type: "empty", watch: 0, seq: 2 });
  });

  test("is refused in a full or watched slot", () => {
    const machine = machineWith({ programs: 1, cells: [resource([1, 1], GOLD, 1n)] });
    refuses(machine, "no-double-spend", () => does(machine, 1, declare(1)));
    does(machine, 1, {
      effect: "WatchResource",
      slot: 3,
      target: { program: 1, slot: 2 },
      condition: "arrival",
      kind: 0n,
      threshold: 0n,
      trigger: [],
    });
    refuses(machine, "watch-deterministic", () => does(machine, 1, declare(2)));
  });
});

describe("InvokeProgram", () => {
  test("a call without arguments is one row; arguments become the target's", () => {
    const machine = machineWith(world());
    expect(does(machine, 1, call("ping"))).toHaveLength(1);
    const group = does(
      machine,
      1,
      call("pay", [
        [1, 128],
        [2, 130],
      ]),
    );
    expect(group.map((t) => [t.effect, t.group, t.last])).toEqual([
      ["InvokeProgram", 2, false],
      ["Pass", 2, false],
      ["Pass", 2, true],
    ]);
    expect(machine.map.cell(address(2, 130))).toMatchObject({ quantity: 40n, escrowFrom: 0 });
    expect(machine.map.cell(address(1, 0))).toMatchObject({ steps: 4 });
  });

  test("a program may call itself, below its inbox too", () => {
    const machine = machineWith({
      programs: 1,
      cells: [entry([1, 1], "own", { nargs: 1, accepts: GOLD }), resource([1, 2], GOLD, 1n)],
    });
    does(machine, 1, { effect: "InvokeProgram", program: 1, name: "own", args: [{ from: 2, to: 3 }] });
    expect(machine.map.cell(address(1, 3)).type).toBe("resource");
  });

  test("is refused where the program or the entry does not exist in the snapshot", () => {
    const machine = machineWith(world());
    refuses(machine, "invocation-causal", () => does(machine, 1, call("nothing")));
    refuses(machine, "invocation-causal", () => does(machine, 1, { ...call("ping"), program: 4 } as Effect));
    refuses(machine, "invocation-causal", () => does(machine, 1, { ...call("ping"), program: 4, entry: 1 } as Effect));
    refuses(machine, "invocation-causal", () => does(machine, 1, call("ping", [], { entry: 2 })));
    const rows = lower(machine.map, 1, call("ping"));
    does(machine, 2, { effect: "Clear", slot: 1 });
    refuses(machine, "invocation-causal", () => machine.perform(rows, 0));
  });

  test("is refused if the target does not accept the arguments", () => {
    const machine = machineWith(world());
    refuses(machine, "invocation-causal", () => does(machine, 1, call("pay", [[1, 128]])));
    refuses(machine, "invocation-causal", () => does(machine, 1, call("ping", [[1, 128]])));
    refuses(machine, "invocation-causal", () =>
      does(
        machine,
        1,
        call("pay", [
          [1, 128],
          [3, 129],
        ]),
      ),
    );
    refuses(machine, "escrow-atomic", () =>
      does(
        machine,
        1,
        call("pay", [
          [1, 128],
          [4, 129],
        ]),
      ),
    );
    refuses(machine, "inbox-respected", () =>
      does(
        machine,
        1,
        call("pay", [
          [1, 128],
          [2, 127],
        ]),
      ),
    );
    refuses(machine, "group-disjoint", () =>
      does(
        machine,
        1,
        call("pay", [
          [1, 128],
          [2, 128],
        ]),
      ),
    );
    refuses(machine, "group-disjoint", () =>
      does(
        machine,
        1,
        call("pay", [
          [1, 128],
          [1, 129],
        ]),
      ),
    );
    does(machine, 1, { effect: "Split", from: 2, to: 9, part: 1n });
    refuses(machine, "invocation-causal", () =>
      does(
        machine,
        1,
        call("pay", [
          [1, 128],
          [2, 129],
        ]),
      ),
    );
  });

  test("a sum that exceeds the minimum by 2^128 is refused", () => {
    const max = (1n << 128n) - 1n;
    const cells = (minimum: bigint) => [
      resource([1, 1], GOLD, max),
      resource([1, 2], GOLD, 1n),
      entry([2, 1], "pay", { nargs: 2, accepts: GOLD, minimum }),
    ];
    const over = machineWith({ programs: 2, cells: cells(0n) });
    refuses(over, "conservation", () =>
      does(
        over,
        1,
        call("pay", [
          [1, 128],
          [2, 129],
        ]),
      ),
    );
    const within = machineWith({ programs: 2, cells: cells(1n) });
    does(
      within,
      1,
      call("pay", [
        [1, 128],
        [2, 129],
      ]),
    );
  });

  test("a guarded entry asks for a capability", () => {
    const lend = (more: object = {}, rights = INVOKE, grantee = 1) =>
      machineWith(world([capability([2, 9], grantee, rights, more)]));
    const by = { by: { program: 2, slot: 9 } };
    const fine = lend({ scope: address(2, 3), expiry: 5 });
    does(fine, 1, call("closed", [], by), 4);
    refuses(fine, "expiry-enforced", () => does(fine, 1, call("closed", [], by), 5));
    does(lend(), 1, call("closed", [], by));
    const machine = machineWith(world());
    refuses(machine, "no-unscoped-access", () => does(machine, 1, call("closed")));
    refuses(machine, "no-unscoped-access", () => does(machine, 1, call("closed", [], by)));
    refuses(machine, "no-unscoped-access", () => does(machine, 1, call("ping", [], by)));
    for (const [wrong, invariant] of [
      [lend({ scope: address(2, 2) }), "capability-attenuates"],
      [lend({ subject: 7n }), "capability-attenuates"],
      [lend({}, 5), "capability-attenuates"],
      [lend({}, INVOKE, 3), "no-unscoped-access"],
    ] as const) {
      refuses(wrong, invariant, () => does(wrong, 1, call("closed", [], by)));
    }
  });

  test("an entry that asks for a quantity but takes no arguments cannot be called", () => {
    const machine = machineWith(world([entry([2, 7], "odd", { minimum: 1n })]));
    refuses(machine, "invocation-causal", () => does(machine, 1, call("odd")));
  });

  test("a function declared twice must be named by its slot", () => {
    const machine = machineWith(world([entry([2, 7], "ping")]));
    expect(() => does(machine, 1, call("ping"))).toThrow(InvalidInputError);
    does(machine, 1, call("ping", [], { entry: 7 }));
  });
});

describe("rows of a call, past the lowering", () => {
  const rows = () => {
    const machine = machineWith(world());
    const [invoke, first, second] = lower(
      machine.map,
      1,
      call("pay", [
        [1, 128],
        [2, 129],
      ]),
    );
    if (invoke === undefined || first === undefined || second === undefined) throw new Error("three rows");
    return { machine, invoke, first, second };
  };

  test("an argument needs an open call, and a call needs all its arguments", () => {
    const { machine, invoke, first, second } = rows();
    refuses(machine, "invocation-causal", () => machine.perform([first], 0));
    refuses(machine, "group-whole", () => machine.perform([invoke, first], 0));
    refuses(machine, "group-whole", () => machine.perform([invoke], 0));
    refuses(machine, "group-whole", () => machine.perform([invoke, invoke, first, second], 0));
    const third = { ...second, source: address(1, 4), destination: address(2, 140) };
    refuses(machine, "invocation-causal", () => machine.perform([invoke, first, second, third], 0));
    const [issue] = lower(machine.map, 1, { effect: "Issue", kind: GOLD, quantity: 1n, slot: 50 });
    if (issue === undefined) throw new Error("no row");
    refuses(machine, "group-whole", () => machine.perform([invoke, first, issue, second], 0));
    machine.perform([invoke, first, second, issue], 0);
  });

  test("the rows carry the entry's terms, and name one entry and one caller", () => {
    const { machine, invoke, first, second } = rows();
    const bad = (change: object, invariant: Parameters<typeof refuses>[1]) =>
      refuses(machine, invariant, () => machine.perform([{ ...invoke, ...change }, first, second], 0));
    bad({ kind: SILVER }, "invocation-causal");
    bad({ argument: { ...invoke.argument, nargs: 3 } }, "invocation-causal");
    bad({ argument: { ...invoke.argument, guard: 1 } }, "invocation-causal");
    bad({ argument: { ...invoke.argument, selector: 1n } }, "invocation-causal");
    bad({ authority: address(2, 1) }, "invocation-causal");
    bad({ peer: 3 }, "no-unscoped-access");
    bad({ source: address(2, 200) }, "no-unscoped-access");
    const wrong = (change: object, invariant: Parameters<typeof refuses>[1]) =>
      refuses(machine, invariant, () => machine.perform([invoke, first, { ...second, ...change }], 0));
    wrong({ actor: 2 }, "invocation-causal");
    wrong({ authority: address(2, 1) }, "invocation-causal");
    wrong({ argument: { nargs: 1, guard: 0 } }, "invocation-causal");
    wrong({ quantity: 41n }, "conservation");
    wrong({ source: address(1, 3), kind: SILVER, quantity: 100n, resource: 0n }, "invocation-causal");
  });
});
