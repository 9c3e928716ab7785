/** Submits the measured batch to a contract on a local node, to measure its gas. */
import { hexlify, randomBytes } from "ethers";
import { type Groth16Proof, solidityProof } from "../../prover/groth16/groth16.ts";
import type { VerificationKey } from "../../prover/keys/verificationKey.ts";
import type { PublicInputs } from "../../trace/commitment/commit.ts";
import {
  advance,
  type Chain,
  connect,
  createMap,
  deployRegistry,
  keyHash,
  MAX_LAG,
  type Registry,
} from "../../verifier/chain/registry.ts";
import { type Anvil, startAnvil } from "../lib/anvil.ts";

/** A map on a fresh chain. `await using` stops the node. */
export class MeasuredMap implements AsyncDisposable {
  readonly domain: bigint;
  readonly #anvil: Anvil;
  readonly #chain: Chain;
  readonly #registry: Registry;
  readonly #mapId: string;
  readonly #key: string;

  private constructor(anvil: Anvil, registry: Registry, mapId: string, domain: bigint, key: string) {
    this.#anvil = anvil;
    this.#chain = registry.chain;
    this.#registry = registry;
    this.#mapId = mapId;
    this.domain = domain;
    this.#key = key;
  }

  /**
   * @param genesisRoot where the batch begins
   * @param begin time of its first transition, in seconds since 1970
   */
  static async create(profile: string, key: VerificationKey, genesisRoot: bigint, begin: number): Promise<MeasuredMap> {
    const anvil = await startAnvil();
    try {
      const registry = await deployRegistry(await connect(anvil.url));
      const terms = { salt: hexlify(randomBytes(32)), genesisRoot, genesisTime: begin, maxLag: MAX_LAG };
      const { mapId, domain } = await createMap(registry, { ...terms, verifiers: [{ profile, key }] });
      return new MeasuredMap(anvil, registry, mapId, domain, keyHash(key));
    } catch (error) {
      await anvil.stop();
      throw error;
    }
  }

  /** Submits the batch. @returns the gas of the whole transaction */
  async submit({ preRoot, postRoot, traceRoot, span }: PublicInputs, proof: Groth16Proof): Promise<number> {
    const batch = { keyHash: this.#key, preRoot, postRoot, traceRoot, span, proof: solidityProof(proof) };
    const { gasUsed } = await advance(this.#registry, this.#mapId, [batch]);
    return Number(gasUsed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#chain.provider.destroy();
    await this.#anvil.stop();
  }
}
