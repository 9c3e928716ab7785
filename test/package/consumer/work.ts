/** Functions for worker threads. */
import type { Owned } from "time-bandits/runtime";

export async function retire(gold: Owned): Promise<void> {
  await gold.retire();
}

export function double(value: number): number {
  return value * 2;
}
