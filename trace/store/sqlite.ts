/** Node's SQLite, where this Node has it (22.13 and later). It is loaded only when a store is used. */
import type { DatabaseSync, StatementSync } from "node:sqlite";

export type { DatabaseSync, StatementSync };

/** The part of `node:sqlite` that the store uses. */
export type Sqlite = Pick<typeof import("node:sqlite"), "DatabaseSync">;

let loaded: { sqlite: Sqlite | undefined } | undefined;

/** Node's SQLite; undefined where this Node has none. */
export function sqlite(): Sqlite | undefined {
  loaded ??= { sqlite: load() };
  return loaded.sqlite;
}

/** Uses another SQLite from now on, or none, or looks for Node's again. For tests. */
export function withSqlite(...given: [Sqlite | undefined] | []): void {
  loaded = given.length === 0 ? undefined : { sqlite: given[0] };
}

function load(): Sqlite | undefined {
  const warn = process.emitWarning;
  // Some versions of Node warn that the module may change. Only its basic calls are used here.
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule?.("node:sqlite");
  } catch {
    return undefined;
  } finally {
    process.emitWarning = warn;
  }
}
