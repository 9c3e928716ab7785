/**
 * One server for a map: an advisory lock, held by a connection of its own. PostgreSQL gives it back when the connection
 * ends, also after a crash.
 */
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { EnvironmentError } from "../../../trace/errors.ts";
import type { Database } from "./database.ts";

/** How often the lock is asked after, or tried again, in milliseconds. */
const LOOK_MS = 1_000;
/** How often the lock is tried before another server counts as alive. */
const TRIES = 3;

export class MapLock implements AsyncDisposable {
  readonly #database: Database;
  readonly #map: string;
  readonly #key: string;
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(database: Database, map: string) {
    this.#database = database;
    this.#map = map;
    this.#key = createHash("sha256").update(`timebandits ${map}`).digest().readBigInt64BE(0).toString();
  }

  /** Whether the lock is held, as far as is known. */
  get held(): boolean {
    return this.#client !== undefined;
  }

  /** Takes the lock. @throws EnvironmentError "locked" if another server has it */
  async take(): Promise<void> {
    let taken = await this.#try();
    // The connection of a server that was killed just now may need a moment to end.
    for (let tries = 1; !taken && tries < TRIES; tries++) {
      await pause(LOOK_MS);
      taken = await this.#try();
    }
    if (!taken) {
      throw new EnvironmentError(
        "locked",
        `another server serves the map ${this.#map.slice(0, 18)}… with this database; stop it, or use another database`,
      );
    }
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  async #try(): Promise<boolean> {
    const client = await this.#database.session();
    try {
      const { rows } = await client.query("SELECT pg_try_advisory_lock($1::bigint) AS taken", [this.#key]);
      if (rows[0]?.taken !== true || this.#closed) {
        await client.end();
        return false;
      }
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    // The lock goes with the connection.
    client.on("end", () => this.#lost(client));
    client.on("error", () => this.#lost(client));
    this.#client = client;
    return true;
  }

  #lost(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
  }

  /** Asks after a connection that may have broken without a word. Without one, tries to take the lock again. */
  #look(): void {
    this.#looking = this.#looking.then(async () => {
      const client = this.#client;
      if (this.#closed) return;
      if (client === undefined) {
        await this.#try().catch(() => false);
        return;
      }
      await client.query("SELECT 1").catch(() => {
        this.#lost(client);
        void client.end().catch(() => undefined);
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
    await this.#looking;
  }
}
