/** The reference engine: snarkjs, in JavaScript and WebAssembly on all cores. */
import { curves, groth16, type Groth16Proof as SnarkjsProof } from "snarkjs";
import { ProofError } from "../errors.ts";
import { type Groth16Proof, proofFromJson } from "../groth16/groth16.ts";
import type { Engine, Proven } from "./engine.ts";
import { checkWitness } from "./witnessCheck.ts";

/** Running proofs of all instances. snarkjs has one set of threads per process, ended only when no proof uses it. */
let running = 0;

export class SnarkjsEngine implements Engine {
  readonly name = "snarkjs";

  async available(): Promise<boolean> {
    return true;
  }

  async prove(zkeyPath: string, witness: Uint8Array | string): Promise<Proven> {
    // snarkjs would notice too, but would leave the files open.
    await checkWitness(zkeyPath, witness);
    running++;
    try {
      const { proof, publicSignals } = await groth16.prove(zkeyPath, witness);
      return { proof: fromSnarkjs(proof), publicSignals: publicSignals.map(BigInt) };
    } catch (cause) {
      if (cause instanceof ProofError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ProofError(
        "PROOF_FAILED",
        `snarkjs cannot prove with ${zkeyPath}: ${reason}; check that key and witness belong together`,
        { cause },
      );
    } finally {
      running--;
    }
  }

  async close(): Promise<void> {
    if (running > 0) return;
    // The threads can be read only from the global that holds them. Asking for them would start them.
    if ((globalThis as { curve_bn128?: unknown }).curve_bn128 == null) return;
    const curve = await curves.getCurveFromName("bn128");
    await curve.terminate();
  }
}

/** A proof from snarkjs's strings. Third coordinates, protocol and curve are checked and dropped. */
export function fromSnarkjs(proof: SnarkjsProof): Groth16Proof {
  if (proof.pi_a[2] !== "1" || proof.pi_c[2] !== "1" || proof.pi_b[2]?.[0] !== "1") {
    throw new ProofError("PROOF_INFINITY", "snarkjs made a proof with a point at infinity: prove again");
  }
  return proofFromJson({
    pi_a: proof.pi_a.slice(0, 2),
    pi_b: proof.pi_b.slice(0, 2),
    pi_c: proof.pi_c.slice(0, 2),
  });
}
