/**
 * A process of stand-in workers: `node standInWorkers.ts '{"url": …, "names": […], "ms": …}'`. Each worker has one
 * batch at a time. With `lies`, every so-many-th proof of a worker is wrong. It says `ready`, begins when something
 * comes in, and ends by SIGTERM.
 */
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { HttpLink } from "../../service/worker/httpLink.ts";
import { SentAwayError, workLoop } from "../../service/worker/loop.ts";
import { CIRCUITS, standInLie, standInProof } from "./standInFleet.ts";

export interface StandInWorkers {
  readonly url: string;
  readonly names: readonly string[];
  /** Wait for a proof, in milliseconds. */
  readonly ms: number;
  /** Every so-many-th proof of each worker is a lie. */
  readonly lies?: number;
}

if (process.argv[2] !== undefined) {
  const { url, names, ms, lies = 0 } = JSON.parse(process.argv[2]) as StandInWorkers;
  const stop = new AbortController();
  process.on("SIGTERM", () => stop.abort());
  process.stdout.write("ready\n");
  await once(process.stdin, "data");
  process.stdin.destroy();
  await Promise.all(
    names.map(async (name) => {
      let made = 0;
      // A liar that was set aside comes back under another name.
      for (let life = 0; !stop.signal.aborted; life++) {
        const link = new HttpLink({ server: url, name: life === 0 ? name : `${name}.${life}`, circuits: CIRCUITS });
        const prove = async (job: { work: Uint8Array }) => {
          await pause(ms);
          if (lies === 0 || ++made % lies !== 0) return standInProof(job);
          process.stdout.write("lie\n");
          return standInLie(job);
        };
        try {
          await workLoop({ link, prove, jobs: 1, signal: stop.signal });
        } catch (error) {
          if (!(error instanceof SentAwayError)) throw error;
        }
      }
    }),
  );
}
