/** Whether a chain runs the instructions that the contracts are compiled to. */
import type { JsonRpcApiProvider } from "ethers";
import { EnvironmentError } from "../../trace/errors.ts";

/** Puts 1 into memory and returns it: every chain runs this. */
const PLAIN = "0x600160005260206000f3";
/** The same, but by way of MCOPY, which Cancun brought. */
const WITH_MCOPY = "0x60016000526020600060205e60206020f3";
const ONE = `0x${"1".padStart(64, "0")}`;

const asked = new WeakMap<JsonRpcApiProvider, Promise<boolean>>();

/**
 * Refuses a chain before Cancun. A node is asked to run a few instructions: a field of the block's header would say
 * less, because chains on top of others have Cancun's instructions and not its blobs. Where a node runs nothing that
 * lies in no contract, nothing is known, and the chain passes.
 * @throws EnvironmentError "fork"
 */
export async function requireCancun(provider: JsonRpcApiProvider, chainId: bigint): Promise<void> {
  const known = asked.get(provider) ?? lacksCancun(provider);
  asked.set(provider, known);
  if (!(await known)) return;
  throw new EnvironmentError(
    "fork",
    `chain ${chainId} is before Cancun, and the contracts use instructions that came with it: nothing was sent; ` +
      "use another chain (a local node: one with --hardfork cancun, or later)",
  );
}

async function lacksCancun(provider: JsonRpcApiProvider): Promise<boolean> {
  return !(await runs(provider, WITH_MCOPY)) && (await runs(provider, PLAIN));
}

async function runs(provider: JsonRpcApiProvider, data: string): Promise<boolean> {
  try {
    return (await provider.send("eth_call", [{ data }, "latest"])) === ONE;
  } catch {
    return false;
  }
}
