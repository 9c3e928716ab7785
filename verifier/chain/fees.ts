/** Fees of a transaction for each unit of gas, in wei. */
import { formatUnits, type JsonRpcApiProvider } from "ethers";
import { EnvironmentError } from "../../trace/errors.ts";

/** Fees as a transaction names them: EIP-1559, or one price on a chain without a base fee. */
export type Fees =
  | { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint }
  | { readonly gasPrice: bigint };

/** Default tip, used if a node suggests none. */
const USUAL_TIP = 1_000_000_000n;
/** Increase of a replacement's fee, in percent: nodes require 10 %, some 12.5 %. */
const RAISE = 13n;

/** A fee in gwei, for people. */
export function gwei(wei: bigint): string {
  return `${formatUnits(wei, "gwei").replace(/\.0$/, "")} gwei`;
}

/** The highest that a transaction with these fees can pay. */
export function highest(fees: Fees): bigint {
  return "gasPrice" in fees ? fees.gasPrice : fees.maxFeePerGas;
}

/**
 * Fees for a transaction to be mined soon, none above the cap. They allow the base fee to double.
 * @throws EnvironmentError "fee" if the chain now requires more than the cap
 */
export async function presentFees(provider: JsonRpcApiProvider, cap: bigint | undefined): Promise<Fees> {
  const baseFee = (await provider.getBlock("latest"))?.baseFeePerGas ?? null;
  if (baseFee === null) {
    const gasPrice = await quantity(provider, "eth_gasPrice");
    requireBelow(gasPrice, cap);
    return { gasPrice };
  }
  // Many nodes suggest no tip.
  const tip = await quantity(provider, "eth_maxPriorityFeePerGas").catch(() => USUAL_TIP);
  requireBelow(baseFee + tip, cap);
  const wished = 2n * baseFee + tip;
  return { maxFeePerGas: cap !== undefined && cap < wished ? cap : wished, maxPriorityFeePerGas: tip };
}

/** Fees that replace a transaction with these; null if they would be above the cap. */
export function raised(fees: Fees, present: Fees, cap: bigint | undefined): Fees | null {
  const more = (before: bigint, now: bigint): bigint => {
    // Rounded up: nodes compare exactly.
    const least = before + (before * RAISE + 99n) / 100n;
    return least > now ? least : now;
  };
  const higher: Fees =
    "gasPrice" in fees || "gasPrice" in present
      ? { gasPrice: more(highest(fees), highest(present)) }
      : {
          maxFeePerGas: more(fees.maxFeePerGas, present.maxFeePerGas),
          maxPriorityFeePerGas: more(fees.maxPriorityFeePerGas, present.maxPriorityFeePerGas),
        };
  if (cap === undefined || highest(higher) <= cap) return higher;
  // The cap may reduce the margin for a rising base fee, but not below the least fees of a replacement.
  const least = raisedLeast(fees);
  if (highest(least) > cap) return null;
  if ("gasPrice" in least || "gasPrice" in higher) return { gasPrice: cap };
  const tip = higher.maxPriorityFeePerGas < cap ? higher.maxPriorityFeePerGas : cap;
  return { maxFeePerGas: cap, maxPriorityFeePerGas: tip };
}

function raisedLeast(fees: Fees): Fees {
  return raised(fees, fees, undefined) as Fees;
}

function requireBelow(needed: bigint, cap: bigint | undefined): void {
  if (cap === undefined || needed <= cap) return;
  throw new EnvironmentError(
    "fee",
    `the chain now requires ${gwei(needed)}, more than --max-fee ${gwei(cap)}: nothing was sent; wait, or raise it`,
  );
}

async function quantity(provider: JsonRpcApiProvider, method: string): Promise<bigint> {
  const answer: unknown = await provider.send(method, []);
  if (typeof answer === "string" && /^0x[0-9a-f]{1,32}$/i.test(answer)) return BigInt(answer);
  throw new EnvironmentError("rpc", `the node's answer to ${method} is no number`);
}
