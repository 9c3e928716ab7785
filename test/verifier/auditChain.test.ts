import { describe, expect, test } from "vitest";
import type { Bundle } from "../../prover/bundles/bundle.ts";
import { packSpan, type Span } from "../../trace/commitment/commit.ts";
import type { RebuiltHead } from "../../trace/run/manifest.ts";
import { compareChain } from "../../verifier/audit/chain.ts";
import type { ReadBundle } from "../../verifier/bundleSequence.ts";
import type { AdvancedEvent, MapState } from "../../verifier/chain/registry.ts";
import { UNMOORED } from "../lib/unmoored.ts";

const KEY = `0x${"ab".repeat(32)}`;
const ENTRY = { domain: 77n };

/** Batches of eight transitions with the roots 100, 101, 102, … */
function batches(count: number): ReadBundle[] {
  return Array.from({ length: count }, (_, i) => {
    const span = { firstSeq: 8 * i + 1, count: 8, notBefore: 1_000 + 10 * i, until: 1_009 + 10 * i, moored: false };
    const statement = {
      preRoot: 100n + BigInt(i),
      postRoot: 101n + BigInt(i),
      traceRoot: 7n,
      span: packSpan(span),
      domain: 77n,
      ...UNMOORED,
    };
    const bundle: Bundle = {
      profile: "batch-8",
      circuit: "",
      key: { hash: KEY, kind: "development" },
      statement,
      proof: {
        pi_a: [0n, 0n],
        pi_b: [
          [0n, 0n],
          [0n, 0n],
        ],
        pi_c: [0n, 0n],
      },
    };
    return { name: `${i}.json`, bundle, firstSeq: span.firstSeq, lastSeq: 8 * i + 8 };
  });
}

/** A registry's answers after it has accepted the first `count` of them. */
function accepted(count: number): { map: MapState; events: AdvancedEvent[] } {
  const events = batches(count).map(({ bundle: { statement }, firstSeq, lastSeq }): AdvancedEvent => {
    const { preRoot, postRoot, traceRoot } = statement;
    const span: Span = {
      firstSeq,
      count: 8,
      notBefore: 1_000 + ((firstSeq - 1) / 8) * 10,
      until: 1_009 + ((firstSeq - 1) / 8) * 10,
      moored: false,
    };
    return {
      mapId: "0x",
      seq: lastSeq,
      keyHash: KEY,
      preRoot,
      postRoot,
      traceRoot,
      span,
      transactionHash: "0x",
      blockNumber: 1,
    };
  });
  const last = events.at(-1);
  const map: MapState = {
    mapId: "0x",
    root: last?.postRoot ?? 100n,
    seq: last?.seq ?? 0,
    time: last?.span.until ?? 900,
    genesisRoot: 100n,
    genesisTime: 900,
    maxLag: 1,
    verifierDelay: 1,
    dataPolicy: "operator",
    owner: "0x",
    pendingOwner: null,
    createdIn: 1,
    domain: 77n,
    verifiers: [],
    advances: 0,
    mooring: null,
  };
  return { map, events };
}

test("there is no problem if the registry accepted exactly these batches", () => {
  const { map, events } = accepted(3);
  expect([...compareChain(map, events, ENTRY, batches(3))]).toEqual([]);
});

test("batches that were not submitted are unfinished", () => {
  const { map, events } = accepted(1);
  expect([...compareChain(map, events, ENTRY, batches(3))]).toMatchObject([
    { kind: "unfinished", where: "batch 9..16 (1.json)", message: expect.stringContaining("1 of 3 batches") },
  ]);
  const none = accepted(0);
  expect([...compareChain(none.map, none.events, ENTRY, batches(1))]).toMatchObject([{ kind: "unfinished" }]);
});

describe("of a run that was made from its chain", () => {
  /** What the chain had then: two batches. */
  const REBUILT = { seq: 16, time: 1_019, root: 102n };

  test("there is no problem if the chain has that still, and took the batches behind it", () => {
    const { map, events } = accepted(3);
    expect([...compareChain(map, events, ENTRY, batches(3).slice(2), REBUILT)]).toEqual([]);
    expect([...compareChain(map, events, ENTRY, batches(3), REBUILT)]).toEqual([]);
    const two = accepted(2);
    expect([...compareChain(two.map, two.events, ENTRY, [], REBUILT)]).toEqual([]);
    expect([...compareChain(two.map, two.events, ENTRY, batches(3).slice(2), REBUILT)]).toMatchObject([
      { kind: "unfinished", message: expect.stringContaining("0 of 1 batch") },
    ]);
  });

  test("it is named if the chain has less, or something else, or more than the bundles", () => {
    const fields = (count: number, rebuilt: RebuiltHead | undefined, from = 2) => {
      const { map, events } = accepted(count);
      return [...compareChain(map, events, ENTRY, batches(3).slice(from), rebuilt)].map(({ field }) => field);
    };
    expect(fields(1, REBUILT)).toEqual(["rebuilt", "chain"]);
    expect(fields(3, { ...REBUILT, root: 5n })).toEqual(["rebuilt"]);
    expect(fields(3, { ...REBUILT, time: 5 })).toEqual(["rebuilt"]);
    expect(fields(3, { ...REBUILT, seq: 12 }, 3)).toContain("rebuilt");
    expect(fields(3, REBUILT, 3)).toEqual(["events"]);
    expect(fields(3, undefined)).toContain("preRoot");
  });
});

test("every difference between an event and its batch is named", () => {
  const { map, events } = accepted(3);
  const [first, second, third] = events as [AdvancedEvent, AdvancedEvent, AdvancedEvent];
  for (const [field, change] of [
    ["preRoot", { preRoot: 1n }],
    ["traceRoot", { traceRoot: 1n }],
    ["postRoot", { postRoot: 1n }],
    ["key", { keyHash: "0x12" }],
    ["count", { span: { ...second.span, count: 7 } }],
    ["until", { span: { ...second.span, until: 5 } }],
  ] as const) {
    const found = [...compareChain(map, [first, { ...second, ...change }, third], ENTRY, batches(3))];
    expect(found, field).toMatchObject([{ kind: "wrong", where: "batch 9..16 (1.json)", field }]);
  }
});

test("a head that does not follow from the events, foreign batches, another domain or genesis are named", () => {
  const { map, events } = accepted(2);
  const fields = (state: MapState, bundles = batches(2)) =>
    [...compareChain(state, events, ENTRY, bundles)].map(({ field }) => field);
  expect(fields({ ...map, root: 1n })).toEqual(["head root"]);
  expect(fields({ ...map, seq: 1 })).toEqual(["head seq"]);
  expect(fields({ ...map, time: 1 })).toEqual(["head time"]);
  expect(fields({ ...map, domain: 1n })).toEqual(["domain"]);
  expect(fields({ ...map, genesisRoot: 1n })).toEqual(["preRoot"]);
  expect(fields(map, batches(1))).toEqual(["events"]);
});
