/** Sentences about signing, the same for a run directory and for a server. */
import { time } from "../../trace/describe/names.ts";
import type { ChainEntry } from "../../trace/run/manifest.ts";
import { count, pairs, plural } from "./output.ts";

/** The genesis and map that the signatures are bound to. */
export function signedFor(bound: { genesisRoot: bigint; domain: bigint; chain: ChainEntry | undefined }): string {
  const { genesisRoot, domain, chain } = bound;
  const place =
    chain === undefined
      ? "of a run without a map on a chain"
      : `of map ${chain.mapId}, chain ${chain.chainId}, registry ${chain.registry}`;
  return `signed for: the run that begins with the root ${genesisRoot}, domain ${domain}, ${place}`;
}

/** Where the names beside the numbers come from. */
export function namesFrom(source: string): string {
  return `names come from ${source}; proofs cover only the numbers beside them`;
}

/** The head of a batch. @param whose whose effects follow */
export function batchHead(batch: { firstSeq: number; lastSeq: number; validUntil: number }, whose: string): string {
  const { firstSeq, lastSeq, validUntil } = batch;
  return `batch ${firstSeq}..${lastSeq}, to be proven with times until ${time(validUntil)}: ${whose}`;
}

/** Whose effects a batch has: the program's, and those of others in the same groups. */
export function effectsOf(who: string, program: number, effects: readonly { actor: number }[]): string {
  return `effects of ${who}${effects.some(({ actor }) => actor !== program) ? ", with their whole groups" : ""}`;
}

/** How many batches were signed, as the first lines of a result. */
export function signedCount(
  counts: { signed: number; otherKeys: number; before?: number },
  who: string,
  agreed: boolean,
): string[] {
  const { signed, otherKeys, before = 0 } = counts;
  const earlier = before === 0 ? "" : `, ${before} before`;
  return [
    `${count(signed, "batch")} ${agreed ? "signed" : "NOT signed"} for ${who}${earlier}`,
    ...(otherKeys === 0 ? [] : [`${count(otherKeys, "batch")} ${plural(otherKeys, "needs")} another key of ${who}`]),
  ];
}

/** The key, as the last line of a result. */
export function authorityLine(authority: bigint): string[] {
  return pairs([["authority", authority]]);
}
