/** The verifiers in JavaScript and in Solidity get the same hostile proofs. */
import { readFileSync } from "node:fs";
import { AbiCoder, BrowserProvider, concat, Interface } from "ethers";
import { compileSources, contractSources } from "../../../contracts/compiler.ts";
import { type Bundle, bundleName, bundleText, parseBundle } from "../../../prover/bundles/bundle.ts";
import { FIELD_ORDER } from "../../../prover/curve/bn254.ts";
import { ProofError } from "../../../prover/errors.ts";
import { proofFromJson, verifyProof } from "../../../prover/groth16/groth16.ts";
import { PUBLIC_INPUTS, type PublicInputs, packSpan, unpackSpan } from "../../../trace/commitment/commit.ts";
import { InvalidInputError } from "../../../trace/errors.ts";
import { keyHash, mapDomain } from "../../../verifier/chain/registry.ts";
import { forgedKey, forgedProof, SOME_SECRETS } from "../../lib/forge.ts";
import { Random } from "../../lib/random.ts";
import { type Claimed, type HostileCase, hostileCases } from "./hostileCases.ts";

/** The number of cases in one call. */
const TOGETHER = 40;
/** The number of valid claims that the cases are made from. */
const CLAIMS = 6;
/** Gas of a call. It covers all that precompiles may use up. */
const GAS = 2n ** 40n;
const CHAIN_ID = 31337;
const GENESIS_ROOT = FIELD_ORDER - 1n;
const GENESIS_AGE = 6_000;
const MAX_LAG = 3_600;
const KEY = forgedKey(SOME_SECRETS);
const QUESTIONS = ["alone", "as many", "beside a good one", "as the next batch"] as const;

/** The result of a comparison. */
export interface HostileReport {
  readonly tried: number;
  /** Cases with different verdicts of two verifiers. */
  readonly disagreements: number;
  /** The first of them, in words and numbers. */
  readonly examples: string[];
  /** The number of valid cases. With 0 only refusals would be tested. */
  readonly valid: number;
}

/**
 * Makes hostile cases and asks every verifier: `verifyProof` and the reader of bundles; on a chain inside this process
 * the check of one proof, that of many, and the registry.
 * @param options.cases number of cases
 * @param options.seed the same seed gives the same cases
 */
export async function runHostileProofs(options: {
  cases: number;
  seed: number;
  onProgress?: (done: number, of: number) => void;
}): Promise<HostileReport> {
  await using judge = await judgeOnChain();
  const cases = hostileCases(new Random(options.seed), validClaims(judge));
  const report = { tried: 0, disagreements: 0, examples: [] as string[], valid: 0 };
  while (report.tried < options.cases) {
    const some = Array.from({ length: Math.min(TOGETHER, options.cases - report.tried) }, () => cases.next().value);
    // The chain runs in threads of its own.
    const [there, here] = await Promise.all([judge.ask(some), opinions(some, judge.domain)]);
    for (const [index, each] of some.entries()) {
      const expected = expectedOf(here[index] as Opinion, there.time, judge);
      const difference = compare(each, expected, there.verdicts[index] ?? 0n);
      report.tried++;
      if ((here[index] as Opinion).proof) report.valid++;
      if (difference === null) continue;
      report.disagreements++;
      if (report.examples.length < 10) report.examples.push(difference);
    }
    options.onProgress?.(report.tried, options.cases);
  }
  return report;
}

interface Judge extends AsyncDisposable {
  readonly domain: bigint;
  /** Time of the chain when the map was created, in Unix seconds. */
  readonly now: number;
  ask(cases: readonly HostileCase[]): Promise<{ verdicts: bigint[]; time: number }>;
}

async function judgeOnChain(): Promise<Judge> {
  process.env.HARDHAT_DISABLE_TELEMETRY = "true";
  const { default: hre } = await import("hardhat");
  const override = { chainId: CHAIN_ID, blockGasLimit: GAS, transactionGasCap: false as const };
  const connection = await hre.network.create({ network: "default", override });
  const provider = new BrowserProvider(connection.provider, CHAIN_ID, { cacheTimeout: -1 });
  const text = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
  const own = ["test/adversary/hostile/Judge.sol", "test/contracts/solidity/Forger.sol"];
  const theirs = Object.entries(contractSources()).filter(([path]) => !path.startsWith("contracts/demo/"));
  const artifacts = await compileSources(Object.fromEntries([...theirs, ...own.map((path) => [path, text(path)])]));
  const artifact = artifacts.get("Judge");
  if (artifact === undefined) throw new Error("Judge.sol holds no contract Judge");
  const abi = new Interface(artifact.abi);
  const signer = await provider.getSigner(0);
  const data = concat([artifact.bytecode, AbiCoder.defaultAbiCoder().encode(["uint256"], [GENESIS_ROOT])]);
  const receipt = await (await signer.sendTransaction({ data, gasLimit: 12_000_000 })).wait();
  const to = receipt?.contractAddress ?? "";
  const ask = async (name: string, args: readonly unknown[]) => {
    const answer = await provider.call({ to, data: abi.encodeFunctionData(name, args), gasLimit: GAS });
    return abi.decodeFunctionResult(name, answer);
  };
  const [[registry], [mapId], [vkeyHash], block] = await Promise.all([
    ask("registry", []),
    ask("mapId", []),
    ask("vkeyHash", []),
    provider.getBlock("latest"),
  ]);
  if (vkeyHash !== keyHash(KEY)) throw new Error("Forger.sol and forge.ts make different keys");
  return {
    domain: mapDomain(BigInt(CHAIN_ID), String(registry), String(mapId)),
    now: block?.timestamp ?? 0,
    async ask(cases) {
      const [verdicts, time] = await ask("judge", [cases.map(({ inputs, proof }) => [...inputs, ...proof])]);
      return { verdicts: [...verdicts], time: Number(time) };
    },
    async [Symbol.asyncDispose]() {
      provider.destroy();
      await connection.close();
    },
  };
}

/** Claims that the map accepts as its first batch. */
function validClaims({ now, domain }: Judge): Claimed[] {
  return Array.from({ length: CLAIMS }, (_, index) => {
    const span = packSpan({ firstSeq: 1, count: 1 + index, notBefore: now - 900, until: now - 300, moored: false });
    const postRoot = index === 0 ? 0n : 2_000n + BigInt(index);
    const inputs = [GENESIS_ROOT, postRoot, FIELD_ORDER - 1n - BigInt(index), span, domain, 0n, 1n];
    return { inputs, proof: forgedProof(SOME_SECRETS, inputs, 101n + BigInt(index), 103n + BigInt(index)) };
  });
}

/** The verdict of JavaScript on a case. */
interface Opinion {
  /** Whether the proof holds for its inputs. */
  readonly proof: boolean;
  /**
   * The statement of a bundle with the case, with the map's own domain; null if the reader refuses it or its proof is
   * invalid.
   */
  readonly bundle: PublicInputs | null;
}

async function opinions(cases: readonly HostileCase[], domain: bigint): Promise<Opinion[]> {
  const list: Opinion[] = [];
  for (const { inputs, proof } of cases) {
    // The registry computes these itself, for a map that publishes nothing.
    const own = inputs.with(4, domain).with(5, 0n).with(6, 1n);
    const statement = stated(own, proof);
    const valid = await holds(inputs, proof);
    const same = own.every((word, i) => word === inputs[i]);
    const bundle = statement !== null && (same ? valid : await holds(own, proof)) ? statement : null;
    list.push({ proof: valid, bundle });
  }
  return list;
}

/** The proof's words as the JSON of a bundle has them. */
function proofText([ax, ay, bx1, bx0, by1, by0, cx, cy]: readonly bigint[]) {
  return {
    pi_a: [`${ax}`, `${ay}`],
    pi_b: [
      [`${bx0}`, `${bx1}`],
      [`${by0}`, `${by1}`],
    ],
    pi_c: [`${cx}`, `${cy}`],
  };
}

async function holds(inputs: readonly bigint[], words: readonly bigint[]): Promise<boolean> {
  try {
    return await verifyProof(KEY, inputs, proofFromJson(proofText(words)));
  } catch (error) {
    if (error instanceof ProofError) return false;
    throw error;
  }
}

/** The statement of a bundle with these inputs and this proof, if it can be read. */
function stated(inputs: readonly bigint[], words: readonly bigint[]): PublicInputs | null {
  const statement = Object.fromEntries(PUBLIC_INPUTS.map((name, index) => [name, inputs[index]])) as PublicInputs;
  const { pi_a, pi_b, pi_c } = proofText(words);
  const pair = ([one = "", other = ""]: readonly string[]) => [BigInt(one), BigInt(other)] as const;
  const bundle: Bundle = {
    profile: "batch-8",
    circuit: "0".repeat(64),
    key: { hash: keyHash(KEY), kind: "unknown" },
    statement,
    proof: { pi_a: pair(pi_a), pi_b: [pair(pi_b[0] ?? []), pair(pi_b[1] ?? [])], pi_c: pair(pi_c) },
  };
  try {
    const text = bundleText(bundle);
    return parseBundle(bundleName(bundle, text), text).statement;
  } catch (error) {
    if (error instanceof InvalidInputError) return null;
    throw error;
  }
}

/** The expected answer to each question. */
function expectedOf({ proof, bundle }: Opinion, time: number, { now }: Judge): boolean[] {
  if (bundle === null) return [proof, proof, proof, false];
  const { firstSeq, notBefore, until } = unpackSpan(bundle.span);
  const inTime = now - GENESIS_AGE <= notBefore && notBefore <= until && until <= time && time - notBefore <= MAX_LAG;
  return [proof, proof, proof, bundle.preRoot === GENESIS_ROOT && firstSeq === 1 && inTime];
}

function compare({ kind, inputs, proof }: HostileCase, expected: readonly boolean[], verdict: bigint): string | null {
  const differ = QUESTIONS.filter((_, bit) => ((verdict >> BigInt(bit)) & 1n) === (expected[bit] ? 0n : 1n));
  if (differ.length === 0) return null;
  const numbers = [...inputs, ...proof].map((value) => `0x${value.toString(16)}`).join(", ");
  return `${kind}: Solidity, asked ${differ.join(" and ")}, disagrees with JavaScript about ${numbers}`;
}
