/**
 * The logs of programs with keys, as a store keeps them. A record counts only for the state in which the program has
 * this log, and only with all that the log bound before: nothing can be taken out or put in from another trace.
 */
import { createHash } from "node:crypto";
import { address, CELL } from "../layout.ts";
import type { KeyOf, LogBeginning } from "../signing/boundPrograms.ts";
import type { StateSource } from "../state/stateSource.ts";
import { wordBytes, wordFrom } from "./bytes.ts";
import type { CheckedSource } from "./checkedSource.ts";
import type { KnownLog, LogsBefore } from "./logsSoFar.ts";
import type { Segment } from "./segments.ts";
import type { Changes } from "./stateChanges.ts";
import type { DamagedStoreError } from "./storeErrors.ts";
import type { StoreFile } from "./storeFile.ts";

const NOTHING_BOUND = Buffer.alloc(32);

/** What is used of a store. */
export interface LogStore {
  readonly file: StoreFile;
  readonly top: Segment;
  before(seq: number): Segment;
  checked(segment: Segment): CheckedSource;
  mark(...values: readonly (string | number | bigint | Uint8Array)[]): Buffer;
  damage(what: string): DamagedStoreError;
}

interface StoredLog extends KnownLog {
  /** Digest of all that it bound, in order. */
  readonly digest: Uint8Array;
}

/** The keys of a state. */
export function keysIn(state: Pick<StateSource, "words">): KeyOf {
  return (program) => {
    const [w0, authority] = state.words(address(program, 0));
    return Number(w0 & 7n) === CELL.program ? authority : undefined;
  };
}

/** The logs behind a segment. */
export function logsBehind(store: LogStore, segment: Segment): LogsBefore {
  const now = keysIn(store.checked(segment));
  return {
    genesis: keysIn(store.checked(store.before(0))),
    now,
    logOf: (program) => storedLog(store, program, segment),
  };
}

/**
 * Where to go on reading the log of a program behind a segment.
 * @returns undefined if something in it may keep it from being signed, or is not known: then the whole history tells
 */
export function logBeginning(store: LogStore, program: number, segment: Segment): LogBeginning | undefined {
  const { genesis, now, logOf } = logsBehind(store, segment);
  const known = logOf(program);
  if (known.doubt || known.log !== logIn(store.checked(segment), program)) return undefined;
  return { genesis, now, before: known.bound };
}

/** Writes the logs of a segment, before what they bind. */
export function putLogs(store: LogStore, segment: Segment, { logs, met }: Changes): void {
  for (const { actor, log, doubt } of logs) {
    const own = met.filter((one) => one.actor === actor).sort((a, b) => a.program - b.program);
    const { digest } = storedLog(store, actor, store.top);
    const bound = own.reduce((sum, { program, authority }) => chained(sum, segment.last, program, authority), digest);
    const row = { actor, seq: segment.last, log, bound, doubt: doubt ? 1 : 0 };
    store.file.run(
      "INSERT OR REPLACE INTO logs (actor, seq, log, bound, doubt, mark) VALUES (?, ?, ?, ?, ?, ?)",
      ...[actor, segment.last, wordBytes(log), bound, row.doubt, markOfLog(store, row, segment.root)],
    );
  }
}

function storedLog(store: LogStore, program: number, { last }: Segment): StoredLog {
  const row = store.file.one(
    "SELECT seq, log, bound, doubt, mark FROM logs WHERE actor = ? AND seq <= ? ORDER BY seq DESC LIMIT 1",
    ...[program, last],
  );
  if (row === undefined)
    return {
      log: logIn(store.checked(store.before(0)), program),
      doubt: false,
      bound: () => undefined,
      digest: NOTHING_BOUND,
    };
  const [seq, doubt, log] = [Number(row.seq), Number(row.doubt), wordFrom(row.log)];
  const bound = row.bound instanceof Uint8Array ? row.bound : NOTHING_BOUND;
  const { last: end, root } = store.before(seq);
  const mark = markOfLog(store, { actor: program, seq, log, bound, doubt }, root);
  if (end !== seq || !(row.mark instanceof Uint8Array) || !mark.equals(row.mark))
    throw store.damage(`the stored log of program ${program} is not what was stored here`);
  const keys = boundUpTo(store, program, seq, bound);
  return { log, doubt: doubt !== 0, bound: (other) => keys.get(other), digest: bound };
}

/** What a log bound, each program under its last key. @throws DamagedStoreError if it is not what the record says */
function boundUpTo(store: LogStore, actor: number, seq: number, bound: Uint8Array): Map<number, bigint> {
  const keys = new Map<number, bigint>();
  let digest: Uint8Array = NOTHING_BOUND;
  const sql = "SELECT program, seq, authority FROM met WHERE actor = ? AND seq <= ? ORDER BY seq, program";
  for (const row of store.file.all(sql, actor, seq)) {
    const [program, authority] = [Number(row.program), wordFrom(row.authority)];
    keys.set(program, authority);
    digest = chained(digest, Number(row.seq), program, authority);
  }
  if (!Buffer.from(digest).equals(bound))
    throw store.damage(`the stored meetings of program ${actor} are not what was stored here`);
  return keys;
}

function chained(digest: Uint8Array, seq: number, program: number, authority: bigint): Uint8Array {
  return createHash("sha256")
    .update(digest)
    .update(JSON.stringify([seq, program, `${authority}`]))
    .digest();
}

function markOfLog(
  store: LogStore,
  { actor, seq, log, bound, doubt }: { actor: number; seq: number; log: bigint; bound: Uint8Array; doubt: number },
  root: bigint,
): Buffer {
  return store.mark("log", root, actor, seq, log, bound, doubt);
}

/** The log of a program in a state; 0 if it is not there, or new. */
function logIn(state: Pick<StateSource, "words">, program: number): bigint {
  const [w0, , log] = state.words(address(program, 0));
  return Number(w0 & 7n) === CELL.program ? log : 0n;
}
