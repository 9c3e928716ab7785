/**
 * A worker thread that runs tasks. It computes until all of its tasks wait, sends the kernel their asks in one packet,
 * and blocks until the answers arrive. So a packet's content does not depend on the threads' speed.
 */
import { workerData } from "node:worker_threads";
import { type Body, type Port, TaskContext, within } from "../context.ts";
import { RuntimeUseError } from "../errors.ts";
import type { Ask, BodyRef, Handle, Message } from "../requests.ts";
// Every sort of sendable value must be registered here.
import "../index.ts";
import { importModule } from "../../modules/importModule.ts";
import { Ring } from "../../pool/ring.ts";
import { bodyOf } from "../thread.ts";
import {
  type Asked,
  errorData,
  errorFrom,
  type Orders,
  ordersFrom,
  type Start,
  toBytes,
  type WorkerSetup,
} from "./packets.ts";
import { Starts } from "./startQueue.ts";

class Hosting implements Port {
  readonly #orders: Ring;
  readonly #asks: Ring;
  readonly #starts: Starts;
  readonly #index: number;
  readonly #bodies: Body[] = [];
  /** The asks that live tasks wait for, by number. */
  readonly #waiting = new Map<Handle, Set<number>>();
  readonly #settle = new Map<number, { task: Handle; resolve(value: unknown): void; reject(error: unknown): void }>();
  #packet: Asked[] = [];
  #made = 0;
  #arrived: (() => void) | undefined;

  constructor({ orders, asks, starts, index }: WorkerSetup) {
    this.#orders = new Ring(orders);
    this.#asks = new Ring(asks);
    this.#starts = new Starts(starts);
    this.#index = index;
  }

  ask(task: Handle, ask: Ask): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#made++;
      this.#settle.set(this.#made, { task, resolve, reject });
      this.#put(task, ask, this.#made);
    });
  }
  post(task: Handle, ask: Ask): void {
    this.#put(task, ask, undefined);
  }
  body(run: Body): number {
    return this.#bodies.push(run) - 1;
  }

  /** Follows the kernel's orders until the kernel ends the thread. */
  async serve(): Promise<never> {
    for (;;) {
      const orders = ordersFrom(this.#orders.read());
      this.#carryOut(orders);
      await this.#quiet();
      const began = await this.#startOffered(orders.offers);
      const asked = this.#packet;
      this.#packet = [];
      this.#asks.write(toBytes({ began, asked }));
    }
  }

  /**
   * Starts offered tasks one after the other, as long as there are any. While one computes here, another host can take
   * the later ones.
   */
  async #startOffered(offers: Orders["offers"]): Promise<Handle[]> {
    const began: Handle[] = [];
    for (let next = this.#starts.take(this.#index); next !== undefined; next = this.#starts.take(this.#index)) {
      const { start } = offers.find(({ number }) => number === next) as { start: Start };
      began.push(start.task);
      this.#start(start);
      await this.#quiet();
    }
    return began;
  }

  #put(task: Handle, ask: Ask, id: number | undefined): void {
    const waiting = this.#waiting.get(task);
    if (waiting === undefined)
      throw new RuntimeUseError(`${task} has ended and can ask for nothing more: await all its work before it ends`);
    if (id !== undefined) waiting.add(id);
    // Errors travel as data: between threads, a thrown error loses its class.
    const plain = "error" in ask && ask.error !== undefined ? { ...ask, error: errorData(ask.error) } : ask;
    this.#packet.push({ task, ask: plain, id });
    this.#arrived?.();
  }

  #carryOut({ starts, answers }: Orders): void {
    for (const { id, value, error } of answers) {
      const settle = this.#settle.get(id);
      this.#settle.delete(id);
      if (settle === undefined) continue;
      this.#waiting.get(settle.task)?.delete(id);
      if (error === undefined) settle.resolve(value);
      else settle.reject(errorFrom(error));
    }
    for (const start of starts) this.#start(start);
  }

  #start({ task, name, program, body, given }: Start): void {
    this.#waiting.set(task, new Set());
    const context = new TaskContext(task, name, program, this);
    const end = (ended: { result?: Message | undefined; error?: unknown }): void => {
      this.#put(task, { op: "end", ...ended } as Ask, undefined);
      this.#waiting.delete(task);
    };
    within(context, async () => await (await this.#bodyOf(body))(given)).then(
      (result) => end(result === undefined ? {} : { result }),
      (error: unknown) => end({ error }),
    );
  }

  async #bodyOf(body: BodyRef): Promise<Body> {
    if (typeof body === "number") return this.#bodies[body] as Body;
    const exports = await importModule(body.module);
    const work = exports[body.name];
    if (typeof work !== "function") throw new RuntimeUseError(`${body.module} exports no function ${body.name}`);
    return bodyOf(work as (...given: unknown[]) => unknown);
  }

  /** Waits until every task here has asked for something or has ended. */
  async #quiet(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if ([...this.#waiting.values()].every((ids) => ids.size > 0)) return;
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
      this.#arrived = undefined;
    }
  }
}

await new Hosting(workerData as WorkerSetup).serve();
