/** A worker's link to a server, over HTTP. */
import { inOneLine, TimeBanditsError } from "../../trace/errors.ts";
import { PROTOCOL_VERSION } from "../../trace/layout.ts";
import type { TakeAnswer } from "../fleet/messages.ts";
import { type Job, type Link, LinkError } from "./link.ts";

/** The server refuses the worker: trying again does not help. */
export class SentAwayError extends TimeBanditsError {
  constructor(code: string, message: string) {
    super(code, message);
  }
}

export interface HttpLinkOptions {
  /** Where the server is, as in `https://map.example:8080`. */
  readonly server: string;
  readonly token?: string | undefined;
  readonly name: string;
  /** Hash of each circuit that this release makes inputs for, by profile. */
  readonly circuits: Readonly<Record<string, string>>;
}

const WAIT_SECONDS = 20;
/** Longest wait for an answer beyond that, in milliseconds. */
const ANSWER_MS = 20_000;
/** Refusals that pass: too many leases, too many requests. */
const PASSING = new Set([429]);
const MOST_ERROR = 500;

export class HttpLink implements Link {
  readonly #options: HttpLinkOptions;

  constructor(options: HttpLinkOptions) {
    this.#options = options;
  }

  async take(signal: AbortSignal): Promise<Job | undefined> {
    const { name, circuits } = this.#options;
    const body = { worker: name, version: PROTOCOL_VERSION, circuits, waitSeconds: WAIT_SECONDS };
    const answer = await this.#post("take", body, signal);
    if (answer === undefined) return undefined;
    const { id, lease, profile, beatSeconds, artifacts, work } = answer as TakeAnswer;
    return { id, lease, profile, beatSeconds, artifacts, work: Buffer.from(work, "base64") };
  }

  async beat({ id, lease }: Job): Promise<boolean> {
    const answer = await this.#post(`${id}/beat`, { worker: this.#options.name, lease });
    return (answer as { held: boolean }).held;
  }

  async handIn({ id, lease }: Job, bundle: object): Promise<"accepted" | "late"> {
    const answer = await this.#post(`${id}/proof`, { worker: this.#options.name, lease, bundle });
    return (answer as { result: "accepted" | "late" }).result;
  }

  async giveBack({ id, lease }: Job, reason?: string): Promise<void> {
    const why = reason === undefined ? {} : { reason: reason.slice(0, MOST_ERROR) };
    await this.#post(`${id}/failure`, { worker: this.#options.name, lease, ...why });
  }

  /** A file of the server: a circuit's witness program, or a key. */
  async artifact(hash: string): Promise<Response> {
    const response = await this.#fetch(`v1/artifacts/${hash}`, { headers: this.#headers() });
    if (response.ok) return response;
    await response.body?.cancel();
    throw new LinkError(`the server has no file ${hash.slice(0, 16)}… now (status ${response.status})`);
  }

  #headers(): Record<string, string> {
    const { token } = this.#options;
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const base = this.#options.server.endsWith("/") ? this.#options.server : `${this.#options.server}/`;
    try {
      return await fetch(new URL(path, base), init);
    } catch (error) {
      throw new LinkError(`the server does not answer: ${reasonOf(error)}`, { cause: error });
    }
  }

  async #post(path: string, body: object, signal?: AbortSignal): Promise<unknown> {
    const limit = AbortSignal.timeout(ANSWER_MS + (path === "take" ? WAIT_SECONDS * 1_000 : 0));
    const response = await this.#fetch(`v1/work/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...this.#headers() },
      body: JSON.stringify(body),
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    try {
      if (response.status === 204) return undefined;
      const answer: unknown = await response.json();
      if (response.ok) return answer;
      throw refusal(response.status, answer);
    } catch (error) {
      if (error instanceof TimeBanditsError || error instanceof LinkError) throw error;
      throw new LinkError(`the server's answer is cut short: ${reasonOf(error)}`, { cause: error });
    }
  }
}

function refusal(status: number, answer: unknown): Error {
  const { code, message } = (answer ?? {}) as { code?: unknown; message?: unknown };
  const text = typeof message === "string" ? inOneLine(message) : `status ${status}`;
  if (status >= 500 || PASSING.has(status)) return new LinkError(`the server is not ready: ${text}`);
  return new SentAwayError(typeof code === "string" ? code : "refused", text);
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: unknown; cause?: { code?: unknown; message?: unknown } };
  return String(cause?.code ?? cause?.message ?? message ?? error);
}
