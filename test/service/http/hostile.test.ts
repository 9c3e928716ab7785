/** Clients that lie, flood, or send what is no request. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { proposalDigest } from "../../../service/wire/proposalDigest.ts";
import { kindOf } from "../../../trace/layout.ts";
import { A, B, OPEN } from "./fakeOperator.ts";
import { ask, authorization, type Signed, send } from "./raw.ts";
import { type Served, serveFake, TOKEN } from "./servers.ts";

const GOLD = kindOf(A, 1);
const WIDE = { perSecond: 10_000, burst: 10_000 };
let served: Served;
beforeAll(async () => {
  served = await serveFake({ limits: { addressRequests: WIDE, addressChecks: WIDE, programRequests: WIDE } });
});
afterAll(() => served.server.close());

let ids = 0;
const nextId = (): string => (++ids).toString(16).padStart(32, "0");
const issue = (slot: number) => ({ effect: "Issue", kind: `${GOLD}`, quantity: "5", slot });
const proposalOf = (slot: number, more: object = {}): string =>
  JSON.stringify({
    ...{ id: nextId(), parts: [{ actor: A, effect: issue(slot) }], validUntil: Math.floor(Date.now() / 1_000) + 60 },
    ...more,
  });

async function post(path: string, body: string, header: string | undefined) {
  const headers = { "content-type": "application/json", ...(header === undefined ? {} : { authorization: header }) };
  return await ask(`${served.url}${path}`, { method: "POST", body, headers });
}

/** Proposes with a signature in which something is altered. */
async function propose(body: string, more: Partial<Signed> = {}) {
  return await post(
    "/v1/proposals",
    body,
    await authorization(served, { target: "POST /v1/proposals", body, ...more }),
  );
}

describe("a signature", () => {
  test("counts for its own request, once", async () => {
    const body = proposalOf(1);
    const header = await authorization(served, { target: "POST /v1/proposals", body });
    const before = served.operator.tracer.seq;
    expect((await post("/v1/proposals", body, header)).status).toBe(200);
    const again = await post("/v1/proposals", body, header);
    expect([again.status, again.error.code]).toEqual([401, "unauthorized"]);
    expect(again.error.message).toMatch(/a request with this nonce was taken already/);
    expect(served.operator.tracer.seq).toBe(before + 1);
  });

  const now = Math.floor(Date.now() / 1_000);
  test.each<[string, Partial<Signed>, RegExp]>([
    ["of another body", { body: proposalOf(99) }, /not one of this request/],
    ["of another path", { target: "POST /v1/triggers" }, /not one of this request/],
    ["of another method", { target: "GET /v1/proposals" }, /not one of this request/],
    ["of a path with a query", { target: "POST /v1/proposals?x=1" }, /not one of this request/],
    ["for another map", { domain: 12345n }, /not one of this request/],
    ["by another program's key", { key: B }, /the key is not that of program 1/],
    ["by a program that is open", { program: OPEN, key: A }, /program 3 is open: only the operator acts for it/],
    ["by a program that does not exist", { program: 4_000, key: A }, /there is no program 4000/],
    ["whose time is over", { expires: now - 5 }, /the request was valid until/],
    ["that is valid for too long", { expires: now + 900 }, /valid for more than 300 s/],
    ["of another start of the server", { nonce: 5n }, /not of this start of the server/],
  ])("%s is refused", async (_, more, message) => {
    const before = served.operator.tracer.seq;
    const { status, error } = await propose(proposalOf(2), more);
    expect([status, error.code]).toEqual([401, "unauthorized"]);
    expect(error.message).toMatch(message);
    expect(served.operator.tracer.seq).toBe(before);
  });

  test("of one program is good for no other's effects", async () => {
    const body = proposalOf(3);
    const { status, error } = await propose(body, { program: B });
    expect([status, error.code]).toEqual([403, "forbidden"]);
    expect(error.message).toMatch(/program 2 has no part in it/);
  });

  test("in any other form is refused", async () => {
    const body = proposalOf(4);
    const good = await authorization(served, { target: "POST /v1/proposals", body });
    const others = [good.replace(",", ", "), good.toLowerCase(), `${good},x=1`, good.replace("nonce=", "nonce=A")];
    const forms = ["", "Bearer", "Basic abc", "Bearer wrong-token-of-somebody-else", `Bearer ${TOKEN}x`, ...others];
    for (const form of forms) {
      const { status } = await post("/v1/proposals", body, form);
      expect(status, form).toBe(401);
    }
    expect((await post("/v1/proposals", body, undefined)).status).toBe(401);
    expect((await post("/v1/proposals", body, good)).status).toBe(200);
  });

  test("of the request before a restart does not count after it, and the client signs anew", async () => {
    const body = proposalOf(5);
    const header = await authorization(served, { target: "POST /v1/proposals", body });
    await using other = await serveFake();
    const replayed = await fetch(`${other.url}/v1/proposals`, {
      ...{ method: "POST", body, headers: { "content-type": "application/json", authorization: header } },
    });
    expect(replayed.status).toBe(401);
    let url = served.url;
    const moving: typeof fetch = (input, init) => fetch(String(input).replace(served.url, url), init);
    const client = served.client(A, { fetch: moving });
    expect((await client.propose([issueEffect(6)])).state.status).toBe("accepted");
    url = other.url;
    expect((await client.propose([issueEffect(6)])).state.status).toBe("accepted");
    expect(other.operator.tracer.seq).toBe(1);
  });
});

const issueEffect = (slot: number) => ({ effect: "Issue", kind: GOLD, quantity: 5n, slot }) as const;
const ownOf = (program: number, slot: number) => {
  return { actor: program, effect: { effect: "Issue", kind: kindOf(program, 1), quantity: 1n, slot } as const };
};

describe("an approval", () => {
  test("is for the effects that were looked at, and for no others", async () => {
    const { id, state } = await served.client(A).proposeGroup([ownOf(A, 20), ownOf(B, 20)]);
    expect(state).toEqual({ status: "open", missing: [B] });
    const b = served.client(B);
    const { proposal } = await b.proposal(id);
    const [first, second] = proposal.parts;
    const cheaper = {
      ...proposal,
      parts: [first, { actor: B, effect: { ...(second?.effect as object), quantity: "9" } }],
    };
    const others = [
      cheaper,
      { ...proposal, validUntil: proposal.validUntil + 1 },
      { ...proposal, parts: [second, first] },
    ];
    for (const other of others) {
      await expect(b.approve(other as never)).rejects.toMatchObject({ status: 409, code: "other-proposal" });
    }
    expect((await b.proposal(id)).state.status).toBe("open");
    expect((await b.approve(proposal)).status).toBe("accepted");
  });

  test("of the same effects by another numbering is refused", async () => {
    const { id } = await served.client(A).proposeGroup([ownOf(A, 22), ownOf(B, 22)], { numbering: 3 });
    const b = served.client(B);
    const { proposal } = await b.proposal(id);
    expect(proposal.numbering).toBe(3);
    const { numbering: _, ...without } = proposal;
    for (const other of [without, { ...proposal, numbering: 4 }]) {
      await expect(b.approve(other)).rejects.toMatchObject({ status: 409, code: "other-proposal" });
    }
    expect((await b.approve(proposal)).status).toBe("accepted");
    expect((await b.status()).numbering).toBe(0);
    expect((await b.head()).numbering).toBe(0);
  });

  test("without a digest, of no proposal, or by a stranger is refused", async () => {
    const { id } = await served.client(A).proposeGroup([ownOf(A, 21), ownOf(B, 21)]);
    const path = `/v1/proposals/${id}/approval`;
    for (const body of ["{}", '{"digest":"12"}', '{"digest":1}', `{"digest":"${"a".repeat(64)}","x":1}`]) {
      const header = await authorization(served, { program: B, target: `POST ${path}`, body });
      expect((await post(path, body, header)).status, body).toBe(400);
    }
    const header = await authorization(served, { program: B, target: `POST ${path}`, body: "" });
    expect((await ask(`${served.url}${path}`, { method: "POST", headers: { authorization: header } })).status).toBe(
      400,
    );
    const none = { id: "f".repeat(32), parts: [], validUntil: 0 };
    await expect(served.client(B).approve(none)).rejects.toMatchObject({ status: 404 });
  });

  test("says the same of a proposal on both sides, whatever the order of its members", async () => {
    const one = { id: "ab", parts: [{ actor: 1, effect: { effect: "Issue", slot: 1 } }], validUntil: 5 };
    const other = { validUntil: 5, parts: [{ effect: { slot: 1, effect: "Issue" }, actor: 1 }], id: "ab" };
    expect(await proposalDigest(one)).toBe(await proposalDigest(other));
    // From the text `{"id":"ab","parts":[{"actor":1,"effect":{"effect":"Issue","slot":1}}],"validUntil":5}`.
    const { createHash } = await import("node:crypto");
    const text = '{"id":"ab","parts":[{"actor":1,"effect":{"effect":"Issue","slot":1}}],"validUntil":5}';
    expect(await proposalDigest(one)).toBe(createHash("sha256").update(text).digest("hex"));
    const numbered = text.replace('"parts"', '"numbering":2,"parts"');
    expect(await proposalDigest({ ...one, numbering: 2 })).toBe(createHash("sha256").update(numbered).digest("hex"));
  });
});

describe("a body", () => {
  test.each<[string, string]>([
    ["that is no JSON", "{"],
    ["that has a member twice", '{"id":"1","id":"2"}'],
    ["that is nested too deep", `${"[".repeat(500)}${"]".repeat(500)}`],
    ["with a wrong id", '{"id":"1","parts":[],"validUntil":1}'],
    ["with an unknown effect", proposalOf(6, { parts: [{ actor: 1, effect: { effect: "Steal" } }] })],
    ["with a field too many", proposalOf(6, { parts: [{ actor: 1, effect: { ...issue(6), more: 1 } }] })],
    [
      "with a number for a decimal text",
      proposalOf(6, { parts: [{ actor: 1, effect: { ...issue(6), quantity: 5 } }] }),
    ],
    ["with a number that is no program's", proposalOf(6, { parts: [{ actor: -1, effect: issue(6) }] })],
    ["with prototypes", '{"__proto__":{"id":"1"},"parts":[],"validUntil":1}'],
    ["with too many parts", proposalOf(6, { parts: new Array(257).fill({ actor: 1, effect: issue(6) }) })],
  ])("%s is refused with 400", async (_, body) => {
    const { status, error } = await propose(body);
    expect([status, error.code]).toEqual([400, "invalid"]);
    expect(error.message).not.toMatch(/at .*\.ts/);
  });

  test("that is not UTF-8, not JSON by its type, or too long is refused", async () => {
    const url = `${served.url}/v1/proposals`;
    const raw = (body: string | Uint8Array<ArrayBuffer>, type: string) =>
      ask(url, { method: "POST", body, headers: { "content-type": type } });
    expect((await raw(new Uint8Array([0x22, 0xff, 0x22]), "application/json")).status).toBe(400);
    expect((await raw("a=1", "application/x-www-form-urlencoded")).status).toBe(415);
    expect((await raw("{}", "text/plain")).status).toBe(415);
    const long = await raw("x".repeat(300_000), "application/json");
    expect([long.status, long.error.code]).toEqual([413, "too-large"]);
  });

  test("that is announced as huge is refused before it is sent", async () => {
    const head = "POST /v1/proposals HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    expect(await send(served.url, `${head}Content-Length: 99999999999\r\n\r\n{`)).toMatch(/ 413 /);
    expect(await send(served.url, `${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{`)).toMatch(/ 400 /);
    const chunk = `40000\r\n${"x".repeat(0x40000)}\r\n`;
    expect(await send(served.url, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`)).toMatch(/ 413 /);
  });
});

describe("a path", () => {
  test.each([
    "/v1/proofs/../../trace.jsonl",
    "/v1/proofs/..%2f..%2ftrace.jsonl",
    "/v1/proofs/%2e%2e%2fmanifest.json",
    "/v1/proofs/0000000001-0000000003-0123456789abcdef.json%00",
    "/v1/programs/1e1",
    "/v1/programs/01",
    "/v1/programs/-1",
    "/v1/programs/1/../2",
    "/v1/cells/1/999999999999999999999",
    "/v1/cells/1/%",
    "/v1/proposals/zz",
    "//v1/status",
    "/V1/status",
    "/v1/status/",
    "/v1/records?from=5&to=1",
    "/v1/records?from=1",
    "/v1/records?from=1&to=2&to=3",
    "/v1/records?from=1&to=2&more=3",
    `/v1/${"a".repeat(7_000)}`,
  ])("%s leads nowhere", async (path) => {
    const first = await send(served.url, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(first).toMatch(/ (400|404|414) /);
  });

  test("of a bundle that is there leads to it", async () => {
    const name = "0000000001-0000000003-0123456789abcdef.json";
    expect(await served.reader.proofs()).toEqual([name]);
    expect(await served.reader.proof(name)).toEqual({ format: "time-bandits-proof" });
  });
});

test("headers that are too long or too many, and what is no HTTP, end the connection", async () => {
  const long = `GET /health HTTP/1.1\r\nHost: localhost\r\nX-Long: ${"a".repeat(20_000)}\r\n\r\n`;
  expect(await send(served.url, long)).toMatch(/ 431 /);
  const many = Array.from({ length: 5_000 }, (_, i) => `X-${i}: y`).join("\r\n");
  expect(await send(served.url, `GET /health HTTP/1.1\r\nHost: localhost\r\n${many}\r\n\r\n`)).toMatch(/ 431 /);
  expect(await send(served.url, "\u0016\u0003\u0001\r\n\r\n")).toMatch(/ 400 /);
  expect((await ask(`${served.url}/health`)).status).toBe(200);
});

test("an error of the inside says nothing of the inside", async () => {
  served.operator.broken = new Error("/secret/path is not writable");
  try {
    const { status, error } = await propose(proposalOf(7));
    expect([status, error.code]).toEqual([500, "internal"]);
    expect(JSON.stringify(error)).not.toContain("secret");
    expect(served.failures.pop()).toBe(served.operator.broken);
  } finally {
    served.operator.broken = undefined;
  }
});
