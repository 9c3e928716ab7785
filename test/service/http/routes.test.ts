import { afterAll, beforeAll, expect, test } from "vitest";
import { kindOf } from "../../../trace/layout.ts";
import { A } from "./fakeOperator.ts";
import { type Served, serveFake } from "./servers.ts";

const GOLD = kindOf(A, 1);
let served: Served;
beforeAll(async () => {
  served = await serveFake();
});
afterAll(() => served.server.close());

test("a program's effect happens, once for its id, and is read back", async () => {
  const a = served.client(A);
  const issue = { effect: "Issue", kind: GOLD, quantity: 2n ** 100n, slot: 1 } as const;
  const { id, state } = await a.propose([issue]);
  expect(state).toEqual({ status: "accepted", firstSeq: 1, lastSeq: 1 });
  expect((await a.propose([issue], { id })).state).toEqual(state);
  expect(served.operator.tracer.seq).toBe(1);
});
