/**
 * `npm run fleet -- --json FILE`: measures how a fleet divides the work, and counts what becomes of each batch. The
 * server, its queue in a PostgreSQL of its own, and HTTP are real. The proofs are stand-ins: workers wait a stated time
 * for each, and a stand-in verifier tells right from wrong. So 64 workers can be measured on two cores.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { NO_POSTGRES, TestPostgres } from "../test/lib/postgres.ts";
import { type Counted, measureLies, measureSpeed } from "./fleet/measure.ts";
import { jsonFile } from "./lib/output.ts";

/** Workers of each run, and the wait for a stand-in proof, in milliseconds. */
const WORKERS = [1, 2, 8, 64] as const;
const WAIT_MS = 1_600;
/** A multiple of the greatest number of workers. */
const BATCHES = 256;
/** The run with liars. */
const HONEST = 6;
const LIARS = 2;
const LIE_BATCHES = 400;

const { values } = parseArgs({
  options: { json: { type: "string" }, wait: { type: "string" }, batches: { type: "string" } },
});
const waitMs = Number(values.wait ?? WAIT_MS);
const batches = Number(values.batches ?? BATCHES);
if (NO_POSTGRES !== undefined) {
  process.stderr.write(`fleet: ${NO_POSTGRES}\n`);
  process.exit(3);
}

await using postgres = await TestPostgres.start();
const url = postgres.url;
const say = (text: string): void => void process.stderr.write(`${text}\n`);

// The small fleets hardly load the machine, so they are measured at the same time. The large one is alone.
const small = WORKERS.filter((workers) => workers <= 8);
const runs: Counted[] = await Promise.all(small.map((workers) => measureSpeed({ url, workers, waitMs, batches })));
for (const workers of WORKERS.filter((each) => !small.includes(each as (typeof small)[number])))
  runs.push(await measureSpeed({ url, workers, waitMs, batches }));
for (const { workers, seconds } of runs) say(`${workers} workers: ${seconds.toFixed(1)} s for ${batches} batches`);
// Without a wait, the server and this machine are the limit.
const limit = await measureSpeed({ url, workers: 64, waitMs: 0, batches: 2_000 });
say(
  `the limit here: ${limit.perSecond.toFixed(0)} batches a second; ` +
    `the server's own time is ${limit.serverMs.toFixed(2)} ms a batch, verification left out`,
);
const lies = await measureLies({ url, honest: HONEST, liars: LIARS, waitMs: 20, batches: LIE_BATCHES });
say(`${lies.told} lies told, ${lies.accepted} accepted`);

const alone = runs[0]?.seconds ?? 0;
const all = [...runs, limit, lies];
const sum = (of: (run: Counted) => number): number => all.reduce((total, run) => total + of(run), 0);
const result = {
  workers: [...WORKERS],
  batches: sum((run) => run.batches),
  lost: sum((run) => run.lost),
  twice: sum((run) => run.twice),
  outOfOrder: sum((run) => run.outOfOrder),
  lies: { told: lies.told, accepted: lies.accepted },
  speedup: Object.fromEntries(runs.map((run) => [run.workers, alone / run.seconds])),
  waitMs,
  seconds: Object.fromEntries(runs.map((run) => [run.workers, run.seconds])),
  limit: { batchesPerSecond: limit.perSecond, serverMsPerBatch: limit.serverMs },
};
if (values.json === undefined) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
else writeFileSync(values.json, jsonFile(result));
