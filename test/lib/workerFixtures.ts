/** Functions that worker threads run in tests. */
import { existsSync, writeFileSync } from "node:fs";
import { issue, type Owned, type Sender, sleep, spawn } from "../../trace/runtime/index.ts";

/** Computes for a while, then sends its result. */
export async function mine(name: string, rounds: number, found: Sender<Owned>): Promise<number> {
  let sum = 0;
  for (let round = 1; round <= rounds; round++) {
    for (let i = 0; i < 20_000 * (name.length % 3); i++) sum = (sum * 31 + i) % 65_521;
    const gold = await issue("Gold", BigInt(round));
    if (round % 2 === 0) await sleep(round);
    // Both at once: a task may ask for several things before it waits.
    await Promise.all([found.send(await gold.split(1n).catch(() => gold)), sleep(0)]);
    if (gold.here) await gold.retire();
  }
  return rounds;
}

/** Starts a task of its own, with a function. */
export async function foreman(found: Sender<Owned>): Promise<number> {
  return await spawn("apprentice", () => mine("apprentice", 1, found)).join();
}

export async function stumble(): Promise<void> {
  await issue("Gold", 1n);
  throw new RangeError("the shaft is flooded");
}

/** Ends its thread. */
export function collapse(): never {
  process.exit(3);
}

/** The value of the ore, from its depth and its number. */
export async function assay({ depth }: { depth: number }, index: number): Promise<number> {
  if (depth < 0) throw new RangeError(`${depth} is above ground`);
  return depth * depth + index;
}

/** Keeps its thread busy until the file exists. False if it does not come within 20 seconds. */
export function blockUntil(file: string): boolean {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < 4_000 && !existsSync(file); i++) Atomics.wait(nobody, 0, 0, 5);
  return existsSync(file);
}

export function makeFile(file: string): void {
  writeFileSync(file, "");
}

export function idle(): void {}
