/** Events of a server, in order, over as many connections as it takes. */
import { createParser } from "eventsource-parser";
import { EnvironmentError, TimeBanditsError } from "../../trace/errors.ts";
import type { OperatorEvent } from "../operator/types.ts";
import type { Wire } from "../wire/json.ts";
import { ServerRefusal, type Transport } from "./transport.ts";

/**
 * An event, with its bigints as decimal texts. `begin`: the connection stands. `reset`: events are missing, so read the
 * state anew.
 */
export type ClientEvent = { readonly id: string } & (
  | Wire<OperatorEvent>
  | { readonly type: "begin" }
  | { readonly type: "reset" }
);

/** How to read events. */
export interface EventOptions {
  /** The id of the last event that was seen. */
  readonly after?: string;
  readonly signal?: AbortSignal;
  /** Milliseconds without a sign of life after which a connection is given up. */
  readonly silenceMs?: number;
  /** Milliseconds to wait before connecting again, at first; doubled up to half a minute. */
  readonly waitMs?: number;
}

const SILENCE_MS = 60_000;
const WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** Characters of one event. */
const LONGEST_EVENT = 2 ** 22;

/**
 * Events as they happen. Connects again when a connection ends, and goes on after the last event, until the signal is
 * aborted or the loop is left.
 * @throws ServerRefusal if the server does not let this party read
 */
export async function* eventsOf(transport: Transport, options: EventOptions = {}): AsyncGenerator<ClientEvent> {
  const { signal, silenceMs = SILENCE_MS, waitMs = WAIT_MS } = options;
  let after = options.after;
  let wait = waitMs;
  const isOver = (): boolean => signal?.aborted === true;
  while (!isOver()) {
    try {
      for await (const event of connection(transport, after, silenceMs, signal)) {
        after = event.id;
        wait = waitMs;
        yield event;
      }
    } catch (error) {
      if (isOver()) return;
      if (error instanceof ServerRefusal && error.status !== 429 && error.status < 500) throw error;
      if (!(error instanceof TimeBanditsError)) throw error;
    }
    await pause(wait, signal);
    wait = Math.min(2 * wait, LONGEST_WAIT_MS);
  }
}

/** The events of one connection. @throws ServerRefusal, EnvironmentError */
async function* connection(
  transport: Transport,
  after: string | undefined,
  silenceMs: number,
  outer: AbortSignal | undefined,
): AsyncGenerator<ClientEvent> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), silenceMs);
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), silenceMs);
  };
  const stop = (): void => silence.abort();
  outer?.addEventListener("abort", stop);
  try {
    const headers = { accept: "text/event-stream", ...(after === undefined ? {} : { "last-event-id": after }) };
    const response = await transport.send("GET", "/v1/events", undefined, headers, silence.signal);
    if (!response.ok) throw await refusalOf(response);
    const arrived: ClientEvent[] = [];
    const parser = createParser({
      maxBufferSize: LONGEST_EVENT,
      onEvent: ({ id, data }) => arrived.push({ ...(JSON.parse(data) as ClientEvent), id: id ?? "" }),
    });
    const decoder = new TextDecoder();
    const reader = response.body?.getReader();
    for (;;) {
      const part = await reader?.read();
      if (part === undefined || part.done) return;
      alive();
      parser.feed(decoder.decode(part.value, { stream: true }));
      yield* arrived.splice(0);
    }
  } catch (cause) {
    if (cause instanceof TimeBanditsError) throw cause;
    throw new EnvironmentError("server", "the connection to the server ended", { cause });
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", stop);
    silence.abort();
  }
}

async function refusalOf(response: Response): Promise<ServerRefusal> {
  const { error } = (await response.json().catch(() => ({}))) as { error?: { code?: string; message?: string } };
  const told = { code: error?.code ?? "server", message: error?.message ?? `status ${response.status}` };
  return new ServerRefusal(response.status, told, undefined);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    signal?.addEventListener("abort", done);
  });
}
