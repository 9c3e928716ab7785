/** A map on a chain: the registry's functions for the rest of the project. */
import { mapDomain, mapIdOf } from "../../prover/batches/mapIdentity.ts";
import { keysOfTerms, mapCall, sendCall, storeKey } from "./calls.ts";
import { signerOf } from "./connect.ts";
import type { Outcome, Registry } from "./contract.ts";
import type { MapTerms } from "./terms.ts";

export { mapDomain, mapIdOf, mapPlace, requireOwnMap } from "../../prover/batches/mapIdentity.ts";
export { advance, advanceArguments, advanceCall, type BatchSubmission } from "./advance.ts";
export { blockAt } from "./ask.ts";
export {
  keyCall,
  keysOfTerms,
  mapCall,
  type PrintedCall,
  printedCall,
  type RegistryCall,
  receiptOf,
  rehearse,
  sendCall,
  storeKey,
} from "./calls.ts";
export { awaitConfirmed, type Confirmations, usualConfirmations } from "./confirm.ts";
export { type Chain, type ConnectOptions, connect, isLocalChain } from "./connect.ts";
export {
  type CodeMatch,
  deployRegistry,
  lookAtRegistry,
  type Outcome,
  openRegistry,
  type Registry,
  RegistryVersionError,
  registryAbi,
} from "./contract.ts";
export { ChainRefusal, CrossingRefusal } from "./errors.ts";
export {
  type AdvancedEvent,
  advancedEvents,
  historyOf,
  type MapHistory,
  submittersNow,
} from "./events.ts";
export * from "./key.ts";
export * from "./owner.ts";
export {
  findMap,
  isSubmitter,
  LostMapError,
  type MapState,
  type MooringState,
  pinned,
  readMap,
  requireMap,
  type VerifierState,
} from "./state.ts";
export {
  type DataPolicy,
  type Feed,
  MAX_LAG,
  type MapTerms,
  type MapVerifier,
  MIN_VERIFIER_DELAY,
  MOORED_LAG,
  MOORED_VERIFIER_DELAY,
  type Mooring,
  PATIENCE_BOUNDS,
  USUAL_PATIENCE,
} from "./terms.ts";

/** Creates a map, owned by the signing account. Stores its verification keys on the registry first. */
export async function createMap(
  registry: Registry,
  terms: MapTerms,
): Promise<{ readonly mapId: string; readonly domain: bigint } & Outcome> {
  const creator = await signerOf(registry.chain).getAddress();
  const call = mapCall(terms, creator);
  for (const key of keysOfTerms(terms)) await storeKey(registry, key);
  const made = await sendCall(registry, call);
  const mapId = mapIdOf(creator, terms.salt, terms.genesisRoot);
  return { mapId, domain: mapDomain(registry.chain.chainId, registry.address, mapId), ...made };
}
