/** The actions of a map's owner: their calls, and functions that send them. */
import { ZeroAddress } from "ethers";
import { plainAddress } from "../../prover/batches/mapIdentity.ts";
import { type RegistryCall, sendCall, storeKey } from "./calls.ts";
import type { Outcome, Registry } from "./contract.ts";
import { keyHash } from "./key.ts";
import { type MapVerifier, profileWord } from "./terms.ts";

/** The call that announces a further verifier. The registry must have its key by then. */
export function proposeCall(mapId: string, { profile, key }: MapVerifier): RegistryCall {
  return { name: "proposeVerifier", args: [mapId, { profile: profileWord(profile), vkeyHash: keyHash(key) }] };
}

/** The call that disables the verifier of that key. */
export function disableCall(mapId: string, hash: string): RegistryCall {
  return { name: "disableVerifier", args: [mapId, hash] };
}

/** The call that allows an account to submit proofs, or stops it. */
export function submitterCall(mapId: string, account: string, allowed: boolean): RegistryCall {
  return { name: "setSubmitter", args: [mapId, plainAddress(account), allowed] };
}

/** The call that offers the map to an account; null withdraws the offer. */
export function transferCall(mapId: string, account: string | null): RegistryCall {
  return { name: "transferOwnership", args: [mapId, account === null ? ZeroAddress : plainAddress(account)] };
}

/** The call that accepts an offered map. */
export function acceptCall(mapId: string): RegistryCall {
  return { name: "acceptOwnership", args: [mapId] };
}

/** Announces a further verifier. It is active from `enabledFrom` in `readMap`. */
export async function proposeVerifier(registry: Registry, mapId: string, verifier: MapVerifier): Promise<Outcome> {
  await storeKey(registry, verifier.key);
  return sendCall(registry, proposeCall(mapId, verifier));
}

/** Disables a verifier at once. */
export function disableVerifier(registry: Registry, mapId: string, hash: string): Promise<Outcome> {
  return sendCall(registry, disableCall(mapId, hash));
}

/** Allows an account to submit proofs, or stops it. */
export function setSubmitter(registry: Registry, mapId: string, account: string, allowed: boolean): Promise<Outcome> {
  return sendCall(registry, submitterCall(mapId, account, allowed));
}

/** Offers a map to an account, which owns it after accepting; null withdraws the offer. */
export function transferOwnership(registry: Registry, mapId: string, account: string | null): Promise<Outcome> {
  return sendCall(registry, transferCall(mapId, account));
}

/** Accepts a map that its owner has offered to the signing account. */
export function acceptOwnership(registry: Registry, mapId: string): Promise<Outcome> {
  return sendCall(registry, acceptCall(mapId));
}
