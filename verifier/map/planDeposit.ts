/** A deposit that its payer may rely on: the map is moored and goes on, and its keys are known. */
import { InvalidInputError } from "../../trace/errors.ts";
import { type DepositWish, depositCall, depositCalls } from "../chain/crossing/deposits.ts";
import { requireMooring } from "../chain/crossing/mooring.ts";
import { allowance, approvals, balance } from "../chain/crossing/tokens.ts";
import { pinned, type Registry, type RegistryCall, readMap } from "../chain/registry.ts";
import { requireOwnKeys } from "./ownKeys.ts";

/** Default for the time until a deposit's deadline, in seconds. */
export const USUAL_DEPOSIT_TIME = 86_400;

/** A deposit to make. */
export interface DepositPlan extends Omit<DepositWish, "deadline"> {
  /** Default: a day from now. */
  readonly deadline?: number | undefined;
  /** The account that pays. Without it, no balance and no approval is looked at. */
  readonly payer?: string | undefined;
  /** Whether the calls may begin with the approvals that are missing. */
  readonly approve?: boolean | undefined;
}

/** The calls to send, and what they do. */
export interface PlannedDeposit {
  /** Approvals if they are needed and wanted, then the deposit. */
  readonly calls: readonly RegistryCall[];
  readonly wish: DepositWish;
  /** Time from which the payer can be refunded if it does not enter, in seconds since 1970. */
  readonly refundFrom: number;
}

/**
 * Checks the map and the payer's means, and gives the calls of a deposit.
 * @throws ForeignKeyError if the map's keys are not this installation's; NotMooredError
 * @throws InvalidInputError "map" if it is frozen, "deadline", "quantity" if the payer has less, "asset" if it has not
 *   approved enough
 */
export async function planDeposit(registry: Registry, mapId: string, plan: DepositPlan): Promise<PlannedDeposit> {
  const { block, ...there } = await pinned(registry);
  const map = await readMap(there, mapId);
  if (requireMooring(map).frozen)
    throw new InvalidInputError("map", "is frozen, so nothing enters it any more; name another map");
  await requireOwnKeys(registry, map);
  const { payer, approve, deadline = block.timestamp + USUAL_DEPOSIT_TIME, ...rest } = plan;
  const wish: DepositWish = { ...rest, deadline };
  if (deadline <= block.timestamp)
    throw new InvalidInputError("deadline", `${deadline} is not after the chain's present time ${block.timestamp}`);
  const call = depositCall(mapId, wish);
  const refundFrom = deadline + map.maxLag + 1;
  if (payer === undefined) return { calls: [call], wish, refundFrom };
  await requireMeans(there, wish, payer);
  const calls = await depositCalls(there, mapId, wish, payer);
  if (calls.length > 1 && approve !== true) await refuseUnapproved(there, wish, payer);
  return { calls, wish, refundFrom };
}

async function requireMeans(registry: Registry, { asset, quantity }: DepositWish, payer: string): Promise<void> {
  const has = await balance(registry, asset, payer);
  if (has < quantity) throw new InvalidInputError("quantity", `is ${quantity}, but ${payer} has ${has}; give less`);
}

async function refuseUnapproved(registry: Registry, { asset, quantity }: DepositWish, payer: string): Promise<void> {
  const token = asset.token ?? "";
  const allowed = await allowance(registry, token, payer);
  const steps = approvals(registry, token, allowed, quantity).length === 2 ? " (by way of 0)" : "";
  throw new InvalidInputError(
    "asset",
    `${payer} lets the registry take ${allowed} of the token ${token}, and ${quantity} are wanted; give --approve, or ` +
      `call approve(${registry.address}, ${quantity}) of the token first${steps}`,
  );
}
