/** Events as they happen, to many readers (server-sent events). A reader that does not keep up is let go. */
import type { ServerResponse } from "node:http";
import type { Operator } from "../operator/types.ts";
import { EventRing, type NumberedEvent } from "./eventRing.ts";

/** How the stream behaves. */
export interface StreamOptions {
  /** Milliseconds between two signs of life. */
  readonly heartbeatMs?: number;
  /** Bytes that may wait for a reader. */
  readonly mostWaiting?: number;
  /** Events held for readers that come back. */
  readonly held?: number;
}

const HEARTBEAT_MS = 15_000;
/** Milliseconds that a reader has to take what is left, at the end. */
const LAST_MS = 1_000;
const MOST_WAITING = 512 * 1_024;

/** Tells all readers what the operator tells. */
export class EventStream {
  readonly #ring: EventRing;
  readonly #readers = new Set<ServerResponse>();
  readonly #mostWaiting: number;
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(operator: Operator, { heartbeatMs = HEARTBEAT_MS, mostWaiting, held }: StreamOptions = {}) {
    this.#ring = new EventRing(held);
    this.#mostWaiting = mostWaiting ?? MOST_WAITING;
    this.#unsubscribe = operator.subscribe((event) => this.#tell(textOf(this.#ring.add(event))));
    this.#timer = setInterval(() => this.#tell(": alive\n\n"), heartbeatMs);
    this.#timer.unref();
  }

  /**
   * Adds a reader, and sends what it has missed.
   * @param lastId the last event that it has seen, if any
   */
  join(reader: ServerResponse, lastId: string | undefined): void {
    reader.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    reader.on("close", () => this.#readers.delete(reader));
    reader.on("error", () => reader.destroy());
    this.#readers.add(reader);
    const missed = lastId === undefined ? "" : this.#ring.after(lastId)?.map(textOf).join("");
    // More than may wait for a reader would end it again and again.
    const first = missed === undefined || missed.length > this.#mostWaiting ? this.#reset() : missed;
    // The id at once: a reader that is cut off before the first event goes on from here.
    const begin = lastId === undefined ? `id: ${this.#ring.lastId}\nevent: begin\ndata: {"type":"begin"}\n\n` : "";
    this.#send(reader, `retry: 1000\n\n${begin}${first}`);
  }

  /** Ends all readers, and takes no more events. */
  close(): void {
    clearInterval(this.#timer);
    this.#unsubscribe();
    const readers = [...this.#readers];
    for (const reader of readers) reader.end();
    this.#readers.clear();
    // One that does not read would keep the server from stopping.
    setTimeout(() => readers.forEach((reader) => void reader.destroy()), LAST_MS).unref();
  }

  /** Tells a reader that events are missing: it has to read the state anew. */
  #reset(): string {
    return `id: ${this.#ring.lastId}\nevent: reset\ndata: {"type":"reset"}\n\n`;
  }

  #tell(text: string): void {
    for (const reader of this.#readers) this.#send(reader, text);
  }

  #send(reader: ServerResponse, text: string): void {
    reader.write(text);
    if (reader.writableLength <= this.#mostWaiting) return;
    this.#readers.delete(reader);
    reader.destroy();
  }
}

function textOf({ id, type, data }: NumberedEvent): string {
  return `id: ${id}\nevent: ${type}\ndata: ${data}\n\n`;
}
