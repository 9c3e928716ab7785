/** A fleet whose clock a test moves. Its workers speak with the dispatcher itself, from any address. */
import { bundleJson } from "../../prover/bundles/bundle.ts";
import type { Offer } from "../../service/fleet/assignment.ts";
import { Fleet } from "../../service/fleet/fleet.ts";
import { FLEET_LIMITS, type FleetLimits } from "../../service/fleet/limits.ts";
import { MemoryQueue } from "../../service/fleet/memoryQueue.ts";
import { OWN_WORKER } from "../../service/fleet/workers.ts";
import { PROTOCOL_VERSION } from "../../trace/layout.ts";
import { CIRCUITS, Delivered, StandInVerifier, standInBatch, standInProof } from "./standInFleet.ts";

/** Leases end by what a test does, and not because the clock jumped. */
const LIMITS: FleetLimits = { ...FLEET_LIMITS, leaseMs: 1e9 };
const LONG_MS = 1e8;

/** A worker: its name, and the address that it comes from. */
export class ClockedWorker {
  readonly #fleet: Fleet;
  readonly name: string;
  readonly address: string;

  constructor(fleet: Fleet, name: string, address: string) {
    this.#fleet = fleet;
    this.name = name;
    this.address = address;
  }

  /** Asks for a batch. @returns undefined if there is none at once */
  async ask(waitMs = 0): Promise<Offer | undefined> {
    const hello = { worker: this.name, version: PROTOCOL_VERSION, circuits: CIRCUITS };
    return await this.#fleet.dispatcher.take(hello, this.address, waitMs);
  }

  /** Asks for a batch, and waits until there is one or the fleet is closed. */
  wait(): Promise<Offer | undefined> {
    return this.ask(LONG_MS);
  }

  /** Asks for a batch. @returns the batch's number; undefined if there is none at once */
  async number(): Promise<number | undefined> {
    return (await this.ask())?.batch.firstSeq;
  }

  /** Asks until there is nothing at once. @returns how many batches there were */
  async all(most = Number.POSITIVE_INFINITY): Promise<number> {
    let count = 0;
    while (count < most && (await this.ask()) !== undefined) count++;
    return count;
  }

  beat({ batch, lease }: Offer): Promise<boolean> {
    return this.#fleet.dispatcher.beat(batch.id, lease, this.name, this.address);
  }

  prove({ batch, lease }: Offer): Promise<string> {
    const bundle = bundleJson(standInProof(batch));
    return this.#fleet.dispatcher.handIn(batch.id, lease, this.name, this.address, bundle);
  }

  giveBack({ batch, lease }: Offer, reason?: string): Promise<void> {
    return this.#fleet.dispatcher.fail(batch.id, lease, this.name, this.address, reason);
  }
}

export interface ClockedFleet extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly delivered: Delivered;
  worker(name: string, address: string): ClockedWorker;
  /** The worker of the server's own process. */
  readonly own: ClockedWorker;
  /** Moves the clock, and looks for what can be given out now. */
  pass(ms: number): Promise<void>;
}

/** A fleet that wants the first `batches` batches. */
export async function clockedFleet(batches: number): Promise<ClockedFleet> {
  let now = 1_000_000;
  const delivered = new Delivered();
  const fleet = new Fleet({
    queue: new MemoryQueue(),
    verifier: new StandInVerifier(),
    circuits: CIRCUITS,
    limits: LIMITS,
    clock: () => now,
  });
  await fleet.start(delivered);
  for (let n = 1; n <= batches; n++) await fleet.want(standInBatch(n));
  return {
    fleet,
    delivered,
    worker: (name, address) => new ClockedWorker(fleet, name, address),
    own: new ClockedWorker(fleet, OWN_WORKER, "this process"),
    async pass(ms) {
      now += ms;
      fleet.dispatcher.look();
      await new Promise((resolve) => setImmediate(resolve));
    },
    [Symbol.asyncDispose]: () => fleet[Symbol.asyncDispose](),
  };
}

/** What must be there. */
export function given<T>(offer: T | undefined): T {
  if (offer === undefined) throw new Error("no batch");
  return offer;
}
