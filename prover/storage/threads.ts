/** Number of the prover's threads. */
import { availableParallelism } from "node:os";

const MOST_THREADS = 16;

/** As many threads as there are cores, within reason. */
export function threadCount(): number {
  return Math.min(availableParallelism(), MOST_THREADS);
}
