/** When a request can be dismissed, and what a program is entitled to. */
import { describe, expect, test } from "vitest";
import { address, assetKind, ENTRY_ID } from "../../../trace/layout.ts";
import { packCell, type ResourceCell } from "../../../trace/state/cells.ts";
import { TimeMap } from "../../../trace/state/timeMap.ts";
import { type ExitRequest, requestOf } from "../../../verifier/chain/crossing/index.ts";
import { dismissReason } from "../../../verifier/exits/planDismissal.ts";
import { assetsOf } from "../../../verifier/exits/planExit.ts";
import { authority } from "../../lib/authorities.ts";

const [ALICE, BOB] = [2, 3] as const;
const CELL = address(BOB, 20);
const ID = ENTRY_ID + 1n;
const DEADLINE = 1_000;

/** A map in which Bob holds an asset, by default what Alice has given him until the deadline. */
function held(change: Partial<ResourceCell> = {}, keyOfAlice = authority(ALICE)): TimeMap {
  const program = { type: "program", inbox: 16, steps: 0, clock: 0, log: 0n, seq: 0 } as const;
  const asset: ResourceCell = {
    ...{ type: "resource", watch: 0, kind: assetKind(1), escrowFrom: ALICE, quantity: 5n, id: ID, deadline: DEADLINE },
    ...{ seq: 0, ...change },
  };
  return new TimeMap(3, [
    [address(1, 0), packCell({ ...program, inbox: 256, authority: 1n })],
    [address(ALICE, 0), packCell({ ...program, authority: keyOfAlice })],
    [address(BOB, 0), packCell({ ...program, authority: authority(BOB) })],
    [CELL, packCell(asset)],
  ]);
}

function asked(program: number, time: number): ExitRequest {
  const key = authority(program);
  const request = requestOf(CELL, program, key);
  return { request, location: CELL, program, authority: key, id: ID, time, recipient: "0x", head: 0, fee: 1n };
}

describe("a request", () => {
  test("of who is entitled cannot be dismissed", () => {
    expect(() => dismissReason(held(), asked(BOB, DEADLINE - 1))).toThrow("let the resource out with an Eject");
    expect(() => dismissReason(held(), asked(ALICE, DEADLINE))).toThrow("cannot be dismissed");
  });
  test("is dismissed by the cell, or by the header of a program that has another key now", () => {
    expect(dismissReason(held(), asked(ALICE, DEADLINE - 1))).toEqual({ reason: "not entitled", address: CELL });
    expect(dismissReason(held(), asked(BOB, DEADLINE))).toEqual({ reason: "not entitled", address: CELL });
    expect(dismissReason(held({ id: ID + 1n }), asked(BOB, 1))).toEqual({ reason: "not there", address: CELL });
    expect(dismissReason(held({}, authority(9)), asked(ALICE, DEADLINE))).toEqual({
      ...{ reason: "another key", address: address(ALICE, 0) },
    });
  });
});

test("the assets of a program are those to which it is entitled at the time, and no facts or kinds of others", () => {
  const ids = (map: TimeMap, program: number, now: number) => assetsOf(map, program, now).map(({ id }) => id);
  expect(ids(held(), BOB, DEADLINE - 1)).toEqual([ID]);
  expect(ids(held(), ALICE, DEADLINE - 1)).toEqual([]);
  expect(ids(held(), ALICE, DEADLINE)).toEqual([ID]);
  expect(ids(held({ escrowFrom: 0, deadline: 0 }), BOB, 5)).toEqual([ID]);
  expect(ids(held({ kind: assetKind(2 ** 31) }), BOB, 1)).toEqual([]);
  expect(ids(held({ kind: (2n << 32n) + 1n }), BOB, 1)).toEqual([]);
});
