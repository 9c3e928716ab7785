import { beforeAll, describe, expect, test } from "vitest";
import {
  BASE_PRIME,
  FIELD_ORDER,
  G2_GENERATOR,
  type G2Point,
  inverse,
  isInG2,
  multiplyG1,
  multiplyG2,
} from "../../prover/curve/bn254.ts";
import { type Claim, type Groth16Proof, verifyProof } from "../../prover/groth16/groth16.ts";
import { hasGroupOrder, verifyBatch } from "../../prover/groth16/verifyBatch.ts";
import { pairingCurve, putJacobian } from "../../prover/keys/pairing.ts";
import type { VerificationKey } from "../../prover/keys/verificationKey.ts";
import { forgedKey, forgedProof, type KeySecrets, proofOf, SOME_SECRETS } from "../lib/forge.ts";
import { offGroup } from "./keys/points.ts";

const KEY: VerificationKey = forgedKey(SOME_SECRETS);

const made = new Map<string, readonly bigint[]>();

/**
 * A proof for each number, with inputs of its own. It is a new object each time, because verdicts are kept by object.
 */
function claim(index: number, secrets: KeySecrets = SOME_SECRETS): Claim {
  const at = BigInt(index);
  const publicSignals = [FIELD_ORDER - 1n - at, 2n ** 250n + at, at, 7n * at, 5n, 11n * at, 13n];
  const name = [index, ...secrets.ic].join();
  const words = made.get(name) ?? forgedProof(secrets, publicSignals, 1_001n + at, 2_003n + at);
  made.set(name, words);
  return { publicSignals, proof: proofOf(words) };
}

/** Another proof of the same: (ρ·A, ρ⁻¹·B, C). */
function again({ publicSignals, proof }: Claim, rho: bigint): Claim {
  const pi_a = multiplyG1(proof.pi_a, rho) ?? proof.pi_a;
  const pi_b = multiplyG2(proof.pi_b, inverse(rho, FIELD_ORDER)) ?? proof.pi_b;
  return { publicSignals, proof: { ...proof, pi_a, pi_b } };
}

const wrong = (change: Partial<Groth16Proof>) => (good: Claim) => ({ ...good, proof: { ...good.proof, ...change } });
const SPOILED: readonly [string, (good: Claim) => Claim][] = [
  ["another's A", (good) => wrong({ pi_a: claim(50).proof.pi_a })(good)],
  ["another's B", (good) => wrong({ pi_b: claim(50).proof.pi_b })(good)],
  ["another's C", (good) => wrong({ pi_c: claim(50).proof.pi_c })(good)],
  ["A negated", (good) => wrong({ pi_a: [good.proof.pi_a[0], BASE_PRIME - good.proof.pi_a[1]] })(good)],
  ["A off the curve", (good) => wrong({ pi_a: [good.proof.pi_a[0], good.proof.pi_a[1] ^ 1n] })(good)],
  ["a C that is not reduced", (good) => wrong({ pi_c: [good.proof.pi_c[0] + BASE_PRIME, good.proof.pi_c[1]] })(good)],
  ["B outside its group", (good) => wrong({ pi_b: offGroup() })(good)],
  ["another input", (good) => ({ ...good, publicSignals: good.publicSignals.with(2, 999n) })],
  [
    "an input that is not reduced",
    (good) => ({ ...good, publicSignals: good.publicSignals.with(4, 5n + FIELD_ORDER) }),
  ],
  ["an input too few", (good) => ({ ...good, publicSignals: good.publicSignals.slice(1) })],
];

const copy = ({ publicSignals, proof }: Claim): Claim => ({ publicSignals: [...publicSignals], proof: { ...proof } });

/** The verdicts together, which must be those that the proofs get one by one. */
async function confirmed(claims: readonly Claim[], good: readonly boolean[]): Promise<number> {
  const count = await verifyBatch(KEY, claims);
  for (const [index, { publicSignals, proof }] of claims.entries()) {
    expect(await verifyProof(KEY, publicSignals, proof)).toBe(good[index]);
  }
  return count;
}

describe.each([1, 2, 5])("of %i proofs together", (length) => {
  const row = (): Claim[] => Array.from({ length }, (_, index) => claim(index));

  test("all good ones are confirmed", async () => {
    expect(await confirmed(row(), Array(length).fill(true))).toBe(length);
  });

  test.each(SPOILED)("one with %s is refused at every position", async (_, spoil) => {
    for (let bad = 0; bad < length; bad++) {
      const claims = row().with(bad, spoil(claim(bad)));
      const count = await confirmed(claims, Array(length).fill(true).with(bad, false));
      expect(count).toBe(length - 1);
    }
  });

  test("two with errors that cancel, and two with exchanged inputs, are refused", async () => {
    const off = (index: number, by: bigint): Claim =>
      claim(index, { ...SOME_SECRETS, ic: SOME_SECRETS.ic.with(0, (SOME_SECRETS.ic[0] ?? 0n) + by) });
    for (let one = 0; one + 1 < length; one++) {
      const [first, second] = [claim(one), claim(one + 1)];
      const good = Array(length)
        .fill(true)
        .with(one, false)
        .with(one + 1, false);
      const cancelling = row()
        .with(one, off(one, 3n))
        .with(one + 1, off(one + 1, -3n));
      expect(await confirmed(cancelling, good)).toBe(length - 2);
      const exchanged = row()
        .with(one, { ...first, publicSignals: second.publicSignals })
        .with(one + 1, { ...second, publicSignals: first.publicSignals });
      expect(await confirmed(exchanged, good)).toBe(length - 2);
    }
  });
});

test("points of the twist outside the group are recognised, also those of small order", async () => {
  // The twist's order is FIELD_ORDER times this, which 10069 divides.
  const cofactor = 2n * BASE_PRIME - FIELD_ORDER;
  const small = multiplyG2(offGroup(), (FIELD_ORDER * cofactor) / 10_069n) as G2Point;
  expect(multiplyG2(small, 10_069n)).toBeNull();
  const mixed = multiplyG2(offGroup(), cofactor / 10_069n) as G2Point;
  const wasm = await pairingCurve();
  for (const point of [G2_GENERATOR, claim(3).proof.pi_b, offGroup(), small, mixed])
    expect(hasGroupOrder(wasm, putJacobian(wasm, point))).toBe(isInG2(point));
  for (const pi_b of [small, mixed]) {
    const claims = Array.from({ length: 4 }, (_, index) => claim(index)).with(2, wrong({ pi_b })(claim(2)));
    expect(await confirmed(claims, [true, true, false, true])).toBe(3);
  }
});

test("a verdict is remembered for the proof with its statement and key, not for the object", async () => {
  const [one] = [claim(1)];
  expect(await verifyBatch(KEY, [one])).toBe(1);
  expect(await verifyProof(KEY, one.publicSignals.with(0, 1n), one.proof)).toBe(false);
  expect(await verifyProof(forgedKey({ ...SOME_SECRETS, delta: 43n }), one.publicSignals, one.proof)).toBe(false);
});

test("an empty list is accepted, and a bad key is an error", async () => {
  expect(await verifyBatch(KEY, [])).toBe(0);
  await expect(verifyBatch({ ...KEY, vk_gamma_2: KEY.vk_delta_2 }, [claim(1)])).rejects.toMatchObject({
    code: "KEY_GAMMA_IS_DELTA",
  });
});

describe("many", () => {
  let claims: Claim[];
  beforeAll(() => {
    const first = claim(1);
    claims = Array.from({ length: 192 }, (_, index) => again(first, BigInt(index) + 2n ** 100n));
  });

  test("are faster together than one by one", async () => {
    await verifyBatch(KEY, claims.slice(0, 64).map(copy));
    // The best of a few turns, because the machine may be busy in one of them.
    let [together, alone] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let turn = 0; turn < 2; turn++) {
      const some = claims.slice(0, 64).map(copy);
      let start = performance.now();
      expect(await verifyBatch(KEY, some)).toBe(some.length);
      together = Math.min(together, (performance.now() - start) / some.length);
      start = performance.now();
      for (const { publicSignals, proof } of some.slice(0, 8).map(copy)) await verifyProof(KEY, publicSignals, proof);
      alone = Math.min(alone, (performance.now() - start) / 8);
    }
    const [perSecond, onePerSecond] = [1_000 / together, 1_000 / alone];
    console.log(
      `proofs a second, on one thread: ${perSecond.toFixed(0)} together, ${onePerSecond.toFixed(0)} one by one`,
    );
    expect(perSecond).toBeGreaterThan(1.5 * onePerSecond);
  });

  test("with bad ones among them are halved until these are alone, on one thread and on several", async () => {
    const bad = wrong({ pi_c: claim(50).proof.pi_c })(claim(1));
    const fresh = (): Claim[] => claims.map(copy).with(70, bad);
    expect(await verifyBatch(KEY, fresh())).toBe(191);
    const more = [...fresh(), ...fresh()].with(3, wrong({ pi_b: offGroup() })(claim(1)));
    expect(await verifyBatch(KEY, more, 2)).toBe(more.length - 3);
    for (const index of [0, 3, 70, 262, 383]) {
      const { publicSignals, proof } = more[index] as Claim;
      expect(await verifyProof(KEY, publicSignals, proof)).toBe(index === 0 || index === 383);
    }
  });
});
