/** What an open deposit or request waits for, at each second that matters. */
import { expect, test } from "vitest";
import { depositWait, requestStage } from "../../../verifier/chain/crossing/waiting.ts";

const clocks = { maxLag: 100, patience: 50, frozen: false };

test("a deposit waits for a transition, then for a batch, then for its refund; not in a frozen map", () => {
  const at = (now: number, frozen = false) => depositWait({ deadline: 1_000 }, { ...clocks, now, frozen });
  expect(at(1_000)).toEqual({ waits: "entry", refundFrom: 1_101 });
  expect(at(1_001)).toEqual({ waits: "arrival", refundFrom: 1_101 });
  expect(at(1_100)).toEqual({ waits: "arrival", refundFrom: 1_101 });
  expect(at(1_101)).toEqual({ waits: "refund", refundFrom: 1_101 });
  expect(at(500, true)).toEqual({ waits: "refund", refundFrom: 500 });
});

test("a request is late after one patience, and the map may be frozen after two", () => {
  const at = (now: number, frozen = false) => requestStage({ time: 1_000 }, { ...clocks, now, frozen }).stage;
  expect([1_000, 1_050, 1_051, 1_100, 1_101].map((now) => at(now))).toEqual([
    ...["operator", "operator", "late", "late", "freezable"],
  ]);
  expect(at(5_000, true)).toBe("over");
  expect(requestStage({ time: 1_000 }, { ...clocks, now: 0 })).toMatchObject({ lateFrom: 1_051, freezeFrom: 1_101 });
});
