/** Tells subscribers what happens. Each is told in order, behind the work that it is about. */
import type { OperatorEvent } from "./types.ts";

type Listener = (event: OperatorEvent) => void;

export class Events {
  readonly #listeners = new Set<Listener>();
  #waiting: OperatorEvent[] = [];

  subscribe(listener: Listener): () => void {
    // Of its own, so that the same function can subscribe twice.
    const own: Listener = (event) => listener(event);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  tell(...events: readonly OperatorEvent[]): void {
    if (this.#listeners.size === 0 || events.length === 0) return;
    if (this.#waiting.length === 0) setImmediate(() => this.#deliver());
    this.#waiting.push(...events);
  }

  #deliver(): void {
    const events = this.#waiting;
    this.#waiting = [];
    for (const listener of [...this.#listeners]) {
      for (const event of events) {
        if (!this.#listeners.has(listener)) break;
        try {
          listener(event);
        } catch {
          // The subscriber's fault, and its loss.
        }
      }
    }
  }
}
