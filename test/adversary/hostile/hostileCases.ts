/**
 * Proofs and public inputs of an attacker, who wants a verifier to accept them, or two verifiers to differ.
 */
import {
  BASE_PRIME,
  FIELD_ORDER,
  type G1Point,
  type G2Point,
  inverse,
  multiplyG1,
  multiplyG2,
} from "../../../prover/curve/bn254.ts";
import { solidityG1, solidityG2 } from "../../../prover/keys/verificationKey.ts";
import type { Random } from "../../lib/random.ts";
import { offGroup } from "../../prover/keys/points.ts";

/** Seven public inputs, and eight words of a proof as contracts take it: A, B (the imaginary part first), C. */
export interface Claimed {
  readonly inputs: readonly bigint[];
  readonly proof: readonly bigint[];
}

/** The change of a valid claim, and its result. */
export interface HostileCase extends Claimed {
  readonly kind: string;
}

type Change = (random: Random, claim: Claimed, others: readonly Claimed[]) => Claimed;

const MOST = 2n ** 256n - 1n;
const Y_OF_A = [1];
const Y_OF_B = [4, 5];
const Y_OF_C = [7];

/** Numbers at bounds. Some are equal to `value` in one of the two fields. */
function edges(random: Random, value: bigint): bigint {
  const some = random.bits(250);
  return random.pick([
    ...[0n, 1n, FIELD_ORDER - 1n, FIELD_ORDER, FIELD_ORDER + some, BASE_PRIME - 1n, BASE_PRIME, BASE_PRIME + some],
    ...[MOST, 2n ** 255n, value + FIELD_ORDER, value + BASE_PRIME, MOST - value, some],
    ...[value + FIELD_ORDER * BigInt(1 + random.below(4)), value + BASE_PRIME * BigInt(1 + random.below(4))],
  ]);
}

function word(value: bigint): bigint {
  return value & MOST;
}

function negated(proof: readonly bigint[], places: readonly number[]): bigint[] {
  return proof.map((value, place) => (places.includes(place) ? BASE_PRIME - value : value));
}

function exchanged(proof: readonly bigint[], pairs: readonly (readonly [number, number])[]): bigint[] {
  const words = [...proof];
  for (const [one, other] of pairs) [words[one], words[other]] = [proof[other] ?? 0n, proof[one] ?? 0n];
  return words;
}

function pointA([x = 0n, y = 0n]: readonly bigint[]): G1Point {
  return [x, y];
}

function pointB([, , x1 = 0n, x0 = 0n, y1 = 0n, y0 = 0n]: readonly bigint[]): G2Point {
  return [
    [x0, x1],
    [y0, y1],
  ];
}

/** Changes that are noticed before any pairing is computed. */
const CHEAP: Readonly<Record<string, Change>> = {
  "an input that is not reduced": (random, { inputs, proof }) => {
    const place = random.below(5);
    const value = inputs[place] ?? 0n;
    const other = random.pick([
      ...[FIELD_ORDER, FIELD_ORDER + random.bits(250), BASE_PRIME, MOST],
      value + FIELD_ORDER * BigInt(1 + random.below(4)),
    ]);
    return { inputs: inputs.with(place, other), proof };
  },
  "a coordinate at an edge": (random, { inputs, proof }) => {
    const place = random.below(8);
    return { inputs, proof: proof.with(place, word(edges(random, proof[place] ?? 0n))) };
  },
  "a y of A that a careless subtraction would take for the right one": (_, { inputs, proof }) => ({
    inputs,
    proof: proof.with(1, BASE_PRIME + (((proof[1] ?? 0n) + 2n ** 256n) % BASE_PRIME)),
  }),
  "several coordinates at an edge": (random, { inputs, proof }) => ({
    inputs,
    proof: proof.map((value) => (random.below(2) === 0 ? value : word(edges(random, value)))),
  }),
  "a point at infinity": (random, { inputs, proof }) => {
    const points = random.pick([
      [0, 1],
      [2, 3, 4, 5],
      [6, 7],
      [0, 1, 6, 7],
      [0, 1, 2, 3, 4, 5, 6, 7],
    ]);
    return { inputs, proof: proof.map((value, place) => (points.includes(place) ? 0n : value)) };
  },
  "a coordinate of another point": (random, { inputs, proof }, others) => {
    const place = random.below(8);
    return { inputs, proof: proof.with(place, random.pick(others).proof[place] ?? 0n) };
  },
  "a bit of the proof": (random, { inputs, proof }) => {
    const place = random.below(8);
    return { inputs, proof: proof.with(place, (proof[place] ?? 0n) ^ (1n << BigInt(random.below(256)))) };
  },
  "exchanged coordinates": (random, { inputs, proof }) => ({
    inputs,
    proof: exchanged(
      proof,
      random.pick([
        [[0, 1]],
        [[6, 7]],
        [[2, 3]],
        [[4, 5]],
        [
          [2, 3],
          [4, 5],
        ],
        [
          [2, 4],
          [3, 5],
        ],
      ]),
    ),
  }),
};

/** Changes that only a pairing, or a multiplication in the second group, can find. */
const DEAR: Readonly<Record<string, Change>> = {
  "nothing at all": (_, claim) => claim,
  "an input at an edge": (random, { inputs, proof }) => {
    const place = random.below(5);
    return { inputs: inputs.with(place, word(edges(random, inputs[place] ?? 0n))), proof };
  },
  "a bit of an input": (random, { inputs, proof }) => {
    const place = random.below(5);
    return { inputs: inputs.with(place, (inputs[place] ?? 0n) ^ (1n << BigInt(random.below(256)))), proof };
  },
  "another's statement": (random, { proof }, others) => ({ inputs: random.pick(others).inputs, proof }),
  "another's point": (random, { inputs, proof }, others) => {
    const [from, to] = random.pick([
      [0, 2],
      [2, 6],
      [6, 8],
    ] as const);
    return { inputs, proof: proof.toSpliced(from, to - from, ...random.pick(others).proof.slice(from, to)) };
  },
  "A and C exchanged": (_, { inputs, proof }) => ({
    inputs,
    proof: exchanged(proof, [
      [0, 6],
      [1, 7],
    ]),
  }),
  "negated points": (random, { inputs, proof }) => {
    const places = [Y_OF_A, Y_OF_B, Y_OF_C].filter(() => random.below(3) > 0).flat();
    return { inputs, proof: negated(proof, places) };
  },
  "A and B negated, which is another valid proof": (_, { inputs, proof }) => ({
    inputs,
    proof: negated(proof, [...Y_OF_A, ...Y_OF_B]),
  }),
  "A divided and B multiplied, which is another valid proof": (random, { inputs, proof }) => {
    const by = BigInt(2 + random.below(1_000));
    const a = multiplyG1(pointA(proof), inverse(by, FIELD_ORDER));
    const b = multiplyG2(pointB(proof), by);
    return { inputs, proof: [...solidityG1(a), ...solidityG2(b), ...proof.slice(6)] };
  },
  "A multiplied": (random, { inputs, proof }) => {
    const a = multiplyG1(pointA(proof), BigInt(2 + random.below(1_000)));
    return { inputs, proof: [...solidityG1(a), ...proof.slice(2)] };
  },
  "B outside its group": (random, { inputs, proof }) => {
    // A multiple of a point outside by a small number that does not divide the cofactor stays outside.
    const b = multiplyG2(offGroup(), BigInt(1 + random.below(1_000)));
    return { inputs, proof: [...proof.slice(0, 2), ...solidityG2(b), ...proof.slice(6)] };
  },
};

/** One in so many cases is expensive: a verifier in JavaScript takes tens of milliseconds for it. */
const ONE_DEAR_IN = 12;

/**
 * Endless hostile cases. The same seed gives the same cases.
 * @param valid valid claims to begin with, at least two
 */
export function* hostileCases(random: Random, valid: readonly Claimed[]): Generator<HostileCase, never> {
  const [cheap, dear] = [Object.entries(CHEAP), Object.entries(DEAR)];
  for (let number = 0; ; number++) {
    const [kind, change] = random.pick(number % ONE_DEAR_IN === 0 ? dear : cheap);
    const claim = random.pick(valid);
    const { inputs, proof } = change(random, claim, valid);
    yield { kind, inputs: inputs.map(word), proof: proof.map(word) };
  }
}
