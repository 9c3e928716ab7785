import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PostgresQueue } from "../../../service/fleet/postgres/postgresQueue.ts";
import { NO_POSTGRES, TestPostgres } from "../../lib/postgres.ts";
import { standInBatch, standInProof } from "../../lib/standInFleet.ts";

describe.skipIf(NO_POSTGRES !== undefined)(
  `A work queue in PostgreSQL${NO_POSTGRES ? ` (${NO_POSTGRES})` : ""}`,
  () => {
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
  },
);
