/**
 * Submits proven batches behind the chain's head, in order. The chain's head decides what is submitted, so a restart
 * submits nothing twice, and what a reorganisation drops is submitted again.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Bundle, parseBundle, proofsIn, rangeOf } from "../../prover/bundles/bundle.ts";
import type { NamedRange } from "../../prover/bundles/bundleRanges.ts";
import { EnvironmentError, InvalidInputError } from "../../trace/errors.ts";
import type { Loaded } from "./loaded.ts";
import { Pump } from "./pump.ts";
import type { ChainHead, Submitter } from "./submitter.ts";
import type { OperatorEvent } from "./types.ts";

/** Most batches in one transaction. The registry checks their proofs in one pairing; more would save little. */
const TOGETHER = 8;
/** Seconds between two questions for the head, while batches are not confirmed, and otherwise. */
const OFTEN = 4;
const SELDOM = 30;
/** Pause after a failure, in seconds. It doubles up to the longest. */
const PAUSE = 1;
const LONGEST_PAUSE = 300;
/** Of a moored map, anybody moves the head who answers a request that is late. */
const REBUILD =
  "somebody else has moved the head, as anybody may for a request that is late; end serve, make the run with rebuild, " +
  "and serve that; effects that the chain does not have are to be proposed again (docs/operate/running.md)";

/** What submitting needs of the operator. */
export interface SubmittingHost {
  readonly dir: string;
  readonly submitter: Submitter;
  readonly clock: () => number;
  readonly loaded: () => Loaded | undefined;
  readonly tell: (...events: OperatorEvent[]) => void;
}

/** Submits what is proven, as often as it is due. */
export class Submitting extends Pump {
  readonly #host: SubmittingHost;
  #head: ChainHead | undefined;
  #proven = -1;
  /** Batches together in the next transaction: 1 after a refusal of several. */
  #most = TOGETHER;

  constructor(host: SubmittingHost) {
    const onTrouble = (why: string): void => host.tell({ type: "halted", why });
    super({ clock: host.clock, pause: PAUSE, longestPause: LONGEST_PAUSE, onTrouble });
    this.#host = host;
  }

  /** Last transitions that the chain has, and that are confirmed there. */
  get submitted(): number {
    return this.#head?.seq ?? 0;
  }
  get confirmed(): number {
    return this.#head?.confirmed ?? 0;
  }

  override pump(): Promise<void> {
    return super.pump((this.#host.loaded()?.batches.proven ?? -1) > this.#proven);
  }

  protected override async work(): Promise<number> {
    const { loaded } = this.#host;
    const proven = loaded()?.batches.proven;
    if (proven === undefined) return 0;
    this.#proven = proven;
    while (await this.#submitNext());
    return this.confirmed < (loaded()?.batches.proven ?? 0) ? OFTEN : SELDOM;
  }

  /** Submits the next batches. @returns false if there are none */
  async #submitNext(): Promise<boolean> {
    const { submitter, loaded } = this.#host;
    const head = await submitter.head();
    if (head.seq !== this.#head?.seq || head.root !== this.#head.root)
      this.#host.tell({ type: "head", seq: head.seq, root: head.root });
    this.#head = head;
    const now = loaded();
    if (now === undefined) return false;
    const bundles = await this.#behind(now, head);
    const last = bundles.at(-1);
    if (last === undefined) return false;
    let transaction: string;
    try {
      transaction = await submitter.submit(bundles);
    } catch (error) {
      if (error instanceof EnvironmentError || bundles.length === 1) throw error;
      // Batches that are refused together may be valid up to one of them.
      this.#most = 1;
      return true;
    }
    this.#most = TOGETHER;
    const { lastSeq } = rangeOf(last);
    this.#host.tell({ type: "submitted", firstSeq: head.seq + 1, lastSeq, transaction });
    return true;
  }

  /** The proven batches behind a head, as far as one transaction takes them. */
  async #behind({ batches, bundles, facts, run }: Loaded, head: ChainHead): Promise<Bundle[]> {
    const { proven } = batches;
    const { moored } = run.tracer.map;
    const another = (): InvalidInputError => {
      const why = `its head after transition ${head.seq} is no state of this trace: the chain holds another trace`;
      return new InvalidInputError("chain", `${why}; ${moored ? REBUILD : "get the run that was submitted"}`);
    };
    if (head.seq === 0 && head.root !== facts.header.genesisRoot) throw another();
    if (head.seq > proven) {
      const why = `the chain is at transition ${head.seq}, and only ${proven} are proven here`;
      const next = moored ? REBUILD : "another operator serves the map; end one of them";
      throw new InvalidInputError("chain", `${why}: ${next}`);
    }
    // Another head may have the same number.
    const ends = await Promise.all(bundles.endingAt(head.seq).map((range) => this.#read(range)));
    if (ends.length > 0 && ends.every(({ statement }) => statement.postRoot !== head.root)) throw another();
    const found: Bundle[] = [];
    for (let { seq, root } = head; seq < proven && found.length < this.#most; ) {
      const range = bundles.after(seq, proven);
      if (range === undefined && found.length > 0) break;
      if (range === undefined && moored) throw another();
      if (range === undefined)
        throw new InvalidInputError("proofs", `no proof begins with transition ${seq + 1}; restore it from a copy`);
      const bundle = await this.#read(range);
      if (bundle.statement.preRoot !== root) throw another();
      found.push(bundle);
      [seq, root] = [range.lastSeq, bundle.statement.postRoot];
    }
    return found;
  }

  async #read({ name }: NamedRange): Promise<Bundle> {
    return parseBundle(name, await readFile(join(proofsIn(this.#host.dir), name), "utf8"));
  }
}
