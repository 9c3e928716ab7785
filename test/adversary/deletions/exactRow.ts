/** The parts of exact forgeries of rows. */
import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { inverse } from "../../../prover/curve/bn254.ts";
import { address, FIELD } from "../../../trace/layout.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Placed } from "../../lib/build.ts";
import type { Forged } from "../../lib/rowForger.ts";
import { A, B, f, gold, thing } from "../lib/words.ts";

/**
 * What a prover makes of inputs once it knows what follows from them; `of` is the value of a wire by its name, without
 * `main.`.
 */
export type Adapt = (input: BatchSignals, of: (name: string) => bigint) => BatchSignals;

/** One forgery. */
export interface ExactRows {
  /**
   * Section of the constraint, as `CellS 9` (test/lib/sections.ts); where a wire is freed, followed by its name, as in
   * `OpenColumns 4: guarded`.
   */
  readonly breaks: string;
  readonly cells?: readonly Placed[];
  readonly groups: readonly (readonly Forged[])[];
  /** Inbox of the three programs. */
  readonly inbox?: number;
  /** Whether the map is moored, so that A is its chain. */
  readonly moored?: boolean;
  /** Whether the last group is left open. */
  readonly open?: boolean;
  /** Whether the last group's digest is that of the rows, whatever the circuit makes of their inputs. */
  readonly asWritten?: boolean;
  /** Cells that hold the digest of the last group. */
  readonly holding?: (digest: bigint) => readonly Placed[];
  readonly adapt?: Adapt;
}

export const SEQ = 1n << 131n;
/** In the field. */
export const quotient = (top: bigint, bottom: bigint): bigint => (top * inverse(bottom, FIELD)) % FIELD;
export const issue = (slot = 5, program: number = A) =>
  rowOf("Issue", program, {
    destination: address(program, slot),
    kind: (BigInt(program) << 32n) + 1n,
    quantity: 5n,
  });
export const retire = (n = 1, quantity = 100n, slot = 1) =>
  rowOf("Retire", A, { source: address(A, slot), ...thing(n, quantity) });
export const join = (steps = 0) => rowOf("JoinWith", A, { peer: B, argument: { steps } });
export const rotate = (argument: bigint) => rowOf("RotateAuthority", A, { argument: { authority: argument } });
export const own = [gold([A, 1], 1, 100n)];
export const watchOwn = (condition: number, slot = 2) =>
  rowOf("WatchResource", A, {
    peer: A,
    source: address(A, slot),
    destination: address(A, 9),
    argument: { condition, trigger: 9n },
  });
export const inputs = (
  breaks: string,
  more: Forged["inputs"],
  row = issue(),
  cells: readonly Placed[] = [],
): ExactRows => ({
  breaks,
  cells,
  groups: [[f(row, { inputs: more ?? {} })]],
});
