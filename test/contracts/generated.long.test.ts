import { AbiCoder, Interface } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContractArtifact } from "../../contracts/artifacts.ts";
import { compileContracts, compileSources } from "../../contracts/compiler.ts";
import { BASE_PRIME, FIELD_ORDER } from "../../prover/curve/bn254.ts";
import { call, deploy } from "../../verifier/chain/connect.ts";
import { deployRegistry, keyHash, type Registry, registryAbi, storeKey } from "../../verifier/chain/registry.ts";
import { hardhatChain, refusal, SOME_KEY } from "../lib/chains.ts";
import { forgedProof, SOME_SECRETS } from "../lib/forge.ts";
import { generatedVerifier } from "../lib/generatedVerifier.ts";

let chain: Awaited<ReturnType<typeof hardhatChain>>;
let registry: Registry;
let generated: { address: string; abi: Interface };

beforeAll(async () => {
  chain = await hardhatChain();
  registry = await deployRegistry(chain);
  await storeKey(registry, SOME_KEY);
  const artifacts = await compileSources({ "Groth16Verifier.sol": generatedVerifier(SOME_KEY) });
  const artifact = artifacts.get("Groth16Verifier") as ContractArtifact;
  generated = { address: (await deploy(chain, artifact)).address, abi: new Interface(artifact.abi) };
});
afterAll(() => chain[Symbol.asyncDispose]());

async function bySnarkjs(proof: readonly bigint[], inputs: readonly bigint[]): Promise<boolean> {
  const [ax, ay, bx1, bx0, by1, by0, cx, cy] = proof;
  const args = [
    [ax, ay],
    [
      [bx1, bx0],
      [by1, by0],
    ],
    [cx, cy],
    inputs,
  ];
  const answer = await call(
    chain,
    generated.address,
    generated.abi.encodeFunctionData("verifyProof", args),
    generated.abi,
  );
  return Boolean(AbiCoder.defaultAbiCoder().decode(["bool"], answer)[0]);
}

async function byRegistry(proof: readonly bigint[], inputs: readonly bigint[]): Promise<boolean> {
  const abi = await registryAbi();
  const data = abi.encodeFunctionData("verifies", [keyHash(SOME_KEY), inputs, proof]);
  return Boolean(abi.decodeFunctionResult("verifies", await call(chain, registry.address, data, abi))[0]);
}

describe("the registry's verifier and the one that snarkjs generates", () => {
  const most = FIELD_ORDER - 1n;
  const statements = [
    [0n, 0n, 0n, 0n, 0n, 0n, 0n],
    [1n, 2n, 3n, 4n, 5n, 6n, 7n],
    [most, most, most, most, most, most, most],
    [2n ** 253n, 7n, most, 2n ** 128n - 1n, 12_345n, 0n, 1n],
  ];

  it.each(statements)("accept a proof of %i, %i, %i, %i, %i, %i, %i", async (...inputs) => {
    const proof = forgedProof(SOME_SECRETS, inputs);
    expect([await byRegistry(proof, inputs), await bySnarkjs(proof, inputs)]).toEqual([true, true]);
  });

  it("refuse it for any other input", async () => {
    const inputs = [1n, 2n, 3n, 4n, 5n, 6n, 7n];
    const proof = forgedProof(SOME_SECRETS, inputs);
    for (const index of inputs.keys()) {
      const others = inputs.map((input, each) => (each === index ? input + 1n : input));
      expect([await byRegistry(proof, others), await bySnarkjs(proof, others)]).toEqual([false, false]);
    }
  });

  it("refuse a proof with any word changed", async () => {
    const inputs = [1n, 2n, 3n, 4n, 5n, 6n, 7n];
    const proof = forgedProof(SOME_SECRETS, inputs);
    for (const index of proof.keys()) {
      for (const change of [1n, BASE_PRIME]) {
        const spoiled = proof.map((word, each) => (each === index ? word + change : word));
        expect([await byRegistry(spoiled, inputs), await bySnarkjs(spoiled, inputs)]).toEqual([false, false]);
      }
    }
  });

  it("differ in one thing: the registry refuses a y of A that is not reduced", async () => {
    const inputs = [1n, 2n, 3n, 4n, 5n, 6n, 7n];
    const proof = forgedProof(SOME_SECRETS, inputs);
    // The generated contract computes (prime − y) mod 2^256 mod prime, which has the right value for this y.
    const spoiled = proof.with(1, BASE_PRIME + (((proof[1] ?? 0n) + 2n ** 256n) % BASE_PRIME));
    expect([await byRegistry(spoiled, inputs), await bySnarkjs(spoiled, inputs)]).toEqual([false, true]);
  });

  it("refuse inputs that are not reduced", async () => {
    const inputs = [0n, 2n, 0n, 4n, 0n, 6n, 0n];
    const proof = forgedProof(SOME_SECRETS, inputs);
    for (const index of inputs.keys()) {
      const others = inputs.map((input, each) => (each === index ? input + FIELD_ORDER : input));
      expect(await bySnarkjs(proof, others)).toBe(false);
      expect(await refusal(byRegistry(proof, others))).toEqual({
        reason: "InputNotReduced",
        index: BigInt(index),
        value: others[index],
      });
    }
  });
});

describe("compiling", () => {
  it("gives the same code by Hardhat and by the build", { timeout: 120_000 }, async () => {
    const { default: hre } = await import("hardhat");
    await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
    const artifact = await hre.artifacts.readArtifact("TimeMapRegistry");
    const own = (await compileContracts()).get("TimeMapRegistry");
    expect(artifact.bytecode).toBe(own?.bytecode);
    expect(artifact.deployedBytecode).toBe(own?.deployedBytecode);
  });

  it("shows the compiler's message for a source with a fault", async () => {
    await expect(compileSources({ "Bad.sol": "contract Bad { uint x = ; }" })).rejects.toThrow(
      "Expected primary expression",
    );
  });

  it("keeps all contracts within the size that a chain admits", async () => {
    for (const [name, { deployedBytecode }] of await compileContracts()) {
      expect(deployedBytecode.length / 2 - 1, name).toBeLessThanOrEqual(24_576);
    }
  });
});
