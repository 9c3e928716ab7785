/** The proof of knowledge behind a lock's seal: what it takes to be believed, and what it tells besides. */
import { beforeAll, describe, expect, test, vi } from "vitest";
import { type HashClaim, proveKnowledge, verifyKnowledge } from "../../../trace/crossing/lock/knowledge/proof.ts";
import { productsOf } from "../../../trace/crossing/lock/knowledge/shares.ts";
import { bytesOf, challengesOf, SEED, tapeOf, WORD } from "../../../trace/crossing/lock/knowledge/tape.ts";
import { FIELD } from "../../../trace/layout.ts";
import { hash } from "../../../trace/poseidon/index.ts";
import { cheatingProof } from "../../lib/cheatingProver.ts";

/** What the random source gives instead of random bytes, if anything. */
const source = vi.hoisted(() => ({ gives: undefined as Buffer | undefined }));
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof import("node:crypto")>();
  return { ...crypto, randomBytes: (size: number) => source.gives?.subarray(0, size) ?? crypto.randomBytes(size) };
});

const SECRET = 5n;
const REPETITIONS = 219;
const claimOf = (capacity: bigint, known: readonly bigint[], secret = SECRET): HashClaim => ({
  ...{ capacity, known, digest: hash(capacity, [...known, secret]) },
});
const CLAIMS = [claimOf(12n, []), claimOf(99n, [0n, 7n])];

/** Bytes of a repetition: the challenge, two seeds, the share of party 2, the hidden commitment, one view. */
const sizeOf = (claims: readonly HashClaim[]): number =>
  1 + 3 * SEED + WORD + WORD * claims.reduce((sum, { known }) => sum + productsOf(known.length + 1), 0);
const changed = (proof: Uint8Array, at: number, ...bytes: number[]): Uint8Array => {
  const copy = Uint8Array.from(proof);
  copy.set(bytes, at);
  return copy;
};

describe("a proof with few repetitions", () => {
  /** A wrong proof with so many still fits by chance once in forty million. */
  const FEW = 16;
  const size = sizeOf(CLAIMS);
  let proof: Uint8Array;
  /** The first repetition with each challenge. */
  let first: number[];
  beforeAll(() => {
    do {
      proof = proveKnowledge(CLAIMS, SECRET, FEW);
      first = [0, 1, 2].map((e) => Array.from({ length: FEW }, (_, r) => proof[r * size]).indexOf(e));
    } while (first.includes(-1));
  });

  test("is accepted as it is, and with nothing in front of it, behind it, or out of its order", () => {
    expect(verifyKnowledge(CLAIMS, proof, FEW)).toBe(true);
    expect(verifyKnowledge(CLAIMS, Uint8Array.from([...proof, 0]), FEW)).toBe(false);
    expect(verifyKnowledge(CLAIMS, Uint8Array.from([0, ...proof]), FEW)).toBe(false);
    expect(verifyKnowledge(CLAIMS, proof.subarray(1), FEW)).toBe(false);
    expect(verifyKnowledge(CLAIMS, proof.subarray(0, -1), FEW)).toBe(false);
    expect(verifyKnowledge(CLAIMS, new Uint8Array(), FEW)).toBe(false);
    const turned = Uint8Array.from([...proof.subarray(size), ...proof.subarray(0, size)]);
    expect(verifyKnowledge(CLAIMS, turned, FEW)).toBe(false);
  });

  test("is a proof with that many repetitions, and with no other number of them", () => {
    for (const count of [1, FEW - 1, FEW + 1, REPETITIONS]) expect(verifyKnowledge(CLAIMS, proof, count)).toBe(false);
    expect(verifyKnowledge(CLAIMS, proof.subarray(0, -size), FEW - 1)).toBe(false);
  });

  const fields: Record<string, [at: number, bytes: number]> = {
    challenge: [0, 1],
    "seed of the first party": [1, SEED],
    "seed of the next party": [1 + SEED, SEED],
    "share of party 2": [1 + 2 * SEED, WORD],
    "commitment of the hidden party": [1 + 2 * SEED + WORD, SEED],
    "first product of the view": [1 + 3 * SEED + WORD, WORD],
    "last product of the view": [size - WORD, WORD],
  };
  test.each(Object.entries(fields))("is refused with another bit anywhere in: %s", (_, [at, bytes]) => {
    for (const r of first)
      for (const byte of new Set([at, at + bytes - 1])) {
        const place = r * size + byte;
        const bit = byte === at ? 1 : 128;
        expect(verifyKnowledge(CLAIMS, changed(proof, place, (proof[place] as number) ^ bit), FEW)).toBe(false);
      }
  });

  test("has one form: a word of it that is written as another number of the same remainder is refused", () => {
    for (const r of first)
      for (const [at] of [fields["share of party 2"], fields["first product of the view"]] as [number, number][]) {
        const place = r * size + at;
        const word = BigInt(`0x${Buffer.from(proof.subarray(place, place + WORD)).toString("hex")}`);
        expect(verifyKnowledge(CLAIMS, changed(proof, place, ...bytesOf(word)), FEW)).toBe(true);
        expect(verifyKnowledge(CLAIMS, changed(proof, place, ...bytesOf(word + FIELD)), FEW)).toBe(false);
      }
  });

  test("is for these claims alone", () => {
    const [one, two] = CLAIMS as [HashClaim, HashClaim];
    const others: HashClaim[][] = [
      [],
      [one],
      [two],
      [two, one],
      [one, two, one],
      [one, { ...two, digest: two.digest + 1n }],
      [one, { ...two, capacity: 98n }],
      [one, { ...two, known: [7n, 0n] }],
      [{ ...one, digest: hash(12n, [SECRET + 1n]) }, two],
    ];
    for (const claims of others) {
      expect(verifyKnowledge(claims, proof, FEW)).toBe(false);
      // Of the right length, too.
      expect(verifyKnowledge(claims, proof.subarray(0, FEW * sizeOf(claims)), FEW)).toBe(false);
    }
  });

  test("of claims that are written otherwise is none, even from a prover who means them so", () => {
    const [one, two] = CLAIMS as [HashClaim, HashClaim];
    for (const claims of [
      [{ ...one, digest: one.digest + FIELD }, two],
      [{ ...one, digest: one.digest - FIELD }, two],
      [one, { ...two, capacity: 99n + FIELD }],
      [one, { ...two, known: [FIELD, 7n] }],
    ]) {
      expect(verifyKnowledge(claims, proveKnowledge(claims, SECRET, FEW), FEW)).toBe(false);
    }
    expect(verifyKnowledge([], proveKnowledge([], SECRET, FEW), FEW)).toBe(false);
  });
});

describe("who claims what is false", () => {
  const truth = claimOf(12n, []);
  const lie = { ...truth, digest: truth.digest + 1n };
  const any = (count: number): number[] => Array.from({ length: count }, (_, i) => i % 3);

  test("is believed if nothing is false about it: the other prover makes valid proofs", () => {
    expect(verifyKnowledge([truth], cheatingProof(truth, SECRET, any(5)), 5)).toBe(true);
  });

  test("passes k repetitions with a chance of (2/3)^k", () => {
    const tries = 100;
    for (const k of [1, 3]) {
      let passed = 0;
      for (let i = 0; i < tries; i++) {
        const parties = Array.from({ length: k }, (_, r) => (i + r) % 3);
        if (verifyKnowledge([lie], cheatingProof(lie, SECRET, parties), k)) passed++;
      }
      const chance = (2 / 3) ** k;
      // Six deviations: a sound verifier fails this test once in five hundred million runs.
      expect(Math.abs(passed - tries * chance)).toBeLessThan(6 * Math.sqrt(tries * chance * (1 - chance)));
    }
  });

  test("passes the repetitions of a proof with a chance below 2^-128, and does not pass", () => {
    expect(REPETITIONS * Math.log2(1.5)).toBeGreaterThan(128);
    expect((REPETITIONS - 1) * Math.log2(1.5)).toBeLessThan(128);
    expect(verifyKnowledge([lie], cheatingProof(lie, SECRET, any(REPETITIONS)))).toBe(false);
    expect(verifyKnowledge([truth], cheatingProof(truth, SECRET, any(REPETITIONS)))).toBe(true);
  });

  test("cannot tell the challenges before: they are even, and follow from every byte", () => {
    const counts = [0, 0, 0];
    for (let i = 0; i < 200; i++)
      for (const trit of challengesOf([bytesOf(BigInt(i))], REPETITIONS)) counts[trit] = (counts[trit] ?? 0) + 1;
    const each = (200 * REPETITIONS) / 3;
    for (const count of counts) expect(Math.abs(count - each)).toBeLessThan(6 * Math.sqrt((each * 2) / 3));
    expect(challengesOf([bytesOf(1n)], REPETITIONS)).toHaveLength(REPETITIONS);
    expect(challengesOf([bytesOf(1n)], 40)).not.toEqual(challengesOf([bytesOf(1n << 255n)], 40));
  });
});

describe("the secret stays one", () => {
  const claim = claimOf(12n, []);
  const size = sizeOf([claim]);
  /** The seeds that a proof shows. */
  const seedsIn = (proof: Uint8Array): string[] =>
    Array.from({ length: proof.length / size }, (_, r) =>
      proof.subarray(r * size + 1, r * size + 1 + 2 * SEED),
    ).flatMap((both) => [both.subarray(0, SEED), both.subarray(SEED)].map((seed) => Buffer.from(seed).toString("hex")));

  test("no seed serves twice, in one proof or in two of the same claim", () => {
    const seeds = [1, 2].flatMap(() => seedsIn(proveKnowledge([claim], SECRET, 40)));
    expect(new Set(seeds).size).toBe(2 * 2 * 40);
  });

  test("nor if the random source repeats itself: another claim, secret or number of repetitions has other seeds", () => {
    source.gives = Buffer.alloc(SEED, 7);
    try {
      const proof = proveKnowledge([claim], SECRET, 9);
      // The same proof again tells no more than once.
      expect(proveKnowledge([claim], SECRET, 9)).toEqual(proof);
      const others = [
        proveKnowledge([claimOf(13n, [])], SECRET, 9),
        proveKnowledge([claimOf(12n, [], 6n)], 6n, 9),
        proveKnowledge([claim], SECRET, 8),
      ];
      const shown = [proof, ...others].flatMap(seedsIn);
      expect(new Set(shown).size).toBe(shown.length);
    } finally {
      source.gives = undefined;
    }
  });

  test("two parties' shares of it are random words: of the same secret, never the same", () => {
    const proof = proveKnowledge([claim], SECRET, 40);
    const sums = Array.from({ length: 40 }, (_, r) => {
      const part = proof.subarray(r * size, (r + 1) * size);
      const share = (seed: number): bigint => tapeOf(part.subarray(1 + seed * SEED, 1 + (seed + 1) * SEED), 1)[0] ?? 0n;
      const last = BigInt(`0x${Buffer.from(part.subarray(1 + 2 * SEED, 1 + 2 * SEED + WORD)).toString("hex")}`);
      return ([share(0) + share(1), share(0) + last, last + share(1)][part[0] as number] as bigint) % FIELD;
    });
    expect(new Set(sums).size).toBe(40);
    expect(sums).not.toContain(SECRET);
  });
});
