/** What an audit takes from an earlier one, and what it leaves for the next. */

import { runDomain } from "../../prover/batches/plan.ts";
import { rangeOf, type StoredBundle } from "../../prover/bundles/bundle.ts";
import { packSpan } from "../../trace/commitment/commit.ts";
import { count } from "../../trace/describe/count.ts";
import { scanTrace } from "../../trace/run/triggerIndex.ts";
import type { Problem, ReadBundle } from "../bundleSequence.ts";
import type { AuditReport, SinceReport } from "./auditReport.ts";
import type { ChainReport } from "./chain.ts";
import { bundlesUpTo, type EarlierAudit, genesisHash } from "./earlier.ts";
import type { TracedRun } from "./tracedRun.ts";

/** The last bundle of the earlier audit, as far as the next one must follow it; undefined if there was none. */
export function lastBundle({ proven, place, domain, bundles }: EarlierAudit): ReadBundle | undefined {
  if (proven === 0) return undefined;
  const name = bundles.last ?? "";
  const firstSeq = Number(name.slice(0, name.indexOf("-")));
  const times = { notBefore: place.at, until: place.at };
  const span = packSpan({ firstSeq, count: proven - firstSeq + 1, ...times, moored: false });
  const statement = { preRoot: 0n, postRoot: place.root, traceRoot: 0n, span, domain, point: 0n, value: 1n };
  const proof: ReadBundle["bundle"]["proof"] = {
    pi_a: [0n, 0n],
    pi_b: [
      [0n, 0n],
      [0n, 0n],
    ],
    pi_c: [0n, 0n],
  };
  const bundle = { profile: "", circuit: "", key: { hash: "", kind: "unknown" as const }, statement, proof };
  return { name, bundle, firstSeq, lastSeq: proven };
}

/** A bundle whose proof is not looked at. */
export function readBundle(stored: StoredBundle): ReadBundle[] {
  if ("error" in stored) return [];
  const { firstSeq, lastSeq } = rangeOf(stored.bundle);
  return [{ name: stored.name, bundle: stored.bundle, firstSeq, lastSeq }];
}

/** A problem if the map's head is behind where the earlier audit saw it. */
export function goneBack({ head }: ChainReport, since: EarlierAudit | undefined): Problem[] {
  const then = since?.chain ?? undefined;
  if (then === undefined || Number(head.seq) >= then.seq) return [];
  const message = `is at transition ${head.seq}, but the earlier audit saw it at ${then.seq}, as of block ${then.block}`;
  return [{ kind: "wrong", where: "chain", field: "head", message }];
}

/** What was taken from the earlier audit. */
export function sinceReport({ place, bundles, clean }: EarlierAudit): SinceReport {
  const { seq, root } = place;
  const taken = [
    `transitions 1 to ${seq} were replayed by the earlier audit; now only their bytes were compared, by a hash`,
    `the state after transition ${seq} has the root that the earlier audit found`,
    `${count(bundles.count, "bundle")} and the signatures up to there were verified by the earlier audit`,
    ...(clean ? [] : ["the earlier audit had found something wrong, which is not told here again"]),
  ];
  return { seq, root: root.toString(), batches: bundles.count, taken };
}

/** What the next audit can begin with; undefined if the replay did not get to the end of the last bundle. */
export async function foundIn(
  { run, saved, roots }: TracedRun,
  { state, chain }: AuditReport,
  since: EarlierAudit | undefined,
): Promise<EarlierAudit | undefined> {
  if (run === null) return undefined;
  const { place, findings } = saved ?? since ?? {};
  if (place === undefined || findings === undefined) return undefined;
  const bundles = await bundlesUpTo(run.dir, place.seq);
  const head = chain === null ? undefined : { seq: Number(chain.head.seq), root: BigInt(chain.head.root) };
  return {
    clean: state !== "wrong" && (since?.clean ?? true),
    domain: runDomain(run.manifest, run.header.genesisRoot),
    genesisRoot: roots.genesis ?? 0n,
    genesis: genesisHash(run.dir),
    trace: scanTrace(run.path, place.bytes, place.bytes).before.sha256,
    place,
    proven: bundles.count === 0 ? 0 : place.seq,
    bundles,
    chain: head === undefined || chain === null ? (since?.chain ?? null) : { ...head, block: Number(chain.block) },
    findings,
  };
}
