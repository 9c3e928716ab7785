/** Events: in order, once each, over lost connections; a reader that missed some is told. */
import { describe, expect, test } from "vitest";
import type { ClientEvent } from "../../../service/client/events.ts";
import type { MapClient } from "../../../service/client/mapClient.ts";
import { EventRing } from "../../../service/http/eventRing.ts";
import { EventStream } from "../../../service/http/eventStream.ts";
import { A, FakeOperator } from "./fakeOperator.ts";
import { type Served, serveFake } from "./servers.ts";

const head = (seq: number) => ({ type: "head", seq, root: BigInt(seq) }) as const;

async function take(client: MapClient, count: number, after?: string): Promise<ClientEvent[]> {
  const events: ClientEvent[] = [];
  if (count === 0) return events;
  for await (const event of client.events({ waitMs: 1, ...(after === undefined ? {} : { after }) })) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

const seqs = (events: readonly ClientEvent[]) => events.map((event) => ("seq" in event ? event.seq : event.type));

/** Reads events while something happens. */
async function during(served: Served, count: number, happen: () => void): Promise<ClientEvent[]> {
  const events: ClientEvent[] = [];
  for await (const event of served.reader.events({ waitMs: 1 })) {
    events.push(event);
    if (event.type === "begin") happen();
    if (events.length === count) break;
  }
  return events;
}

describe("a reader", () => {
  test("gets what happens, from when it began to read", async () => {
    await using served = await serveFake();
    served.operator.tell(head(1));
    const events = await during(served, 3, () => [2, 3].map((seq) => served.operator.tell(head(seq))));
    expect(seqs(events)).toEqual(["begin", 2, 3]);
    expect(events[1]).toMatchObject({ type: "head", root: "2" });
  });

  test("that comes back goes on after the last event that it saw, and misses none", async () => {
    await using served = await serveFake();
    const [begin] = await take(served.reader, 1);
    for (const seq of [1, 2, 3]) served.operator.tell(head(seq));
    const first = await take(served.reader, 2, begin?.id);
    expect(seqs(first)).toEqual([1, 2]);
    served.operator.tell(head(4));
    expect(seqs(await take(served.reader, 2, first.at(-1)?.id))).toEqual([3, 4]);
  });

  test("that was away for too long, or comes from another start, is told to read the state anew", async () => {
    await using served = await serveFake({ events: { held: 3 } });
    const [begin] = await take(served.reader, 1);
    for (let seq = 1; seq <= 10; seq++) served.operator.tell(head(seq));
    const [reset] = await take(served.reader, 1, begin?.id);
    expect(reset?.type).toBe("reset");
    served.operator.tell(head(11));
    expect(seqs(await take(served.reader, 1, reset?.id))).toEqual([11]);
    for (const id of ["0123456789ab-3", "nonsense", "x".repeat(500)]) {
      expect((await take(served.reader, 1, id))[0]?.type, id).toBe("reset");
    }
  });

  test("that is cut off connects again by itself, and goes on where it was", async () => {
    await using served = await serveFake();
    const seen: (string | number)[] = [];
    for await (const event of served.reader.events({ waitMs: 1 })) {
      seen.push("seq" in event ? event.seq : event.type);
      if (event.type === "begin") {
        served.operator.tell(head(1));
        served.operator.tell(head(2));
      }
      if (seen.length === 3) {
        served.server.app.server.closeAllConnections();
        served.operator.tell(head(3));
      }
      if (seen.length === 4) break;
    }
    expect(seen).toEqual(["begin", 1, 2, 3]);
  });

  test("that reads nothing is let go, and the others stay", () => {
    const operator = new FakeOperator();
    const stream = new EventStream(operator, { mostWaiting: 1_000 });
    const reader = (reads: boolean) => ({
      ...{ writableLength: 0, gone: false, writeHead: () => undefined, on: () => undefined },
      write(text: string) {
        if (!reads) this.writableLength += text.length;
      },
      destroy() {
        this.gone = true;
      },
      end: () => undefined,
    });
    const [good, stuck] = [reader(true), reader(false)];
    for (const each of [good, stuck]) stream.join(each as never, undefined);
    for (let i = 0; i < 5; i++) operator.tell({ type: "halted", why: "x".repeat(400) });
    expect([good.gone, stuck.gone]).toEqual([false, true]);
    stream.close();
  });

  test("that missed more than may wait for it is told to read the state anew, and is not ended again and again", async () => {
    await using served = await serveFake({ events: { mostWaiting: 10_000 } });
    const [begin] = await take(served.reader, 1);
    for (let i = 0; i < 10; i++) served.operator.tell({ type: "halted", why: "x".repeat(2_000) });
    expect((await take(served.reader, 1, begin?.id))[0]?.type).toBe("reset");
  });

  test("is kept by signs of life, and leaves when the server stops", async () => {
    const served = await serveFake({ events: { heartbeatMs: 10 } });
    const response = await fetch(`${served.url}/v1/events`);
    const reader = response.body?.getReader();
    let text = "";
    while (!text.includes(": alive")) text += new TextDecoder().decode((await reader?.read())?.value);
    await served.server.close();
    for (;;) if ((await reader?.read())?.done !== false) break;
  });
});

test("every event that the operator tells arrives, with its bigints as decimal texts", async () => {
  await using served = await serveFake();
  const log = { program: A, authority: 5n, log: 6n, firstSeq: 1, lastSeq: 2, until: 3, withdrawnAt: 4 };
  const [, event] = await during(served, 2, () => served.operator.tell({ type: "toSign", log }));
  expect(event).toMatchObject({ type: "toSign", log: { ...log, authority: "5", log: "6" } });
});

test("the ring holds at least the last events, and numbers go on", () => {
  const ring = new EventRing(4);
  const ids = Array.from({ length: 50 }, (_, i) => ring.add(head(i)).id);
  expect(ring.after(ids[45] ?? "")?.map(({ id }) => id)).toEqual(ids.slice(46));
  expect(ring.after(ids[44] ?? "")).toBeUndefined();
  expect(ring.after(ids[49] ?? "")).toEqual([]);
  expect(ring.after(`${ids[49]}0`)).toBeUndefined();
  expect(new EventRing().after(ids[49] ?? "")).toBeUndefined();
});
