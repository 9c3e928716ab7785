/** A map on a chain, in lines for people. */
import { originText } from "../../prover/keys/origin.ts";
import { time } from "../../trace/describe/names.ts";
import type { KeyMatch, MapReport, MooringReport, StateKeyReport, VerifierReport } from "./mapReport.ts";

/** Where the trace is, by data policy. */
const KEPT: Readonly<Record<string, string>> = {
  operator: "data kept by the operator",
  chain: "every row published on the chain",
};

/** Block, owner, submitters, terms and verifiers, a line each. */
export function mapLines(report: MapReport): string[] {
  const { owner, pendingOwner, submitters, terms, verifiers, createdIn, block, mooring } = report;
  const { genesisRoot, genesisTime, maxLag, verifierDelay, dataPolicy } = terms;
  return [
    `as of block ${block}; created in block ${createdIn}`,
    `owner ${owner}${pendingOwner === null ? "" : `, which has offered the map to ${pendingOwner}`}`,
    ...(submitters.length === 0 ? ["no account may submit"] : submitters.map((account) => `submitter ${account}`)),
    `terms: begins at root ${genesisRoot}, ${time(genesisTime)}; accepts batches up to ${maxLag} s old; ` +
      `a new verifier is active after ${verifierDelay} s; ${KEPT[dataPolicy] ?? `data policy ${dataPolicy}`}`,
    ...(verifiers.length === 0 ? ["no verifier: no proof is accepted"] : verifiers.map(verifierLine)),
    ...(mooring === null ? [] : mooringLines(mooring)),
  ];
}

function mooringLines({ patience, frozen, keys }: MooringReport): string[] {
  const state = frozen ? "FROZEN: its head never moves again" : "not frozen";
  return [
    `moored: ${state}; an exit is late after ${patience} s, and the map may be frozen after ${2 * patience} s`,
    ...keys.map(
      ({ circuit, keyHash, key, ownKey, ...origin }: StateKeyReport) =>
        `key of ${circuit} ${keyHash}, fixed for ever; ${whoseKey(key, ownKey, "circuit")}; ${originText(origin)}`,
    ),
  ];
}

function whoseKey(key: KeyMatch, ownKey: string | null, sort: "profile" | "circuit"): string {
  return {
    same: "this installation's key",
    another: ownKey === null ? `NOT a ${sort} of this version` : `NOT this installation's key, which is ${ownKey}`,
    "not compared": `not compared: this installation has no key of that ${sort}`,
  }[key];
}

function verifierLine({ keyHash, profile, enabledFrom, status, key, ownKey, ...origin }: VerifierReport): string {
  const when = {
    active: `active since ${time(enabledFrom)}`,
    pending: `PENDING, active from ${time(enabledFrom)} on`,
    disabled: `disabled (was announced for ${time(enabledFrom)})`,
  }[status];
  const whose = whoseKey(key, ownKey, "profile");
  return `verifier ${keyHash}, ${profile}, ${when}; ${whose}; ${originText(origin)}`;
}
