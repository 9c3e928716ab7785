/** A page of a program's log takes its time and no more, lets others have their turn, and gets on. */
import { describe, expect, test } from "vitest";
import { MapClient } from "../../../service/client/mapClient.ts";
import { type LogPage, logPage } from "../../../service/http/programLog.ts";
import { kindOf } from "../../../trace/layout.ts";
import { A, B, FakeOperator, fakeMap, START } from "./fakeOperator.ts";
import { serveFake } from "./servers.ts";

const GIFTS = 60;
const COST = { groups: 100, rows: 1_000, hops: 5_000, ms: 10_000, sliceMs: 5 };

/** B has one effect of its own, and then A opens B's header again and again. */
function crowded() {
  const operator = new FakeOperator();
  operator.tracer.perform(B, { effect: "Issue", kind: kindOf(B, 1), quantity: 5n, slot: 1 }, START);
  for (let i = 0; i < GIFTS; i++) {
    operator.tracer.perform(A, { effect: "Issue", kind: kindOf(A, 1), quantity: 1n, slot: 1 }, START);
    const to = { program: B, slot: 16 + i };
    operator.tracer.perform(A, { effect: "EscrowToProgram", from: 1, to, deadline: 0 }, START);
  }
  const map = fakeMap(operator);
  const head = operator.tracer.seq;
  let reads = 0;
  const { records } = operator;
  operator.records = (first, last) => {
    reads++;
    return records.call(operator, first, last);
  };
  const page = (before = head + 1, cost: Partial<typeof COST> = {}): Promise<LogPage> =>
    logPage(map, B, 0, before, head, { ...COST, ...cost });
  return { operator, map, head, page, reads: () => reads };
}

describe("a page of a program's log", () => {
  test("finds the one group of the program behind many of others", async () => {
    const { page, reads } = crowded();
    const { groups, before } = await page();
    expect([groups.map(({ firstSeq }) => firstSeq), before]).toEqual([[1], null]);
    expect(reads()).toBe(GIFTS + 1);
  });

  test("is empty when its time is over before a group was found, and the next one goes on from there", async () => {
    const { page, head, reads } = crowded();
    const first = await page(head + 1, { ms: -1 });
    expect(first.groups).toEqual([]);
    expect(first.before).toBeLessThan(head + 1);
    expect(reads()).toBe(1);
    const pages = [first];
    for (let last = first; last.before !== null; pages.push(last)) {
      const { before } = last;
      last = await page(before, { ms: -1 });
      expect(last.before ?? 0).toBeLessThan(before);
    }
    expect(pages).toHaveLength(GIFTS + 1);
    expect(pages.flatMap(({ groups }) => groups.map(({ firstSeq }) => firstSeq))).toEqual([1]);
  });

  test("lets others have their turn while it looks, and many pages at once take no more of it than one", async () => {
    const { page, reads } = crowded();
    const inTurn: number[] = [];
    let done = false;
    const watch = (before: number): void => {
      inTurn.push(reads() - before);
      if (!done) setImmediate(watch, reads());
    };
    setImmediate(watch, reads());
    // A slice that is over at once.
    const pages = await Promise.all(Array.from({ length: 8 }, () => page(undefined, { sliceMs: -1 })));
    done = true;
    expect(pages.map(({ groups }) => groups.length)).toEqual(new Array(8).fill(1));
    expect(inTurn.length).toBeGreaterThan(8 * GIFTS);
    expect(Math.max(...inTurn)).toBeLessThanOrEqual(2);
  });

  test("is not mixed of two states: a withdrawal meanwhile ends it, and one before it does not", async () => {
    const { page, operator } = crowded();
    const withdrawn = { type: "withdrawn", program: A, firstSeq: 5, transitions: 3 } as const;
    operator.tell(withdrawn);
    const asked = page(undefined, { sliceMs: -1 });
    setImmediate(() => operator.tell(withdrawn));
    await expect(asked).rejects.toMatchObject({ code: "busy" });
    const { size } = operator.listeners;
    expect((await page()).groups).toHaveLength(1);
    expect(operator.listeners.size).toBe(size);
  });
});

describe("a client", () => {
  test("goes on behind empty pages", async () => {
    const { map, page } = crowded();
    await using served = await serveFake({}, map);
    const honest = (await served.reader.logOf(B)).groups;
    expect(honest).toHaveLength(1);
    const paths: string[] = [];
    // As a server answers whose time is always over: one hop to a page.
    const slow: typeof fetch = async (input) => {
      paths.push(String(input));
      const before = new URL(String(input)).searchParams.get("before");
      const { groups, ...rest } = await page(before === null ? undefined : Number(before), { ms: -1 });
      return Response.json({ ...rest, groups: groups.length === 0 ? [] : honest });
    };
    const { groups } = await new MapClient(served.url, { fetch: slow }).logOf(B);
    expect(groups).toEqual(honest);
    expect(paths).toHaveLength(GIFTS + 1);
  });

  test.each([
    ["stays", ["9", "9"]],
    ["rises", ["9", "10"]],
    ["falls to nothing", ["9", "0"]],
    ["is no whole number", ["9", "8.5"]],
    ["is no number", ['"9"']],
    ["is beyond all numbers", ["1e999"]],
  ])("is not led on for ever by a `before` that %s", async (_, befores) => {
    let asked = 0;
    const lying: typeof fetch = async () =>
      new Response(`{"program":${B},"groups":[],"triggers":{},"before":${befores[asked++]}}`);
    const client = new MapClient("http://127.0.0.1:1", { fetch: lying });
    await expect(client.logOf(B)).rejects.toThrow("does not go back; the server's pages have no end");
    expect(asked).toBe(befores.length);
  });
});
