/** The list of open groups: page by page, counted as what takes long, and read to its end by the client. */
import { describe, expect, test } from "vitest";
import { MapClient } from "../../../service/client/mapClient.ts";
import { startServer } from "../../../service/http/server.ts";
import type { ProposalReport } from "../../../service/operator/types.ts";
import { servedDirectory } from "../../../service/served/servedDirectory.ts";
import { kindOf } from "../../../trace/layout.ts";
import { secretOf } from "../../lib/authorities.ts";
import { emptyRun, served as operatorOf } from "../operator/lib/served.ts";
import { A, B } from "./fakeOperator.ts";
import { ask } from "./raw.ts";
import { type Served, serveFake, TOKEN } from "./servers.ts";

const few = (burst: number) => ({ perSecond: 0.001, burst });
const idOf = (n: number): string => n.toString(16).padStart(32, "0");

/** Opens groups of A and B with the ids 1 to `count`, the last one first. */
async function open({ operator }: Served, count: number, parts = 2): Promise<void> {
  operator.mostOpenEach = count;
  const { authority } = operator.headerAt(A, 0) ?? { authority: 0n };
  for (let n = count; n > 0; n--) {
    const effects = Array.from({ length: parts }, (_, i) => {
      const actor = i === 0 ? A : B;
      return { actor, effect: { effect: "Issue", kind: kindOf(actor, 1), quantity: 1n, slot: 1 } as const };
    });
    await operator.propose(
      { id: idOf(n), parts: effects, validUntil: 2_000_000_000 },
      { kind: "program", program: A, authority },
    );
  }
}

interface Page {
  readonly proposals: readonly ProposalReport[];
  readonly next: string | null;
}
const pageAt = async ({ url }: Served, query: string): Promise<Page> =>
  (await (await fetch(`${url}/v1/proposals${query}`)).json()) as Page;
const idsIn = ({ proposals }: Page): string[] => proposals.map(({ proposal }) => proposal.id);

describe("open groups", () => {
  test("are shown in pages, in the order of their ids, and the last page says so", async () => {
    await using served = await serveFake();
    await open(served, 5);
    const first = await pageAt(served, "?limit=2");
    expect([idsIn(first), first.next]).toEqual([[1, 2].map(idOf), idOf(2)]);
    const second = await pageAt(served, `?limit=3&after=${first.next}`);
    expect([idsIn(second), second.next]).toEqual([[3, 4, 5].map(idOf), null]);
    expect(await pageAt(served, `?program=${A}`)).toEqual({ proposals: [], next: null });
    const waiting = await pageAt(served, `?program=${B}&limit=4`);
    expect([idsIn(waiting).length, waiting.next]).toEqual([4, idOf(4)]);
  });

  test("are at most a hundred to a page, and the client reads them all", async () => {
    await using served = await serveFake();
    await open(served, 205);
    expect((await pageAt(served, "")).proposals).toHaveLength(100);
    expect((await ask(`${served.url}/v1/proposals?limit=101`)).status).toBe(400);
    const all = await served.reader.openProposals(B);
    expect(all.map(({ proposal }) => proposal.id)).toEqual(Array.from({ length: 205 }, (_, i) => idOf(i + 1)));
    expect(await served.reader.openProposals(A)).toEqual([]);
  });

  test("that are long are fewer to a page, and one is always shown", async () => {
    await using served = await serveFake();
    await open(served, 80, 256);
    const response = await fetch(`${served.url}/v1/proposals`);
    const text = await response.text();
    expect(text.length).toBeLessThan(1.1 * 2 ** 20);
    const { proposals, next } = JSON.parse(text) as Page;
    expect(proposals.length).toBeGreaterThan(1);
    expect(next).toBe(idOf(proposals.length));
    expect(await served.reader.openProposals()).toHaveLength(80);
  });

  test("are counted as what takes long, and one of them is not", async () => {
    await using served = await serveFake({ limits: { addressHeavy: few(2) } });
    await open(served, 1);
    for (let i = 0; i < 2; i++) expect((await ask(`${served.url}/v1/proposals`)).status).toBe(200);
    const { status, error, headers } = await ask(`${served.url}/v1/proposals?limit=1`);
    expect([status, error.code, error.field]).toEqual([429, "limited", "heavyRequests"]);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await ask(`${served.url}/v1/proposals/${idOf(1)}`)).status).toBe(200);
  });

  test("of a client that asks too fast are read on after a wait", async () => {
    await using served = await serveFake({ limits: { addressHeavy: { perSecond: 5, burst: 2 } } });
    await open(served, 205);
    expect(await served.reader.openProposals()).toHaveLength(205);
  });

  test.each(["?after=1", `?after=${"z".repeat(32)}`, "?limit=0", "?limit=x", "?limit=1.5", "?before=1"])(
    "asked for by %s are refused",
    async (query) => {
      await using served = await serveFake();
      expect((await ask(`${served.url}/v1/proposals${query}`)).status).toBe(400);
    },
  );
});

test.each([idOf(3), idOf(2), "", 7])("a server whose pages do not go on, with %s, is refused", async (next) => {
  let asked = 0;
  const lying: typeof fetch = async () => Response.json({ proposals: [], next: ++asked === 1 ? idOf(3) : next });
  const client = new MapClient("http://127.0.0.1:1", { fetch: lying });
  await expect(client.openProposals()).rejects.toThrow("does not go on; the server's pages have no end");
  expect(asked).toBe(2);
});

test("a program that proposes groups all at once gets no more than it may have, and the others are told why", async () => {
  const all = await operatorOf(await emptyRun(), { mostOpenEach: 2 });
  await using map = servedDirectory(all.dir, all.operator);
  await using server = await startServer(map, { token: TOKEN, now: () => all.clock.now });
  const [first, second] = [1, 2].map(
    (program) => new MapClient(server.url, { program, secret: secretOf(program), now: () => all.clock.now }),
  ) as [MapClient, MapClient];
  const begin = (client: MapClient) => {
    const { program = 0 } = client.transport.options;
    const parts = [3, program].map((actor) => {
      return { actor, effect: { effect: "Issue", kind: kindOf(actor, 1), quantity: 1n, slot: 1 } as const };
    });
    return client.proposeGroup(parts, { patienceMs: 0 });
  };
  const answers = await Promise.allSettled(Array.from({ length: 6 }, () => begin(first)));
  const refused = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason as unknown] : []));
  expect(refused).toHaveLength(4);
  for (const reason of refused) {
    expect(reason).toMatchObject({ status: 429, code: "limited", field: "openGroups", retryAfter: 10 });
    expect((reason as Error).message).toMatch(/program 1 has 2 groups that wait for approval/);
  }
  expect((await begin(second)).state.status).toBe("open");
  expect(await first.openProposals(3)).toHaveLength(3);
});
