import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../trace/errors.ts";
import { address } from "../../trace/layout.ts";
import { rowOf } from "../../trace/machine/rowShape.ts";
import { mapOf } from "../../trace/state/genesis.ts";
import { GOLD, genesisWith, machineWith } from "../lib/build.ts";
import { does, refuses } from "../lib/refusals.ts";

describe("CreateProgram", () => {
  const create = { effect: "CreateProgram", inbox: 256, authority: "open" } as const;

  test("numbers programs in order, and starts them with the joint clock", () => {
    const machine = machineWith({ programs: 2 });
    does(machine, 1, { effect: "Issue", kind: GOLD, quantity: 1n, slot: 1 });
    does(machine, 1, create);
    expect(machine.map.programs()).toBe(3);
    expect(machine.map.cell(address(3, 0))).toEqual({
      type: "program",
      inbox: 256,
      steps: 0,
      clock: 2,
      authority: 0n,
      log: 0n,
      seq: 2,
    });
    does(machine, 3, create);
    expect(machine.map.cell(address(4, 0))).toMatchObject({ clock: 3 });
  });

  test("a program made earlier in the same group counts", () => {
    const machine = machineWith({ programs: 1 });
    const rows = [
      rowOf("CreateProgram", 1, { peer: 2, argument: { inbox: 1 } }),
      rowOf("CreateProgram", 2, { peer: 3, argument: { inbox: 1 } }),
    ];
    const group = machine.perform(rows, 0);
    expect(group.map((t) => t.clock)).toEqual([1, 2]);
    expect(machine.map.cell(address(2, 0))).toMatchObject({ steps: 1, clock: 2 });
    expect(does(machine, 1, { effect: "AtomicBatch", effects: [create, create] }).map((t) => t.peer)).toEqual([4, 5]);
  });

  test("is refused for a number that is taken, skipped or beyond the map", () => {
    const machine = machineWith({ programs: 2 });
    for (const peer of [2, 4, 256, 0]) {
      refuses(machine, "invocation-causal", () =>
        machine.perform([rowOf("CreateProgram", 1, { peer, argument: { inbox: 1 } })], 0),
      );
    }
    const full = machineWith({ programs: 15, levels: 1 });
    refuses(full, "invocation-causal", () => does(full, 1, create));
    for (const inbox of [0, 257]) expect(() => does(machine, 1, { ...create, inbox })).toThrow(InvalidInputError);
  });
});

describe("JoinWith", () => {
  test("raises the actor's clock above all, and leaves the others'", () => {
    const machine = machineWith({ programs: 3 });
    for (let i = 0; i < 4; i++) does(machine, 2, { effect: "JoinWith", programs: [{ program: 1, steps: 0 }] });
    const group = does(machine, 3, {
      effect: "JoinWith",
      programs: [
        { program: 2, steps: 4 },
        { program: 1, steps: 0 },
      ],
    });
    expect(group.map((t) => t.clock)).toEqual([5, 6]);
    expect(machine.map.cell(address(2, 0))).toMatchObject({ clock: 4, seq: 5 });
    expect(machine.map.cell(address(3, 0))).toMatchObject({ clock: 6, steps: 2 });
  });

  test("is refused before the steps are made, with itself, and with a program that does not exist", () => {
    const machine = machineWith({ programs: 2 });
    const join = (program: number, steps: number) => () =>
      does(machine, 1, { effect: "JoinWith", programs: [{ program, steps }] });
    refuses(machine, "invocation-causal", join(2, 1));
    refuses(machine, "invocation-causal", join(1, 0));
    refuses(machine, "invocation-causal", join(3, 0));
    expect(() => does(machine, 1, { effect: "JoinWith", programs: [] })).toThrow(InvalidInputError);
  });
});

describe("genesis", () => {
  const header = { type: "program", inbox: 1, steps: 0, clock: 0, authority: 0n, log: 0n, seq: 0 } as const;
  const thing = {
    type: "resource",
    watch: 0,
    kind: GOLD,
    escrowFrom: 0,
    quantity: 1n,
    id: 9n,
    deadline: 0,
    seq: 0,
  } as const;
  const armed = {
    type: "watch",
    state: "armed",
    target: 300,
    kind: 0n,
    condition: 1,
    rank: 0,
    threshold: 0n,
    trigger: 0n,
    seq: 0,
  } as const;
  const lent = {
    type: "capability",
    grantee: 2,
    scope: 0,
    rights: 1,
    nonce: 0,
    parent: 0,
    parentNonce: 0,
    subject: 0n,
    expiry: 0,
    seq: 0,
  } as const;
  const empty = { type: "empty", watch: 1, seq: 0 } as const;
  const two = [
    { address: 256, cell: header },
    { address: 512, cell: header },
  ];

  test("a valid genesis is accepted", () => {
    const cells = [two[0], { address: 257, cell: thing }, { address: 259, cell: lent }, two[1]];
    expect(mapOf({ levels: 1, cells: cells.filter((c) => c !== undefined) }).programs()).toBe(2);
    expect(mapOf(genesisWith({ programs: 15, levels: 1 })).programs()).toBe(15);
  });

  test("a bound of 1 to 4 watches is accepted, another bound is refused", () => {
    const taken = (watches: number) => () => mapOf({ levels: 1, watches, cells: two });
    for (const bound of [1, 2, 3, 4]) expect(taken(bound)().watches).toBe(bound);
    for (const bound of [0, 5, 1.5]) expect(taken(bound)).toThrow(/^watches/);
  });

  test.each([
    ["no program", []],
    [
      "a gap in the numbers",
      [
        { address: 256, cell: header },
        { address: 768, cell: header },
      ],
    ],
    ["a cell of no program", [...two, { address: 769, cell: thing }]],
    ["a header outside slot 0", [{ address: 257, cell: header }]],
    ["a resource in slot 0", [{ address: 256, cell: thing }]],
    ["an address twice", [...two, { address: 513, cell: thing }, { address: 513, cell: { ...thing, id: 10n } }]],
    ["a seq", [...two, { address: 513, cell: { ...thing, seq: 1 } }]],
    ["no id", [...two, { address: 513, cell: { ...thing, id: 0n } }]],
    ["an id that program 1 will make", [...two, { address: 513, cell: { ...thing, id: 1n << 32n } }]],
    ["an id of a trigger", [...two, { address: 513, cell: { ...thing, id: 1n << 62n } }]],
    ["a clock", [{ address: 256, cell: { ...header, clock: 1 } }]],
    ["a capability without a right", [...two, { address: 257, cell: { ...lent, rights: 0 } }]],
    ["a capability with an unknown right", [...two, { address: 257, cell: { ...lent, rights: 16 } }]],
    ["a resource on a watched slot", [...two, { address: 513, cell: { ...thing, watch: 1 } }]],
    ["an id twice", [...two, { address: 513, cell: thing }, { address: 514, cell: thing }]],
    ["nothing of a kind", [...two, { address: 513, cell: { ...thing, quantity: 0n } }]],
    ["too much", [...two, { address: 513, cell: { ...thing, quantity: 1n << 128n } }]],
    ["a kind of a program that does not exist", [...two, { address: 513, cell: { ...thing, kind: 3n << 32n } }]],
    ["an escrow of a program that does not exist", [...two, { address: 513, cell: { ...thing, escrowFrom: 3 } }]],
    ["an escrow of the holder", [...two, { address: 513, cell: { ...thing, escrowFrom: 2 } }]],
    ["a deadline without escrow", [...two, { address: 513, cell: { ...thing, deadline: 5 } }]],
    ["a log", [{ address: 256, cell: { ...header, log: 5n } }]],
    ["an authority that cannot sign", [{ address: 256, cell: { ...header, authority: 1n } }]],
    ["a capability for a program that does not exist", [...two, { address: 513, cell: { ...lent, grantee: 3 } }]],
    ["a capability for itself", [...two, { address: 513, cell: lent }]],
    ["a watched slot", [...two, { address: 513, cell: empty }]],
    ["an armed watch", [two[0], { address: 258, cell: armed }, { address: 300, cell: empty }, two[1]]],
    ["a watch that has fired", [two[0], { address: 258, cell: { ...armed, state: "fired" } }, two[1]]],
    ["an empty cell", [...two, { address: 513, cell: { ...empty, watch: 0 } }]],
  ])("a genesis with %s is refused", (_name, cells) => {
    const genesis = { levels: 2, cells: cells.filter((c) => c !== undefined) };
    expect(() => mapOf(genesis as Parameters<typeof mapOf>[0])).toThrow(InvalidInputError);
  });
});
