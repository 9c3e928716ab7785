/** Compares a registry's head and events with a run's batches, and its verifiers with this installation's keys. */

import { rangeOf } from "../../prover/bundles/bundle.ts";
import { count } from "../../trace/describe/count.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import type { ChainEntry, RebuiltHead } from "../../trace/run/manifest.ts";
import { batchName, type Problem, partOfChain, type ReadBundle } from "../bundleSequence.ts";
import type { AdvancedEvent, MapState } from "../chain/registry.ts";
import { foreignStateKeys, foreignVerifiers, type MapReport, mapReport } from "../map/mapReport.ts";

/** The map on its chain. Field elements are decimal texts, times are seconds since 1970. */
export interface ChainReport extends MapReport {
  /** Batches that the registry accepted, with their transactions. */
  accepted: { firstSeq: number; lastSeq: number; transaction: string; block: number }[];
}

/** The chain to ask. The manifest names the map. */
export interface ChainOptions {
  rpc: string;
  /** Address of the registry. Default: the manifest's. */
  registry?: string | undefined;
  /** Time limit for one answer of the node, in milliseconds. */
  rpcTimeout?: number | undefined;
}

/**
 * Asks the registry for the map and for every accepted batch, all as of one block. Compares head and batches with the
 * bundles, and the verifiers' keys with this installation's.
 * @param rebuilt where the head stood when the run was made from the chain: bundles begin behind it
 * @throws EnvironmentError if the node does not answer, or not as a node does
 * @throws InvalidInputError if the run has no map on a chain, or its map is on another chain; LostMapError if the chain
 *   has no such map
 */
export async function auditChain(
  options: ChainOptions,
  entry: ChainEntry | undefined,
  bundles: readonly ReadBundle[],
  rebuilt?: RebuiltHead,
): Promise<{ report: ChainReport; problems: Problem[] }> {
  if (entry === undefined) {
    throw new InvalidInputError("manifest.json chain", "is missing: the run has no map on a chain; run create first");
  }
  // Loaded only here, because only an audit with a node needs it.
  const { connect, historyOf, openRegistry, pinned, requireMap, submittersNow } = await import("../chain/registry.ts");
  const chain = await connect(options.rpc, options.rpcTimeout === undefined ? {} : { timeoutMs: options.rpcTimeout });
  try {
    if (chain.chainId !== entry.chainId) {
      throw new InvalidInputError("rpc", `is chain ${chain.chainId}, but the run's map is on chain ${entry.chainId}`);
    }
    const registry = await pinned(await openRegistry(chain, options.registry ?? entry.registry));
    if (registry.address.toLowerCase() !== entry.registry.toLowerCase()) {
      throw new InvalidInputError("registry", `is ${registry.address}, but the run's map is on ${entry.registry}`);
    }
    const map = await requireMap(registry, entry);
    const history = await historyOf(registry, entry.mapId);
    const submitters = await submittersNow(registry, entry.mapId, history);
    const { advanced: events } = history;
    const said = await mapReport({
      ...{ chainId: chain.chainId, registry: registry.address, block: registry.block, map, submitters },
    });
    const report: ChainReport = {
      ...said,
      accepted: events.map((event) => ({
        firstSeq: event.span.firstSeq,
        lastSeq: event.seq,
        transaction: event.transactionHash,
        block: event.blockNumber,
      })),
    };
    return { report, problems: [...compareChain(map, events, entry, bundles, rebuilt), ...backDoors(said, events)] };
  } finally {
    chain.provider.destroy();
  }
}

/**
 * Problems with verifiers whose key is not this installation's: others could prove, or have proven, under them.
 * @param events every batch that the registry has accepted for the map
 */
export function backDoors(report: MapReport, events: readonly AdvancedEvent[]): Problem[] {
  const foreign = foreignVerifiers(report).map(({ verifier: { keyHash }, message }): Problem => {
    return { kind: "wrong", where: "chain", field: `verifier ${keyHash}`, message };
  });
  const ofStates = foreignStateKeys(report).map(({ keyHash, compared, message }): Problem => {
    return { kind: compared ? "wrong" : "unfinished", where: "chain", field: `key ${keyHash}`, message };
  });
  return [...foreign, ...ofStates, ...notCompared(report), ...foreignBatches(report, events)];
}

/** Enabled verifiers that were not compared, because this installation has no key of their profile. */
function notCompared({ verifiers }: MapReport): Problem[] {
  const open = verifiers.filter(({ status, key }) => status !== "disabled" && key === "not compared");
  return open.map(({ keyHash, profile }) => {
    const message = `was not compared: this installation has no key of ${profile}; make it with setup --profile ${profile}`;
    return { kind: "unfinished", where: "chain", field: `verifier ${keyHash}`, message };
  });
}

/** Batches accepted under another key, even one that was disabled since. */
function foreignBatches({ verifiers }: MapReport, events: readonly AdvancedEvent[]): Problem[] {
  const others = new Map(
    verifiers.filter(({ key }) => key === "another").map((verifier) => [verifier.keyHash.toLowerCase(), verifier]),
  );
  return events.flatMap(({ keyHash, span, seq }) => {
    const verifier = others.get(keyHash.toLowerCase());
    if (verifier === undefined) return [];
    const message =
      `the registry took transitions ${span.firstSeq}..${seq} under the key ${keyHash} of ${verifier.profile}, which is not this ` +
      "installation's: a holder of its secret can prove anything; do not rely on the head";
    return [{ kind: "wrong", where: "chain", field: `batch ${span.firstSeq}..${seq}`, message }];
  });
}

/** Differences between the head and events and the bundles. */
export function* compareChain(
  map: MapState,
  events: readonly AdvancedEvent[],
  entry: Pick<ChainEntry, "domain">,
  bundles: readonly ReadBundle[],
  rebuilt?: RebuiltHead,
): Generator<Problem> {
  const wrong = (where: string, field: string, message: string): Problem => ({ kind: "wrong", where, field, message });
  if (map.domain !== entry.domain)
    yield wrong("chain", "domain", `is ${map.domain}, but manifest.json says ${entry.domain}`);
  const first = bundles[0];
  const taken = partOfChain(first?.firstSeq, rebuilt);
  const before = taken === undefined ? 0 : events.filter(({ seq }) => seq <= taken.seq).length;
  if (taken !== undefined) yield* compareTaken(events[before - 1], taken, wrong);
  else if (first !== undefined && first.bundle.statement.preRoot !== map.genesisRoot) {
    yield wrong(batchName(first), "preRoot", `is not the root that the map was created with, ${map.genesisRoot}`);
  }
  const moored = map.dataPolicy === "chain";
  if (first !== undefined && rangeOf(first.bundle).moored !== moored) {
    const policy = moored ? "publishes every row, but the proofs do not" : "publishes no rows, but the proofs say so";
    yield wrong("chain", "dataPolicy", `is ${map.dataPolicy}: the map ${policy}; prove again for the right genesis`);
  }
  for (const [index, event] of events.slice(before).entries()) {
    const batch = bundles[index];
    if (batch === undefined) {
      const range = `${event.span.firstSeq}..${event.seq}`;
      yield wrong("chain", "events", `the registry accepted transitions ${range}, but there is no bundle of them here`);
      continue;
    }
    yield* compareEvent(event, batch, wrong);
  }
  const here = events.length - before;
  yield* compareHead(map, events, bundles[here - 1], wrong);
  const missing = bundles[here];
  if (missing !== undefined) {
    const message = `the registry has accepted ${here} of ${count(bundles.length, "batch")}; submit the others`;
    yield { kind: "unfinished", where: batchName(missing), field: "chain", message };
  }
}

type Wrong = (where: string, field: string, message: string) => Problem;

function* compareEvent(event: AdvancedEvent, batch: ReadBundle, wrong: Wrong): Generator<Problem> {
  const { statement, key } = batch.bundle;
  const range = rangeOf(batch.bundle);
  const pairs: [field: string, here: bigint | number | string, there: bigint | number | string][] = [
    ["preRoot", statement.preRoot, event.preRoot],
    ["postRoot", statement.postRoot, event.postRoot],
    ["traceRoot", statement.traceRoot, event.traceRoot],
    ["key", key.hash, event.keyHash.toLowerCase()],
    ["lastSeq", batch.lastSeq, event.seq],
    ...(["firstSeq", "count", "notBefore", "until"] as const).map((name): [string, number, number] => [
      name,
      range[name],
      event.span[name],
    ]),
    ["moored", String(range.moored), String(event.span.moored)],
  ];
  for (const [field, here, there] of pairs) {
    if (here !== there) yield wrong(batchName(batch), field, `is ${here}, but the registry accepted it with ${there}`);
  }
}

/** What the chain had when the run was made from it must be there still. */
function* compareTaken(event: AdvancedEvent | undefined, taken: RebuiltHead, wrong: Wrong): Generator<Problem> {
  const { seq, root, time } = taken;
  if (event?.seq === seq && event.postRoot === root && event.span.until === time) return;
  const there = event === undefined ? "none" : `transition ${event.seq} with the root ${event.postRoot}`;
  const message = `the registry has ${there}, and had transition ${seq} with the root ${root} when the run was made from it`;
  yield wrong("chain", "rebuilt", `${message}; make it again with rebuild`);
}

/** The head must be where the last event left it. @param batch of that event */
function* compareHead(
  map: MapState,
  events: readonly AdvancedEvent[],
  batch: ReadBundle | undefined,
  wrong: Wrong,
): Generator<Problem> {
  const last = events.at(-1);
  const where = batch === undefined ? "chain" : batchName(batch);
  const expected = {
    root: last?.postRoot ?? map.genesisRoot,
    seq: last?.seq ?? 0,
    time: last?.span.until ?? map.genesisTime,
  };
  for (const field of ["root", "seq", "time"] as const) {
    if (map[field] !== expected[field]) {
      yield wrong(where, `head ${field}`, `is ${map[field]} on chain, but its events lead to ${expected[field]}`);
    }
  }
}
