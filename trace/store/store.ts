/**
 * The store of a run: states of its map, so that work need not begin with the genesis. It is a cache of `genesis.json`
 * and `trace.jsonl`. Deleted, it is made again. One of another trace, of another installation, or a damaged one is
 * never believed.
 */
import { closeSync, fstatSync, openSync } from "node:fs";
import type { TriggerRows } from "../effects/triggers.ts";
import type { Row } from "../machine/transition.ts";
import { parseLine, triggerLine } from "../run/traceLines.ts";
import type { KeyOf } from "../signing/boundPrograms.ts";
import type { Genesis } from "../state/genesis.ts";
import { isMoored, watchesOf } from "../state/genesis.ts";
import type { TimeMap } from "../state/timeMap.ts";
import { wordBytes, wordFrom } from "./bytes.ts";
import { putSum, wholeState } from "./cellSums.ts";
import { CheckedSource } from "./checkedSource.ts";
import { markOf } from "./installation.ts";
import { cutSegments, endsAt, hashPart, type Identity, putSegment, type Segment, segmentsBack } from "./segments.ts";
import { type Changes, putChanges, wholeGenesis } from "./stateChanges.ts";
import { keysIn, putLogs } from "./storedLogs.ts";
import { StoredState } from "./storedState.ts";
import { DamagedStoreError } from "./storeErrors.ts";
import { StoreFile } from "./storeFile.ts";

/** The files of a run that a store is of. */
export interface StoreOf {
  readonly dir: string;
  readonly trace: string;
  readonly secret: Uint8Array;
  /** SHA-256 of `genesis.json`, in hexadecimal. */
  readonly genesis: string;
  /** Of the trace's header. */
  readonly levels: number;
  readonly genesisRoot: bigint;
}

/** An open store that belongs to its trace. */
export class Store implements Disposable {
  readonly file: StoreFile;
  readonly identity: Identity;
  readonly trace: string;
  /** The last segment that belongs to the trace. */
  #top: Segment;
  #damaged = false;

  private constructor(file: StoreFile, identity: Identity, trace: string, top: Segment) {
    this.file = file;
    this.identity = identity;
    this.trace = trace;
    this.#top = top;
  }

  /**
   * Opens the store of a run.
   * @param write whether it may be written; the caller holds the run's lock then
   * @returns undefined if there is none
   * @throws DamagedStoreError if it is another's, another trace's, or damaged
   */
  static open(of: StoreOf, write: boolean): Store | undefined {
    const file = StoreFile.open(of.dir, write);
    if (file === undefined) return undefined;
    try {
      const about = file.one("SELECT levels, watches, moored FROM about");
      const watches = Number(about?.watches);
      if (about?.levels !== of.levels || !(watches >= 1 && watches <= 4))
        throw new DamagedStoreError("the store is of a map of another size, or was not finished");
      const moored = Number(about.moored) === 1;
      const identity = { secret: of.secret, genesis: of.genesis, levels: of.levels, watches, moored };
      const { top, cut } = topOf(file, identity, of);
      if (write && cut) cutSegments(file, top.last);
      return new Store(file, identity, of.trace, top);
    } catch (error) {
      file[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Makes the store of a run, which must have none. The caller holds the run's lock.
   * @param map at the genesis
   * @param header bytes of the trace's header with its line break
   */
  static begin(of: StoreOf, genesis: Genesis, map: TimeMap, header: number): Store | undefined {
    const file = StoreFile.open(of.dir, true);
    if (file === undefined) return undefined;
    try {
      const watches = watchesOf(genesis);
      const moored = isMoored(genesis);
      const identity = { secret: of.secret, genesis: of.genesis, levels: of.levels, watches, moored };
      const top: Segment = {
        ...{ first: 0, last: 0, at: 0, start: 0, bytes: header, root: map.root(), programs: map.programs() },
        ...{ triggers: 0, sha256: hashPart(of.trace, 0, header) },
      };
      file.together(() => {
        file.run("INSERT INTO about (levels, watches, moored) VALUES (?, ?, ?)", of.levels, watches, Number(moored));
        const store = new Store(file, identity, of.trace, top);
        putSum(store, top, undefined, wholeGenesis(map), map);
        putChanges(file, 0, wholeGenesis(map), map);
        putSegment(file, identity, top);
      });
      return new Store(file, identity, of.trace, top);
    } catch (error) {
      file[Symbol.dispose]();
      throw error;
    }
  }

  /** The last segment. */
  get top(): Segment {
    return this.#top;
  }

  get watches(): number {
    return this.identity.watches;
  }

  /** The last segment that ends at or before a transition. @throws DamagedStoreError if it is not what was stored */
  before(seq: number): Segment {
    for (const segment of segmentsBack(this.file, this.identity, Math.min(seq, this.#top.last))) return segment;
    throw new DamagedStoreError(`there is no segment before transition ${seq}`);
  }

  /** All segments, in order. @throws DamagedStoreError if one is not what was stored */
  segments(): Segment[] {
    return [...segmentsBack(this.file, this.identity, this.#top.last)].reverse();
  }

  /** The state behind a segment, as it is stored. */
  stored({ last, programs }: Segment): StoredState {
    const { levels, watches, moored } = this.identity;
    return new StoredState(this.file, { seq: last, levels, watches, moored, programs });
  }

  /** The state behind a segment. What is read of it is checked. */
  checked(segment: Segment): CheckedSource {
    return new CheckedSource(this.stored(segment), segment.root, {
      onDamage: () => this.#condemn(),
      whole: () => wholeState(this, segment),
    });
  }

  /** Makes the next one who opens the store make it again. One that may not be written stays as it is. */
  #condemn(): void {
    this.#damaged = true;
    try {
      this.file.run("DELETE FROM about");
    } catch {
      // It is only read, or SQLite itself finds it damaged.
    }
  }

  /** The error for a record that is not what was stored. The store is made again then. */
  damage(what: string): DamagedStoreError {
    this.#condemn();
    return new DamagedStoreError(what);
  }

  /** @throws DamagedStoreError if something was read since it was opened that is not what was stored */
  requireSound(): void {
    if (this.#damaged) throw new DamagedStoreError("the store is damaged");
  }

  /** The keys of the genesis, which are checked. */
  keys(): KeyOf {
    return keysIn(this.checked(this.before(0)));
  }

  /**
   * Adds a segment, and the changes of the state in it: all or nothing.
   * @param map behind it
   */
  add(segment: Segment, changes: Changes, map: TimeMap): void {
    this.file.together(() => {
      putSum(this, segment, this.#top, changes, map);
      putChanges(this.file, segment.last, changes, map);
      for (const { digest, rows } of changes.triggers) {
        const text = triggerLine({ digest, rows });
        const mark = this.mark("trigger", segment.last, text);
        this.file.run(
          "INSERT INTO triggers (digest, seq, text, mark) VALUES (?, ?, ?, ?)",
          ...[wordBytes(digest), segment.last, text, mark],
        );
      }
      putLogs(this, segment, changes);
      for (const { actor, program, authority } of changes.met) {
        const mark = this.mark("met", actor, program, segment.last, authority);
        this.file.run(
          "INSERT OR REPLACE INTO met (actor, program, seq, authority, mark) VALUES (?, ?, ?, ?, ?)",
          ...[actor, program, segment.last, wordBytes(authority), mark],
        );
      }
      putSegment(this.file, this.identity, segment);
    });
    this.#top = segment;
  }

  /** Removes what is behind a transition. */
  cut(seq: number): void {
    cutSegments(this.file, seq);
    if (seq < this.#top.last) this.#top = this.before(seq);
  }

  /** The mark of something that this installation stored. */
  mark(...values: readonly (string | number | bigint | Uint8Array)[]): Buffer {
    return markOf(this.identity.secret, this.identity.genesis, ...values);
  }

  /**
   * The rows of triggers that were set up to the end of a segment.
   * @throws DamagedStoreError if their number is not the stored one; the result throws it for a trigger that is damaged
   */
  triggers({ last, triggers }: Segment): TriggerRows {
    const found = this.file.one("SELECT count(*) AS value FROM triggers WHERE seq <= ?", last)?.value;
    if (found !== triggers) throw new DamagedStoreError(`the store has ${found} triggers of ${triggers}`);
    return (digest) => (triggers === 0 ? undefined : this.#trigger(digest, last));
  }

  /**
   * Reads all triggers that were set up to the end of a segment: so none is missing because another is in its place.
   * @throws DamagedStoreError if one is not what was stored
   */
  requireTriggers({ last }: Segment): void {
    for (const row of this.file.all("SELECT digest, seq, text, mark FROM triggers WHERE seq <= ?", last))
      this.#triggerIn(row, wordFrom(row.digest));
  }

  #trigger(digest: bigint, last: number): readonly Row[] | undefined {
    const row = this.file.one("SELECT seq, text, mark FROM triggers WHERE digest = ?", wordBytes(digest));
    return row === undefined || Number(row.seq) > last ? undefined : this.#triggerIn(row, digest);
  }

  #triggerIn({ seq, text, mark }: Record<string, unknown>, digest: bigint): readonly Row[] {
    if (
      typeof text === "string" &&
      mark instanceof Uint8Array &&
      this.mark("trigger", Number(seq), text).equals(mark)
    ) {
      const line = parseLine("trigger", text);
      if ("trigger" in line && line.trigger.digest === digest) return line.trigger.rows;
    }
    throw this.damage(`the stored trigger ${digest} is not what was stored here`);
  }

  /** The key under which the log of a program last bound another, up to the end of a segment. */
  met(actor: number, program: number, { last }: Segment): bigint | undefined {
    const row = this.file.one(
      "SELECT seq, authority, mark FROM met WHERE actor = ? AND program = ? AND seq <= ? ORDER BY seq DESC LIMIT 1",
      ...[actor, program, last],
    );
    if (row === undefined) return undefined;
    const authority = wordFrom(row.authority);
    const mark = this.mark("met", actor, program, Number(row.seq), authority);
    if (row.mark instanceof Uint8Array && mark.equals(row.mark)) return authority;
    throw this.damage(`the stored meeting of ${actor} and ${program} is not what was stored here`);
  }

  [Symbol.dispose](): void {
    this.file[Symbol.dispose]();
  }
}

/**
 * The last segment that belongs to the trace. If the trace is not what it was at the last one, it may have been cut and
 * continued: then the segments before it are compared byte by byte.
 * @returns the segment, and whether there are others behind it
 */
function topOf(file: StoreFile, identity: Identity, { trace, genesisRoot }: StoreOf): { top: Segment; cut: boolean } {
  const handle = openSync(trace, "r");
  const segments = segmentsBack(file, identity);
  try {
    const { size } = fstatSync(handle);
    const fits = (segment: Segment): boolean => segment.bytes <= size && endsAt(handle, segment);
    const same = ({ start, bytes, sha256 }: Segment): boolean => hashPart(trace, start, bytes).equals(sha256);
    const [top, first] = [segments.next().value, firstOf(file, identity)];
    if (top === undefined || first === undefined || first.root !== genesisRoot || !fits(first) || !same(first))
      throw new DamagedStoreError("the store is of another trace");
    // The root does not cover times, so the last segment is compared as well.
    if (fits(top) && same(top)) return { top, cut: false };
    let kept = first;
    for (const segment of [...segments].reverse()) {
      if (segment.last !== 0 && !(fits(segment) && same(segment))) break;
      kept = segment;
    }
    return { top: kept, cut: true };
  } finally {
    segments.return(undefined);
    closeSync(handle);
  }
}

/** The first segment. */
function firstOf(file: StoreFile, identity: Identity): Segment | undefined {
  for (const segment of segmentsBack(file, identity, 0)) return segment;
  return undefined;
}
