/** What the batches of a run cost to prove. */
import type { Batch } from "../batches/batcher.ts";
import type { Profile } from "../profiles.ts";

/**
 * Constraints of a row, a node and a signature, whatever the profile; together within 2 % of what `npm run constraints`
 * counts.
 */
const ROW = 2_190;
const NODE = 1_430;
const SIGNATURE = 3_700;
/** Of the default engine on the machine of docs/reference/performance.md. */
const SECONDS_PER_CONSTRAINT = 55e-6;

/** About how many constraints a circuit has: a proof costs those of its profile, however few rows are in it. */
export function constraintsOf({ rows, nodes, signatures }: Profile): number {
  return ROW * rows + NODE * nodes + SIGNATURE * signatures;
}

/** What proving some batches costs. */
export interface Cost {
  batches: number;
  /** Batches by profile; only of those that there are any of. */
  profiles: Record<string, number>;
  /** Distinct tree nodes of each batch, summed up. */
  nodes: number;
  /** About how many, of all circuits together. */
  constraints: number;
  /** About how long, in seconds, on the machine of docs/reference/performance.md. */
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
