import { wtns } from "snarkjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildCircuit } from "../../prover/circuit/build.ts";
import { engineByName } from "../../prover/engines/index.ts";
import { developmentKey } from "../../prover/keys/development.ts";
import { type Anvil, startAnvil } from "../../scripts/lib/anvil.ts";
import { PUBLIC_INPUTS } from "../../trace/commitment/commit.ts";
import {
  advance,
  type BatchSubmission,
  type Chain,
  connect,
  deployRegistry,
  proofWords,
  readMap,
  type VerificationKey,
} from "../../verifier/chain/registry.ts";
import { GENESIS_ROOT, refusal, TestMap } from "../lib/chains.ts";
import { UNMOORED } from "../lib/unmoored.ts";

/** A small circuit with the public inputs of the batch circuit: the root grows by a square that the prover knows. */
const SOURCE = `pragma circom 2.1.0;
template Growth() {
  signal input preRoot;
  signal input postRoot;
  signal input traceRoot;
  signal input span;
  signal input domain;
  signal input point;
  signal input value;
  signal input step;
  signal square <== step * step;
  postRoot === preRoot + square;
  signal bound <== domain * span;
  signal traced <== traceRoot * bound;
  signal told <== point * value;
}
component main { public [${PUBLIC_INPUTS.join(", ")}] } = Growth();
`;

let anvil: Anvil;
let chain: Chain;
const engine = engineByName("snarkjs");

beforeAll(async () => {
  anvil = await startAnvil();
  chain = await connect(anvil.url);
});
afterAll(async () => {
  await engine.close();
  chain?.provider.destroy();
  await anvil?.stop();
});

describe("a proof that an engine has made, under a key that the tool has made", () => {
  it("moves a map's head, and other proofs are refused", async () => {
    const circuit = await buildCircuit("growth", SOURCE);
    const { zkey, verificationKey, vkeyHash } = await developmentKey(circuit);
    const key: VerificationKey = verificationKey;
    const registry = await deployRegistry(chain);
    const map = await TestMap.create(registry, { verifiers: [{ profile: "growth", key }] });

    const prove = async (domain: bigint): Promise<BatchSubmission> => {
      const { preRoot, postRoot, traceRoot, span } = map.batch({ postRoot: GENESIS_ROOT + 49n });
      const witness: { type: "mem"; data?: Uint8Array } = { type: "mem" };
      await wtns.calculate(
        { preRoot, postRoot, traceRoot, span, domain, ...UNMOORED, step: 7n },
        circuit.wasm,
        witness,
      );
      const { proof, publicSignals } = await engine.prove(zkey, witness.data ?? new Uint8Array());
      expect(publicSignals).toEqual([preRoot, postRoot, traceRoot, span, domain, UNMOORED.point, UNMOORED.value]);
      return { keyHash: vkeyHash, preRoot, postRoot, traceRoot, span, proof: proofWords(proof) };
    };
    const foreign = await prove(map.domain + 1n);
    expect(await refusal(advance(registry, map.mapId, [foreign]))).toEqual({ reason: "ProofRejected", batch: 0n });
    const batch = await prove(map.domain);
    const other = { ...batch, postRoot: batch.postRoot + 1n };
    expect(await refusal(advance(registry, map.mapId, [other]))).toEqual({ reason: "ProofRejected", batch: 0n });
    await advance(registry, map.mapId, [batch]);
    expect(await readMap(registry, map.mapId)).toMatchObject({ root: GENESIS_ROOT + 49n, seq: 3 });
  });
});
