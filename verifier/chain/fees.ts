/** What a transaction may cost: fees for each unit of gas, in wei. */
import { formatUnits, type JsonRpcApiProvider } from "ethers";
import { EnvironmentError } from "../../trace/errors.ts";

/** Fees as a transaction names them: by EIP-1559, or one price where the chain has no base fee. */
export type Fees =
  | { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint }
  | { readonly gasPrice: bigint };

/** What is taken for a tip where a node has no opinion. */
const USUAL_TIP = 1_000_000_000n;
/** How much more a replacement pays, in percent: nodes ask for 10 %, some for 12.5 %. */
const RAISE = 13n;

/** A fee as people know it. */
export function gwei(wei: bigint): string {
  return `${formatUnits(wei, "gwei").replace(/\.0$/, "")} gwei`;
}

/** The highest that a transaction with these fees can pay. */
export function highest(fees: Fees): bigint {
  return "gasPrice" in fees ? fees.gasPrice : fees.maxFeePerGas;
}

/**
 * The fees with which a transaction is mined soon, none above the cap. They leave room for the base fee to double.
 * @throws EnvironmentError "fee" if the chain asks for more than the cap now
 */
export async function presentFees(provider: JsonRpcApiProvider, cap: bigint | undefined): Promise<Fees> {
  const baseFee = (await provider.getBlock("latest"))?.baseFeePerGas ?? null;
  if (baseFee === null) {
    const gasPrice = await quantity(provider, "eth_gasPrice");
    requireBelow(gasPrice, cap);
    return { gasPrice };
  }
  // Many nodes have no opinion on tips.
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
  // The room for a rising base fee may be given up, but not what makes it a replacement.
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
    `the chain asks for ${gwei(needed)} now, more than --max-fee ${gwei(cap)}: nothing was sent; wait, or allow more`,
  );
}

async function quantity(provider: JsonRpcApiProvider, method: string): Promise<bigint> {
  const answer: unknown = await provider.send(method, []);
  if (typeof answer === "string" && /^0x[0-9a-f]{1,32}$/i.test(answer)) return BigInt(answer);
  throw new EnvironmentError("rpc", `the node's answer to ${method} is no number`);
}
