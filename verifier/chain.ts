/** A map on a chain: all that the rest of the project needs to say to a registry. */
import { domainOf, mapIdOf } from "../prover/mapPlace.ts";
import { mapCall, sendCall, storeKey } from "./chain-calls.ts";
import { signerOf } from "./chain-connect.ts";
import type { Outcome, Registry } from "./chain-registry.ts";
import type { MapTerms } from "./chain-terms.ts";

export { domainOf, mapIdOf, mapPlace, requireOwnMap } from "../prover/mapPlace.ts";
export { advance, advanceArguments, advanceCall, type BatchSubmission } from "./chain-advance.ts";
export { blockAt } from "./chain-ask.ts";
export {
  keyCall,
  mapCall,
  type PrintedCall,
  printedCall,
  type RegistryCall,
  rehearse,
  sendCall,
  storeKey,
} from "./chain-calls.ts";
export { awaitConfirmed, type Confirmations, usualConfirmations } from "./chain-confirm.ts";
export { type Chain, type ConnectOptions, connect, isLocalChain } from "./chain-connect.ts";
export { ChainRefusal } from "./chain-errors.ts";
export { type AdvancedEvent, advancedEvents, historyOf, type MapHistory, submittersNow } from "./chain-events.ts";
export * from "./chain-key.ts";
export * from "./chain-owner.ts";
export {
  type CodeMatch,
  deployRegistry,
  lookAtRegistry,
  type Outcome,
  openRegistry,
  type Registry,
  RegistryVersionError,
  registryAbi,
} from "./chain-registry.ts";
export {
  findMap,
  isSubmitter,
  LostMapError,
  type MapState,
  pinned,
  readMap,
  requireMap,
  type VerifierState,
} from "./chain-state.ts";
export { type DataPolicy, MAX_LAG, type MapTerms, type MapVerifier, MIN_VERIFIER_DELAY } from "./chain-terms.ts";

/** Creates a map, owned by the account that signs. Its verification keys are put on the registry first. */
export async function createMap(
  registry: Registry,
  terms: MapTerms,
): Promise<{ readonly mapId: string; readonly domain: bigint } & Outcome> {
  const creator = await signerOf(registry.chain).getAddress();
  const call = mapCall(terms, creator);
  for (const { key } of terms.verifiers) await storeKey(registry, key);
  const made = await sendCall(registry, call);
  const mapId = mapIdOf(creator, terms.salt, terms.genesisRoot);
  return { mapId, domain: domainOf(registry.chain.chainId, registry.address, mapId), ...made };
}
