/** The report on a map on a chain, for a reader who wants to rely on it: owner, submitters, terms and verifiers. */
import { keyOrigin, type OwnKeys, stateKeyOrigin } from "../../prover/keyReport.ts";
import type { KeyOrigin } from "../../prover/keys/origin.ts";
import { CELL_CIRCUIT, EXIT } from "../../prover/stateCircuits.ts";
import type { BlockFacts } from "../chain/ask.ts";
import type { MapState, MooringState, VerifierState } from "../chain/state.ts";

/** Whether a verifier is not active yet, active, or disabled. */
export type VerifierStatus = "pending" | "active" | "disabled";
/**
 * A verifier's key compared with this installation's key for its profile: the `same`, `another`, or `not compared`
 * because this installation has none. A profile unknown to this version counts as `another`.
 */
export type KeyMatch = "same" | "another" | "not compared";

/** A verifier of a map. */
export interface VerifierReport extends KeyOrigin {
  keyHash: string;
  profile: string;
  /** Time from which it is active, in seconds since 1970. */
  enabledFrom: number;
  disabled: boolean;
  status: VerifierStatus;
  key: KeyMatch;
  /** Hash of this installation's key for the profile; null if it has none. */
  ownKey: string | null;
}

/** A key over one state of a moored map, fixed for ever. */
export interface StateKeyReport extends KeyOrigin {
  /** `exit` or `cell`. */
  circuit: string;
  keyHash: string;
  key: KeyMatch;
  /** Hash of this installation's key for the circuit; null if it has none. */
  ownKey: string | null;
}

/** What a moored map has beyond any map. */
export interface MooringReport {
  patience: number;
  frozen: boolean;
  /** Number of the last deposit or observation. */
  entries: number;
  keys: StateKeyReport[];
}

/** The terms fixed at the map's creation. Field elements are decimal texts, times are seconds. */
export interface TermsReport {
  genesisRoot: string;
  genesisTime: number;
  maxLag: number;
  verifierDelay: number;
  dataPolicy: string;
}

/** A map on a chain, as of one block. */
export interface MapReport {
  chainId: string;
  registry: string;
  mapId: string;
  domain: string;
  /** The block whose state the report gives. */
  block: number;
  blockTime: number;
  head: { root: string; seq: number; time: number };
  createdIn: number;
  owner: string;
  /** The account to which the map is offered; null if there is none. */
  pendingOwner: string | null;
  /** Accounts that may submit proofs. */
  submitters: string[];
  terms: TermsReport;
  verifiers: VerifierReport[];
  /** Of a moored map; null for others. */
  mooring: MooringReport | null;
  /** Verifiers and other keys that were not compared, in sentences. */
  notCompared: string[];
}

/** Input of a map's report. */
export interface MapFindings {
  chainId: bigint;
  registry: string;
  block: BlockFacts;
  map: MapState;
  submitters: readonly string[];
}

/** The report, with every verifier's key compared with this installation's. @throws KeyError, CacheError */
export async function mapReport(
  { chainId, registry, block, map, submitters }: MapFindings,
  ownKeys?: OwnKeys,
): Promise<MapReport> {
  const verifiers: VerifierReport[] = [];
  for (const verifier of map.verifiers) verifiers.push(await verifierReport(verifier, block.timestamp, ownKeys));
  const mooring = map.mooring === null ? null : await mooringReport(map.mooring);
  const missing = [...new Set(verifiers.filter(({ key }) => key === "not compared").map(({ profile }) => profile))];
  return {
    chainId: chainId.toString(),
    registry,
    mapId: map.mapId,
    domain: map.domain.toString(),
    block: block.number,
    blockTime: block.timestamp,
    head: { root: map.root.toString(), seq: map.seq, time: map.time },
    createdIn: map.createdIn,
    owner: map.owner,
    pendingOwner: map.pendingOwner,
    submitters: [...submitters],
    terms: {
      genesisRoot: map.genesisRoot.toString(),
      genesisTime: map.genesisTime,
      maxLag: map.maxLag,
      verifierDelay: map.verifierDelay,
      dataPolicy: map.dataPolicy,
    },
    verifiers,
    mooring,
    notCompared: [
      ...missing.map(
        (profile) =>
          `the verifier of ${profile} was not compared: this installation has no key of that profile; make it with setup --profile ${profile}`,
      ),
      ...(mooring?.keys ?? [])
        .filter(({ key }) => key === "not compared")
        .map(
          ({ circuit }) =>
            `the key of the circuit ${circuit} was not compared: this installation has none; make it with setup --profile ${circuit}`,
        ),
    ],
  };
}

async function mooringReport({ patience, frozen, entries, exitKey, cellKey }: MooringState): Promise<MooringReport> {
  const keys: StateKeyReport[] = [];
  for (const [circuit, keyHash] of [[EXIT, exitKey] as const, [CELL_CIRCUIT, cellKey] as const]) {
    const { ownKey, kind, ceremony } = await stateKeyOrigin(keyHash, circuit);
    const same = ownKey?.toLowerCase() === keyHash.toLowerCase();
    const key = same ? "same" : ownKey === null ? "not compared" : "another";
    keys.push({ circuit: circuit.name, keyHash, key, ownKey, kind, ceremony });
  }
  return { patience, frozen, entries, keys };
}

async function verifierReport(
  { keyHash, ...verifier }: VerifierState,
  now: number,
  ownKeys: OwnKeys | undefined,
): Promise<VerifierReport> {
  const { ownKey, profileKnown, ...origin } = await keyOrigin(keyHash, verifier.profile, ownKeys);
  const same = ownKey?.toLowerCase() === keyHash.toLowerCase();
  return {
    ...{ keyHash, ...verifier, ownKey, ...origin },
    status: verifier.disabled ? "disabled" : verifier.enabledFrom > now ? "pending" : "active",
    key: same ? "same" : ownKey === null && profileKnown ? "not compared" : "another",
  };
}

/** Problems with a moored map's keys of exits and cells: whoever made another may prove what is not so. */
export function foreignStateKeys({ mooring }: MapReport): { keyHash: string; compared: boolean; message: string }[] {
  return (mooring?.keys ?? [])
    .filter(({ key }) => key !== "same")
    .map(({ circuit, keyHash, key, ownKey }) => ({
      keyHash,
      compared: key !== "not compared",
      message:
        key === "not compared"
          ? `was not compared: this installation has no key of the circuit ${circuit}; make it with setup --profile ${circuit}`
          : `the map takes proofs of ${circuit} under the key ${keyHash} for ever, but this installation's is ${ownKey}; install the map's announced key, or do not rely on the map`,
    }));
}

/**
 * Problems with enabled verifiers whose key is not this installation's: the makers of those keys may be able to forge.
 */
export function foreignVerifiers({ verifiers }: MapReport): { verifier: VerifierReport; message: string }[] {
  return verifiers
    .filter(({ status, key }) => status !== "disabled" && key === "another")
    .map((verifier) => {
      const { keyHash, profile, ownKey, enabledFrom, status } = verifier;
      const since = status === "active" ? `since ${enabledFrom}` : `from ${enabledFrom} on`;
      const other =
        ownKey === null
          ? "this version has no such profile"
          : `this installation's is ${ownKey}; install the map's announced key, or do not rely on the map`;
      return {
        verifier,
        message: `the map accepts proofs of ${profile} under the key ${keyHash} ${since}, but ${other}`,
      };
    });
}
