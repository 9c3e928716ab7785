/**
 * A server with stand-in proofs as a process of its own, to be killed: `node standInServerProcess.ts '{…}'`. It wants
 * every batch that has no file yet, and writes a file for each that is delivered, as an operator does.
 */
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleJson } from "../../prover/bundles/bundle.ts";
import { PostgresQueue } from "../../service/fleet/postgres/postgresQueue.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { Delivered, standInBatch, standInServer } from "./standInFleet.ts";

export interface StandInServerProcess {
  readonly database: string;
  readonly map: string;
  readonly port: number;
  readonly batches: number;
  /** Where a file is written for each batch. */
  readonly folder: string;
}

class Files extends Delivered {
  readonly #folder: string;

  constructor(folder: string) {
    super();
    this.#folder = folder;
  }

  override async proven(...[id, bundle]: Parameters<Delivered["proven"]>): Promise<void> {
    const file = join(this.#folder, `${id}.json`);
    // Delivered before a crash, and not noted. It is the same proof: only one is ever kept.
    if (existsSync(file)) appendFileSync(join(this.#folder, "again"), `${id}\n`);
    writeFileSync(file, JSON.stringify(bundleJson(bundle)));
  }

  override setAside(batch: Parameters<Delivered["setAside"]>[0]): void {
    appendFileSync(join(this.#folder, "aside"), `${JSON.stringify(batch)}\n`);
  }
}

if (process.argv[2] !== undefined) {
  const { database, map, port, batches, folder } = JSON.parse(process.argv[2]) as StandInServerProcess;
  try {
    const queue = new PostgresQueue(database, map);
    const { fleet } = await standInServer({ queue, port, delivered: new Files(folder) });
    process.stdout.write("ready\n");
    for (let n = 1; n <= batches; n += 100) {
      const some = Array.from({ length: Math.min(100, batches - n + 1) }, (_, i) => standInBatch(n + i));
      const open = some.filter(({ id }) => !existsSync(join(folder, `${id}.json`)));
      await Promise.all(open.map((batch) => fleet.want(batch)));
    }
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    process.exit(error instanceof TimeBanditsError ? error.exitCode : 1);
  }
}
