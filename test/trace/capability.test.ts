import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../trace/errors.ts";
import { address } from "../../trace/layout.ts";
import { rowOf } from "../../trace/machine/rowShape.ts";
import { capability, GOLD, machineWith, resource } from "../lib/build.ts";
import { does, refuses } from "../lib/refusals.ts";

const delegate = (slot: number, grantee: number) =>
  ({
    effect: "DelegateCapability",
    slot,
    grantee,
    rights: ["claim", "watch"],
    scope: "all",
    subject: 3n,
    expiry: 9,
  }) as const;

describe("DelegateCapability", () => {
  test("makes a capability whose nonce is the row's seq, and both clocks meet", () => {
    const machine = machineWith({ programs: 2 });
    does(machine, 1, delegate(4, 2));
    expect(machine.map.cell(address(1, 4))).toEqual({
      type: "capability",
      grantee: 2,
      scope: 0,
      rights: 5,
      nonce: 1,
      parent: 0,
      parentNonce: 0,
      subject: 3n,
      expiry: 9,
      seq: 1,
    });
    expect(machine.map.cell(address(2, 0))).toMatchObject({ clock: 1, steps: 0, log: 0n });
  });

  test("is refused for the grantor itself, for a program that does not exist, and in a full slot", () => {
    const machine = machineWith({ programs: 2, cells: [resource([1, 1], GOLD, 1n)] });
    refuses(machine, "invocation-causal", () => does(machine, 1, delegate(4, 1)));
    refuses(machine, "invocation-causal", () => does(machine, 1, delegate(4, 3)));
    refuses(machine, "no-double-spend", () => does(machine, 1, delegate(1, 2)));
    const foreign = rowOf("DelegateCapability", 1, { peer: 2, destination: address(2, 4), argument: { rights: 1 } });
    refuses(machine, "no-unscoped-access", () => machine.perform([foreign], 0));
    expect(() => machine.perform([{ ...foreign, argument: { rights: 256 } }], 0)).toThrow(InvalidInputError);
  });
});

describe("RevokeCapability and Clear", () => {
  test("empty an own slot", () => {
    const machine = machineWith({ programs: 2, cells: [capability([1, 3], 2, 1), capability([1, 4], 2, 1)] });
    expect(does(machine, 1, { effect: "RevokeCapability", slot: 3 })[0]?.effect).toBe("RevokeCapability");
    expect(does(machine, 1, { effect: "Clear", slot: 4 })[0]?.effect).toBe("RevokeCapability");
    expect(machine.map.cell(address(1, 4))).toEqual({ type: "empty", watch: 0, seq: 2 });
  });

  test("are refused for others' cells, for resources and for empty slots", () => {
    const machine = machineWith({ programs: 2, cells: [capability([1, 3], 2, 1), resource([1, 4], GOLD, 1n)] });
    const foreign = rowOf("RevokeCapability", 2, { authority: address(1, 3) });
    refuses(machine, "no-unscoped-access", () => machine.perform([foreign], 0));
    refuses(machine, "no-double-spend", () => does(machine, 1, { effect: "Clear", slot: 4 }));
    refuses(machine, "no-double-spend", () => does(machine, 1, { effect: "Clear", slot: 5 }));
    refuses(machine, "no-unscoped-access", () => does(machine, 1, { effect: "RevokeCapability", slot: 4 }));
    const misnamed = rowOf("Clear", 1, { authority: address(1, 3) });
    refuses(machine, "no-unscoped-access", () => machine.perform([misnamed], 0));
  });
});
