/** The connection to PostgreSQL: a pool, transactions, and errors that say what to do. */
import pg from "pg";
import { EnvironmentError } from "../../../trace/errors.ts";

/** What runs SQL: the pool, or one connection in a transaction. pg-boss takes the same form. */
export interface Sql {
  /** @typeParam Columns those that the statement returns */
  executeSql<Columns extends object>(text: string, values?: unknown[]): Promise<{ rows: Columns[] }>;
}

/** Longest wait for a connection and for an answer, in milliseconds. */
const CONNECT_MS = 5_000;
const ANSWER_MS = 15_000;
const CONNECTIONS = 6;

/** A database that may go away and come back. */
export class Database implements Sql, AsyncDisposable {
  readonly url: string;
  readonly #pool: pg.Pool;

  /**
   * @param url as in `postgres://user:password@host:5432/name`
   * @param durable false: after a crash of the database, its last half second may be gone. What is written later and
   *   durably is never there without what was written before
   */
  constructor(url: string, durable = true) {
    this.url = url;
    this.#pool = new pg.Pool({
      connectionString: url,
      ...(durable ? {} : { options: "-c synchronous_commit=off" }),
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
      application_name: "timebandits",
    });
    // A connection that breaks while nobody uses it. The next statement opens another one.
    this.#pool.on("error", () => undefined);
    // One that breaks between two statements of a transaction. The next statement fails, and tells.
    this.#pool.on("connect", (client) => client.on("error", () => undefined));
  }

  /** Runs a statement. @throws EnvironmentError "database" */
  async executeSql<Columns extends object>(text: string, values?: unknown[]): Promise<{ rows: Columns[] }> {
    try {
      return await this.#pool.query<Columns>(text, values);
    } catch (error) {
      throw explained(error);
    }
  }

  /** Runs statements that happen together or not at all. @throws EnvironmentError "database" */
  async transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    let client: pg.PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (error) {
      throw explained(error);
    }
    let broken = false;
    try {
      await client.query("BEGIN");
      const result = await work({
        executeSql: <Columns extends object>(text: string, values?: unknown[]) => client.query<Columns>(text, values),
      });
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => {
        broken = true;
      });
      throw explained(error);
    } finally {
      client.release(broken);
    }
  }

  /** A connection of its own, outside the pool, for what belongs to a session. */
  async session(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: CONNECT_MS,
      keepAlive: true,
      application_name: "timebandits lock",
    });
    client.on("error", () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw explained(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
  }
}

function explained(error: unknown): EnvironmentError {
  if (error instanceof EnvironmentError) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const what = typeof message === "string" && message !== "" ? message : String(code ?? error);
  const next =
    code === "53100"
      ? "its disk is full: free some space"
      : "look whether it runs, and whether the address, the user and the rights are right";
  return new EnvironmentError("database", `the database answers: ${what}; ${next}`, { cause: error });
}
