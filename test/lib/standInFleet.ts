/**
 * A fleet whose proofs are stand-ins: they are made by waiting, and a stand-in verifier tells right from wrong.
 * Everything else is real: dispatcher, queue, HTTP.
 */
import fastify, { type FastifyInstance } from "fastify";
import type { Bundle } from "../../prover/bundles/bundle.ts";
import { ArtifactFiles } from "../../service/fleet/artifactFiles.ts";
import { Fleet } from "../../service/fleet/fleet.ts";
import type { FleetLimits } from "../../service/fleet/limits.ts";
import type { ProofListener, SetAside, WantedProof } from "../../service/fleet/proofSource.ts";
import { workerRoutes } from "../../service/fleet/routes.ts";
import type { ProofVerifier } from "../../service/fleet/verifier.ts";
import type { WorkQueue } from "../../service/fleet/workQueue.ts";
import type { Job } from "../../service/worker/link.ts";
import { PUBLIC_INPUTS, type PublicInputs, packSpan } from "../../trace/commitment/commit.ts";
import { UNMOORED } from "./unmoored.ts";

/** The circuits of the stand-in map. */
export const CIRCUITS = { "stand-in": "ab".repeat(32) };
const KEY = { hash: `0x${"cd".repeat(32)}`, kind: "development" } as const;

/** The n-th batch, from 1. Each has one transition. Its work is its statement. */
export function standInBatch(n: number): WantedProof {
  const span = packSpan({ firstSeq: n, count: 1, notBefore: 1, until: 1, moored: false });
  const statement: PublicInputs = {
    preRoot: BigInt(n - 1),
    postRoot: BigInt(n),
    traceRoot: 7n,
    span,
    domain: 9n,
    ...UNMOORED,
  };
  const text = PUBLIC_INPUTS.map((name) => statement[name]).join(" ");
  const id = `${n}-${n}-${n.toString(16).padStart(16, "0")}`;
  return { id, firstSeq: n, lastSeq: n, profile: "stand-in", statement, work: Buffer.from(text.padEnd(12_000)) };
}

/** The stand-in proof of a job: one that {@link standInVerifier} accepts. */
export function standInProof(job: Pick<Job, "work">): Bundle {
  const words = Buffer.from(job.work).toString().trim().split(" ").map(BigInt);
  const statement = Object.fromEntries(PUBLIC_INPUTS.map((name, i) => [name, words[i]])) as PublicInputs;
  const { postRoot } = statement;
  const proof = {
    pi_a: [postRoot, 1n],
    pi_b: [
      [1n, 2n],
      [3n, 4n],
    ],
    pi_c: [5n, 6n],
  } as const;
  return { profile: "stand-in", circuit: CIRCUITS["stand-in"], key: KEY, statement, proof };
}

/** A proof that does not hold. */
export function standInLie(job: Pick<Job, "work">): Bundle {
  const { proof, ...rest } = standInProof(job);
  return { ...rest, proof: { ...proof, pi_a: [proof.pi_a[0] + 1n, 1n] } };
}

/** Accepts the stand-in proof of the statement that was asked for, and counts. */
export class StandInVerifier implements ProofVerifier {
  checked = 0;
  refused = 0;

  async check({ statement, proof }: Bundle, wanted: WantedProof): Promise<string | null> {
    this.checked++;
    const other = PUBLIC_INPUTS.find((name) => statement[name] !== wanted.statement[name]);
    const holds = other === undefined && proof.pi_a[0] === statement.postRoot;
    if (!holds) this.refused++;
    return holds ? null : `proof: does not hold (${other ?? "stand-in"})`;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Counts what a fleet delivers. */
export class Delivered implements ProofListener {
  readonly times = new Map<string, number>();
  readonly aside: SetAside[] = [];
  /** Proofs whose bundle is not the batch's. */
  wrong = 0;
  /** Fails as often as this: a full disk. */
  failing = 0;
  #waiting: { count: number; resolve: () => void }[] = [];

  async proven(id: string, bundle: Bundle): Promise<void> {
    if (this.failing > 0) {
      this.failing--;
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    }
    if (bundle.proof.pi_a[0] !== bundle.statement.postRoot) this.wrong++;
    this.times.set(id, (this.times.get(id) ?? 0) + 1);
    this.#look();
  }

  setAside(batch: SetAside): void {
    this.aside.push(batch);
    this.#look();
  }

  get twice(): number {
    return [...this.times.values()].filter((times) => times > 1).length;
  }

  /** Waits until so many batches are delivered or set aside. */
  async count(count: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting.push({ count, resolve });
      this.#look();
    });
  }

  #look(): void {
    const done = this.times.size + this.aside.length;
    this.#waiting = this.#waiting.filter(({ count, resolve }) => {
      if (done >= count) resolve();
      return done < count;
    });
  }
}

/** A server with the routes for workers. */
export interface StandInServer extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly http: FastifyInstance;
  readonly url: string;
  readonly verifier: StandInVerifier;
  readonly delivered: Delivered;
}

export interface StandInOptions {
  readonly queue: WorkQueue;
  readonly limits?: Partial<FleetLimits>;
  readonly token?: string;
  readonly port?: number;
  readonly delivered?: Delivered;
}

/** Starts one, on 127.0.0.1. */
export async function standInServer(options: StandInOptions): Promise<StandInServer> {
  const { queue, limits, token, port = 0, delivered = new Delivered() } = options;
  const verifier = new StandInVerifier();
  const fleet = new Fleet({ queue, verifier, circuits: CIRCUITS, ...(limits === undefined ? {} : { limits }) });
  const files = new ArtifactFiles(async () => {
    throw new Error("stand-ins need no files");
  });
  files.names = async () => ({ program: "00".repeat(32), key: "00".repeat(32) });
  const http = fastify({ forceCloseConnections: true });
  await http.register(workerRoutes({ dispatcher: fleet.dispatcher, files, token }));
  await fleet.start(delivered);
  const url = await http.listen({ host: "127.0.0.1", port });
  const close = async (): Promise<void> => {
    await fleet[Symbol.asyncDispose]();
    await http.close();
  };
  return { fleet, http, url, verifier, delivered, [Symbol.asyncDispose]: close };
}
