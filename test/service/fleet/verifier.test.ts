/** Proofs that workers hand in, verified. */
import { describe, expect, it } from "vitest";
import { artifactsOf } from "../../../prover/artifacts.ts";
import type { Bundle } from "../../../prover/bundles/bundle.ts";
import { publicSignals } from "../../../prover/bundles/checkBundle.ts";
import type { WantedProof } from "../../../service/fleet/proofSource.ts";
import { BundleVerifier } from "../../../service/fleet/verifier.ts";
import { developmentProof, sameProofOtherwise } from "../../lib/developmentProof.ts";
import { DIAGRAM } from "../../lib/diagram.ts";
import { packedRun } from "../../lib/packedRun.ts";
import { PROFILE } from "../../lib/profile.ts";

/** A bundle of a batch whose proof holds: the development key's secrets are public. */
async function bundleFor({ statement, profile }: WantedProof, a?: bigint): Promise<Bundle> {
  const { circuit, key } = await artifactsOf(PROFILE);
  const proof = developmentProof(key.verificationKey, publicSignals(statement), a);
  return { profile, circuit: circuit.hash, key: { hash: key.vkeyHash, kind: key.kind }, statement, proof };
}

describe("The verifier of handed-in proofs", () => {
  it("accepts proofs that hold, also varied ones, and names every fault", async () => {
    const { batches } = await packedRun(DIAGRAM);
    const [first, second] = batches as [WantedProof, WantedProof];
    await using verifier = new BundleVerifier(() => artifactsOf(PROFILE));
    const good = await bundleFor(first);
    const varied = { ...good, proof: sameProofOtherwise(good.proof) };
    const wrong = { ...good, proof: { ...good.proof, pi_c: good.proof.pi_a } };
    const checks = [good, varied, wrong, good].map((bundle) => verifier.check(bundle, first));
    expect(await Promise.all(checks)).toEqual([null, null, expect.stringMatching(/^proof: does not hold/), null]);
    expect(await verifier.check(await bundleFor(second), first)).toMatch(/^statement preRoot: is not the one/);
    expect(await verifier.check({ ...good, circuit: "00".repeat(32) }, first)).toMatch(/^circuit: is 0000/);
    const otherKey = { ...good, key: { ...good.key, hash: `0x${"00".repeat(32)}` } };
    expect(await verifier.check(otherKey, first)).toMatch(/^key: is 0x0000/);
    expect(await verifier.check({ ...good, profile: "batch-64" }, first)).toMatch(/^profile: is batch-64/);
    const otherKind = { ...good, key: { ...good.key, kind: "ceremony" as const } };
    expect(await verifier.check(otherKind, first)).toMatch(/^key kind/);
  });
});
