/**
 * Bundles that this installation has compared with the trace, or verified. They need not be read again to go on behind
 * them. `verify` and `audit` do not use this: they verify every proof.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { PUBLIC_INPUTS, type PublicInputs, unpackSpan } from "../../trace/commitment/commit.ts";
import { systemCode } from "../../trace/run/systemErrors.ts";
import { type KnownBatch, knownBatches, rememberBatch } from "../../trace/store/provenBatches.ts";
import type { Store } from "../../trace/store/store.ts";
import { DamagedStoreError } from "../../trace/store/storeErrors.ts";
import { type Bundle, bundleText, proofsIn } from "../bundles/bundle.ts";
import { sha256 } from "../storage/cache.ts";

/** A bundle whose statement is the trace's. */
export interface KnownBundle extends Omit<KnownBatch, "facts"> {
  readonly profile: string;
  readonly circuit: string;
  readonly key: Bundle["key"];
  readonly statement: PublicInputs;
  /** Whether its proof was verified, too, with this circuit and this key. */
  readonly verified: boolean;
}

/** A place in a trace: bytes before a batch's first group, and up to the end of its last. */
export interface BatchPlace {
  readonly start: number;
  readonly bytes: number;
}

interface Facts extends Pick<KnownBundle, "profile" | "circuit" | "key" | "verified"> {
  statement: Record<string, string>;
  /** Of the file: its content, and the marks by which an unchanged file is known without reading it. */
  sha256: string;
  size: number;
  changed: number;
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
  const facts: Facts = {
    ...{ profile, circuit, key, verified, sha256: sha256(bundleText(bundle)), size, changed: mtimeMs },
    statement: Object.fromEntries(PUBLIC_INPUTS.map((input) => [input, statement[input].toString()])),
  };
  rememberBatch(store, { name, first, last: first + count - 1, start, bytes, facts: JSON.stringify(facts) });
}

/** The known bundles whose files are as they were, by name. @throws DamagedStoreError */
export function knownBundles(store: Store, dir: string): Map<string, KnownBundle> {
  const there = new Set(namesIn(dir));
  const known = new Map<string, KnownBundle>();
  for (const { facts: text, ...batch } of knownBatches(store)) {
    if (!there.has(batch.name)) continue;
    const { statement, sha256: hash, size, changed, ...facts } = JSON.parse(text) as Facts;
    if (!isSame(join(proofsIn(dir), batch.name), { hash, size, changed })) continue;
    const words = PUBLIC_INPUTS.map((input) => [input, BigInt(statement[input] ?? 0)] as const);
    known.set(batch.name, { ...batch, ...facts, statement: Object.fromEntries(words) as PublicInputs });
  }
  return known;
}

/**
 * The known bundles that prove a trace from its first transition on, without a gap.
 * @param fits whether a bundle may be one of them
 * @param genesisRoot where the first of them begins
 */
export function provenPrefix(
  known: Iterable<KnownBundle>,
  genesisRoot: bigint,
  fits: (bundle: KnownBundle) => boolean,
): KnownBundle[] {
  const prefix: KnownBundle[] = [];
  let [next, root] = [1, genesisRoot];
  for (const bundle of [...known].sort((a, b) => a.first - b.first)) {
    if (bundle.first !== next || bundle.statement.preRoot !== root || !fits(bundle)) continue;
    prefix.push(bundle);
    [next, root] = [bundle.last + 1, bundle.statement.postRoot];
  }
  return prefix;
}

/** @throws DamagedStoreError if the state behind the last proven batch is not the one that it proves */
export function requireEnd(last: KnownBundle, root: bigint): void {
  if (last.statement.postRoot === root) return;
  throw new DamagedStoreError(`the trace has another state after transition ${last.last} than the stored batch`);
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
function isSame(path: string, { hash, size, changed }: { hash: string; size: number; changed: number }): boolean {
  try {
    const now = statSync(path);
    if (!now.isFile() || now.size !== size) return false;
    return now.mtimeMs === changed || sha256(readFileSync(path)) === hash;
  } catch {
    return false;
  }
}
