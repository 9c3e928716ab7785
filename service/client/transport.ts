/** How a client speaks to a server: over `fetch`, with a signature or a token. Runs in Node and in browsers. */
import { EnvironmentError, InvalidInputError, TimeBanditsError } from "../../trace/errors.ts";
import { authorizationText } from "../wire/authorization.ts";
import { toJson } from "../wire/json.ts";

/** Who a client speaks for, and how. */
export interface ClientOptions {
  /** The program that the client speaks for; with `secret`. */
  readonly program?: number;
  /** The program's key, 32 bytes. It signs requests, and never leaves the client. */
  readonly secret?: Uint8Array;
  /** The operator's token. */
  readonly token?: string;
  /**
   * The map's domain, which every signed request states. Give it where the key is used for several maps. Without it the
   * client asks the server once, and believes it.
   */
  readonly domain?: bigint;
  /** What requests are made with; the environment's by default. */
  readonly fetch?: typeof fetch;
  /** Longest time for one answer, in milliseconds. */
  readonly timeoutMs?: number;
  /** Seconds since 1970. */
  readonly now?: () => number;
}

/** A server that refuses. */
export class ServerRefusal extends TimeBanditsError {
  readonly status: number;
  readonly field: string | undefined;
  readonly invariant: string | undefined;
  /** Seconds after which to ask again. */
  readonly retryAfter: number | undefined;
  constructor(status: number, told: Told, retryAfter: number | undefined) {
    super(told.code, told.message, status >= 500 ? 3 : 1);
    this.status = status;
    this.field = told.field;
    this.invariant = told.invariant;
    this.retryAfter = retryAfter;
  }
}

interface Told {
  readonly code: string;
  readonly message: string;
  readonly field?: string | undefined;
  readonly invariant?: string | undefined;
}

const TIMEOUT_MS = 30_000;
/** Seconds that a signed request is valid. Less than a server takes, because clocks differ. */
const VALID_S = 120;
/** Bytes of an answer that are read. A genesis of a million cells has a few hundred million. */
const MOST_BYTES = 2 ** 29;

/** One server, as one party sees it. */
export class Transport {
  readonly url: string;
  readonly options: ClientOptions;
  readonly #fetch: typeof fetch;
  #greeting: Promise<Greeting> | undefined;

  /** @throws InvalidInputError if the URL is not one of a server, or a key has no program */
  constructor(url: string, options: ClientOptions = {}) {
    this.url = serverUrl(url);
    this.options = options;
    this.#fetch = options.fetch ?? fetch;
    if ((options.program === undefined) !== (options.secret === undefined)) {
      throw new InvalidInputError("program", "and secret belong together; give both or none");
    }
  }

  /**
   * Asks, and reads the answer.
   * @throws ServerRefusal if the server refuses; EnvironmentError if it does not answer
   */
  async ask<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
    const text = body === undefined ? undefined : toJson(body);
    const signal = AbortSignal.timeout(this.options.timeoutMs ?? TIMEOUT_MS);
    const response = await this.send(method, path, text, {}, signal);
    return (await this.#read(response)) as T;
  }

  /** Sends a request. @throws EnvironmentError if the server does not answer */
  async send(
    method: "GET" | "POST",
    path: string,
    body: string | undefined,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Response> {
    const response = await this.#once(method, path, body, headers, signal);
    if (response.status !== 401 || this.options.secret === undefined || path === DOMAIN) return response;
    if (!(await this.#hasRestarted())) return response;
    await response.body?.cancel();
    return this.#once(method, path, body, headers, signal);
  }

  async #once(
    method: "GET" | "POST",
    path: string,
    body: string | undefined,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Response> {
    const bytes = new TextEncoder().encode(body ?? "");
    const authorization = await this.#authorization(`${method} ${this.#pathOf(path)}`, bytes, path);
    try {
      return await this.#fetch(`${this.url}${path}`, {
        method,
        redirect: "error",
        signal,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(authorization === undefined ? {} : { authorization }),
        },
        ...(body === undefined ? {} : { body: bytes }),
      });
    } catch (cause) {
      throw new EnvironmentError("server", `${this.url} does not answer; is it running?`, { cause });
    }
  }

  /** The path as the server sees it: a server may be below a path of another. */
  #pathOf(path: string): string {
    return `${new URL(this.url).pathname.replace(/\/$/, "")}${path}`;
  }

  async #authorization(target: string, body: Uint8Array, path: string): Promise<string | undefined> {
    const { token, program, secret, now = () => Math.floor(Date.now() / 1_000) } = this.options;
    if (token !== undefined) return `Bearer ${token}`;
    if (program === undefined || secret === undefined || path === DOMAIN) return undefined;
    const { signRequest } = await import("../../trace/signing/request.ts");
    const { domain, instance } = await this.#greet();
    const expires = now() + VALID_S;
    const [random = 0n] = crypto.getRandomValues(new BigUint64Array(1));
    const nonce = (instance << 64n) | random;
    const signature = await signRequest(secret, { domain, program, target, body, expires, nonce });
    return authorizationText({ program, expires, nonce, signature });
  }

  /** The map's domain: the one that was given, or what the server says. */
  async domain(): Promise<bigint> {
    return this.options.domain ?? (await this.#greet()).domain;
  }

  #greet(): Promise<Greeting> {
    this.#greeting ??= this.ask<{ domain: string; instance: string }>("GET", DOMAIN).then(
      ({ domain, instance }) => greetingFrom(this.options.domain ?? domain, instance),
      (error: unknown) => {
        this.#greeting = undefined;
        throw error;
      },
    );
    return this.#greeting;
  }

  /** Whether the server was started again since the client last asked. Nonces of before count no more then. */
  async #hasRestarted(): Promise<boolean> {
    const before = await this.#greet();
    this.#greeting = undefined;
    return (await this.#greet()).instance !== before.instance;
  }

  async #read(response: Response): Promise<unknown> {
    let value: unknown;
    try {
      value = JSON.parse(await textOf(response)) as unknown;
    } catch (cause) {
      if (response.ok) throw new EnvironmentError("server", `${this.url} answers with what is not JSON`, { cause });
    }
    if (response.ok) return value;
    const told = toldIn(value) ?? { code: "server", message: `${this.url} answers with status ${response.status}` };
    const wait = Number(response.headers.get("retry-after") ?? Number.NaN);
    throw new ServerRefusal(response.status, told, Number.isFinite(wait) ? wait : undefined);
  }
}

/** The path whose answer tells the domain. Nothing that a program signs can be asked before it is known. */
const DOMAIN = "/v1/domain";

/** What a signed request needs of the server. */
interface Greeting {
  readonly domain: bigint;
  readonly instance: bigint;
}

function greetingFrom(domain: unknown, instance: unknown): Greeting {
  const word = `${domain}`;
  if (/^(0|[1-9][0-9]{0,77})$/.test(word) && typeof instance === "string" && /^[0-9a-f]{16}$/.test(instance)) {
    return { domain: BigInt(word), instance: BigInt(`0x${instance}`) };
  }
  throw new EnvironmentError("server", "the server says no domain and instance; it speaks another language");
}

function toldIn(value: unknown): Told | undefined {
  const error = typeof value === "object" && value !== null && "error" in value ? value.error : undefined;
  if (typeof error !== "object" || error === null) return undefined;
  const { code, message, field, invariant } = error as Record<string, unknown>;
  if (typeof code !== "string" || typeof message !== "string") return undefined;
  const text = (one: unknown): string | undefined => (typeof one === "string" ? one : undefined);
  return { code, message, field: text(field), invariant: text(invariant) };
}

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    bytes += part.value.length;
    if (bytes > MOST_BYTES) {
      await reader?.cancel();
      throw new EnvironmentError("server", `the answer is longer than ${MOST_BYTES} bytes`);
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

function serverUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new InvalidInputError("url", "is no URL; give http://HOST:PORT or https://HOST", { cause });
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new InvalidInputError("url", "begins with neither http:// nor https://");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new InvalidInputError("url", "has a password, a query or a mark; give scheme, host, port and path alone");
  }
  return url.href.replace(/\/+$/, "");
}
