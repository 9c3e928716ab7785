/** A stand-in for the chain: takes proofs in the order of their batches, as a registry does. */
import type { Bundle } from "../../prover/bundles/bundle.ts";
import { Delivered } from "../../test/lib/standInFleet.ts";

export class Chain extends Delivered {
  readonly #batches: number;
  readonly #ready = new Map<bigint, Bundle>();
  #root = 0n;
  /** Batches that the chain would have refused at their turn. */
  outOfOrder = 0;

  constructor(batches: number) {
    super();
    this.#batches = batches;
  }

  override async proven(id: string, bundle: Bundle): Promise<void> {
    await super.proven(id, bundle);
    this.#ready.set(bundle.statement.preRoot, bundle);
    for (let next = this.#ready.get(this.#root); next !== undefined; next = this.#ready.get(this.#root)) {
      this.#ready.delete(this.#root);
      if (next.statement.postRoot !== this.#root + 1n) this.outOfOrder++;
      this.#root = next.statement.postRoot;
    }
    if (this.times.size === this.#batches) this.outOfOrder += this.#ready.size;
  }
}
