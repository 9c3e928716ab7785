import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bundleJson } from "../../../prover/bundles/bundle.ts";
import { PostgresQueue } from "../../../service/fleet/postgres/postgresQueue.ts";
import { HttpLink } from "../../../service/worker/httpLink.ts";
import { PROTOCOL_VERSION } from "../../../trace/layout.ts";
import { NO_POSTGRES, TestPostgres } from "../../lib/postgres.ts";
import { CIRCUITS, standInBatch, standInProof, standInServer } from "../../lib/standInFleet.ts";

const PATIENT = { timeout: 60_000 };
const NAME = `A work queue in PostgreSQL${NO_POSTGRES === undefined ? "" : ` (${NO_POSTGRES})`}`;

describe.skipIf(NO_POSTGRES !== undefined)(NAME, () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await TestPostgres.start();
  });
  afterAll(() => postgres[Symbol.asyncDispose]());

  it("keeps batches, attempts, failures and proofs", async () => {
    const queue = new PostgresQueue(postgres.url, "map one");
    expect(await queue.open()).toEqual({ proofs: [], setAside: [] });
    const batches = [3, 1, 2].map(standInBatch);
    await Promise.all([...batches, ...batches].map((batch) => queue.add(batch)));
    expect(await queue.counts()).toEqual({ waiting: 3, active: 0, setAside: 0 });

    const [first, second] = await queue.take(2);
    if (first === undefined || second === undefined) throw new Error("nothing taken");
    expect([first.firstSeq, second.firstSeq]).toEqual([1, 2]);
    expect(first).toMatchObject(standInBatch(1));
    expect(await queue.beat([first, second])).toEqual(new Set());
    expect(await queue.resume(first.id, first.lease)).toMatchObject({ id: first.id, attempt: first.attempt });
    expect(await queue.resume(first.id, second.lease)).toBeUndefined();

    await queue.giveBack(second);
    expect(await queue.beat([first, second])).toEqual(new Set([second.id]));
    const [again] = await queue.take(1);
    expect(again).toMatchObject({ id: second.id, failures: [] });
    expect(again?.lease).not.toBe(second.lease);
    // An attempt that is lost changes nothing.
    await queue.fail(second, { worker: "late", reason: "late" }, false);
    expect(await queue.find(second.id)).toMatchObject({ id: second.id });
    expect(await queue.counts()).toEqual({ waiting: 1, active: 2, setAside: 0 });

    await queue.fail(first, { worker: "a", reason: "no memory" }, false);
    const [third] = await queue.take(1);
    expect(third).toMatchObject({ id: first.id, failures: [{ worker: "a", reason: "no memory" }] });
    await queue.fail(third as NonNullable<typeof third>, { worker: "b", reason: "no disk" }, true);
    expect(await queue.counts()).toEqual({ waiting: 1, active: 1, setAside: 1 });

    const proof = { id: second.id, bundle: standInProof(second) };
    expect(await Promise.all([queue.keep(proof), queue.keep(proof)])).toEqual([true, false]);
    expect(await queue.keep({ id: "9-9-0000000000000009", bundle: proof.bundle })).toBe(false);
    expect(await queue.find(second.id)).toBeUndefined();

    // Another server is refused while this one lives, and finds everything afterwards.
    const other = new PostgresQueue(postgres.url, "map one");
    await expect(other.open()).rejects.toMatchObject({ code: "locked", exitCode: 3 });
    await other[Symbol.asyncDispose]();
    const foreign = new PostgresQueue(postgres.url, "map two");
    expect(await foreign.open()).toEqual({ proofs: [], setAside: [] });
    await foreign[Symbol.asyncDispose]();
    await queue[Symbol.asyncDispose]();

    const next = new PostgresQueue(postgres.url, "map one");
    expect(await next.open()).toEqual({
      proofs: [proof],
      setAside: [{ id: first.id, reasons: ["a: no memory", "b: no disk"] }],
    });
    expect(await next.retry(second.id)).toBe(false);
    expect(await next.retry(first.id)).toBe(true);
    await next.delivered(second.id);
    await next.forget("3-3-0000000000000003");
    expect((await next.take(5)).map(({ id, failures }) => [id, failures])).toEqual([[first.id, []]]);
    expect(await next.counts()).toEqual({ waiting: 0, active: 1, setAside: 0 });
    await next[Symbol.asyncDispose]();
  });

  it("stops handing out when its lock is lost, and goes on when it has it again", async () => {
    const queue = new PostgresQueue(postgres.url, "map three");
    await using server = await standInServer({ queue });
    for (let n = 1; n <= 3; n++) await server.fleet.want(standInBatch(n));
    // Another server is faster.
    const other = new PostgresQueue(postgres.url, "map three");
    await vi.waitUntil(async () => {
      await endSessions("timebandits lock");
      return await other.open().then(Boolean, () => false);
    }, PATIENT);
    await vi.waitUntil(() => !queue.mine, PATIENT);
    const hello = { worker: "a", version: PROTOCOL_VERSION, circuits: CIRCUITS };
    expect(await server.fleet.dispatcher.take(hello, "here", 1_500)).toBeUndefined();
    expect(queue.mine).toBe(false);
    await other[Symbol.asyncDispose]();
    await vi.waitUntil(() => queue.mine, PATIENT);
    expect(await server.fleet.dispatcher.take(hello, "here", 25_000)).toMatchObject({ batch: { firstSeq: 1 } });
  });

  it("waits while the database's disk is full: what is wanted is kept then, and a proof is not lost", async () => {
    const queue = new PostgresQueue(postgres.url, "map four");
    await using server = await standInServer({ queue });
    await server.fleet.want(standInBatch(1));
    const link = new HttpLink({ server: server.url, name: "a", circuits: CIRCUITS });
    const job = await link.take(new AbortController().signal);
    if (job === undefined) throw new Error("no batch");
    await run(`CREATE FUNCTION full_disk() RETURNS trigger AS $$
      BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END
      $$ LANGUAGE plpgsql;
      CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON timebandits.batch EXECUTE FUNCTION full_disk()`);
    const wanted = server.fleet.want(standInBatch(2));
    const bundle = bundleJson(standInProof(job));
    await expect(link.handIn(job, bundle)).rejects.toThrow(/its disk is full: free some space/);
    await run("DROP TRIGGER full_disk ON timebandits.batch");
    await wanted;
    expect(await link.handIn(job, bundle)).toBe("accepted");
    await server.delivered.count(1);
    expect(await server.fleet.counts()).toMatchObject({ waiting: 1, active: 0 });
  });

  /** Ends the database's sessions of that name, as a broken connection does. */
  async function endSessions(name: string): Promise<void> {
    await run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${name}'`);
  }

  async function run(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(sql);
    await client.end();
  }
});
