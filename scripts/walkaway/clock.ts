/** The chain's clock, which the test moves, and the operators' with it. */
import { renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonRpcApiProvider } from "ethers";
import { blockAt } from "../../verifier/chain/ask.ts";
import { LOOK_MS } from "./look.ts";

export class Clock {
  /** Where operators read by how much the clock is ahead of this machine's. */
  readonly file: string;
  readonly #provider: JsonRpcApiProvider;
  #ahead = 0;

  constructor(provider: JsonRpcApiProvider, file: string) {
    this.#provider = provider;
    this.file = file;
    this.#write();
  }

  /** Seconds since 1970. */
  now(): number {
    return Math.floor(Date.now() / 1_000) + this.#ahead;
  }

  /** Blocks of one second get times one after the other, so the chain may be ahead: all clocks follow. */
  async follow(): Promise<void> {
    const { timestamp } = await blockAt(this.#provider, "latest");
    if (timestamp > this.now()) await this.#add(timestamp - this.now());
  }

  /** Lets time pass, and mines a block. */
  async pass(seconds: number): Promise<void> {
    await this.follow();
    await this.#add(seconds);
    await this.#provider.send("evm_mine", []);
    await this.follow();
  }

  async #add(seconds: number): Promise<void> {
    await this.#provider.send("evm_increaseTime", [seconds]);
    this.#ahead += seconds;
    this.#write();
    // An operator has looked by then: until it has, it takes a request for one from the future.
    await sleep(2 * LOOK_MS);
  }

  #write(): void {
    // A reader sees the old number or the new one, and never an empty file.
    writeFileSync(`${this.file}.new`, `${this.#ahead}`);
    renameSync(`${this.file}.new`, this.file);
  }
}
