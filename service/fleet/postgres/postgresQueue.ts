/**
 * A work queue in PostgreSQL. pg-boss has the order, the attempts and the heartbeats; a table beside it has the works,
 * the proofs and the failures. What belongs together happens in one transaction.
 */
import { createHash, randomBytes } from "node:crypto";
import { PgBoss } from "pg-boss";
import { bundleJson } from "../../../prover/bundles/bundle.ts";
import { PUBLIC_INPUTS } from "../../../trace/commitment/commit.ts";
import { Gathered } from "../gathered.ts";
import type { SetAside, WantedProof } from "../proofSource.ts";
import type { Attempt, Failure, KeptProof, TakenBatch, WorkQueue } from "../workQueue.ts";
import { Database } from "./database.ts";
import { MapLock } from "./mapLock.ts";
import { asideOf, bundleIn, type Row, takenFrom, wantedFrom } from "./rows.ts";
import { migrate, QUEUE_SCHEMA, SCHEMA } from "./tables.ts";

const BATCH = `${SCHEMA}.batch`;
/** Seconds without a heartbeat after which an attempt is lost; pg-boss allows no less than 10. */
const HEARTBEAT_SECONDS = 10;
/** How often pg-boss looks for lost attempts. */
const LOOK_SECONDS = 2;
/** The highest priority: they have 32 bits and a sign, as numbers of transitions have 32 bits. */
const FIRST = 2 ** 31 - 1;
const TWENTY_YEARS = 630_720_000;
/** The dispatcher counts failures; pg-boss never gives up. */
const RETRIES = 1_000_000_000;

export class PostgresQueue implements WorkQueue {
  readonly #database: Database;
  /** For what may be forgotten in a crash: who has which batch, and which proofs were delivered. */
  readonly #quick: Database;
  readonly #lock: MapLock;
  readonly #boss: PgBoss;
  readonly #map: string;
  readonly #queue: string;
  readonly #adding = new Gathered((batches: readonly WantedProof[]) => this.#add(batches));
  readonly #keeping = new Gathered((proofs: readonly KeptProof[]) => this.#keep(proofs));
  readonly #removing = new Gathered((ids: readonly string[]) => this.#remove(this.#database, ids));
  readonly #ending = new Gathered((ids: readonly string[]) => this.#remove(this.#quick, ids));

  /**
   * @param url of the database
   * @param map the map's domain, as text: one database may serve several maps
   */
  constructor(url: string, map: string) {
    this.#map = map;
    this.#queue = `proofs-${digest(map).slice(0, 32)}`;
    this.#database = new Database(url);
    this.#quick = new Database(url, false);
    this.#lock = new MapLock(this.#database, map);
    this.#boss = new PgBoss({
      db: this.#quick,
      schema: QUEUE_SCHEMA,
      schedule: false,
      superviseIntervalSeconds: LOOK_SECONDS,
      monitorIntervalSeconds: LOOK_SECONDS,
    });
    // The database went away in the background. Whoever needs it hears of it by a call.
    this.#boss.on("error", () => undefined);
    this.#boss.on("warning", () => undefined);
  }

  get mine(): boolean {
    return this.#lock.held;
  }

  async open(): Promise<{ proofs: KeptProof[]; setAside: SetAside[] }> {
    await this.#lock.take();
    await this.#database.transaction(migrate);
    await this.#boss.start();
    await this.#boss.createQueue(this.#queue, {
      retryLimit: RETRIES,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      expireInSeconds: 86_400,
      retentionSeconds: TWENTY_YEARS,
      deleteAfterSeconds: 0,
    });
    const { rows } = await this.#sql<Pick<Row, "id" | "bundle" | "failures">>(
      `SELECT id, bundle, failures FROM ${BATCH} WHERE map = $1 AND (bundle IS NOT NULL OR set_aside) ORDER BY first_seq`,
      [this.#map],
    );
    const proofs = rows.flatMap(({ id, bundle }) => (bundle === null ? [] : [{ id, bundle: bundleIn(bundle) }]));
    const setAside = rows.filter(({ bundle }) => bundle === null).map(({ id, failures }) => asideOf(id, failures));
    return { proofs, setAside };
  }

  async add(batch: WantedProof): Promise<void> {
    await this.#adding.run(batch);
  }

  async take(most: number): Promise<TakenBatch[]> {
    const jobs = await this.#boss.fetch(this.#queue, { batchSize: most });
    if (jobs.length === 0) return [];
    const { rows } = await this.#sql<Row>(
      `UPDATE ${BATCH} AS b SET lease = v.lease, attempt = v.attempt
       FROM unnest($1::uuid[], $2::text[], $3::integer[]) AS v (job, lease, attempt) WHERE b.job = v.job RETURNING b.*`,
      [
        jobs.map(({ id }) => id),
        jobs.map(() => randomBytes(16).toString("hex")),
        jobs.map(({ retryCount }) => retryCount),
      ],
    );
    return rows.map(takenFrom).sort((a, b) => a.firstSeq - b.firstSeq);
  }

  async beat(attempts: readonly Attempt[]): Promise<ReadonlySet<string>> {
    if (attempts.length === 0) return new Set();
    const jobs = attempts.map((each) => this.#job(each));
    const held = new Set(settledIn(await this.#boss.touch(this.#queue, jobs)));
    return new Set(attempts.filter(({ id }) => !held.has(this.#jobId(id))).map(({ id }) => id));
  }

  async resume(id: string, lease: string): Promise<TakenBatch | undefined> {
    const { rows } = await this.#sql<Row>(
      `SELECT * FROM ${BATCH} WHERE map = $1 AND id = $2 AND lease = $3 AND bundle IS NULL`,
      [this.#map, id, lease],
    );
    const found = rows[0] === undefined ? undefined : takenFrom(rows[0]);
    if (found === undefined || (await this.beat([found])).size > 0) return undefined;
    return found;
  }

  async giveBack(attempt: Attempt): Promise<void> {
    await this.#boss.fail(this.#queue, this.#job(attempt), { reason: "given back" });
  }

  async fail(attempt: Attempt, failure: Failure, setAside: boolean): Promise<void> {
    await this.#database.transaction(async (db) => {
      const job = this.#job(attempt);
      if (settledIn(await this.#boss.touch(this.#queue, job, { db })).length === 0) return;
      if (setAside) await this.#boss.cancel(this.#queue, job, { db });
      else await this.#boss.fail(this.#queue, job, { ...failure }, { db });
      await db.executeSql(
        `UPDATE ${BATCH} SET failures = failures || $3::jsonb, set_aside = $4 WHERE map = $1 AND id = $2`,
        [this.#map, attempt.id, JSON.stringify([failure]), setAside],
      );
    });
  }

  async find(id: string): Promise<WantedProof | undefined> {
    const { rows } = await this.#sql<Row>(`SELECT * FROM ${BATCH} WHERE map = $1 AND id = $2 AND bundle IS NULL`, [
      this.#map,
      id,
    ]);
    return rows[0] === undefined ? undefined : wantedFrom(rows[0]);
  }

  async keep(proof: KeptProof): Promise<boolean> {
    return await this.#keeping.run(proof);
  }

  async delivered(id: string): Promise<void> {
    await this.#ending.run(id);
  }

  async forget(id: string): Promise<void> {
    await this.#removing.run(id);
  }

  async retry(id: string): Promise<boolean> {
    return await this.#database.transaction(async (db) => {
      const { rows } = await db.executeSql(
        `UPDATE ${BATCH} SET set_aside = false, failures = '[]' WHERE map = $1 AND id = $2 AND set_aside RETURNING id`,
        [this.#map, id],
      );
      if (rows.length > 0) await this.#boss.resume(this.#queue, this.#jobId(id), { db });
      return rows.length > 0;
    });
  }

  async counts(): Promise<{ waiting: number; active: number; setAside: number }> {
    const { rows } = await this.#sql<{ state: string; number: number }>(
      `SELECT state, count(*)::integer AS number FROM ${QUEUE_SCHEMA}.job WHERE name = $1 GROUP BY state`,
      [this.#queue],
    );
    const of = (...states: string[]): number =>
      rows.reduce((sum, { state, number }) => sum + (states.includes(state) ? number : 0), 0);
    return { waiting: of("created", "retry"), active: of("active"), setAside: of("cancelled") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#boss.stop({ graceful: false, close: false }).catch(() => undefined);
    await this.#lock[Symbol.asyncDispose]();
    await this.#database[Symbol.asyncDispose]();
    await this.#quick[Symbol.asyncDispose]();
  }

  async #add(batches: readonly WantedProof[]): Promise<undefined[]> {
    await this.#database.transaction(async (db) => {
      const { rows } = await db.executeSql<Pick<Row, "id">>(
        `INSERT INTO ${BATCH} (map, id, job, first_seq, last_seq, profile, statement, work)
         SELECT $1, id, job, first_seq, last_seq, profile, string_to_array(statement, ' '), work
         FROM unnest($2::text[], $3::uuid[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::bytea[])
           AS v (id, job, first_seq, last_seq, profile, statement, work)
         ON CONFLICT DO NOTHING RETURNING id`,
        [
          this.#map,
          batches.map(({ id }) => id),
          batches.map(({ id }) => this.#jobId(id)),
          batches.map(({ firstSeq }) => firstSeq),
          batches.map(({ lastSeq }) => lastSeq),
          batches.map(({ profile }) => profile),
          batches.map(({ statement }) => PUBLIC_INPUTS.map((name) => statement[name]).join(" ")),
          batches.map(({ work }) => Buffer.from(work)),
        ],
      );
      const added = new Set(rows.map(({ id }) => id));
      const jobs = batches
        .filter(({ id }, i) => added.has(id) && batches.findIndex((other) => other.id === id) === i)
        // pg-boss takes the highest priority first.
        .map(({ id, firstSeq }) => ({ id: this.#jobId(id), priority: FIRST - firstSeq, data: { id } }));
      if (jobs.length > 0) await this.#boss.insert(this.#queue, jobs, { db });
    });
    return batches.map(() => undefined);
  }

  async #keep(proofs: readonly KeptProof[]): Promise<boolean[]> {
    return await this.#database.transaction(async (db) => {
      const { rows } = await db.executeSql<{ id: string; bundle: string }>(
        `UPDATE ${BATCH} AS b SET bundle = v.bundle, set_aside = false
         FROM unnest($2::text[], $3::text[]) AS v (id, bundle)
         WHERE b.map = $1 AND b.id = v.id AND b.bundle IS NULL RETURNING b.id, b.bundle`,
        [this.#map, proofs.map(({ id }) => id), proofs.map(({ bundle }) => JSON.stringify(bundleJson(bundle)))],
      );
      const kept = new Map(rows.map(({ id, bundle }) => [id, bundle]));
      if (kept.size > 0) {
        await this.#boss.deleteJob(
          this.#queue,
          [...kept.keys()].map((id) => this.#jobId(id)),
          { db },
        );
      }
      // Of two proofs of one batch in the same call, one is kept.
      return proofs.map(({ id, bundle }) => {
        const mine = kept.get(id) === JSON.stringify(bundleJson(bundle));
        if (mine) kept.delete(id);
        return mine;
      });
    });
  }

  async #remove(database: Database, ids: readonly string[]): Promise<undefined[]> {
    await database.transaction(async (db) => {
      const { rows } = await db.executeSql<{ id: string; open: boolean }>(
        `DELETE FROM ${BATCH} WHERE map = $1 AND id = ANY ($2) RETURNING id, bundle IS NULL AS open`,
        [this.#map, [...ids]],
      );
      const open = rows.filter((row) => row.open).map(({ id }) => this.#jobId(id));
      if (open.length > 0) await this.#boss.deleteJob(this.#queue, open, { db });
    });
    return ids.map(() => undefined);
  }

  #sql<Columns extends object>(text: string, values: unknown[]): Promise<{ rows: Columns[] }> {
    return this.#quick.executeSql<Columns>(text, values);
  }

  #job({ id, attempt }: Attempt): { id: string; retryCount: number } {
    return { id: this.#jobId(id), retryCount: attempt };
  }

  /** The job of a batch: named by map and batch, so that it need not be looked up. */
  #jobId(id: string): string {
    const hex = digest(`${this.#map}\n${id}`);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }
}

/** The jobs that a call of pg-boss found; its type leaves them out. */
function settledIn(response: object): readonly string[] {
  const { settled } = response as { settled?: unknown };
  return Array.isArray(settled) ? settled.map(String) : [];
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
