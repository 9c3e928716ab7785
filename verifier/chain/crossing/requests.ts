/** Requests to leave a moored map, and their ends. */
import type { OpenRequest } from "../../../trace/crossing/entries.ts";
import { BITS } from "../../../trace/layout.ts";
import { ask, oddAnswer } from "../ask.ts";
import { type RegistryCall, sendCall } from "../calls.ts";
import { type Outcome, type Registry, read } from "../contract.ts";
import { addressIn, numberOf, wordOf } from "./numbers.ts";
import { told } from "./receipts.ts";

/** A signed wish to leave, as the exit circuit states it: the registry's struct `Exit`. */
export interface Exit {
  readonly place: bigint;
  readonly program: bigint;
  readonly authority: bigint;
  readonly w0: bigint;
  readonly w1: bigint;
}

/** A cell of a map, as the cell circuit states it: the registry's struct `Cell`. */
export interface ShownCell {
  readonly location: number;
  readonly w0: bigint;
  readonly w1: bigint;
  readonly w2: bigint;
}

/** An open request. Times are seconds since 1970. */
export interface ExitRequest extends OpenRequest {
  /** The account that is to be paid. */
  readonly recipient: string;
  /** Number of the map's last root at the request. */
  readonly head: number;
  /** Wei for who answers. */
  readonly fee: bigint;
}

/** Gas whose price at the base fee a request must bring. */
const ANSWER_GAS = 400_000n;

/** The cell and the program that a request's name tells. */
export function requestPlace(request: bigint): { readonly location: number; readonly program: number } {
  const program = BigInt.asUintN(BITS.program, request >> BigInt(BITS.address));
  return { location: Number(BigInt.asUintN(BITS.address, request)), program: Number(program) };
}

/** The least fee of a request, in wei, at a base fee. */
export function leastFee(baseFee: bigint): bigint {
  return ANSWER_GAS * baseFee;
}

/** The least fee of a request at the present block's base fee, in wei. @throws EnvironmentError */
export async function presentFee({ chain }: Registry): Promise<bigint> {
  const block = await ask("latest block", () => chain.provider.getBlock("latest"));
  if (block === null) throw oddAnswer("latest block");
  return leastFee(block.baseFeePerGas ?? 0n);
}

/** The call that asks to leave. @param fee wei for who answers */
export function requestCall(
  mapId: string,
  root: number,
  wish: Exit,
  proof: readonly bigint[],
  fee: bigint,
): RegistryCall {
  return { name: "requestExit", args: [mapId, root, wish, proof], value: fee };
}

/** Asks to leave. @param root number of the root that the proof is of @throws CrossingRefusal */
export function requestExit(
  registry: Registry,
  mapId: string,
  { root, wish, proof, fee }: { root: number; wish: Exit; proof: readonly bigint[]; fee: bigint },
): Promise<ExitRequest & Outcome> {
  return told(registry, requestCall(mapId, root, wish, proof, fee), "ExitRequested", requestIn);
}

/** A request as its event tells it. @throws EnvironmentError if a member is out of its bounds */
export function requestIn(args: Readonly<Record<string, unknown>>): ExitRequest {
  const what = "event ExitRequested";
  const request = wordOf(what, args.request);
  return {
    ...{ request, ...requestPlace(request) },
    recipient: addressIn(what, args.recipient),
    id: wordOf(what, args.id, BITS.id),
    authority: wordOf(what, args.authority),
    time: numberOf(what, args.time, BITS.time),
    head: numberOf(what, args.head, 32),
    fee: wordOf(what, args.fee, 96),
  };
}

/** The call that closes a request whose maker is not entitled: a submitter's, or anybody's once it is late. */
export function dismissCall(
  mapId: string,
  request: bigint,
  { root, cell, proof }: { root: number; cell: ShownCell; proof: readonly bigint[] },
): RegistryCall {
  return { name: "dismiss", args: [mapId, request, root, cell, proof] };
}

/** Closes a request whose maker is not entitled. @throws CrossingRefusal CellRefused, RootTooOld, NotLate */
export function dismiss(
  registry: Registry,
  mapId: string,
  request: bigint,
  shown: { root: number; cell: ShownCell; proof: readonly bigint[] },
): Promise<Outcome> {
  return sendCall(registry, dismissCall(mapId, request, shown));
}

/** The call that ends a map which has left a request open for two patiences. Anybody may send it. */
export function freezeCall(mapId: string, request: bigint): RegistryCall {
  return { name: "freeze", args: [mapId, request] };
}

/** Ends a map. @throws CrossingRefusal NotLate, UnknownRequest */
export function freeze(registry: Registry, mapId: string, request: bigint): Promise<Outcome> {
  return sendCall(registry, freezeCall(mapId, request));
}

/** The call that leaves a frozen map, by a proof of its last root. */
export function leaveCall(mapId: string, wish: Exit, proof: readonly bigint[]): RegistryCall {
  return { name: "leaveFrozen", args: [mapId, wish, proof] };
}

/** Leaves a frozen map; the recipient is credited. @throws CrossingRefusal NotEntitled, HasLeft, MapNotFrozen */
export function leaveFrozen(registry: Registry, mapId: string, wish: Exit, proof: readonly bigint[]): Promise<Outcome> {
  return sendCall(registry, leaveCall(mapId, wish, proof));
}

/** The call that gives the fee of a request which a frozen map left open to its recipient. Anybody may send it. */
export function reclaimCall(mapId: string, request: bigint): RegistryCall {
  return { name: "reclaim", args: [mapId, request] };
}

/** Credits the fee of such a request to its recipient. @throws CrossingRefusal MapNotFrozen, UnknownRequest */
export function reclaim(registry: Registry, mapId: string, request: bigint): Promise<Outcome> {
  return sendCall(registry, reclaimCall(mapId, request));
}

/** An open request, from the registry's state; null if there is none of that name. */
export async function findRequest(registry: Registry, mapId: string, request: bigint): Promise<ExitRequest | null> {
  const [state] = await read(registry, "getRequest", [mapId, request]);
  if (BigInt(state.time) === 0n) return null;
  const { recipient, fee, id, time, head, authority } = state;
  return requestIn({ request, recipient, fee, id, time, head, authority });
}

/**
 * Whether the registry holds a request open.
 * @throws EnvironmentError if it holds another one than the event told: the node gives an event that never was
 */
export async function isOpenRequest(registry: Registry, mapId: string, told: ExitRequest): Promise<boolean> {
  const state = await findRequest(registry, mapId, told.request);
  if (state === null) return false;
  const same = Object.entries(state).every(([name, value]) => Reflect.get(told, name) === value);
  if (!same) throw oddAnswer(`request ${told.request} of map ${mapId}: its event and the state differ, so none`);
  return true;
}
