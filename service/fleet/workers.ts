/** The workers that the dispatcher has heard of. They name themselves, and prove nothing about who they are. */
import { inOneLine } from "../../trace/errors.ts";
import { PROTOCOL_VERSION } from "../../trace/layout.ts";
import { WorkerRefusedError } from "./refusals.ts";

/** Name of the worker in this process. No other worker may have it. */
export const OWN_WORKER = "this:process";

/** How a worker introduces itself. */
export interface WorkerHello {
  /** Its name: 1 to 64 letters, digits and `. _ : @ -`. */
  readonly worker: string;
  /** Version of the protocol that it was built for. */
  readonly version: number;
  /** Hash of each circuit that it makes inputs for, by the profile's name. */
  readonly circuits: Readonly<Record<string, string>>;
}

interface Known {
  heard: number;
  setAside: string | undefined;
}

const NAME = /^[\w.:@-]{1,64}$/;
/** Milliseconds within which a worker counts as there. */
const HERE_MS = 60_000;
/** More names than this are not kept: a stranger can invent as many as it likes. */
const MOST_NAMES = 10_000;
const LONGEST_REASON = 300;

export class Workers {
  readonly #known = new Map<string, Known>();
  readonly #circuits: Readonly<Record<string, string>>;

  /** @param circuits the hash of each profile's circuit that counts here */
  constructor(circuits: Readonly<Record<string, string>>) {
    this.#circuits = circuits;
  }

  /**
   * @param identity name and address
   * @throws WorkerRefusedError if the worker must not take batches
   */
  admit({ worker, version, circuits }: WorkerHello, identity: string): void {
    if (!NAME.test(worker)) {
      throw new WorkerRefusedError("badWorker", "a worker's name has 1 to 64 letters, digits and . _ : @ -");
    }
    if (version !== PROTOCOL_VERSION) {
      throw new WorkerRefusedError(
        "otherVersion",
        `worker ${worker} speaks protocol ${Number(version)}, and this server ${PROTOCOL_VERSION}; use the same release`,
      );
    }
    for (const [profile, hash] of Object.entries(this.#circuits)) {
      if (circuits[profile] === hash) continue;
      const its = circuits[profile]?.slice(0, 18) ?? "none";
      throw new WorkerRefusedError(
        "otherCircuit",
        `worker ${worker} has ${its}… as circuit of ${profile}, and this server ${hash.slice(0, 18)}…; ` +
          "use the same release",
      );
    }
    this.requireGood(identity);
    this.heard(identity);
  }

  /** @throws WorkerRefusedError if the worker is set aside */
  requireGood(worker: string): void {
    const reason = this.#known.get(worker)?.setAside;
    if (reason !== undefined) throw new WorkerRefusedError("setAside", `worker ${worker} is set aside: ${reason}`);
  }

  heard(worker: string): void {
    const known = this.#known.get(worker);
    // The latest is last, so the first is the one to drop.
    this.#known.delete(worker);
    this.#known.set(worker, { heard: Date.now(), setAside: known?.setAside });
    if (this.#known.size <= MOST_NAMES) return;
    const oldest = [...this.#known].find(([, { setAside }]) => setAside === undefined) ?? [...this.#known][0];
    if (oldest !== undefined) this.#known.delete(oldest[0]);
  }

  setAside(worker: string, reason: string): void {
    this.#known.set(worker, { heard: Date.now(), setAside: inOneLine(reason, LONGEST_REASON) });
  }

  /** Workers heard of within the last minute that are not set aside. */
  get here(): number {
    const since = Date.now() - HERE_MS;
    let here = 0;
    for (const { heard, setAside } of this.#known.values()) if (heard >= since && setAside === undefined) here++;
    return here;
  }

  get refused(): { worker: string; reason: string }[] {
    return [...this.#known].flatMap(([worker, { setAside }]) =>
      setAside === undefined ? [] : [{ worker, reason: setAside }],
    );
  }
}
