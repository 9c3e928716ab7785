/** How a deletion is noticed. */
export type Noticed = "forgery" | "output" | "inside";

/** The result of a run of deletions. */
export interface Deletions {
  /**
   * Constraints that were deleted, one at a time; those of an asserting statement all at once. Without the `implied`
   * ones.
   */
  tried: number;
  /** Number of noticed ones. */
  caught: number;
  /**
   * The same by kind. `output`: the template has another output for the same inputs; `inside`: only a wire in it
   * differs.
   */
  by: Record<Noticed, number>;
  /** Statements of further deleted constraints, which follow from others: the circuit's suite lists why. */
  implied: string[];
  /** Statements whose deletion was not noticed, for people. */
  survivors: string[];
}

/** Counts deletions; @param isImplied whether a statement's deletion lets nothing pass, and the suite says why */
export function tally(isImplied: (statement: string) => boolean): {
  readonly result: Deletions;
  readonly count: (by: Noticed | null, statement: string) => void;
} {
  const by = { forgery: 0, output: 0, inside: 0 };
  const result: Deletions = { tried: 0, caught: 0, by, implied: [], survivors: [] };
  const count = (noticed: Noticed | null, statement: string): void => {
    if (noticed === null && isImplied(statement)) {
      result.implied.push(statement);
      return;
    }
    result.tried++;
    if (noticed === null) result.survivors.push(statement);
    else {
      by[noticed]++;
      result.caught++;
    }
  };
  return { result, count };
}
