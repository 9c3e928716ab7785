/** Checks that a chain runs the instructions that the contracts are compiled to. */
import type { JsonRpcApiProvider } from "ethers";
import { EnvironmentError } from "../../trace/errors.ts";

/** Code that puts 1 into memory and returns it. Every chain runs it. */
const PLAIN = "0x600160005260206000f3";
/** The same by means of MCOPY, which is new in Cancun. */
const WITH_MCOPY = "0x60016000526020600060205e60206020f3";
const ONE = `0x${"1".padStart(64, "0")}`;

const asked = new WeakMap<JsonRpcApiProvider, Promise<boolean>>();

/**
 * Refuses a chain before Cancun. Asks the node to run a few instructions. The block header's fields do not tell:
 * layer-2 chains have Cancun's instructions without its blobs. If a node does not run code outside a contract, the
 * chain passes unchecked.
 * @throws EnvironmentError "fork"
 */
export async function requireCancun(provider: JsonRpcApiProvider, chainId: bigint): Promise<void> {
  const known = asked.get(provider) ?? lacksCancun(provider);
  asked.set(provider, known);
  if (!(await known)) return;
  throw new EnvironmentError(
    "fork",
    `chain ${chainId} is before Cancun, and the contracts use instructions of Cancun: nothing was sent; ` +
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
