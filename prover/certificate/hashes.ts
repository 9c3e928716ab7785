/** Hashes: their lanes and digests, from the constraints of an instance. */
import { constantsOf } from "../../trace/poseidon/constants.ts";
import { permutationOf } from "../../verifier/constraints/poseidon.ts";
import { plus, Refusal, type Sum } from "../../verifier/constraints/sums.ts";
import type { HashInstance } from "./names.ts";
import type { Propagator } from "./propagate.ts";
import { terms } from "./terms.ts";

export interface Prepared {
  readonly path: string;
  readonly out: Sum;
  readonly lanes: readonly Sum[];
  readonly constraints: readonly number[];
}

/** As many tags as layout.circom has. */
const TAGS = 10;

/** A lane that the compiler kept as a sum of several signals gets a signal of its own, so that it can be known. */
export function prepared(own: Propagator, hash: HashInstance): Prepared {
  const { system } = own;
  const { C } = constantsOf(hash.inputs);
  const lanes: (Sum | null)[] = Array.from({ length: hash.inputs + 1 }, () => null);
  for (const [k, box] of hash.boxes.entries()) {
    if (box > hash.inputs) break;
    const [, state] = system.at(hash.constraints[3 * k] as number);
    const lane = plus(state, new Map([[0, -(C[box] as bigint)]]));
    lanes[box] = [...lane.keys()].filter((signal) => signal !== 0).length > 1 ? own.names.named(lane) : lane;
  }
  for (let tag = 0n; tag < TAGS; tag++) {
    const tried = lanes.map((lane, i): Sum => lane ?? (i === 0 && tag !== 0n ? new Map([[0, tag]]) : new Map()));
    try {
      return {
        path: hash.path,
        lanes: tried,
        out: permutationOf(system, tried, hash.constraints)(0),
        constraints: hash.constraints,
      };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    if (lanes[0] !== null) break;
  }
  throw new Refusal(`${hash.path} is not Poseidon`);
}

/** The digest is known: so are the lanes. @returns whether that is news */
export function followed(own: Propagator, { out, lanes, constraints }: Prepared): boolean {
  if (lanes.every((lane) => own.checker.facts.isKnown(lane))) return false;
  own.must("digest", terms(own.names.inNames(out)), lanes.map(terms), constraints);
  return true;
}

interface Waiting {
  readonly hash: Prepared;
  /** What a name of the digest would be found by, and whether it had one. */
  readonly key: string;
  isNamed: boolean;
  /** A signal of the digest or of the capacity that was not known. */
  open: number | null;
}

/** Hashes whose digests are not known yet. */
export class WaitingHashes {
  readonly #own: Propagator;
  readonly #waiting: Waiting[];

  constructor(own: Propagator, hashes: readonly Prepared[]) {
    this.#own = own;
    this.#waiting = hashes.map((hash) => ({ hash, key: own.names.keyOf(hash.out), isNamed: false, open: null }));
  }

  /** Those whose digests are known by now; they wait no more. @returns whether that is news */
  followed(): boolean {
    let news = false;
    for (let i = this.#waiting.length - 1; i >= 0; i--) {
      const one = this.#waiting[i] as Waiting;
      if (!this.#isKnown(one)) continue;
      news = followed(this.#own, one.hash) || news;
      this.#waiting.splice(i, 1);
    }
    return news;
  }

  /** There are many, and they are asked often: so most are asked of one signal alone. */
  #isKnown(one: Waiting): boolean {
    const { names, checker } = this.#own;
    const isNamed = names.has(one.key);
    if (one.open !== null && one.isNamed === isNamed && !checker.facts.known.has(one.open)) return false;
    [one.open = null] = checker.facts.unknown(names.inNames(one.hash.out), one.hash.lanes[0] as Sum);
    one.isNamed = isNamed;
    return one.open === null;
  }
}
