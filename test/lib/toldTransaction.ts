/** A node with one transaction. Each part of its answers can be changed. */
import { EnvironmentError, InvalidInputError } from "../../trace/errors.ts";
import { importEvmCalls } from "../../trace/import/evm.ts";
import { type Ask, askForCalls } from "../../trace/import/evmNode.ts";

export const at = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`;
export const [A, B, C, D, MINER] = [at(0xa), at(0xb), at(0xc), at(0xd), at(0xfee)] as const;
export const word = (n: number): string => `0x${n.toString(16).padStart(64, "0")}`;
export const [HASH, BLOCK, OTHER] = [word(1), word(2), word(3)] as const;
export const hex = (n: number): string => `0x${n.toString(16)}`;
export const FEE = 21_000 * 10;
export const TIP = 21_000 * 3;

export type Json = Record<string, unknown>;
type Answers = Record<string, unknown>;

/** A sends 100 to B, which sends 40 to C. */
export function answers(): Record<string, Json> & { balances: { pre: Json; post: Json } } {
  const common = { blockHash: BLOCK, blockNumber: "0x64", from: A, to: B };
  const inner = { type: "CALL", from: B, to: C, value: hex(40), input: "0x" };
  return {
    transaction: { ...common, hash: HASH, value: hex(100), input: "0x" },
    receipt: {
      ...common,
      ...{ transactionHash: HASH, status: "0x1", logs: [], gasUsed: hex(21_000), effectiveGasPrice: hex(10) },
    },
    block: { hash: BLOCK, number: "0x64", timestamp: "0x68000000", miner: MINER, baseFeePerGas: hex(7) },
    tree: { type: "CALL", from: A, to: B, value: hex(100), input: "0x", calls: [inner] },
    balances: {
      pre: { [A]: held(1_000_000), [B]: held(5), [C]: held(0), [MINER]: held(0) },
      post: { [A]: held(1_000_000 - 100 - FEE), [B]: held(65), [C]: held(40), [MINER]: held(TIP) },
    },
  };
}
export const held = (n: number): Json => ({ balance: hex(n) });

/** A node that gives these answers; an `Error` is its refusal. */
function nodeOf(given: Answers): Ask {
  return async (method, params) => {
    const tracer = (params[1] as { tracer?: string } | undefined)?.tracer;
    const name: Record<string, string> = {
      eth_getTransactionByHash: "transaction",
      eth_getTransactionReceipt: "receipt",
      eth_getBlockByHash: "block",
      eth_getBlockByNumber: "blockByNumber",
      debug_traceTransaction: tracer === "callTracer" ? "tree" : "balances",
    };
    const answer = given[name[method] ?? ""];
    if (answer instanceof Error) throw new EnvironmentError("rpc", answer.message);
    return answer ?? null;
  };
}

export async function imported(given: Answers, chainId = 1n) {
  return importEvmCalls(await askForCalls(nodeOf(given), HASH, chainId));
}

export async function refusal(given: Answers): Promise<string> {
  try {
    await imported(given);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.field;
    throw error;
  }
  return "taken";
}
