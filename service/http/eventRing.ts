/** The last events, numbered, so that a reader who was away goes on where it stopped. */
import { randomBytes } from "node:crypto";
import { toJson } from "../wire/json.ts";

/** An event as it is sent. */
export interface NumberedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
}

/** Holds the last events. */
export class EventRing {
  /** Tells the ids of one start of the server from those of another. */
  readonly #epoch = randomBytes(6).toString("hex");
  readonly #most: number;
  #events: NumberedEvent[] = [];
  #first = 1;

  /** @param most events held */
  constructor(most = 10_000) {
    this.#most = most;
  }

  /** Adds an event. */
  add(event: { readonly type: string }): NumberedEvent {
    const id = `${this.#epoch}-${this.#first + this.#events.length}`;
    const numbered = { id, type: event.type, data: toJson(event) };
    this.#events.push(numbered);
    if (this.#events.length > 2 * this.#most) {
      const dropped = this.#events.length - this.#most;
      this.#events = this.#events.slice(dropped);
      this.#first += dropped;
    }
    return numbered;
  }

  /** The id of the last event, or of the beginning. */
  get lastId(): string {
    return `${this.#epoch}-${this.#first + this.#events.length - 1}`;
  }

  /** The events after that id; undefined if they are not all here. */
  after(id: string): readonly NumberedEvent[] | undefined {
    const [epoch, digits = ""] = id.split("-");
    if (epoch !== this.#epoch || !/^[0-9]{1,15}$/.test(digits)) return undefined;
    const next = Number(digits) + 1;
    const held = this.#events.slice(-this.#most);
    const first = this.#first + this.#events.length - held.length;
    if (next < first || next > first + held.length) return undefined;
    return held.slice(next - first);
  }
}
