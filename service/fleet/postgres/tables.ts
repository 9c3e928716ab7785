/** The tables of wanted batches. The queue itself is pg-boss's, in a schema of its own. */
import { EnvironmentError } from "../../../trace/errors.ts";
import type { Sql } from "./database.ts";

export const SCHEMA = "timebandits";
/** Schema of pg-boss. */
export const QUEUE_SCHEMA = "timebandits_queue";

/** Statements by version: a change is another entry, and the ones before stay. */
const VERSIONS = [
  `CREATE TABLE ${SCHEMA}.batch (
    map text NOT NULL,
    id text NOT NULL,
    job uuid NOT NULL UNIQUE,
    first_seq bigint NOT NULL,
    last_seq bigint NOT NULL,
    profile text NOT NULL,
    statement text[] NOT NULL,
    work bytea NOT NULL,
    attempt integer NOT NULL DEFAULT 0,
    lease text,
    failures jsonb NOT NULL DEFAULT '[]',
    set_aside boolean NOT NULL DEFAULT false,
    bundle text,
    PRIMARY KEY (map, id)
  );
  ALTER TABLE ${SCHEMA}.batch ALTER COLUMN work SET STORAGE EXTERNAL`,
];

/** Makes the tables, or brings them to this version. @throws EnvironmentError if a later release made them */
export async function migrate(sql: Sql): Promise<void> {
  // Two servers may begin together, for two maps.
  await sql.executeSql("SELECT pg_advisory_xact_lock(7204112938475610)");
  await sql.executeSql(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
  await sql.executeSql(`CREATE TABLE IF NOT EXISTS ${SCHEMA}.version (number integer NOT NULL)`);
  const { rows } = await sql.executeSql<{ number: number }>(
    `SELECT coalesce(max(number), 0) AS number FROM ${SCHEMA}.version`,
  );
  const found = Number(rows[0]?.number ?? 0);
  if (found > VERSIONS.length) {
    throw new EnvironmentError(
      "database",
      `the database was made by a later release (its tables have version ${found}); use that release`,
    );
  }
  for (let at = found; at < VERSIONS.length; at++) {
    await sql.executeSql(VERSIONS[at] as string);
    await sql.executeSql(`INSERT INTO ${SCHEMA}.version VALUES ($1)`, [at + 1]);
  }
}
