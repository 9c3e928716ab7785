import { BrowserProvider, type JsonRpcApiProvider } from "ethers";
import { packSpan, type Span } from "../../trace/commitment/commit.ts";
import { send } from "../../verifier/chain/connect.ts";
import {
  type BatchSubmission,
  type Chain,
  ChainRefusal,
  createMap,
  keyHash,
  type MapTerms,
  type Registry,
  registryAbi,
  type VerificationKey,
} from "../../verifier/chain/registry.ts";
import { forgedKey, forgedProof, type KeySecrets, SOME_SECRETS } from "./forge.ts";

process.env.HARDHAT_DISABLE_TELEMETRY = "true";

/** Asks the node itself, without the library between. */
export type Ask = (method: string, params?: readonly unknown[]) => Promise<unknown>;

/** A chain inside this process, made by Hardhat. */
export async function hardhatChain(chainId = 31337): Promise<Chain & AsyncDisposable & { readonly ask: Ask }> {
  const { default: hre } = await import("hardhat");
  const connection = await hre.network.create({ network: "default", override: { chainId } });
  const provider = new BrowserProvider(connection.provider, chainId, { cacheTimeout: -1 });
  return {
    provider,
    chainId: BigInt(chainId),
    signer: await provider.getSigner(0),
    ask: (method, params = []) => connection.provider.request({ method, params: [...params] }),
    [Symbol.asyncDispose]: async () => {
      provider.destroy();
      await connection.close();
    },
  };
}

/** The same registry for another of the node's accounts. */
export async function as(registry: Registry, account: number): Promise<Registry> {
  return { ...registry, chain: { ...registry.chain, signer: await registry.chain.provider.getSigner(account) } };
}

/** Calls the registry without the tool, which would refuse some of the calls. */
export async function raw(registry: Registry, name: string, args: readonly unknown[]) {
  const abi = await registryAbi();
  return send(registry.chain, { to: registry.address, data: abi.encodeFunctionData(name, args) }, abi);
}

/** The contract's error: its name and arguments. */
export async function refusal(action: Promise<unknown>): Promise<{ reason: string } & Record<string, unknown>> {
  try {
    await action;
  } catch (error) {
    if (error instanceof ChainRefusal) return { reason: error.reason, ...error.args };
    throw error;
  }
  return { reason: "accepted" };
}

export async function chainTime(provider: JsonRpcApiProvider): Promise<number> {
  return (await provider.getBlock("latest"))?.timestamp ?? 0;
}

/** Lets time pass on a test chain, and mines a block. */
export async function wait(provider: JsonRpcApiProvider, seconds: number): Promise<void> {
  await provider.send("evm_increaseTime", [seconds]);
  await provider.send("evm_mine", []);
}

let salts = 0;

/** A salt that no other call in this process has returned. */
export function freshSalt(): string {
  return `0x${(++salts).toString(16).padStart(64, "0")}`;
}

/** The differences of a batch from the plain one. */
export interface Change extends Partial<Span> {
  readonly preRoot?: bigint;
  readonly postRoot?: bigint;
  readonly traceRoot?: bigint;
  /** Packed, instead of the fields. */
  readonly span?: bigint;
  readonly domain?: bigint;
  readonly secrets?: KeySecrets;
  /** Another proof of the same statement. */
  readonly a?: bigint;
}

export const GENESIS_ROOT = 1_000n;
/** The longest lag of the tests' maps, in seconds. */
export const MAX_LAG = 3_600;
export const SOME_KEY: VerificationKey = forgedKey(SOME_SECRETS);

/** A fresh map, created with a genesis one hour and forty minutes old, and batches that it accepts. */
export class TestMap {
  readonly registry: Registry;
  readonly mapId: string;
  readonly domain: bigint;
  /** Unix seconds of the chain's block before the map. */
  readonly now: number;

  private constructor(registry: Registry, mapId: string, domain: bigint, now: number) {
    this.registry = registry;
    this.mapId = mapId;
    this.domain = domain;
    this.now = now;
  }

  static async create(registry: Registry, terms: Partial<MapTerms> = {}): Promise<TestMap> {
    const now = await chainTime(registry.chain.provider);
    const { mapId, domain } = await createMap(registry, {
      salt: freshSalt(),
      genesisRoot: GENESIS_ROOT,
      genesisTime: now - 6_000,
      maxLag: MAX_LAG,
      verifiers: [{ profile: "batch-8", key: SOME_KEY }],
      ...(terms.dataPolicy === "chain" ? { mooring: { exitKey: SOME_KEY, cellKey: SOME_KEY } } : {}),
      ...terms,
    });
    return new TestMap(registry, mapId, domain, now);
  }

  /** The map's first batch, three transitions, with a valid proof of its statement. */
  batch(change: Change = {}): BatchSubmission {
    const secrets = change.secrets ?? SOME_SECRETS;
    const { firstSeq = 1, count = 3, notBefore = this.now - 600, until = this.now - 300 } = change;
    const { preRoot = GENESIS_ROOT, postRoot = 2_000n, traceRoot = 3_000n } = change;
    const span = change.span ?? packSpan({ firstSeq, count, notBefore, until, moored: false });
    const inputs = [preRoot, postRoot, traceRoot, span, change.domain ?? this.domain, 0n, 1n];
    const proof = forgedProof(secrets, inputs, change.a);
    return { keyHash: keyHash(forgedKey(secrets)), preRoot, postRoot, traceRoot, span, proof };
  }

  /** The batch after `batch()`. */
  second(change: Change = {}): BatchSubmission {
    return this.batch({
      preRoot: 2_000n,
      postRoot: 2_001n,
      traceRoot: 3_001n,
      firstSeq: 4,
      count: 8,
      notBefore: this.now - 300,
      until: this.now,
      ...change,
    });
  }
}
