/** The cost of proving the batches of a run. */
import type { Batch } from "../batches/batcher.ts";
import type { Profile } from "../profiles.ts";

/**
 * Constraints of a row, a node and a signature, in every profile of three levels. Together they are within 2 % of the
 * count of `npm run constraints`.
 */
const ROW = 2_160;
const NODE = 1_420;
const SIGNATURE = 3_700;
/** What each level more adds to a row, which names three programs, and to a node: four bits for each name. */
const LEVELS = 3;
const ROW_LEVEL = 12;
const NODE_LEVEL = 4;
/** Seconds for the default engine on the machine of docs/reference/performance.md. */
const SECONDS_PER_CONSTRAINT = 55e-6;

/** Estimated number of a circuit's constraints. A proof costs those of its profile, even if it has few rows. */
export function constraintsOf({ rows, nodes, levels, signatures }: Profile): number {
  const more = levels - LEVELS;
  return (ROW + ROW_LEVEL * more) * rows + (NODE + NODE_LEVEL * more) * nodes + SIGNATURE * signatures;
}

/** The cost of proving some batches. */
export interface Cost {
  batches: number;
  /** Number of batches by profile, without profiles that have none. */
  profiles: Record<string, number>;
  /** Number of distinct tree nodes of each batch, summed up. */
  nodes: number;
  /** Estimated number of constraints of all circuits together. */
  constraints: number;
  /** Estimated seconds on the machine of docs/reference/performance.md. */
  seconds: number;
}

/** The cost of batches. */
export function costOf(batches: readonly Batch[]): Cost {
  const cost: Cost = { batches: batches.length, profiles: {}, nodes: 0, constraints: 0, seconds: 0 };
  for (const { profile, nodes } of batches) {
    cost.profiles[profile.name] = (cost.profiles[profile.name] ?? 0) + 1;
    cost.nodes += nodes;
    cost.constraints += constraintsOf(profile);
  }
  cost.seconds = cost.constraints * SECONDS_PER_CONSTRAINT;
  return cost;
}

/** Whether the first costs less: fewer constraints, or as many and fewer nodes. */
export function cheaper(a: Cost, b: Cost): boolean {
  return a.constraints < b.constraints || (a.constraints === b.constraints && a.nodes < b.nodes);
}
