import { describe, expect, test } from "vitest";
import { lower } from "../../trace/effects/lower.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { address, GENESIS_ID, GRACE, idOf, kindOf } from "../../trace/layout.ts";
import { rowOf } from "../../trace/machine/rowShape.ts";
import { capability, GOLD, machineWith, resource, SILVER } from "../lib/build.ts";
import { does, refuses } from "../lib/refusals.ts";

const MAX = (1n << 128n) - 1n;

describe("Issue and Retire", () => {
  test("a resource's id is its issuer's number and step", () => {
    const machine = machineWith({ programs: 2 });
    does(machine, 1, { effect: "Issue", kind: GOLD, quantity: MAX, slot: 255 });
    expect(machine.map.cell(address(1, 255))).toEqual({
      type: "resource",
      watch: 0,
      kind: GOLD,
      escrowFrom: 0,
      quantity: MAX,
      id: idOf(1, 0),
      deadline: 0,
      seq: 1,
    });
  });

  test("another program may not issue the kind, and a quantity of 0 is refused", () => {
    const machine = machineWith({ programs: 2, cells: [resource([1, 1], GOLD, 5n)] });
    const issue = (actor: number, quantity: bigint, slot: number) => () =>
      does(machine, actor, { effect: "Issue", kind: GOLD, quantity, slot });
    refuses(machine, "conservation", issue(2, 1n, 2));
    refuses(machine, "conservation", issue(1, 0n, 2));
    refuses(machine, "conservation", issue(1, MAX + 1n, 2));
    refuses(machine, "conservation", issue(1, -1n, 2));
    refuses(machine, "no-double-spend", issue(1, 1n, 1));
    refuses(machine, "no-unscoped-access", issue(1, 1n, 0));
    refuses(machine, "no-unscoped-access", issue(1, 1n, 256));
    refuses(machine, "invocation-causal", issue(3, 1n, 1));
  });

  test("slot 256 is refused: it is not the header of the next program", () => {
    const machine = machineWith({ programs: 2 });
    const row = rowOf("Issue", 1, { destination: 256 + 256, kind: GOLD, quantity: 1n });
    refuses(machine, "no-unscoped-access", () => machine.perform([row], 0));
    const inOther = rowOf("Issue", 1, { destination: 256 + 257, kind: GOLD, quantity: 1n });
    refuses(machine, "no-unscoped-access", () => machine.perform([inOther], 0));
  });

  test("a resource that is owned outright can be retired once", () => {
    const machine = machineWith({ programs: 2, cells: [resource([2, 1], GOLD, 5n)] });
    const rows = lower(machine.map, 2, { effect: "Retire", slot: 1 });
    machine.perform(rows, 0);
    expect(machine.map.cell(address(2, 1))).toEqual({ type: "empty", watch: 0, seq: 1 });
    refuses(machine, "no-double-spend", () => machine.perform(rows, 0));
    refuses(machine, "no-double-spend", () => does(machine, 2, { effect: "Retire", slot: 1 }));
  });

  test("a row that names another resource, kind or quantity than the slot holds is refused", () => {
    const machine = machineWith({ programs: 2, cells: [resource([1, 1], GOLD, 5n)] });
    const [row] = lower(machine.map, 1, { effect: "Retire", slot: 1 });
    if (row === undefined) throw new Error("no row");
    refuses(machine, "no-double-spend", () => machine.perform([{ ...row, resource: row.resource + 1n }], 0));
    refuses(machine, "conservation", () => machine.perform([{ ...row, kind: SILVER }], 0));
    refuses(machine, "conservation", () => machine.perform([{ ...row, quantity: 6n }], 0));
  });
});

describe("EscrowToProgram", () => {
  const cells = [resource([1, 1], GOLD, 100n, { id: GENESIS_ID }), resource([2, 128], SILVER, 1n, { escrowFrom: 3 })];
  const escrow = (from: number, program: number, slot: number, deadline = 0) =>
    ({ effect: "EscrowToProgram", from, to: { program, slot }, deadline }) as const;

  test("moves the resource, and both clocks meet", () => {
    const machine = machineWith({ programs: 3, cells });
    does(machine, 3, { effect: "JoinWith", programs: [{ program: 2, steps: 0 }] });
    const [moved] = does(machine, 1, escrow(1, 3, 128, 50), 7);
    expect(machine.map.cell(address(1, 1)).type).toBe("empty");
    expect(machine.map.cell(address(3, 128))).toMatchObject({ escrowFrom: 1, deadline: 50, id: GENESIS_ID, seq: 2 });
    expect(machine.map.cell(address(1, 0))).toMatchObject({ clock: 2, steps: 1, seq: 2 });
    expect(machine.map.cell(address(3, 0))).toMatchObject({ clock: 2, steps: 1, seq: 2 });
    expect(moved).toMatchObject({ seq: 2, group: 0, at: 7, clock: 2, parents: [0, 1, 0, 0, 0], last: true });
  });

  test("is refused below the inbox, into a full slot, to itself, and for a resource that is not owned outright", () => {
    const machine = machineWith({ programs: 3, cells });
    refuses(machine, "inbox-respected", () => does(machine, 1, escrow(1, 2, 127)));
    refuses(machine, "no-double-spend", () => does(machine, 1, escrow(1, 2, 128)));
    refuses(machine, "invocation-causal", () => does(machine, 1, escrow(1, 1, 128)));
    refuses(machine, "invocation-causal", () => does(machine, 1, escrow(1, 4, 128)));
    refuses(machine, "escrow-atomic", () => does(machine, 2, escrow(128, 1, 128)));
    refuses(machine, "no-double-spend", () => does(machine, 1, escrow(2, 2, 129)));
    refuses(machine, "no-unscoped-access", () => does(machine, 1, escrow(1, 2, 256)));
    const [row] = lower(machine.map, 1, escrow(1, 2, 129));
    if (row === undefined) throw new Error("no row");
    refuses(machine, "no-unscoped-access", () => machine.perform([{ ...row, actor: 3 }], 0));
    refuses(machine, "no-unscoped-access", () => machine.perform([{ ...row, destination: address(3, 129) }], 0));
    expect(() => machine.perform([{ ...row, deadline: 2 ** 40 }], 0)).toThrow(InvalidInputError);
    expect(() => machine.perform([{ ...row, argument: { steps: 1 } }], 0)).toThrow(InvalidInputError);
    expect(() => machine.perform([{ ...row, authority: address(1, 9) }], 0)).toThrow(InvalidInputError);
  });

  test("a program whose inbox is 256 takes no deposits, one whose inbox is 1 takes them anywhere", () => {
    const closed = machineWith({ programs: 2, inbox: 256, cells: [resource([1, 1], GOLD, 1n)] });
    refuses(closed, "inbox-respected", () => does(closed, 1, escrow(1, 2, 255)));
    const open = machineWith({ programs: 2, inbox: 1, cells: [resource([1, 1], GOLD, 1n)] });
    does(open, 1, escrow(1, 2, 1));
  });
});

describe("ClaimFromProgram", () => {
  const held = (deadline: number) => resource([2, 128], GOLD, 9n, { escrowFrom: 1, deadline, id: GENESIS_ID });
  const accept = (to: number | "in place") =>
    ({ effect: "ClaimFromProgram", from: { program: 2, slot: 128 }, to }) as const;

  test.each(["in place", 5] as const)("a program accepts its escrow: %s", (to) => {
    const machine = machineWith({ programs: 2, cells: [held(10)] });
    does(machine, 2, accept(to), 9);
    const slot = to === "in place" ? 128 : to;
    expect(machine.map.cell(address(2, slot))).toMatchObject({ id: GENESIS_ID, escrowFrom: 0, deadline: 0, seq: 1 });
    refuses(machine, to === "in place" ? "escrow-atomic" : "no-double-spend", () => does(machine, 2, accept(6)));
  });

  test("is refused from the deadline on; in place it is allowed again after the grace", () => {
    const machine = machineWith({ programs: 2, cells: [held(10)] });
    refuses(machine, "expiry-enforced", () => does(machine, 2, accept(5), 10));
    refuses(machine, "expiry-enforced", () => does(machine, 2, accept("in place"), 10 + GRACE - 1));
    refuses(machine, "expiry-enforced", () => does(machine, 2, accept(5), 10 + GRACE));
    does(machine, 2, accept("in place"), 10 + GRACE);
  });

  const CLAIM = 1;
  const scope = address(2, 128);
  const by = { program: 1, slot: 3 };
  const take = { effect: "ClaimFromProgram", from: { program: 2, slot: 128 }, to: 4, by } as const;

  test("may use a capability of the program that escrowed it", () => {
    const machine = machineWith({
      programs: 3,
      cells: [held(0), capability([1, 3], 3, CLAIM, { scope, subject: GENESIS_ID, expiry: 10 })],
    });
    const [claimed] = does(machine, 3, take, 9);
    expect(machine.map.cell(address(3, 4))).toMatchObject({ id: GENESIS_ID, escrowFrom: 0 });
    expect(machine.map.cell(address(1, 3))).toMatchObject({ type: "capability", seq: 1 });
    expect(claimed?.columns.X.address).toBe(address(1, 3));
  });

  test.each([
    ["without one", "no-unscoped-access", 3, {}, { by: undefined }, 0],
    ["by a capability of another program", "no-unscoped-access", 2, {}, {}, 0],
    ["without the right", "capability-attenuates", 3, { rights: 6 }, {}, 0],
    ["beyond its scope", "capability-attenuates", 3, { scope: address(2, 129) }, {}, 0],
    ["by one over the grantor's own slots", "capability-attenuates", 3, { scope: 0 }, {}, 0],
    ["for another resource", "capability-attenuates", 3, { subject: GENESIS_ID + 1n }, {}, 0],
    ["after its expiry", "expiry-enforced", 3, { expiry: 10 }, {}, 10],
    ["in place", "no-unscoped-access", 3, {}, { to: "in place" }, 0],
  ] as const)("not %s", (_name, invariant, grantee, change, effect, at) => {
    const { rights = CLAIM, ...more } = { scope, ...change } as { rights?: number; scope: number };
    const machine = machineWith({ programs: 3, cells: [held(0), capability([1, 3], grantee, rights, more)] });
    const { by: used, ...asked } = { ...take, ...effect };
    refuses(machine, invariant, () => does(machine, 3, { ...asked, ...(used === undefined ? {} : { by: used }) }, at));
  });

  test("may use a capability of the holder only once the resource is the holder's own", () => {
    const lent = capability([2, 3], 3, CLAIM);
    const escrowed = machineWith({ programs: 3, cells: [held(0), lent] });
    const effect = { ...take, by: { program: 2, slot: 3 } } as const;
    refuses(escrowed, "no-unscoped-access", () => does(escrowed, 3, effect));
    does(escrowed, 2, accept("in place"));
    does(escrowed, 3, effect);
  });

  test("may not use a revoked capability", () => {
    const machine = machineWith({ programs: 3, cells: [held(0), capability([1, 3], 3, CLAIM, { scope })] });
    does(machine, 1, { effect: "RevokeCapability", slot: 3 });
    refuses(machine, "no-unscoped-access", () => does(machine, 3, take));
  });
});

describe("RevokeResource", () => {
  const revoke = { effect: "RevokeResource", from: { program: 2, slot: 128 }, to: 7 } as const;
  const held = (deadline: number) => resource([2, 128], GOLD, 9n, { escrowFrom: 1, deadline });

  test("is allowed at any time without a deadline, and from the deadline on with one", () => {
    const free = machineWith({ programs: 2, cells: [held(0)] });
    does(free, 1, revoke);
    expect(free.map.cell(address(1, 7))).toMatchObject({ type: "resource", escrowFrom: 0, deadline: 0 });
    const bound = machineWith({ programs: 2, cells: [held(10)] });
    refuses(bound, "expiry-enforced", () => does(bound, 1, revoke, 9));
    does(bound, 1, revoke, 10);
  });

  test("is refused to others, after the claim, and into a full slot", () => {
    const machine = machineWith({ programs: 3, cells: [held(0), resource([1, 8], GOLD, 1n)] });
    refuses(machine, "no-unscoped-access", () => does(machine, 3, revoke));
    refuses(machine, "invocation-causal", () => does(machine, 2, revoke));
    refuses(machine, "no-double-spend", () => does(machine, 1, { ...revoke, to: 8 }));
    does(machine, 2, { effect: "ClaimFromProgram", from: { program: 2, slot: 128 }, to: "in place" });
    refuses(machine, "escrow-atomic", () => does(machine, 1, revoke));
    does(machine, 2, { effect: "Retire", slot: 128 });
    refuses(machine, "no-double-spend", () => does(machine, 1, revoke));
  });
});

describe("Split and Merge", () => {
  test("conserve the quantity", () => {
    const machine = machineWith({ programs: 1, cells: [resource([1, 1], GOLD, 10n, { id: GENESIS_ID })] });
    does(machine, 1, { effect: "Split", from: 1, to: 2, part: 9n });
    expect(machine.map.cell(address(1, 1))).toMatchObject({ quantity: 1n, id: GENESIS_ID });
    expect(machine.map.cell(address(1, 2))).toMatchObject({ quantity: 9n, id: idOf(1, 0) });
    does(machine, 1, { effect: "Merge", from: 1, to: 2 });
    expect(machine.map.cell(address(1, 1)).type).toBe("empty");
    expect(machine.map.cell(address(1, 2))).toMatchObject({ quantity: 10n, id: idOf(1, 0) });
  });

  test("are refused for other kinds, escrows, wrong quantities and wrong slots", () => {
    const machine = machineWith({
      programs: 2,
      cells: [
        resource([1, 1], GOLD, 10n),
        resource([1, 2], SILVER, 10n),
        resource([1, 3], GOLD, MAX - 9n),
        resource([1, 4], GOLD, 1n, { escrowFrom: 2 }),
        resource([1, 5], kindOf(1, 2), 1n),
      ],
    });
    const split = (part: bigint) => () => does(machine, 1, { effect: "Split", from: 1, to: 9, part });
    refuses(machine, "conservation", split(0n));
    refuses(machine, "conservation", split(10n));
    refuses(machine, "conservation", split(11n));
    refuses(machine, "no-double-spend", () => does(machine, 1, { effect: "Split", from: 1, to: 2, part: 1n }));
    const merge = (from: number, to: number) => () => does(machine, 1, { effect: "Merge", from, to });
    refuses(machine, "conservation", merge(1, 2));
    refuses(machine, "conservation", merge(1, 5));
    refuses(machine, "conservation", merge(1, 3));
    refuses(machine, "escrow-atomic", merge(1, 4));
    refuses(machine, "escrow-atomic", merge(4, 1));
    refuses(machine, "group-disjoint", merge(1, 1));
    refuses(machine, "no-double-spend", merge(1, 9));
  });
});
