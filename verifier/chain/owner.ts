/** What a map's owner may do: the calls, and doing it. */
import { ZeroAddress } from "ethers";
import { plainAddress } from "../../prover/batches/mapIdentity.ts";
import { type RegistryCall, sendCall, storeKey } from "./calls.ts";
import type { Outcome, Registry } from "./contract.ts";
import { keyHash } from "./key.ts";
import { type MapVerifier, profileWord } from "./terms.ts";

/** Announces a further verifier. Its key must be on the registry by then. */
export function proposeCall(mapId: string, { profile, key }: MapVerifier): RegistryCall {
  return { name: "proposeVerifier", args: [mapId, { profile: profileWord(profile), vkeyHash: keyHash(key) }] };
}

/** Turns the verifier of that key off. */
export function disableCall(mapId: string, hash: string): RegistryCall {
  return { name: "disableVerifier", args: [mapId, hash] };
}

/** Lets an account hand in proofs, or no longer. */
export function submitterCall(mapId: string, account: string, allowed: boolean): RegistryCall {
  return { name: "setSubmitter", args: [mapId, plainAddress(account), allowed] };
}

/** Names the account that may take the map over; null names nobody. */
export function transferCall(mapId: string, account: string | null): RegistryCall {
  return { name: "transferOwnership", args: [mapId, account === null ? ZeroAddress : plainAddress(account)] };
}

/** Takes a map over. */
export function acceptCall(mapId: string): RegistryCall {
  return { name: "acceptOwnership", args: [mapId] };
}

/** Announces a further verifier; it counts from `enabledFrom` in `readMap`. */
export async function proposeVerifier(registry: Registry, mapId: string, verifier: MapVerifier): Promise<Outcome> {
  await storeKey(registry, verifier.key);
  return sendCall(registry, proposeCall(mapId, verifier));
}

/** Turns a verifier off, at once. */
export function disableVerifier(registry: Registry, mapId: string, hash: string): Promise<Outcome> {
  return sendCall(registry, disableCall(mapId, hash));
}

/** Admits an account as submitter, or no longer. */
export function setSubmitter(registry: Registry, mapId: string, account: string, allowed: boolean): Promise<Outcome> {
  return sendCall(registry, submitterCall(mapId, account, allowed));
}

/** Offers a map to an account, which owns it once it has accepted; null takes an offer back. */
export function transferOwnership(registry: Registry, mapId: string, account: string | null): Promise<Outcome> {
  return sendCall(registry, transferCall(mapId, account));
}

/** Takes over a map that its owner has offered to the account that signs. */
export function acceptOwnership(registry: Registry, mapId: string): Promise<Outcome> {
  return sendCall(registry, acceptCall(mapId));
}
