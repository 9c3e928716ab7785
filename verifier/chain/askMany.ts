/** Several requests of JSON-RPC in one round trip over HTTP. The URL's secrets are in no message. */
import type { FetchRequest, GetUrlResponse } from "ethers";
import { inOneLine } from "../../trace/errors.ts";
import { type Answered, AskFailure, type AskMany, type Request } from "../../trace/import/node/ask.ts";
import { isBusy } from "../../trace/import/node/words.ts";
import { AnswerTooLate, AnswerTooLong, Redirected, requestTo } from "./node.ts";

/** Time limit for one round trip, in milliseconds, as for the other verbs. */
const ANSWER_MS = 8_000;
/** Most characters shown of a node's words. */
const LONGEST_WORDS = 300;
/** Codes with which nodes and providers ask to slow down. */
const BUSY_CODES: ReadonlySet<unknown> = new Set([429, -32005]);
/** States with which a node refuses whoever asks. */
const REFUSED: ReadonlySet<number> = new Set([401, 403]);
/** States that a later try may change. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Asks a node over HTTP or HTTPS. A single request goes alone, not as a batch of one.
 * @param url messages show only its scheme, host and port
 * @param timeoutMs time limit for one round trip, in milliseconds
 * @returns a function that rejects with AskFailure, whose `kind` says what may help
 * @throws EnvironmentError "rpc" if the URL is not valid
 */
export function askManyAt(url: string, timeoutMs: number = ANSWER_MS): AskMany {
  const to = requestTo(url, timeoutMs);
  const at = new URL(to.url).origin;
  return async (requests) => {
    if (requests.length === 0) return [];
    const response = await sent(to, requests, at);
    return answersIn(response, requests.length, at);
  };
}

async function sent(to: FetchRequest, requests: readonly Request[], at: string): Promise<GetUrlResponse> {
  const request = to.clone();
  const calls = requests.map(({ method, params }, id) => ({ jsonrpc: "2.0", id, method, params }));
  request.body = JSON.stringify(calls.length === 1 ? calls[0] : calls);
  request.setHeader("content-type", "application/json");
  try {
    // Not by `send`, which follows redirects to other hosts, and asks again by itself.
    return await request.getUrlFunc(request);
  } catch (cause) {
    throw new AskFailure(kindOf(cause), cause instanceof Error ? cause.message : `no Ethereum node answers at ${at}`, {
      cause,
    });
  }
}

/** What may help after a failure. */
function kindOf(cause: unknown): AskFailure["kind"] {
  if (cause instanceof AnswerTooLong) return "fewer";
  if (cause instanceof AnswerTooLate) return "late";
  return cause instanceof Redirected ? "never" : "again";
}

/** The answers, each at its request's index. A node may give them in any order. */
function answersIn(response: GetUrlResponse, count: number, at: string): Answered[] {
  const json = jsonIn(response);
  const alone = count === 1 && isAnswer(json);
  if (REFUSED.has(response.statusCode) || !(alone || Array.isArray(json))) throw failureOf(response, json, count, at);
  const answers = new Map<number, Answered>();
  const list: readonly unknown[] = alone ? [{ ...json, id: 0 }] : (json as readonly unknown[]);
  for (const item of list) {
    const id = member(item, "id");
    if (!isAnswer(item) || typeof id !== "number" || !Number.isInteger(id) || id < 0 || id >= count) continue;
    answers.set(id, answerIn(item));
  }
  if (answers.size === count) return Array.from({ length: count }, (_, id) => answers.get(id) as Answered);
  throw new AskFailure(count > 1 ? "fewer" : "again", `the node at ${at} leaves out answers of a batch; ask again`);
}

function answerIn(item: object): Answered {
  const error = member(item, "error");
  if (error === undefined || error === null) return { result: member(item, "result") };
  const words = wordsOf(error);
  return BUSY_CODES.has(member(error, "code")) ? { error: words, busy: true } : { error: words };
}

/** An answer of JSON-RPC has a result or an error. */
function isAnswer(value: unknown): value is object {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && ("result" in value || "error" in value)
  );
}

/** The words of an error; a revert's data may hold more than its message. */
function wordsOf(error: unknown): string {
  const message = typeof error === "string" ? error : member(error, "message");
  const words = typeof message === "string" && message !== "" ? message : "it does not say why";
  const reverted = member(error, "code") === 3 && !/revert/i.test(words);
  return inOneLine(reverted ? `execution reverted: ${words}` : words, LONGEST_WORDS);
}

/** The failure of a round trip without answers to its requests. */
function failureOf(response: GetUrlResponse, json: unknown, count: number, at: string): AskFailure {
  const { statusCode, statusMessage } = response;
  const error = member(json, "error");
  const said = error === undefined || error === null ? "" : ` (it says: ${wordsOf(error)})`;
  const what = (text: string) => `the node at ${at} answers ${text}${said}`;
  const busy = said !== "" && (BUSY_CODES.has(member(error, "code")) || isBusy(said));
  if (busy || LATER.has(statusCode)) {
    const afterMs = Number(response.headers["retry-after"] ?? 0) || 0;
    return new AskFailure("again", what(`${statusCode}, too many questions; try again later`), { afterMs });
  }
  if (REFUSED.has(statusCode)) {
    return new AskFailure("never", what(`${statusCode}; check key and password in its URL`));
  }
  if (statusCode >= 500) return new AskFailure("again", what(`${statusCode} ${statusMessage}`.trimEnd()));
  if (count > 1) return new AskFailure("fewer", what(`${statusCode} to ${count} requests at once; ask for fewer`));
  if (statusCode !== 200) return new AskFailure("never", what(`${statusCode} ${statusMessage}; check its URL`));
  return new AskFailure("never", what("something else than JSON-RPC; check its URL"));
}

function jsonIn(response: GetUrlResponse): unknown {
  try {
    // Much faster than the text that ethers makes of it: an answer can have a hundred million bytes.
    return JSON.parse(new TextDecoder().decode(response.body ?? undefined));
  } catch {
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
