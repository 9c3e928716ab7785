/** Asks a node what leaving a moored map needs, and makes the call to send. Loaded only for that. */
import { isAddress } from "ethers";
import type { ExitPublic } from "../../prover/exits/exitInput.ts";
import type { Groth16Proof } from "../../prover/groth16/groth16.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { headerIn } from "../../trace/replay/replayFile.ts";
import type { ChainEntry } from "../../trace/run/manifest.ts";
import { pathIn, readManifest } from "../../trace/run/runDirectory.ts";
import { ask, oddAnswer } from "../../verifier/chain/ask.ts";
import { requireMooring } from "../../verifier/chain/crossing/mooring.ts";
import { leastFee, leaveCall, requestCall } from "../../verifier/chain/crossing/requests.ts";
import {
  connect,
  openRegistry,
  type PrintedCall,
  pinned,
  printedCall,
  proofWords,
  type Registry,
  requireMap,
} from "../../verifier/chain/registry.ts";

/** How long the node has for one answer, in milliseconds. */
export const PATIENCE = 20_000;

/** The map's head on its chain, as of the latest block. */
export interface HeadNow {
  readonly root: string;
  readonly seq: number;
  /** Number of the root. */
  readonly number: number;
  /** The block's time, in seconds since 1970. */
  readonly time: number;
  readonly frozen: boolean;
  readonly patience: number;
  /** Name of the key under which the map takes exits. */
  readonly exitKey: string;
  readonly domain: bigint;
  readonly chainId: bigint;
  /** The least fee of a request at the block's base fee, in wei. */
  readonly leastFee: bigint;
}

/** A proven exit, and against which root. */
export interface ProvenWish {
  readonly number: number;
  readonly frozen: boolean;
  readonly statement: ExitPublic;
  readonly proof: Groth16Proof;
  /** Wei for who answers. */
  readonly fee: bigint;
}

/**
 * @param recipient the account that is to be paid
 * @throws EnvironmentError if the node does not answer; NotMooredError; InvalidInputError if the run has no map, or
 *   "recipient" if its capitals are not those of an address
 */
export async function headNow(dir: string, node: string, recipient: string): Promise<HeadNow> {
  requireAccount(recipient);
  return await atRegistry(dir, node, async (registry, entry) => {
    const { block, ...there } = await pinned(registry);
    const map = await requireMap(there, entry);
    const { frozen, patience, exitKey } = requireMooring(map);
    const { chainId, provider } = registry.chain;
    const full = await ask("block", () => provider.getBlock(block.number));
    if (full === null) throw oddAnswer("block");
    return {
      ...{ root: map.root.toString(), seq: map.seq, number: map.advances, time: block.timestamp },
      ...{ frozen, patience, exitKey, domain: map.domain, chainId, leastFee: leastFee(full.baseFeePerGas ?? 0n) },
    };
  });
}

/** The call to send. @throws as {@link headNow} */
export async function exitCall(dir: string, node: string, wish: ProvenWish): Promise<PrintedCall> {
  const { place, program, authority, w0, w1 } = wish.statement;
  const exit = { place, program, authority, w0, w1 };
  const words = proofWords(wish.proof);
  return await atRegistry(dir, node, async (registry, { mapId }) => {
    const call = wish.frozen ? leaveCall(mapId, exit, words) : requestCall(mapId, wish.number, exit, words, wish.fee);
    return await printedCall(registry, call);
  });
}

/** An address with capitals has a checksum in them. A payment to a mistyped one would be lost. */
function requireAccount(account: string): void {
  if (isAddress(account)) return;
  throw new InvalidInputError("recipient", `${account} is mistyped: its capitals do not fit; copy the address again`);
}

/** @throws EnvironmentError if the code there is not this version's registry */
async function atRegistry<T>(
  dir: string,
  node: string,
  work: (registry: Registry, entry: ChainEntry) => Promise<T>,
): Promise<T> {
  const { chain: entry } = readManifest(dir, headerIn(pathIn(dir, "trace")).profiles);
  if (entry === undefined) {
    throw new InvalidInputError("manifest.json chain", "is missing: the run has no map on a chain to leave");
  }
  const chain = await connect(node, { timeoutMs: PATIENCE });
  try {
    if (chain.chainId !== entry.chainId)
      throw new InvalidInputError("node", `is of chain ${chain.chainId}, but the map is on chain ${entry.chainId}`);
    return await work(await openRegistry(chain, entry.registry), entry);
  } finally {
    chain.provider.destroy();
  }
}
