/** Whose accounts the calls come from, and who is paid. */
import { PAYEE } from "../../lib/moored.ts";
import type { HeldMap } from "./model.ts";
import type { Operator } from "./operator.ts";
import type { Play } from "./play.ts";

export const [STRANGER, PAYERS] = [1, [2, 3]] as const;
export const address = (number: bigint): string => `0x${number.toString(16).padStart(40, "0")}`;
export const mapOf = (maps: readonly HeldMap[], which: number): HeldMap => maps[which] as HeldMap;
export const operatorOf = (play: Play): Operator => play.random.pick(play.operators);
export const account = ({ world }: Play, number: number): string => world.accounts[number] as string;

/** Anybody's account, or one that is odd. */
export function recipient({ random, world }: Play): string {
  const plain = [address(PAYEE), address(PAYEE + 1n), world.accounts[4] as string];
  return random.pick([...plain, world.odd.recipient.toLowerCase()]);
}
