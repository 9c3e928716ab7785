/**
 * A node that lies. It stands between the tool and a real node, and in each conversation it changes one answer, or is
 * silent, or dies. The tool must end in time with an error for people or with the true result, and nothing may happen
 * twice on the chain.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Anvil, startAnvil } from "../../../scripts/lib/anvil.ts";
import { TimeBanditsError } from "../../../trace/errors.ts";
import {
  advance,
  advancedEvents,
  awaitConfirmed,
  type Chain,
  connect,
  deployRegistry,
  findMap,
  openRegistry,
  type Registry,
  readMap,
  storeKey,
} from "../../../verifier/chain/registry.ts";
import { lookAtMap } from "../../../verifier/map/lookAtMap.ts";
import { GENESIS_ROOT, TestMap } from "../../lib/chains.ts";
import { forgedKey, SOME_SECRETS } from "../../lib/forge.ts";
import type { Random } from "../../lib/random.ts";

interface Answer {
  jsonrpc: string;
  id: unknown;
  result?: unknown;
  error?: unknown;
}

/** The text that is sent instead of the answer; null is silence, `dead` the end of the connection. */
type Lie = (answer: Answer, random: Random) => { status?: number; body: string } | null | "dead";

const said = (answer: unknown): { body: string } => ({ body: JSON.stringify(answer) });

const LIES: Readonly<Record<string, Lie>> = {
  "another id": (answer) => said({ ...answer, id: 999_999 }),
  "no id": ({ result }) => said({ jsonrpc: "2.0", result }),
  "a page": () => ({ body: "<html><body>502 Bad Gateway</body></html>" }),
  "a server's error": () => ({ status: 500, body: "oops" }),
  "too many requests": () => ({ status: 429, body: "" }),
  "half an answer": (answer, random) => {
    const { body } = said(answer);
    return { body: body.slice(0, random.below(body.length)) };
  },
  "nothing at all": () => ({ body: "" }),
  silence: () => null,
  "the end": () => "dead",
  null: (answer) => said({ ...answer, result: null }),
  "0x": (answer) => said({ ...answer, result: "0x" }),
  "a number": (answer) => said({ ...answer, result: 7 }),
  "a list": (answer) => said({ ...answer, result: [[], {}] }),
  "an object": (answer) => said({ ...answer, result: { status: "0x1", number: "x" } }),
  "a very long answer": (answer) => said({ ...answer, result: `0x${"f".repeat(1_000_000)}` }),
  "a very deep answer": ({ id }) => ({
    body: `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
  }),
  "a changed digit": (answer, random) => {
    const text = JSON.stringify(answer.result ?? "0x0");
    const digits = [...text.matchAll(/[0-9a-f]/g)];
    if (digits.length === 0) return said(answer);
    const at = random.pick(digits).index;
    const changed = text.slice(0, at) + random.below(16).toString(16) + text.slice(at + 1);
    try {
      return said({ ...answer, result: JSON.parse(changed) as unknown });
    } catch {
      return said(answer);
    }
  },
  "an error": ({ id }) => said({ jsonrpc: "2.0", id, error: { code: -32000, message: "execution reverted" } }),
  "an error that is none": ({ id }) => said({ jsonrpc: "2.0", id, error: "no" }),
  "an error without an end": ({ id }) =>
    said({ jsonrpc: "2.0", id, error: { code: 3, message: "x", data: { data: {} } } }),
};

/** The secret key of anvil's first account, which is public. With it the tool signs instead of the node. */
const FIRST_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/** Time limits for an answer and for a transaction to be mined, in ms. */
const TIMES = { timeoutMs: 250, waitMs: 1_500 };
/** Time limit of a conversation, in ms. */
const PATIENCE = 20_000;

/** A real node behind one that lies. */
export class LyingRpc {
  readonly #anvil: Anvil;
  readonly #server: Server;
  readonly #truth: Chain;
  readonly #registry: Registry;
  /** The request that is answered with a lie, counted from 0, and the lie. */
  #lie: { at: number; how: string; random: Random } | undefined;
  #asked = 0;
  #keys = 0;

  private constructor(anvil: Anvil, server: Server, truth: Chain, registry: Registry) {
    this.#anvil = anvil;
    this.#server = server;
    this.#truth = truth;
    this.#registry = registry;
  }

  static async open(): Promise<LyingRpc> {
    const anvil = await startAnvil();
    const truth = await connect(anvil.url);
    const server = createServer();
    const liar = new LyingRpc(anvil, server, truth, await deployRegistry(truth));
    server.on("request", (request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", async () => {
        const reply = await liar.#answer(Buffer.concat(parts).toString());
        if (reply === "dead") request.socket.destroy();
        else if (reply !== null) {
          response.writeHead(reply.status ?? 200, { "content-type": "application/json" });
          response.end(reply.body);
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return liar;
  }

  async close(): Promise<void> {
    this.#truth.provider.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#anvil.stop();
  }

  get #url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #answer(request: string): Promise<{ status?: number; body: string } | null | "dead"> {
    const response = await fetch(this.#anvil.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: request,
    });
    const body = await response.text();
    const lie = this.#lie;
    if (lie === undefined || this.#asked++ !== lie.at) return { body };
    return (LIES[lie.how] as Lie)(JSON.parse(body) as Answer, lie.random);
  }

  /** One conversation with one lie in it. @returns the fault in words; null if there is none */
  async try(random: Random): Promise<string | null> {
    const map = await TestMap.create(this.#registry);
    const batch = map.batch();
    const account = (await this.#truth.signer?.getAddress()) ?? "";
    const sent = await this.#truth.provider.getTransactionCount(account);
    const key = forgedKey({ ...SOME_SECRETS, beta: 1_000n + BigInt(this.#keys++) });
    const talks: Readonly<Record<string, (registry: Registry) => Promise<unknown>>> = {
      reads: (registry) => readMap(registry, map.mapId).then(({ root, seq }) => `${root} ${seq}`),
      events: (registry) => advancedEvents(registry, map.mapId).then((events) => events.length),
      looks: (registry) => lookAtMap(registry.chain, registry.address, map.mapId),
      waits: ({ chain, address }) =>
        awaitConfirmed(chain, {
          ...{ what: "the map", confirmations: 1 },
          block: async () => (await findMap({ chain, address }, map.mapId))?.createdIn ?? null,
        }),
      submits: (registry) => advance(registry, map.mapId, [batch]).then(() => "done"),
      stores: (registry) => storeKey(registry, key).then(() => "done"),
    };
    const what = random.pick(Object.keys(talks));
    const how = random.pick(Object.keys(LIES));
    const own = random.below(2) === 0;
    const at = random.below(what === "reads" || what === "events" ? 8 : 16);
    this.#asked = 0;
    this.#lie = { at, how, random };
    const begun = performance.now();
    let end: string | null;
    try {
      end = await this.#talk(talks[what] as (registry: Registry) => Promise<unknown>, own);
    } finally {
      this.#lie = undefined;
    }
    const took = performance.now() - begun;
    const where = `${what}${own ? " with a key" : ""}: ${how} to request ${at}`;
    if (end !== null) return `${where}: ${end}`;
    if (took > PATIENCE) return `${where}: took ${Math.round(took)} ms`;
    const more = (await this.#truth.provider.getTransactionCount(account)) - sent;
    const { root, seq } = await readMap(this.#registry, map.mapId);
    if (more > (what === "submits" || what === "stores" ? 1 : 0)) return `${where}: ${more} transactions`;
    const moved = root === batch.postRoot && seq === 3;
    if (!moved && (root !== GENESIS_ROOT || seq !== 0)) return `${where}: the map is at ${seq}`;
    return null;
  }

  /**
   * @param own whether the tool signs, or the node for it
   * @returns the kind of an error that is not for people
   */
  async #talk(talk: (registry: Registry) => Promise<unknown>, own: boolean): Promise<string | null> {
    let chain: Chain | undefined;
    try {
      chain = await connect(this.#url, own ? { ...TIMES, privateKey: FIRST_KEY } : TIMES);
      await talk(await openRegistry(chain, this.#registry.address));
      return null;
    } catch (error) {
      if (error instanceof TimeBanditsError) return null;
      return `threw ${String(error instanceof Error ? error.stack : error).slice(0, 1500)}`;
    } finally {
      chain?.provider.destroy();
    }
  }
}
