/**
 * Bundles that this installation has compared with the trace, or verified. They need not be read again to go on behind
 * them. `verify` and `audit` do not use this: they verify every proof.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { PUBLIC_INPUTS, unpackSpan } from "../../trace/commitment/commit.ts";
import { systemCode } from "../../trace/run/systemErrors.ts";
import { keepPacked, packedBatches } from "../../trace/store/packedBatches.ts";
import { knownBatches, rememberBatch } from "../../trace/store/provenBatches.ts";
import type { Store } from "../../trace/store/store.ts";
import { DamagedStoreError } from "../../trace/store/storeErrors.ts";
import { type Bundle, bundleText, proofsIn } from "../bundles/bundle.ts";
import { sha256 } from "../storage/cache.ts";
import type { Beginning } from "./beginning.ts";
import { type BundleFacts, type KnownBundle, Packing } from "./packedBundles.ts";

export type { KnownBundle } from "./packedBundles.ts";

/** A place in a trace: bytes before a batch's first group, and up to the end of its last. */
export interface BatchPlace {
  readonly start: number;
  readonly bytes: number;
}

/** Least bundles behind the packed ones for which they are packed again. */
const PACK = 1_000;

/** How known bundles are read. */
export interface KnownBundlesOptions {
  /** Whether the files are compared (default true). Otherwise compare them when they are read. */
  readonly compare?: boolean;
  readonly pack?: number;
}

/**
 * Remembers a bundle that is on disk. The caller has compared its statement with the trace, and holds the run's lock.
 * @param verified whether its proof was verified as well
 */
export function rememberBundle(
  store: Store,
  dir: string,
  name: string,
  bundle: Bundle,
  { start, bytes }: BatchPlace,
  verified: boolean,
): void {
  const { profile, circuit, key, statement } = bundle;
  const { firstSeq: first, count } = unpackSpan(statement.span);
  const { size, mtimeMs } = statSync(join(proofsIn(dir), name));
  const facts: BundleFacts = {
    ...{ profile, circuit, key, verified, sha256: sha256(bundleText(bundle)), size, changed: mtimeMs },
    statement: Object.fromEntries(PUBLIC_INPUTS.map((input) => [input, statement[input].toString()])),
  };
  rememberBatch(store, { name, first, last: first + count - 1, start, bytes, facts: JSON.stringify(facts) });
}

/**
 * The known bundles whose files are there, by name, in the order of their first transitions.
 * @throws DamagedStoreError
 */
export function knownBundles(
  store: Store,
  dir: string,
  { compare = true, pack = PACK }: KnownBundlesOptions = {},
): Map<string, KnownBundle> {
  const there = new Set(namesIn(dir));
  const folder = proofsIn(dir) + sep;
  const known = new Map<string, KnownBundle>();
  for (const bundle of allKnown(store, pack))
    if (there.has(bundle.name) && (!compare || isSame(folder + bundle.name, bundle))) known.set(bundle.name, bundle);
  return known;
}

/** The known bundles, whatever became of their files. Packs them if many are not. */
function allKnown(store: Store, pack: number): readonly KnownBundle[] {
  const packed = packedBatches(store);
  const packing = new Packing(packed?.text);
  const { bundles } = packing;
  const before = bundles.length;
  for (const batch of knownBatches(store, (packed?.upTo ?? -1) + 1)) packing.add(batch);
  if (!store.file.writable || bundles.length < before + pack) return bundles;
  // What the trace has behind the last segment may still be cut off.
  const behind = bundles.find(({ bytes }) => bytes > store.top.bytes)?.first ?? Number.POSITIVE_INFINITY;
  const firm = bundles.filter(({ first }) => first < behind);
  const bytes = firm.reduce((most, bundle) => Math.max(most, bundle.bytes), 0);
  if (firm.length > before)
    keepPacked(store, { upTo: firm.at(-1)?.first ?? 0, bytes, text: packing.text(firm.length) });
  return bundles;
}

/**
 * The known bundles that prove a trace from the beginning of its batches on, without a gap.
 * @param known in the order of their first transitions
 * @param beginning where the first of them begins
 * @param fits whether a bundle may be one of them
 */
export function provenPrefix(
  known: Iterable<KnownBundle>,
  beginning: Beginning,
  fits: (bundle: KnownBundle) => boolean,
): KnownBundle[] {
  const prefix: KnownBundle[] = [];
  let [next, root] = [beginning.seq + 1, beginning.root];
  for (const bundle of known) {
    if (bundle.first !== next || bundle.statement.preRoot !== root || !fits(bundle)) continue;
    prefix.push(bundle);
    [next, root] = [bundle.last + 1, bundle.statement.postRoot];
  }
  return prefix;
}

/** @throws DamagedStoreError if the state at a place is another one than is known of it */
export function requirePlace({ seq, root }: Beginning, own: bigint): void {
  if (own === root) return;
  throw new DamagedStoreError(`the trace has another state after transition ${seq} than is known of it`);
}

/** The place behind a known bundle. */
export function placeBehind({ last, statement }: KnownBundle): Beginning {
  return { seq: last, root: statement.postRoot };
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(proofsIn(dir));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** A file whose size and time are the same was not changed. After a copy its content is hashed. */
function isSame(path: string, { sha256: hash, size, changed }: KnownBundle): boolean {
  try {
    const now = statSync(path, { throwIfNoEntry: false });
    if (now === undefined || !now.isFile() || now.size !== size) return false;
    return now.mtimeMs === changed || sha256(readFileSync(path)) === hash;
  } catch {
    return false;
  }
}
