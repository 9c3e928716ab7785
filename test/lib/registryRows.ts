/**
 * What a registry says to the rows of a moored map: the part of it that needs no storage. A proof is no more than the
 * circuit's word, so whoever compares circuit and machine asks this, too.
 */
import { CHAIN, ENTRY_ID, isAsset, isFact, issuerOf, TRIGGERED_ID } from "../../trace/layout.ts";
import type { Row, RowName } from "../../trace/machine/transition.ts";

const OF_THE_CHAIN: readonly RowName[] = ["CreateProgram", "Enter", "Eject"];
const NOT_OF_FACTS: readonly RowName[] = [
  "EscrowToProgram",
  "ClaimFromProgram",
  "RevokeResource",
  "Pass",
  "Split",
  "Merge",
];

/**
 * Whether a registry refuses a proof of the row, whatever it has on record. It does not look at rows of other programs
 * about other programs' kinds.
 */
export function registryRefuses({ effect, actor, kind, quantity, resource, argument }: Row): boolean {
  if (actor !== CHAIN && issuerOf(kind) !== CHAIN) return false;
  if (actor !== CHAIN && (effect === "Enter" || effect === "Eject")) return true;
  if (actor === CHAIN && !OF_THE_CHAIN.includes(effect)) return true;
  if (isFact(kind) && NOT_OF_FACTS.includes(effect)) return true;
  const { recipient = 0n } = argument;
  if (effect === "Retire" && isAsset(kind)) return recipient === 0n || recipient >> 160n !== 0n;
  // No deposit and no observation has another number, and no deposit is of 0.
  if (effect === "Enter" && issuerOf(kind) !== CHAIN) return true;
  if (effect === "Enter") return resource <= ENTRY_ID || resource >= TRIGGERED_ID || (isAsset(kind) && quantity === 0n);
  // No request is of anything else.
  return effect === "Eject" && !isAsset(kind);
}
