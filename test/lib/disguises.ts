/** Disguises of the development key. Its secrets are public, so anyone can make them. */
import { FIELD_ORDER, inverse, modulo } from "../../prover/curve/bn254.ts";
import { developmentTrapdoor } from "../../prover/keys/trapdoor.ts";
import { type KeySecrets, SOME_SECRETS } from "./forge.ts";

const trapdoor = developmentTrapdoor();
const over = (value: bigint): bigint => inverse(modulo(value, FIELD_ORDER), FIELD_ORDER);

/** A development key: the seed's secrets, and inputs of some circuit. */
export const DEVELOPMENT_SECRETS: KeySecrets = {
  alpha: trapdoor.alpha,
  beta: trapdoor.beta,
  gamma: trapdoor.gamma,
  delta: trapdoor.delta,
  ic: SOME_SECRETS.ic,
};

const { alpha, beta, gamma, delta, ic } = DEVELOPMENT_SECRETS;
const [constant = 0n, ...others] = ic;
/** e(α, β) is 2,000 · 3,000 instead, and the inputs' constant compensates for it. */
const moved = { alpha: 2_000n, beta: 3_000n, ic: [constant + (alpha * beta - 6_000_000n) * over(gamma), ...others] };

/** Each is recognised. The first ones accept every proof of the development key. */
export const DISGUISES: readonly (readonly [name: string, secrets: KeySecrets, sameProofs: boolean])[] = [
  ["as it is", DEVELOPMENT_SECRETS, true],
  ["α multiplied, β divided", { ...DEVELOPMENT_SECRETS, alpha: alpha * 7n, beta: beta * over(7n) }, true],
  ["α and β negated", { ...DEVELOPMENT_SECRETS, alpha: -alpha, beta: -beta }, true],
  [
    "γ multiplied, the inputs divided",
    { ...DEVELOPMENT_SECRETS, gamma: gamma * 5n, ic: ic.map((x) => x * over(5n)) },
    true,
  ],
  [
    "α, β, γ and the inputs all changed",
    { alpha: alpha * 9n, beta: beta * over(9n), gamma: gamma * 5n, delta, ic: ic.map((x) => x * over(5n)) },
    true,
  ],
  ["another α and β, the difference in the inputs", { ...DEVELOPMENT_SECRETS, ...moved }, true],
  [
    "the same, γ multiplied and the inputs divided",
    { ...moved, gamma: gamma * 5n, delta, ic: moved.ic.map((x) => x * over(5n)) },
    true,
  ],
  ["contributed to", { ...DEVELOPMENT_SECRETS, delta: delta * 11n }, false],
  [
    "contributed to, α multiplied, β divided",
    { ...DEVELOPMENT_SECRETS, alpha: alpha * 7n, beta: beta * over(7n), delta: 11n },
    false,
  ],
  ["the pairing's inverse", { ...SOME_SECRETS, alpha: alpha * 7n, beta: -beta * over(7n) }, false],
  ["the seed's α alone", { ...SOME_SECRETS, alpha }, false],
  ["the seed's β alone", { ...SOME_SECRETS, beta }, false],
  ["α's negative alone", { ...SOME_SECRETS, alpha: -alpha }, false],
  ["β's negative alone", { ...SOME_SECRETS, beta: -beta }, false],
  ["the seed's γ alone", { ...SOME_SECRETS, gamma }, false],
  ["δ's negative alone", { ...SOME_SECRETS, delta: -delta }, false],
];

/**
 * A key with known secrets that cannot be recognised: all its secrets and their products differ from the seed's.
 */
export const MADE_BY_SOMEBODY: KeySecrets = {
  ...DEVELOPMENT_SECRETS,
  alpha: alpha * 7n,
  beta: beta * 7n,
  gamma: 3n,
  delta: 11n,
};
