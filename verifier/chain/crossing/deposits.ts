/** Deposits: assets on their way into a moored map. */
import { AbiCoder, keccak256, ZeroAddress } from "ethers";
import type { OpenDeposit } from "../../../trace/crossing/entries.ts";
import { InvalidInputError } from "../../../trace/errors.ts";
import { BITS, CHAIN, SLOTS } from "../../../trace/layout.ts";
import { isAuthority } from "../../../trace/state/authority.ts";
import { oddAnswer } from "../ask.ts";
import { type RegistryCall, sendCall } from "../calls.ts";
import { type Outcome, type Registry, read } from "../contract.ts";
import { type Asset, ETHER } from "./assets.ts";
import { addressIn, MOST_QUANTITY, numberOf, wordOf } from "./numbers.ts";
import { told } from "./receipts.ts";
import { allowance, approvals } from "./tokens.ts";

/** What a payer asks for. Times are seconds since 1970. */
export interface DepositWish {
  readonly asset: Asset;
  /** In the smallest unit. */
  readonly quantity: bigint;
  /** The program that is to have it. */
  readonly program: number;
  /** The slot where it is to lie; 0: any. */
  readonly slot: number;
  /** The key that the program must have when the deposit enters. */
  readonly authority: bigint;
  /** Last time at which a transition may enter it. */
  readonly deadline: number;
}

/** A deposit as the registry has taken it. `entered` is the block's time: no transition may let it in earlier. */
export interface Deposit extends OpenDeposit {
  /** Who gets it back if it does not enter. */
  readonly payer: string;
}

/**
 * The call that deposits. It sends the ether of a deposit of ether. A token must be approved first: see `approvals`.
 * @throws InvalidInputError "quantity", "program", "slot", "authority" or "deadline"
 */
export function depositCall(mapId: string, wish: DepositWish): RegistryCall {
  requireWish(wish);
  const { asset, quantity, program, slot, authority, deadline } = wish;
  const args = [mapId, asset.label, quantity, program, slot, authority, deadline];
  return { name: "deposit", args, ...(asset.label === ETHER ? { value: quantity } : {}) };
}

function requireWish({ quantity, program, slot, authority, deadline }: DepositWish): void {
  if (quantity <= 0n || quantity >= MOST_QUANTITY)
    throw new InvalidInputError("quantity", "is not above 0 and below 2^128; give the asset's smallest unit");
  if (!Number.isSafeInteger(program) || program <= CHAIN || program >= 2 ** BITS.program)
    throw new InvalidInputError("program", `${program} receives nothing; give a program from 2 to 2^24 - 1`);
  if (!Number.isSafeInteger(slot) || slot < 0 || slot >= SLOTS)
    throw new InvalidInputError("slot", `${slot} is no slot; give 1 to ${SLOTS - 1}, or 0 for any`);
  if (!isAuthority(authority))
    throw new InvalidInputError("authority", `${authority} is not the number of a signing key; keys show prints one`);
  if (!Number.isSafeInteger(deadline) || deadline <= 0 || deadline >= 2 ** BITS.time)
    throw new InvalidInputError("deadline", `${deadline} is not a time; give seconds since 1970`);
}

/**
 * The calls of a deposit, in sending order: the approvals that the payer still has to give, then the deposit.
 * @throws InvalidInputError as {@link depositCall}; EnvironmentError
 */
export async function depositCalls(
  registry: Registry,
  mapId: string,
  wish: DepositWish,
  payer: string,
): Promise<RegistryCall[]> {
  const call = depositCall(mapId, wish);
  const { token } = wish.asset;
  if (token === null) return [call];
  return [...approvals(registry, token, await allowance(registry, token, payer), wish.quantity), call];
}

/**
 * Deposits an asset from the signing account. A token must be approved.
 * @throws CrossingRefusal; InvalidInputError
 *
 * @example
 * const { number } = await deposit(registry, mapId, { asset, quantity, program: 2, slot: 0, authority, deadline });
 * // The resource in the map has the id 2^61 + number.
 */
export function deposit(registry: Registry, mapId: string, wish: DepositWish): Promise<Deposit & Outcome> {
  return told(registry, depositCall(mapId, wish), "Deposited", depositIn);
}

/** A deposit as its event tells it. @throws EnvironmentError if a member is out of its bounds */
export function depositIn(args: Readonly<Record<string, unknown>>): Deposit {
  const what = "event Deposited";
  return {
    number: wordOf(what, args.number, 61),
    payer: addressIn(what, args.payer),
    label: numberOf(what, args.label, 31),
    quantity: wordOf(what, args.quantity, BITS.quantity),
    program: numberOf(what, args.program, BITS.program),
    slot: numberOf(what, args.slot, BITS.slot),
    authority: wordOf(what, args.authority),
    deadline: numberOf(what, args.deadline, BITS.time),
    entered: numberOf(what, args.entered, BITS.time),
  };
}

/** The call that takes a deposit back. Anybody may send it; the payer is credited. */
export function refundCall(
  mapId: string,
  {
    number,
    label,
    quantity,
    program,
    authority,
  }: Pick<Deposit, "number" | "label" | "quantity" | "program" | "authority">,
): RegistryCall {
  return { name: "refund", args: [mapId, number, label, quantity, program, authority] };
}

/** Credits a deposit that did not enter to its payer. @throws CrossingRefusal RefundTooEarly, UnknownDeposit */
export function refund(registry: Registry, mapId: string, open: Deposit): Promise<Outcome> {
  return sendCall(registry, refundCall(mapId, open));
}

/**
 * Whether the registry holds a deposit open.
 * @throws EnvironmentError if it holds another one than the event told: the node gives an event that never was
 */
export async function isOpenDeposit(registry: Registry, mapId: string, told: Deposit): Promise<boolean> {
  const { payer, deadline, entered, slot, content } = await read(registry, "getDeposit", [mapId, told.number]);
  if (payer === ZeroAddress) return false;
  const same =
    addressIn("payer", payer) === told.payer &&
    BigInt(deadline) === BigInt(told.deadline) &&
    BigInt(entered) === BigInt(told.entered) &&
    BigInt(slot) === BigInt(told.slot) &&
    content === contentOf(told);
  if (!same) throw oddAnswer(`deposit ${told.number} of map ${mapId}: its event and the state differ, so none`);
  return true;
}

/** The registry's hash of what it does not keep of a deposit. */
export function contentOf({ label, quantity, program, authority }: Deposit): string {
  const types = ["uint256", "uint256", "uint256", "uint256"];
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, [label, quantity, program, authority]));
}
