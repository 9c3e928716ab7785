/** From a state and a program's key to the call that leaves a moored map, or asks to. */

import type { OnProgress } from "../../prover/circuit/build.ts";
import { proveExit } from "../../prover/exits/proveExit.ts";
import { isEntitled } from "../../trace/crossing/entitled.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { address, isAsset, labelOf, programOf, SLOTS, slotOf } from "../../trace/layout.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { requireMooring } from "../chain/crossing/mooring.ts";
import { type Exit, leaveCall, requestCall } from "../chain/crossing/requests.ts";
import { type MapState, proofWords, type RegistryCall } from "../chain/registry.ts";

/** An asset in a cell of a map. */
export interface AssetCell {
  readonly address: number;
  readonly label: number;
  readonly quantity: bigint;
  readonly id: bigint;
}

/** What a program asks for. */
export interface ExitPlan {
  readonly program: number;
  readonly secret: Uint8Array;
  /** Address of the cell: `assetsOf` lists those of a program. */
  readonly address: number;
  /** The account that is paid: 0x and 40 digits. */
  readonly recipient: string;
  /** Last time at which the signed wish may be used, in seconds since 1970. */
  readonly validUntil: number;
  /** Wei for who answers; not needed to leave a frozen map. */
  readonly fee: bigint;
  /** The chain's present time. */
  readonly now: number;
  readonly chainId: bigint;
  readonly onProgress?: OnProgress | undefined;
}

/** The call, and what it does. */
export interface PlannedExit {
  /** Whether the map is frozen, so that the call leaves at once. */
  readonly leaves: boolean;
  readonly call: RegistryCall;
  readonly exit: Exit;
  readonly asset: AssetCell;
}

/** The assets to which a program is entitled at a time: in its own memory, and in escrow that it gave. */
export function assetsOf(map: TimeMap, program: number, now: number): AssetCell[] {
  const found: AssetCell[] = [];
  for (let holder = 1; holder <= map.programs(); holder++) {
    for (let slot = 1; slot < SLOTS; slot++) {
      const asset = assetAt(map, address(holder, slot));
      if (asset !== null && entitled(map, program, asset.address, now)) found.push(asset);
    }
  }
  return found;
}

function assetAt(map: TimeMap, at: number): AssetCell | null {
  const cell = map.cell(at);
  if (cell.type !== "resource" || !isAsset(cell.kind)) return null;
  return { address: at, label: labelOf(cell.kind), quantity: cell.quantity, id: cell.id };
}

function entitled(map: TimeMap, program: number, at: number, now: number): boolean {
  const cell = map.cell(at);
  return cell.type === "resource" && isEntitled(program, { holder: programOf(at), ...cell }, now);
}

/**
 * Signs a program's exit, proves it against the map's head, and gives the call: it asks to leave, or leaves if the map
 * is frozen. Proving takes seconds.
 * @param map the state at the head
 * @param head as of now
 * @throws InvalidInputError "address" if no asset lies there; as `proveExit` otherwise; NotMooredError
 */
export async function planExit(map: TimeMap, head: MapState, plan: ExitPlan): Promise<PlannedExit> {
  const { frozen, exitKey: keyHash } = requireMooring(head);
  const asset = assetAt(map, plan.address);
  if (asset === null) {
    const where = `slot ${slotOf(plan.address)} of program ${programOf(plan.address)}`;
    throw new InvalidInputError(
      "address",
      `no asset of the chain lies in ${where} at the map's head; give another cell`,
    );
  }
  const { program, address: at, validUntil, now, secret, chainId, onProgress } = plan;
  const wish = { domain: head.domain, address: at, program, recipient: BigInt(plan.recipient), validUntil, now };
  const { statement, proof } = await proveExit(map, wish, { secret }, { chainId, keyHash, onProgress });
  const { place, authority, w0, w1 } = statement;
  const exit: Exit = { place, program: statement.program, authority, w0, w1 };
  const words = proofWords(proof);
  const call = frozen
    ? leaveCall(head.mapId, exit, words)
    : requestCall(head.mapId, head.advances, exit, words, plan.fee);
  return { leaves: frozen, call, exit, asset };
}
