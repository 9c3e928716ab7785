/** The tasks of the engine's threads. Witness and scalars are shared memory, 32 bytes each, little-endian. */
import type { GroupName } from "../../keys/fixedBase.ts";
import type { WindowShare } from "./msm.ts";

/** Evaluates A or B of the constraints at the rows, and again at the odd points of the double domain. */
export interface EvaluateTask {
  readonly kind: "evaluate";
  /** An open proving key, the position of the coefficients of section 4, and their number. */
  readonly file: number;
  readonly position: number;
  readonly coefficients: number;
  /** 0 for A, 1 for B. Only its coefficients are used. */
  readonly matrix: 0 | 1;
  /** The wires' values. */
  readonly witness: SharedArrayBuffer;
  /** Rows of the domain, and number of results, in the form that the threads compute in. */
  readonly domainSize: number;
  readonly rows: SharedArrayBuffer;
  readonly odd: SharedArrayBuffer;
}

/** From both evaluations, A·B − C at the odd points, in `result`, as scalars; C is A·B on the rows. */
export interface QuotientTask {
  readonly kind: "quotient";
  readonly domainSize: number;
  readonly rowsA: SharedArrayBuffer;
  readonly rowsB: SharedArrayBuffer;
  readonly oddA: SharedArrayBuffer;
  readonly oddB: SharedArrayBuffer;
  /** May be the same memory as one of the others. */
  readonly result: SharedArrayBuffer;
}

/** A part of Σ scalar·point over some of the points of one section; answered with a Jacobian point. */
export interface SumTask {
  readonly kind: "sum";
  readonly group: GroupName;
  /** An open proving key, the position of the points, and their number. */
  readonly file: number;
  readonly position: number;
  readonly count: number;
  /** The first point's scalar is `scalars[first]`. */
  readonly scalars: SharedArrayBuffer;
  readonly first: number;
  readonly part: WindowShare;
}

export type EngineTask = EvaluateTask | QuotientTask | SumTask;

/** A thread's answer: the point of a sum, nothing for the other tasks, or the reason of a failure. */
export interface Answer {
  readonly point?: Uint8Array;
  readonly failure?: string;
}
