/** What an operator lets in and takes out, and why the rest waits. */
import { beforeEach, describe, expect, test } from "vitest";
import type { OpenDeposit, OpenRequest } from "../../../trace/crossing/entries.ts";
import { requestOf } from "../../../trace/crossing/requestName.ts";
import { takeIn } from "../../../trace/crossing/takeIn.ts";
import { address, assetKind, CHAIN, ENTRY_ID, FACT_LABEL } from "../../../trace/layout.ts";
import { MOORED_GENESIS } from "../../../trace/state/genesis.ts";
import type { ProgramHandle } from "../../../trace/tracer/programHandle.ts";
import { Tracer } from "../../../trace/tracer/tracer.ts";
import { authority } from "../../lib/authorities.ts";

const NOW = 1_800_000_000;
let tracer: Tracer;
let a: ProgramHandle;
let b: ProgramHandle;

beforeEach(() => {
  tracer = Tracer.from(MOORED_GENESIS, { clock: () => NOW });
  const chain = tracer.program(CHAIN);
  a = chain.createProgram({ name: "A", authority: authority(1) });
  b = chain.createProgram({ name: "B", authority: authority(2) });
});

const deposit = (more: Partial<OpenDeposit> = {}): OpenDeposit => ({
  ...{ number: 1n, label: 1, quantity: 70n, program: a.id, slot: 0, authority: authority(1) },
  ...{ entered: NOW - 10, deadline: NOW + 10, ...more },
});
const request = (location: number, id: bigint, more: Partial<OpenRequest> = {}): OpenRequest => {
  const asked = { location, program: a.id, authority: authority(1), id, time: NOW, ...more };
  return { ...asked, request: requestOf(asked.location, asked.program, asked.authority) };
};
const border = (deposits: OpenDeposit[], requests: OpenRequest[] = []) => takeIn(tracer, { deposits, requests }, NOW);
const whyOf = ({ waiting }: ReturnType<typeof takeIn>): string => waiting[0]?.why ?? "it does not wait";

describe("a deposit", () => {
  test("enters the first free slot from the inbox on, under its number", () => {
    expect(border([deposit()])).toEqual({ entered: [1n], ejected: [], shown: [], waiting: [] });
    const [held] = a.memory();
    expect(held).toMatchObject({
      slot: 16,
      cell: { kind: assetKind(1), quantity: 70n, id: ENTRY_ID + 1n, escrowFrom: 0 },
    });
  });

  test("enters the slot that its payer named", () => {
    expect(border([deposit({ slot: 40 })]).entered).toEqual([1n]);
    expect(a.cell(40)).toMatchObject({ type: "resource", id: ENTRY_ID + 1n });
  });

  test.each<[string, Partial<OpenDeposit>, string]>([
    ["a program that does not exist yet", { program: 9 }, "program 9 does not exist yet"],
    ["a program under another key", { authority: authority(5) }, "has another key than its payer named"],
    ["a time before it arrived", { entered: NOW + 1 }, "it arrived at"],
    ["a time after its deadline", { deadline: NOW - 1 }, "has passed; its payer gets it back"],
    ["a slot below the inbox", { slot: 3 }, "inbox-respected"],
  ])("waits: %s", (_, more, why) => {
    const { seq } = tracer;
    expect(whyOf(border([deposit(more)]))).toContain(why);
    expect(tracer.seq).toBe(seq);
  });

  test("is there at the very times of arrival and deadline", () => {
    expect(border([deposit({ entered: NOW, deadline: NOW })]).entered).toEqual([1n]);
  });

  test("waits if its slot is taken, and stops no other", () => {
    border([deposit({ slot: 40 })]);
    const done = border([deposit({ number: 2n, slot: 40 }), deposit({ number: 3n })]);
    expect(done.entered).toEqual([3n]);
    expect(done.waiting).toMatchObject([
      { what: "deposit", name: 2n, why: expect.stringContaining("no-double-spend") },
    ]);
  });
});

describe("a request", () => {
  const ID = ENTRY_ID + 1n;
  beforeEach(() => {
    border([deposit({ slot: 20 })]);
  });

  test("takes out what lies there", () => {
    const asked = request(address(a.id, 20), ID);
    expect(border([], [asked]).ejected).toEqual([asked.request]);
    expect(a.cell(20).type).toBe("empty");
  });

  test.each<[string, Partial<OpenRequest>, string]>([
    ["a key that was rotated away", { authority: authority(7) }, "does not have the key that signed"],
    ["another resource", { id: ID + 1n }, "is not there"],
    ["another slot", { location: address(1, 21) }, "is not there"],
  ])("is to be dismissed: %s", (_, more, why) => {
    const text = whyOf(border([], [request(address(a.id, 20), ID, more)]));
    expect(text).toContain(why);
    expect(text).toContain("dismiss it");
    expect(a.cell(20).type).toBe("resource");
  });

  test("of an escrow is its holder's before the deadline, and its giver's from then on", () => {
    a.escrowToProgram({ from: 20, to: { program: b.id, slot: 30 }, deadline: NOW + 100 });
    const there = address(b.id, 30);
    const asked = (program: ProgramHandle, time: number) =>
      request(there, ID, { program: program.id, authority: authority(program.id - 1), time });
    expect(whyOf(border([], [asked(a, NOW + 99)]))).toContain("was not entitled");
    expect(whyOf(border([], [asked(b, NOW + 100)]))).toContain("was not entitled");
    expect(border([], [asked(a, NOW + 100)]).ejected).toHaveLength(1);
    expect(tracer.map.cell(there).type).toBe("empty");
  });
});

describe("a fact", () => {
  const fact = (number: bigint, quantity: bigint, more: { time?: number; freshUntil?: number } = {}) => ({
    observation: { number, feed: 2, quantity, time: NOW - 5, freshUntil: NOW + 5, ...more },
    window: { program: a.id, slot: 50 },
  });
  const show = (...showings: ReturnType<typeof fact>[]) =>
    takeIn(tracer, { deposits: [], requests: [], showings }, NOW);

  test("is shown in its window, and the next one in its place", () => {
    expect(show(fact(4n, 9n), fact(5n, 0n)).shown).toEqual([4n, 5n]);
    expect(a.cell(50)).toMatchObject({ kind: assetKind(FACT_LABEL + 2), quantity: 0n, id: ENTRY_ID + 5n });
  });

  test("that is there already is not shown again", () => {
    show(fact(4n, 9n));
    const { seq } = tracer;
    expect(show(fact(4n, 9n)).shown).toEqual([4n]);
    expect(tracer.seq).toBe(seq);
  });

  test("waits if its window shows a newer one: a registry takes no older fact after it", () => {
    show(fact(5n, 9n));
    const { seq } = tracer;
    expect(whyOf(show(fact(4n, 7n)))).toContain("newer");
    expect(tracer.seq).toBe(seq);
    expect(show(fact(6n, 7n)).shown).toEqual([6n]);
    // Nor in another window of the feed.
    const other = { ...fact(5n, 9n), window: { program: b.id, slot: 50 } };
    expect(whyOf(show(fact(6n, 7n), other))).toContain("newer");
  });

  test("waits before its time, when it is not fresh, and where something else lies", () => {
    expect(whyOf(show(fact(4n, 9n, { time: NOW + 1 })))).toContain("it may be shown from");
    expect(whyOf(show(fact(4n, 9n, { freshUntil: NOW - 1 })))).toContain("it may be shown from");
    border([deposit({ slot: 50 })]);
    expect(whyOf(show(fact(4n, 9n)))).toContain("no-double-spend");
  });
});
