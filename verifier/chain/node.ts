/**
 * Connects to a node without showing its URL. The URL is secret: path and query may hold a provider's key, and user and
 * password stand before the host. Ethers gets only scheme, host and port, so its errors show no more. The whole URL
 * stays in this file.
 */
import { FetchRequest, type FetchResponse, type GetUrlResponse } from "ethers";
import { EnvironmentError, TimeBanditsError } from "../../trace/errors.ts";

/** Longest accepted answer, in bytes. The call tree of a transaction that fills a block has about ten million. */
const LONGEST_ANSWER = 128 * 2 ** 20;
/** Longest wait that a node may ask for, in seconds. */
const LONGEST_RETRY_AFTER = 10;
/** Shortest masked part of a URL. Shorter parts are words such as `v3`, which answers contain anyway. */
const SHORTEST_SECRET = 8;
const MIB = 2 ** 20;

/** An answer is longer than accepted, and was cut off. */
export class AnswerTooLong extends EnvironmentError {
  constructor(node: string) {
    super("rpc", `the node at ${node} sends more than ${LONGEST_ANSWER / MIB} MiB in one answer; use another node`);
  }
}

/** The node did not answer in time. */
export class AnswerTooLate extends EnvironmentError {
  constructor(node: string, timeoutMs: number) {
    super(
      "rpc",
      `the node at ${node} has not answered within ${timeoutMs / 1_000} s; try again, or with --rpc-timeout`,
    );
  }
}

/** The node sends its callers to another address. */
export class Redirected extends EnvironmentError {
  constructor(node: string, status: number) {
    super("rpc", `the node at ${node} answers ${status}, a redirect, which is not followed; give the node's own URL`);
  }
}

/** A node's URL, taken apart. */
interface NodeUrl {
  /** Scheme, host and port: the only part that messages show. */
  readonly shown: string;
  /** The URL to fetch, without user and password, which `fetch` refuses. */
  readonly url: string;
  /** The header made from user and password. */
  readonly authorization: string | undefined;
  /** Secret parts, masked in every answer. */
  readonly secrets: readonly string[];
}

function nodeUrl(text: string): NodeUrl {
  let url: URL;
  try {
    url = new URL(text);
    if (url.protocol !== "http:" && url.protocol !== "https:") throw new Error("another protocol");
  } catch {
    // Without the text, and without a cause that quotes it: even a wrong URL may hold a secret.
    throw new EnvironmentError("rpc", "the RPC URL is not valid: give http:// or https:// and a host");
  }
  const [user, password] = [decoded(url.username), decoded(url.password)];
  const named = user !== "" || password !== "";
  const base64 = Buffer.from(`${user}:${password}`, "utf8").toString("base64");
  const authorization = named ? `Basic ${base64}` : undefined;
  const [path, query] = [url.pathname, url.search.slice(1)];
  const parts = [path, query, ...path.split("/"), ...url.searchParams.values(), user, password, base64];
  url.username = "";
  url.password = "";
  url.hash = "";
  const secrets = [...new Set(parts)].filter((part) => part.length >= SHORTEST_SECRET);
  // The longest first: after a part is masked, the whole would not be found.
  secrets.sort((a, b) => b.length - a.length);
  return { shown: url.origin, url: url.href, authorization, secrets };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A request to a node, cloned for each question. @throws EnvironmentError "rpc" if the URL is not valid */
export function requestTo(url: string, timeoutMs: number): FetchRequest {
  const node = nodeUrl(url);
  const request = new FetchRequest(`${node.shown}/`);
  request.timeout = timeoutMs;
  request.setThrottleParams({ maxAttempts: 3 });
  // A node that is too busy to answer may have acted on the request, so a repeat could act twice.
  request.retryFunc = async ({ body }) => body === null || !Buffer.from(body).includes('"eth_send');
  request.getUrlFunc = (question, signal) => {
    const ended = new AbortController();
    signal?.addListener(() => ended.abort());
    return answerOf(node, question, ended.signal);
  };
  return request;
}

async function answerOf(node: NodeUrl, question: FetchRequest, ended: AbortSignal): Promise<GetUrlResponse> {
  const timeout = AbortSignal.timeout(question.timeout);
  const { authorization } = node;
  try {
    const response = await fetch(node.url, {
      method: question.method,
      headers: { ...question.headers, ...(authorization === undefined ? {} : { authorization }) },
      body: question.body === null ? null : new Uint8Array(question.body),
      // A redirect would send the URL and the password to another host.
      redirect: "manual",
      signal: AbortSignal.any([timeout, ended]),
    });
    // Ethers would follow it, with the transaction.
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw new Redirected(node.shown, response.status);
    }
    const headers = Object.fromEntries(response.headers);
    const later = headers["retry-after"];
    // The header is in seconds; ethers reads milliseconds.
    if (later !== undefined && /^\d{1,4}$/.test(later)) {
      headers["retry-after"] = String(Math.min(Number(later), LONGEST_RETRY_AFTER) * 1_000);
    }
    const body = masked(await bytesOf(node, response), node.secrets);
    return { statusCode: response.status, statusMessage: response.statusText, headers, body };
  } catch (error) {
    if (error instanceof TimeBanditsError) throw error;
    if (timeout.aborted) throw new AnswerTooLate(node.shown, question.timeout);
    throw new EnvironmentError("rpc", `no Ethereum node answers at ${node.shown}${reasonOf(error)}`, { cause: error });
  }
}

/** The reason of a failed `fetch`, from its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code: unknown = typeof cause === "object" && cause !== null ? Reflect.get(cause, "code") : undefined;
  return typeof code === "string" ? ` (${code})` : "";
}

/** The body, up to the longest accepted length. A compressed body counts with its unpacked length. */
async function bytesOf(node: NodeUrl, response: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    // Leaving the loop ends the connection.
    if (length > LONGEST_ANSWER) throw new AnswerTooLong(node.shown);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The node's answer with secret parts of its URL masked, as in "invalid key …". */
function masked(body: Buffer, secrets: readonly string[]): Uint8Array {
  if (!secrets.some((secret) => body.includes(secret))) return body;
  let text = body.toString("utf8");
  for (const secret of secrets) text = text.replaceAll(secret, "…");
  return Buffer.from(text, "utf8");
}

/**
 * Asks a node for its chain id.
 * @param timeoutMs time limit for the answer, in milliseconds
 * @throws EnvironmentError if no node answers there, or not in time
 */
export async function askChainId(url: string, timeoutMs: number): Promise<bigint> {
  const request = requestTo(url, timeoutMs);
  request.body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
  request.setHeader("content-type", "application/json");
  const at = new URL(request.url).origin;
  let response: FetchResponse;
  try {
    response = await request.send();
  } catch (error) {
    if (error instanceof TimeBanditsError) throw error;
    throw new EnvironmentError("rpc", `no Ethereum node answers at ${at}`, { cause: error });
  }
  const result = resultIn(response);
  if (typeof result === "string" && /^0x[0-9a-f]{1,13}$/i.test(result)) return BigInt(result);
  throw new EnvironmentError("rpc", `no Ethereum node answers at ${at}: ${statusOf(response)}`);
}

function resultIn(response: FetchResponse): unknown {
  try {
    const answer: unknown = response.bodyJson;
    return typeof answer === "object" && answer !== null ? Reflect.get(answer, "result") : undefined;
  } catch {
    return undefined;
  }
}

function statusOf({ statusCode, statusMessage }: FetchResponse): string {
  if (statusCode === 401 || statusCode === 403) return `it answers ${statusCode}; check key and password in its URL`;
  if (statusCode === 429) return "it answers 429, too many questions; try again later";
  // Ethers reports a request whose retries failed as 599.
  return statusCode === 200 ? "its answer names no chain" : `it answers ${statusCode} ${statusMessage}`.trimEnd();
}
