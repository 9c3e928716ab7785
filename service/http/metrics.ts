/** Numbers for Prometheus. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { INVARIANTS } from "../../trace/errors.ts";
import type { BatchStage, Operator } from "../operator/types.ts";
import type { LimitName } from "./limits.ts";

const STAGES: readonly BatchStage[] = ["signing", "proving", "setAside", "proven", "submitted", "confirmed"];
const PREFIX = "timebandits_";

/** The numbers of one server. Those of the map are asked of the operator when somebody looks. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests: Histogram<"method" | "route" | "status">;
  readonly #refusals: Counter<"invariant">;
  readonly #limits: Counter<"limit">;
  readonly #askMap: () => Promise<void>;

  /** @param readers readers of events now */
  constructor(operator: Operator, readers: () => number) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry, prefix: PREFIX });
    this.#requests = new Histogram({
      name: `${PREFIX}http_request_seconds`,
      help: "Time of requests",
      labelNames: ["method", "route", "status"],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    });
    this.#refusals = new Counter({
      name: `${PREFIX}refusals_total`,
      help: "Effects that a rule refused",
      labelNames: ["invariant"],
      registers,
    });
    for (const invariant of INVARIANTS) this.#refusals.inc({ invariant }, 0);
    this.#limits = new Counter({
      name: `${PREFIX}limits_hit_total`,
      help: "Requests refused by a limit",
      labelNames: ["limit"],
      registers,
    });
    this.#askMap = mapGauges(operator, registers);
    new Gauge({
      name: `${PREFIX}event_readers`,
      help: "Readers of events",
      registers,
      collect() {
        this.set(readers());
      },
    });
  }

  /** A request was answered. */
  request(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status: `${status}` }, seconds);
  }

  /** A rule refused an effect. */
  refused(invariant: string): void {
    this.#refusals.inc({ invariant });
  }

  /** A limit refused a request. */
  limited(limit: LimitName): void {
    this.#limits.inc({ limit });
  }

  /** The text that Prometheus reads. */
  async text(): Promise<string> {
    await this.#askMap();
    return await this.registry.metrics();
  }
}

/** The numbers of the map. @returns a function that asks for them anew */
function mapGauges(operator: Operator, registers: Registry[]): () => Promise<void> {
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge<L>({ name: `${PREFIX}${name}`, help, labelNames, registers });
  const at = gauge("transitions", "Number of the last transition: on disk, cut, proven, submitted", "stage");
  const open = gauge("open_proposals", "Groups that wait for approval");
  const stopped = gauge("halted", "1 if the map stands still");
  const queue = gauge("proofs", "Proofs that wait, are being made, were set aside; and workers", "state");
  const batches = gauge("batches", "Batches by stage", "stage");
  const missing = gauge("signatures_missing", "Signatures that batches wait for");
  return async () => {
    const { seq, cut, proven, submitted, openProposals, proofs, halted } = await operator.status();
    for (const [stage, value] of Object.entries({ traced: seq, cut, proven, submitted })) at.set({ stage }, value);
    for (const state of ["waiting", "active", "setAside", "workers"] as const) queue.set({ state }, proofs[state]);
    open.set(openProposals);
    stopped.set(halted === null ? 0 : 1);
    const all = operator.batches();
    for (const stage of STAGES) batches.set({ stage }, all.filter((batch) => batch.stage === stage).length);
    missing.set(all.reduce((sum, batch) => sum + batch.missing.length, 0));
  };
}
