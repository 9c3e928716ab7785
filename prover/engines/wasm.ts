/**
 * The project's own engine: Groth16 in worker threads. The heavy work runs in WebAssembly that is assembled here
 * (simd/), or in wasmcurves' functions if the processor cannot do it exactly. The threads read the key themselves,
 * section by section, so no whole copy of it is ever in memory. From the second proof on it comes from the operating
 * system's cache.
 */
import { type FileHandle, open } from "node:fs/promises";
import { bn128Module } from "../curve/bn128Module.ts";
import { Bn128 } from "../curve/bn128Wasm.ts";
import { ProofError } from "../errors.ts";
import { type GroupName, POINT_SIZE } from "../keys/fixedBase.ts";
import type { Engine, Proven } from "./engine.ts";
import { assemble, type Blinding, freshBlinding, type SectionSums } from "./wasm/assemble.ts";
import { type KeyLayout, keyLayout, wireValue, witnessValues } from "./wasm/inputs.ts";
import { ThreadPool } from "./wasm/pool.ts";
import { vectorBytes } from "./wasm/quotient.ts";
import type { Loan } from "./wasm/sharedMemory.ts";
import { checkWitness } from "./witnessCheck.ts";

/** Points that a thread takes into memory at a time: 21 MB in the lanes' form. */
const MOST_POINTS = { g1: 1 << 18, g2: 1 << 17 } as const;
/** Sums of fewer points are not divided. */
const WORTH_DIVIDING = 2048;

export class WasmEngine implements Engine {
  readonly name = "wasm";
  readonly #blinding: () => Blinding;
  readonly #lanes: boolean;
  #pool: Promise<ThreadPool> | null = null;
  #wasm: Bn128 | null = null;

  /**
   * @param blinding source of a proof's two secret scalars; tests give known ones
   * @param lanes whether to use the engine's own arithmetic where the processor can; tests also run without it
   */
  constructor(blinding: () => Blinding = freshBlinding, lanes = true) {
    this.#blinding = blinding;
    this.#lanes = lanes;
  }

  async available(): Promise<boolean> {
    return true;
  }

  async prove(zkeyPath: string, witness: Uint8Array | string): Promise<Proven> {
    await checkWitness(zkeyPath, witness);
    try {
      const pool = await this.#usablePool();
      using loan = pool.memory.lend();
      const [key, values] = await Promise.all([keyLayout(zkeyPath), witnessValues(witness, loan)]);
      await using file = await open(zkeyPath, "r");
      const sums = await sumSections(pool, file, key, values, loan);
      this.#wasm ??= new Bn128(await bn128Module());
      const proof = assemble(this.#wasm, key.header, sums, this.#blinding());
      const publicSignals = Array.from({ length: key.header.publicSignals }, (_, i) => wireValue(values, i + 1));
      return { proof, publicSignals };
    } catch (cause) {
      if (cause instanceof ProofError && cause.code !== "PROOF_FAILED") throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ProofError("PROOF_FAILED", `cannot prove with ${zkeyPath}: ${reason}`, { cause });
    }
  }

  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = null;
    await (await pool)?.close();
  }

  async #usablePool(): Promise<ThreadPool> {
    if (this.#pool !== null && !(await this.#pool).usable) await this.close();
    this.#pool ??= ThreadPool.start(this.#lanes);
    return await this.#pool;
  }
}

/** Does all heavy work. When it returns or throws, no thread of a usable pool uses the file or the loan any more. */
async function sumSections(
  pool: ThreadPool,
  file: FileHandle,
  key: KeyLayout,
  witness: SharedArrayBuffer,
  loan: Loan,
): Promise<SectionSums> {
  const { wires, publicSignals, domainSize } = key.header;
  /** Starts the parts of Σ scalar·point over a section, in the order of their execution. */
  const sum = (group: GroupName, position: number, count: number, scalars = witness, skip = 0) => {
    const parts: Promise<Uint8Array>[] = [];
    for (let first = 0; first < count; first += MOST_POINTS[group]) {
      const some = Math.min(MOST_POINTS[group], count - first);
      const of = some < WORTH_DIVIDING ? 1 : pool.threads;
      const place = { position: position + first * POINT_SIZE[group], count: some, first: skip + first };
      for (let index = 0; index < of; index++) {
        const part = { index, of };
        const answer = pool.run({ kind: "sum", group, file: file.fd, ...place, scalars, part });
        parts.push(answer.then(({ point }) => point as Uint8Array));
      }
    }
    return settled(parts);
  };
  // The quotient's inputs first. The sums over the witness, the longest first, fill the other threads meanwhile.
  const h = quotientScalars(pool, file, key, witness, loan).then((scalars) => sum("g1", key.h, domainSize, scalars));
  const b2 = sum("g2", key.b2, wires);
  const a = sum("g1", key.a, wires);
  const b1 = sum("g1", key.b1, wires);
  const c = sum("g1", key.c, wires - publicSignals - 1, witness, publicSignals + 1);
  await settled([h, b2, a, b1, c]);
  return { a: await a, b1: await b1, b2: await b2, c: await c, h: await h };
}

/** The scalars of section 9. */
async function quotientScalars(
  pool: ThreadPool,
  file: FileHandle,
  key: KeyLayout,
  witness: SharedArrayBuffer,
  loan: Loan,
): Promise<SharedArrayBuffer> {
  const { domainSize } = key.header;
  const vector = (): SharedArrayBuffer => loan.take(vectorBytes(domainSize, pool.lanes));
  const [rowsA, rowsB, oddA, oddB] = [vector(), vector(), vector(), vector()];
  const { position, count: coefficients } = key.coefficients;
  const common = { kind: "evaluate", file: file.fd, position, coefficients, domainSize, witness } as const;
  await settled([
    pool.run({ ...common, matrix: 0, rows: rowsA, odd: oddA }),
    pool.run({ ...common, matrix: 1, rows: rowsB, odd: oddB }),
  ]);
  await pool.run({ kind: "quotient", domainSize, rowsA, rowsB, oddA, oddB, result: rowsA }, true);
  return rowsA;
}

/** All results, when none is under way any more. Throws the first failure, if there is one. */
async function settled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return await Promise.all(promises);
}
