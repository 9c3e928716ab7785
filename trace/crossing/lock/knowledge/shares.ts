/**
 * Poseidon on a word that is divided among three imagined parties. Each share alone is random. Sums are computed share
 * by share. A product takes the shares of two parties, and noise from the tape of each.
 */
import { FIELD } from "../../../layout.ts";
import { constantsOf } from "../../../poseidon/constants.ts";
import { FULL, PARTIAL } from "../../../poseidon/memory.ts";

/** The constants by the number of inputs: reading them takes longer than a hash. */
const constants = new Map<number, ReturnType<typeof constantsOf>>();

function constantsFor(inputs: number): ReturnType<typeof constantsOf> {
  const known = constants.get(inputs) ?? constantsOf(inputs);
  constants.set(inputs, known);
  return known;
}

/** The shares of one word, one for each party that takes part. */
export type Shares = readonly bigint[];

/** The parties of a computation: all three for who proves, two of them for who verifies. */
export interface Parties {
  /** Which of the shares belongs to party 0, to which constants are added; −1 for none. */
  readonly first: number;
  /** How many take part. */
  readonly size: number;
  /** The product of two words. */
  multiply(x: Shares, y: Shares): Shares;
}

const publicWord = (parties: Parties, word: bigint): bigint[] =>
  Array.from({ length: parties.size }, (_, i) => (i === parties.first ? word : 0n));

function fifthPower(parties: Parties, x: Shares): Shares {
  const square = parties.multiply(x, x);
  return parties.multiply(parties.multiply(square, square), x);
}

/**
 * Lane 0 of Poseidon's permutation.
 * @param capacity the first lane, which everybody knows
 * @param known the next lanes, which everybody knows
 * @param secret the last lane
 */
export function sharedHash(parties: Parties, capacity: bigint, known: readonly bigint[], secret: Shares): Shares {
  const inputs = known.length + 1;
  const t = inputs + 1;
  const { C, M } = constantsFor(inputs);
  const rounds = FULL + (PARTIAL[inputs - 1] as number);
  let state: Shares[] = [...[capacity, ...known].map((word) => publicWord(parties, word)), secret];
  for (let round = 0; round < rounds; round++) {
    const full = round < FULL / 2 || round >= rounds - FULL / 2;
    const powers = state.map((lane, i) => {
      const moved = lane.map((share, party) =>
        party === parties.first ? (share + (C[round * t + i] as bigint)) % FIELD : share,
      );
      return full || i === 0 ? fifthPower(parties, moved) : moved;
    });
    const rows = round === rounds - 1 ? M.slice(0, 1) : M;
    state = rows.map((row) =>
      Array.from({ length: parties.size }, (_, party) => {
        let sum = 0n;
        for (let i = 0; i < t; i++) sum += (row[i] as bigint) * ((powers[i] as Shares)[party] as bigint);
        return sum % FIELD;
      }),
    );
  }
  return state[0] as Shares;
}

/** Products that {@link sharedHash} takes for this number of inputs. */
export function productsOf(inputs: number): number {
  return 3 * (FULL * (inputs + 1) + (PARTIAL[inputs - 1] as number));
}
