/**
 * Builds the call tree of a simulated transaction, as `callTracer` with `withLog` shows it, and moves the ether that it
 * moves.
 */
import { EVENTS } from "../../../trace/import/tokens/events.ts";
import { type ChainState, weiOf } from "./chainState.ts";

export type Json = Record<string, unknown>;
export const hex = (n: number | bigint): string => `0x${n.toString(16)}`;
export const word = (n: number | bigint): string => n.toString(16).padStart(64, "0");
export const padded = (address: string): string => address.slice(2).padStart(64, "0");
/** Input of a call: a selector and its words. */
export const input = (selector: string, ...words: (string | bigint)[]): string =>
  selector + words.map((each) => (typeof each === "bigint" ? word(each) : padded(each))).join("");

interface Log {
  address: string;
  topics: string[];
  data: string;
}
interface Frame extends Json {
  type: string;
  from: string;
  to: string;
  calls: Frame[];
  logs: (Log & { position: string })[];
}

/** A frame's fields of which most calls need none. */
interface CallOptions {
  value?: bigint;
  input?: string;
  type?: "CALL" | "STATICCALL" | "DELEGATECALL";
}

export class CallTree {
  readonly #state: ChainState;
  readonly root: Frame;
  readonly logs: Log[] = [];
  /** The frame that runs, and the address in whose name it does. */
  #open: { frame: Frame; self: string };
  /** Number of frames. */
  calls = 1;

  constructor(state: ChainState, from: string, to: string, options: CallOptions = {}) {
    this.#state = state;
    this.root = this.#frame(from, to, options);
    this.#open = { frame: this.root, self: to };
  }

  /** The address in whose name the running frame acts. */
  get self(): string {
    return this.#open.self;
  }

  /** A call by the running frame. `inside` makes the calls and logs of the called one. */
  call(to: string, options: CallOptions = {}, inside: () => void = () => undefined): void {
    const above = this.#open;
    const frame = this.#frame(above.self, to, options);
    above.frame.calls.push(frame);
    this.calls++;
    this.#open = { frame, self: options.type === "DELEGATECALL" ? above.self : to };
    inside();
    this.#open = above;
  }

  /** A call that reads. */
  ask(to: string, data: string, inside?: () => void): void {
    this.call(to, { type: "STATICCALL", input: data }, inside);
  }

  /** A log of the running frame. */
  log(event: keyof typeof EVENTS | string, indexed: readonly string[], ...words: bigint[]): void {
    const { frame, self } = this.#open;
    const topic = Object.hasOwn(EVENTS, event) ? EVENTS[event as keyof typeof EVENTS] : event;
    const topics = [topic, ...indexed.map((each) => `0x${each.length === 42 ? padded(each) : each.slice(2)}`)];
    const log = { address: self, topics, data: `0x${words.map(word).join("")}` };
    this.logs.push(log);
    frame.logs.push({ ...log, position: hex(frame.calls.length) });
  }

  /** The transaction failed: it shows its calls and no logs. */
  fail(): void {
    this.root.error = "execution reverted";
    const pending: Frame[] = [this.root];
    for (let frame = pending.pop(); frame !== undefined; frame = pending.pop()) {
      frame.logs.length = 0;
      pending.push(...frame.calls);
    }
    this.logs.length = 0;
  }

  #frame(from: string, to: string, { value = 0n, input: data = "0x", type = "CALL" }: CallOptions): Frame {
    if (value > 0n && type === "CALL") this.#state.move(weiOf(from), weiOf(to), value);
    const shown = type === "STATICCALL" ? {} : { value: hex(value) };
    return { type, from, to, gas: hex(200_000), gasUsed: hex(50_000), input: data, ...shown, calls: [], logs: [] };
  }
}
