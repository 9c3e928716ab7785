/**
 * Proofs that somebody knows a secret behind several hashes (ZKBoo: Giacomelli, Madsen, Orlandi, 2016). They need no
 * setup and no key, only hash functions. The prover computes the hashes as three imagined parties would who each have
 * a share of the secret, commits to what each of them sees, and shows two of the three. Two views say nothing about the
 * secret. A false claim passes one repetition with a chance of 2/3, and all of them with a chance below 2^−128.
 */
import { FIELD } from "../../../layout.ts";
import { isWord } from "../terms.ts";
import { type Parties, productsOf, type Shares, sharedHash } from "./shares.ts";
import { bytesOf, challengesOf, commitmentOf, SEED, seedsFor, tapeOf, WORD, wordIn } from "./tape.ts";

/** What is claimed of the secret: `digest` = Poseidon(capacity; known, secret). */
export interface HashClaim {
  readonly capacity: bigint;
  readonly known: readonly bigint[];
  readonly digest: bigint;
}

/** Repetitions: (2/3)^219 is below 2^−128. */
const REPETITIONS = 219;

/** The bytes of the claims, as they enter the challenge. No other claims and repetitions begin with the same bytes. */
export function statementOf(claims: readonly HashClaim[], repetitions: number): Uint8Array {
  const words = claims.flatMap(({ capacity, known, digest }) => [BigInt(known.length), capacity, ...known, digest]);
  return Buffer.concat([BigInt(repetitions), BigInt(claims.length), ...words].map(bytesOf));
}

const productsIn = (claims: readonly HashClaim[]): number =>
  claims.reduce((sum, { known }) => sum + productsOf(known.length + 1), 0);

const hashesOf = (parties: Parties, claims: readonly HashClaim[], secret: Shares): Shares[] =>
  claims.map(({ capacity, known }) => sharedHash(parties, capacity, known, secret));

/** Share i of a product: it takes the shares of party i and of the next one. */
function productShare(x: Shares, y: Shares, i: number, j: number, own: bigint, next: bigint): bigint {
  const [xi, xj, yi, yj] = [x[i], x[j], y[i], y[j]] as [bigint, bigint, bigint, bigint];
  return (xi * (yi + yj) + xj * yi + own + FIELD - next) % FIELD;
}

/** One repetition: three parties with their tapes, and what each has seen. */
interface Repetition {
  readonly seeds: readonly Uint8Array[];
  readonly last: bigint;
  readonly views: readonly bigint[][];
  readonly announced: Uint8Array;
}

function repeat(claims: readonly HashClaim[], secret: bigint, seeds: readonly Uint8Array[]): Repetition {
  const products = productsIn(claims);
  const tapes = seeds.map((seed) => tapeOf(seed, products + 1));
  const [a, b] = [tapes[0]?.[0] ?? 0n, tapes[1]?.[0] ?? 0n];
  const last = (secret + 2n * FIELD - a - b) % FIELD;
  const views: bigint[][] = [[], [], []];
  let next = 1;
  const multiply = (x: Shares, y: Shares): Shares => {
    const at = next++;
    return views.map((view, i) => {
      const j = (i + 1) % 3;
      const share = productShare(x, y, i, j, tapes[i]?.[at] ?? 0n, tapes[j]?.[at] ?? 0n);
      view.push(share);
      return share;
    });
  };
  const outputs = hashesOf({ first: 0, size: 3, multiply }, claims, [a, b, last]);
  const announced = announcement(
    outputs,
    views.map((view, i) => commitmentOf(seeds[i] as Uint8Array, i === 2 ? last : undefined, view)),
  );
  return { seeds, last, views, announced };
}

/** What the challenge depends on: every party's shares of the hashes, and its commitment. */
export function announcement(outputs: readonly Shares[], commitments: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([...outputs.flat().map(bytesOf), ...commitments]);
}

/**
 * Proves that the same secret is behind all of these hashes, without telling it. The proof is a few megabytes.
 * @param count repetitions; fewer than by default convince nobody, and are for measuring
 * @throws nothing; a proof of a false claim does not verify
 */
export function proveKnowledge(claims: readonly HashClaim[], secret: bigint, count = REPETITIONS): Uint8Array {
  const statement = statementOf(claims, count);
  const seeds = seedsFor([bytesOf(secret), statement], 3 * count);
  const repetitions = Array.from({ length: count }, (_, r) => repeat(claims, secret, seeds.slice(3 * r, 3 * r + 3)));
  const challenges = challengesOf([statement, ...repetitions.map(({ announced }) => announced)], count);
  const parts = repetitions.flatMap(({ seeds, last, views }, r) => {
    const e = challenges[r] as number;
    const [next, other] = [(e + 1) % 3, (e + 2) % 3];
    const hidden = commitmentOf(seeds[other] as Uint8Array, other === 2 ? last : undefined, views[other] ?? []);
    return [
      Uint8Array.of(e),
      seeds[e] as Uint8Array,
      seeds[next] as Uint8Array,
      bytesOf(other === 2 ? 0n : last),
      hidden,
      ...(views[next] ?? []).map(bytesOf),
    ];
  });
  return Buffer.concat(parts);
}

/**
 * Whether the proof shows that one secret is behind all of these hashes, and that its maker knows it. No claims, and
 * claims that are not of words, are shown by no proof: two numbers that hash alike would be two claims with one proof.
 * @param count repetitions: the verifier's, never the prover's choice
 */
export function verifyKnowledge(claims: readonly HashClaim[], proof: Uint8Array, count = REPETITIONS): boolean {
  const words = claims.flatMap(({ capacity, known, digest }) => [capacity, ...known, digest]);
  if (words.length === 0 || !words.every(isWord)) return false;
  const products = productsIn(claims);
  const size = 1 + 2 * SEED + WORD + SEED + products * WORD;
  if (proof.length !== count * size) return false;
  const announced: Uint8Array[] = [];
  const said: number[] = [];
  for (let r = 0; r < count; r++) {
    const part = proof.subarray(r * size, (r + 1) * size);
    const again = replayed(claims, part, products);
    if (again === undefined) return false;
    announced.push(again);
    said.push(part[0] as number);
  }
  const challenges = challengesOf([statementOf(claims, count), ...announced], count);
  return challenges.length === count && challenges.every((challenge, r) => challenge === said[r]);
}

/** What the prover must have announced for two parties to see this; undefined if they cannot have. */
function replayed(claims: readonly HashClaim[], part: Uint8Array, products: number): Uint8Array | undefined {
  const e = part[0] as number;
  if (e > 2) return undefined;
  const j = (e + 1) % 3;
  const at = (from: number, bytes: number): Uint8Array => part.subarray(from, from + bytes);
  const seeds = [at(1, SEED), at(1 + SEED, SEED)] as const;
  const last = wordIn(at(1 + 2 * SEED, WORD));
  const hidden = at(1 + 2 * SEED + WORD, SEED);
  const base = 1 + 3 * SEED + WORD;
  const given = Array.from({ length: products }, (_, i) => wordIn(at(base + i * WORD, WORD)));
  // Without party 2, the place of its share is empty: every proof has one form.
  if ((e === 0 && last !== 0n) || !isWord(last) || !given.every(isWord)) return undefined;
  const [own, next] = seeds.map((seed) => tapeOf(seed, products + 1)) as [bigint[], bigint[]];
  const view: bigint[] = [];
  const multiply = (x: Shares, y: Shares): Shares => {
    const k = view.length;
    const share = productShare(x, y, 0, 1, own[k + 1] ?? 0n, next[k + 1] ?? 0n);
    view.push(share);
    return [share, given[k] ?? 0n];
  };
  const shareOf = (party: number, tape: readonly bigint[]): bigint => (party === 2 ? last : (tape[0] ?? 0n));
  const first = e === 0 ? 0 : j === 0 ? 1 : -1;
  const outputs = hashesOf({ first, size: 2, multiply }, claims, [shareOf(e, own), shareOf(j, next)]);
  const all = outputs.map(([a = 0n, b = 0n], i) => {
    const third = ((claims[i]?.digest ?? 0n) + 2n * FIELD - a - b) % FIELD;
    const shares: bigint[] = [];
    [shares[e], shares[j], shares[(e + 2) % 3]] = [a, b, third];
    return shares;
  });
  const commitments: Uint8Array[] = [];
  commitments[e] = commitmentOf(seeds[0], e === 2 ? last : undefined, view);
  commitments[j] = commitmentOf(seeds[1], j === 2 ? last : undefined, given);
  commitments[(e + 2) % 3] = hidden;
  return announcement(all, commitments);
}
