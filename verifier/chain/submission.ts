/** What is needed of a run to submit its proofs. With a store, neither the trace nor the old bundles are read. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type KnownBundle, knownBundles } from "../../prover/batches/knownBundles.ts";
import { type Bundle, parseBundle, proofsIn, rangeOf, readBundles } from "../../prover/bundles/bundle.ts";
import { localDomain, PUBLIC_INPUTS } from "../../trace/commitment/commit.ts";
import { InvalidInputError, TimeBanditsError } from "../../trace/errors.ts";
import { headerIn } from "../../trace/replay/replayFile.ts";
import type { Manifest } from "../../trace/run/manifest.ts";
import { pathIn, readManifest, readRun, requireProfiles } from "../../trace/run/runDirectory.ts";
import { chunksOf } from "../../trace/run/traceFile.ts";
import { readParts } from "../../trace/run/traceReader.ts";
import { readableStore, type StoreOptions } from "../../trace/store/openStore.ts";
import type { Store } from "../../trace/store/store.ts";
import { DamagedStoreError } from "../../trace/store/storeErrors.ts";
import { storedRoots, type TraceRoots, traceRoots } from "./traceRoots.ts";

/** A proof with the local domain cannot be submitted to a chain. */
export class LocalProofError extends TimeBanditsError {
  constructor(name: string) {
    super(
      "local-domain",
      `proofs/${name} has the domain local: it was made before the map was created on a chain; run create, then prove again`,
    );
  }
}

/** A bundle of a run. Its file is read when its proof is needed. */
export interface Listed extends Pick<Bundle, "profile" | "statement"> {
  readonly name: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** @throws InvalidInputError if it is not what its name says */
  whole(): Bundle;
}

/** A run to submit. */
export interface Submission {
  readonly manifest: Manifest;
  readonly genesisRoot: bigint;
  readonly transitions: number;
  /** In the order of their names. */
  readonly bundles: readonly Listed[];
  /** Bytes of the trace before the first group of a bundle, if they are known. */
  startOf(listed: Listed): number | undefined;
  /** The roots at the ends of the bundles, at the genesis, and at a chain's head. @throws InvalidInputError */
  rootsFor(head: number): TraceRoots;
}

/**
 * Reads a run to submit it.
 * @throws InvalidInputError if the run, or one of its bundles, cannot be used; LocalProofError
 */
export async function readSubmission(dir: string, options?: StoreOptions | false): Promise<Submission> {
  if (options !== false) {
    try {
      using store = readableStore(dir, options?.onNotice);
      if (store !== undefined) return await fromStore(dir, store);
    } catch (error) {
      if (!(error instanceof DamagedStoreError)) throw error;
      options?.onNotice?.(`the store was not used: ${error.message.split(";")[0]}`);
    }
  }
  const { trace, genesis, manifest } = readRun(dir);
  const bundles = await listed(dir, new Map());
  return {
    ...{ manifest, genesisRoot: trace.header.genesisRoot, transitions: trace.records.length, bundles },
    startOf: () => undefined,
    rootsFor: (head) => traceRoots(genesis, trace, [head, ...bundles.map(({ lastSeq }) => lastSeq)]),
  };
}

async function fromStore(dir: string, store: Store): Promise<Submission> {
  const header = headerIn(pathIn(dir, "trace"));
  const manifest = readManifest(dir, header.profiles);
  requireProfiles(header, manifest);
  const known = knownBundles(store, dir, { compare: false });
  const bundles = await listed(dir, known);
  return {
    ...{ manifest, genesisRoot: header.genesisRoot, transitions: endOf(store), bundles },
    startOf: ({ name }) => known.get(name)?.start,
    rootsFor(head) {
      const wanted = [head, ...bundles.map(({ lastSeq }) => lastSeq)];
      try {
        // The process that writes the store may have gone on meanwhile. States that were there stay there.
        using again = readableStore(dir);
        if (again !== undefined) return storedRoots(again, endOf(again), known.values(), wanted);
      } catch (error) {
        if (!(error instanceof DamagedStoreError)) throw error;
      }
      const { genesis, trace } = readRun(dir);
      return traceRoots(genesis, trace, wanted);
    },
  };
}

/** Number of the last transition of the trace. What the store has is not read. */
function endOf({ trace, top }: Store): number {
  const parts = readParts(chunksOf(trace, top.bytes), { seq: top.last, bytes: top.bytes });
  for (;;) {
    const step = parts.next();
    if (step.done === true) return step.value.seq;
  }
}

/** The run's bundles. Those that are known are not read. @throws the error of the first that cannot be used */
async function listed(dir: string, known: ReadonlyMap<string, KnownBundle>): Promise<Listed[]> {
  const all = [...known.values()].map((bundle) => ({ listed: unread(dir, bundle), domain: bundle.domain }));
  for (const entry of await readBundles(dir, new Set(known.keys()))) {
    if ("error" in entry) throw entry.error;
    const { name, bundle } = entry;
    const { profile, statement } = bundle;
    const { firstSeq, lastSeq } = rangeOf(bundle);
    const read: Listed = { name, profile, statement, firstSeq, lastSeq, whole: () => bundle };
    all.push({ listed: read, domain: statement.domain });
  }
  all.sort(({ listed: a }, { listed: b }) => (a.name < b.name ? -1 : 1));
  // The local domain covers the genesis root, where the first bundle begins.
  const local = all[0] === undefined ? undefined : localDomain(all[0].listed.statement.preRoot);
  for (const { listed: bundle, domain } of all) if (domain === local) throw new LocalProofError(bundle.name);
  return all.map(({ listed: bundle }) => bundle);
}

/** A known bundle. Whether its file is still the same turns out when it is read. */
function unread(dir: string, bundle: KnownBundle): Listed {
  const { name, profile, first, last } = bundle;
  return {
    ...{ name, profile, firstSeq: first, lastSeq: last },
    get statement() {
      return bundle.statement;
    },
    whole() {
      const path = join(proofsIn(dir), name);
      // Checked before reading: pipes and some devices never end.
      if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
        throw new InvalidInputError(`proofs/${name}`, "is gone, or no file any more; restore it, or prove again");
      const read = parseBundle(name, readFileSync(path, "utf8"));
      if (PUBLIC_INPUTS.every((input) => read.statement[input] === bundle.statement[input])) return read;
      throw new InvalidInputError(`proofs/${name}`, "has another statement than before; restore it, or prove again");
    },
  };
}
