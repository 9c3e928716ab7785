/** The database of a store: its tables, and the sentences that read and write them. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type DatabaseSync, type StatementSync, sqlite } from "./sqlite.ts";
import { DamagedStoreError } from "./storeErrors.ts";

/** Name of the store in a run directory. SQLite keeps two more files beside it while it is in use. */
export const STORE_FILE = "store.sqlite";

/** Version of the tables. A store of another version is made again. */
const VERSION = 4;
/** Milliseconds to wait for another process that is just writing. */
const PATIENCE = 5_000;

/** A store that was made before there were any has none. It is used all the same. */
const SUMS = "CREATE TABLE IF NOT EXISTS sums (seq INTEGER PRIMARY KEY, sum BLOB, mark BLOB)";

/**
 * `cells`, `nodes` and `armed` have versions: the state after the transition `seq` is the last version at or before it.
 * Only ends of segments have whole states.
 */
const TABLES = `
  CREATE TABLE about (levels INTEGER, watches INTEGER, moored INTEGER);
  CREATE TABLE cells (address INTEGER, seq INTEGER, words BLOB, PRIMARY KEY (address, seq)) WITHOUT ROWID;
  CREATE TABLE nodes (node INTEGER, seq INTEGER, digest BLOB, PRIMARY KEY (node, seq)) WITHOUT ROWID;
  CREATE TABLE armed (watch INTEGER, seq INTEGER, address INTEGER, PRIMARY KEY (watch, seq)) WITHOUT ROWID;
  CREATE TABLE segments (last INTEGER PRIMARY KEY, first INTEGER, at INTEGER, start INTEGER, bytes INTEGER, root BLOB,
    programs INTEGER, triggers INTEGER, sha256 BLOB, mark BLOB);
  CREATE TABLE triggers (digest BLOB PRIMARY KEY, seq INTEGER, text TEXT, mark BLOB) WITHOUT ROWID;
  CREATE TABLE met (actor INTEGER, program INTEGER, seq INTEGER, authority BLOB, mark BLOB,
    PRIMARY KEY (actor, program, seq)) WITHOUT ROWID;
  CREATE TABLE logs (actor INTEGER, seq INTEGER, log BLOB, bound BLOB, doubt INTEGER, mark BLOB,
    PRIMARY KEY (actor, seq)) WITHOUT ROWID;
  CREATE TABLE batches (first INTEGER, name TEXT, last INTEGER, start INTEGER, bytes INTEGER, sha256 BLOB, facts TEXT,
    mark BLOB, PRIMARY KEY (first, name)) WITHOUT ROWID;
  ${SUMS};
  CREATE TABLE packed (upTo INTEGER, bytes INTEGER, text TEXT, mark BLOB);
  CREATE TRIGGER packedInsert AFTER INSERT ON batches BEGIN DELETE FROM packed WHERE upTo >= new.first; END;
  CREATE TRIGGER packedUpdate AFTER UPDATE ON batches BEGIN
    DELETE FROM packed WHERE upTo >= old.first OR upTo >= new.first; END;
  CREATE TRIGGER packedDelete AFTER DELETE ON batches BEGIN DELETE FROM packed WHERE upTo >= old.first; END;
  PRAGMA user_version = ${VERSION};
`;

/** Everything that a database has, and the sentences that made it. */
const SCHEMA = "SELECT name, sql FROM sqlite_master";

let own: ReadonlyMap<string, unknown> | undefined;

/** What a new store has. */
function ownTables(): ReadonlyMap<string, unknown> {
  const { DatabaseSync } = sqlite() ?? {};
  if (own !== undefined || DatabaseSync === undefined) return own ?? new Map();
  const model = new DatabaseSync(":memory:");
  try {
    model.exec(TABLES);
    own = new Map(
      model
        .prepare(SCHEMA)
        .all()
        .map(({ name, sql }) => [String(name), sql]),
    );
    return own;
  } finally {
    model.close();
  }
}

/** The tables whose rows have a seq. */
export const VERSIONED = ["cells", "nodes", "armed", "triggers", "met", "logs"] as const;

/** A value of a table. */
export type Value = number | string | Uint8Array;

/** An open database. Every error of SQLite is a {@link DamagedStoreError}. */
export class StoreFile implements Disposable {
  /** Whether it may be written. */
  readonly writable: boolean;
  /** Whether it has sums over cells: a store that was made before there were any has not. */
  hasSums = false;
  readonly #database: DatabaseSync;
  readonly #sentences = new Map<string, StatementSync>();
  #open = true;

  private constructor(database: DatabaseSync, writable: boolean) {
    this.#database = database;
    this.writable = writable;
  }

  /**
   * Opens the database of a run directory.
   * @param write whether it may be written, and is made if it is not there. The caller holds the run's lock then
   * @returns undefined if there is none, or this Node has no SQLite
   * @throws DamagedStoreError if it is no store of this version, or cannot be opened
   */
  static open(dir: string, write: boolean): StoreFile | undefined {
    const { DatabaseSync } = sqlite() ?? {};
    if (DatabaseSync === undefined) return undefined;
    const database = attempt(() => new DatabaseSync(join(dir, STORE_FILE), { readOnly: !write, timeout: PATIENCE }));
    const file = new StoreFile(database, write);
    try {
      file.#begin(write);
      return file;
    } catch (error) {
      file[Symbol.dispose]();
      throw error;
    }
  }

  #begin(write: boolean): void {
    if (write) {
      // After a power failure the last segments may be missing, and are made again.
      this.run("PRAGMA journal_mode = WAL");
      this.run("PRAGMA synchronous = NORMAL");
    }
    const version = this.one("PRAGMA user_version")?.user_version;
    if (version === VERSION) {
      this.#requireOwnTables();
      return;
    }
    if (!write || version !== 0) throw new DamagedStoreError(`the store has version ${version}, not ${VERSION}`);
    attempt(() => this.#database.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT`));
    this.hasSums = true;
  }

  /**
   * A store that came from somebody else may have views and triggers of their own, which would answer or act instead
   * of the tables. The list of what there is cannot be such a view.
   */
  #requireOwnTables(): void {
    const own = ownTables();
    let there = 0;
    for (const { name, sql } of this.all(SCHEMA)) {
      if (own.get(String(name)) !== sql)
        throw new DamagedStoreError(`the store has ${String(name)}, which is not its own`);
      if (name === "sums") this.hasSums = true;
      there++;
    }
    if (there < own.size - (this.hasSums ? 0 : 1)) throw new DamagedStoreError("the store lacks a table");
  }

  /** All rows of a sentence. @throws DamagedStoreError */
  *all(sql: string, ...values: Value[]): Generator<Record<string, unknown>> {
    // A sentence that is still being read cannot be asked again, so this one is not shared.
    const rows = attempt(() => this.#database.prepare(sql).iterate(...values));
    try {
      for (;;) {
        const step = attempt(() => rows.next());
        if (step.done === true) return;
        yield step.value as Record<string, unknown>;
      }
    } finally {
      // Otherwise the database would keep what this sentence may still read.
      if (this.#open) rows.return?.();
    }
  }

  /** The first row of a sentence. @throws DamagedStoreError */
  one(sql: string, ...values: Value[]): Record<string, unknown> | undefined {
    return attempt(() => this.#sentence(sql).get(...values)) as Record<string, unknown> | undefined;
  }

  /** Carries out a sentence. @throws DamagedStoreError */
  run(sql: string, ...values: Value[]): void {
    attempt(() => this.#sentence(sql).run(...values));
  }

  /** Does several things, all or none. */
  together(work: () => void): void {
    this.run("BEGIN IMMEDIATE");
    try {
      work();
      this.run("COMMIT");
    } catch (error) {
      if (this.#open && this.#database.isTransaction) this.run("ROLLBACK");
      throw error;
    }
  }

  #sentence(sql: string): StatementSync {
    const known = this.#sentences.get(sql);
    if (known !== undefined) return known;
    const made = this.#database.prepare(sql);
    this.#sentences.set(sql, made);
    return made;
  }

  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    this.#database.close();
  }
}

/** Removes the store of a run directory, with what SQLite keeps beside it. */
export function removeStore(dir: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(join(dir, `${STORE_FILE}${end}`), { force: true });
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof DamagedStoreError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DamagedStoreError(`store.sqlite cannot be used: ${reason}`, { cause: error });
  }
}
