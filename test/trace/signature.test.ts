import { blake512 } from "@noble/hashes/blake1";
import { buildEddsa, type JubPoint } from "circomlibjs";
import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../trace/errors.ts";
import { FIELD, TAG } from "../../trace/layout.ts";
import { hash } from "../../trace/poseidon/index.ts";
import {
  authorityOf,
  FILLER_SIGNATURE,
  type LogSignature,
  type LogStatement,
  newSecret,
  publicKey,
  signLog,
  statementHash,
  verifyLog,
} from "../../trace/signing/signature.ts";
import { isAuthority } from "../../trace/state/authority.ts";

const eddsa = await buildEddsa();
const jub = eddsa.babyJub;
const F = jub.F;
const SECRET = new Uint8Array(32).fill(7);
const AUTHORITY = authorityOf(SECRET);
const STATEMENT: LogStatement = { domain: 5n, program: 3, log: 99n, validUntil: 2_000_000_000 };
const SIGNATURE = signLog(SECRET, STATEMENT);
/** The pruned number that the secret stands for, as circomlibjs makes it. */
const eightfoldKey = ((): bigint => {
  const pruned = blake512(SECRET).subarray(0, 32);
  pruned[0] = (pruned[0] as number) & 0xf8;
  pruned[31] = ((pruned[31] as number) & 0x7f) | 0x40;
  return BigInt(`0x${Buffer.from(pruned.reverse()).toString("hex")}`);
})();
const small = Array.from({ length: 8 }, (_, n) =>
  jub.mulPointEscalar(jub.mulPointEscalar(jub.Generator, jub.subOrder), BigInt(n)).map((c) => F.toObject(c)),
) as [bigint, bigint][];

test("a statement is one word, every field in its place", () => {
  expect(statementHash(STATEMENT)).toBe(hash(TAG.signature, [5n, 99n, 3n + (2_000_000_000n << 24n)]));
  const wrong: [keyof LogStatement, unknown][] = [
    ["domain", -1n],
    ["domain", FIELD],
    ["log", FIELD],
    ["program", 2 ** 24],
    ["program", -1],
    ["program", 1.5],
    ["validUntil", 2 ** 40],
    ["validUntil", Number.NaN],
  ];
  for (const [field, value] of wrong) {
    const statement = { ...STATEMENT, [field]: value } as LogStatement;
    for (const use of [
      () => statementHash(statement),
      () => signLog(SECRET, statement),
      () => verifyLog(AUTHORITY, statement, SIGNATURE),
    ]) {
      expect(use).toThrow(InvalidInputError);
      expect(use).toThrow(field);
    }
  }
});

describe("a signature", () => {
  test("is accepted for what was signed, by whoever signed", () => {
    for (let i = 0; i < 3; i++) {
      const secret = newSecret();
      const signature = signLog(secret, STATEMENT);
      expect(signature.key).toEqual(publicKey(secret));
      expect(verifyLog(authorityOf(secret), STATEMENT, signature)).toBe(true);
      expect(verifyLog(AUTHORITY, STATEMENT, signature)).toBe(false);
    }
    expect(signLog(SECRET, STATEMENT)).toEqual(SIGNATURE);
  });

  test("is of one statement", () => {
    for (const other of [{ domain: 6n }, { program: 4 }, { log: 98n }, { validUntil: 2_000_000_001 }]) {
      expect(verifyLog(AUTHORITY, { ...STATEMENT, ...other }, SIGNATURE)).toBe(false);
    }
  });

  test("is of one key, R and S", () => {
    const { key, r, s } = SIGNATURE;
    const other = signLog(newSecret(), STATEMENT);
    const forged: Partial<LogSignature>[] = [
      { key: other.key },
      { key: [other.key[0], key[1]] },
      { key: [FIELD - key[0], key[1]] },
      { r: other.r },
      { r: [FIELD - r[0], r[1]] },
      { s: other.s },
      { s: s + 1n },
      { s: s + jub.subOrder },
    ];
    for (const change of forged) expect(verifyLog(AUTHORITY, STATEMENT, { ...SIGNATURE, ...change })).toBe(false);
    expect(verifyLog(key[1] + 1n, STATEMENT, { ...SIGNATURE, key: [key[0], key[1] + 1n] })).toBe(false);
  });

  test("that is malformed is refused, and does not throw", () => {
    const { key, r } = SIGNATURE;
    const malformed: unknown[] = [
      { s: -1n },
      { s: FIELD },
      { s: 1 },
      { s: undefined },
      { key: [key[0] + FIELD, key[1]] },
      { key: [key[0]] },
      { key: ["1", key[1]] },
      { key: undefined },
      { r: [-1n, r[1]] },
      { r: [...r, 1n] },
      { r: null },
    ];
    for (const change of malformed) {
      expect(verifyLog(AUTHORITY, STATEMENT, { ...SIGNATURE, ...(change as object) })).toBe(false);
    }
  });

  test("of a key of small order is refused", () => {
    const base = jub.Base8.map((c) => F.toObject(c)) as [bigint, bigint];
    for (const key of small) expect(verifyLog(key[1], STATEMENT, { key, r: base, s: 1n })).toBe(false);
    expect(verifyLog(FILLER_SIGNATURE.key[1], STATEMENT, FILLER_SIGNATURE)).toBe(false);
  });
});

describe("circomlibjs", () => {
  test("signs the same by the same secret", () => {
    for (const secret of [SECRET, newSecret()]) {
      const { R8, S } = eddsa.signPoseidon(secret, F.e(statementHash(STATEMENT)));
      const [r, key] = [R8, eddsa.prv2pub(secret)].map((point) => point.map((c) => F.toObject(c)));
      expect(signLog(secret, STATEMENT)).toEqual({ key, r, s: S });
    }
  });

  test("accepts what is accepted of keys and points that have a part of small order", () => {
    const message = F.e(statementHash(STATEMENT));
    const numbers = (point: JubPoint): [bigint, bigint] => [F.toObject(point[0]), F.toObject(point[1])];
    const point = ([x, y]: readonly [bigint, bigint]): JubPoint => [F.e(x), F.e(y)];
    const accepted: boolean[] = [];
    for (const [i, part] of small.entries()) {
      const key = numbers(jub.addPoint(point(SIGNATURE.key), point(part)));
      const r = numbers(jub.addPoint(point(SIGNATURE.r), point(i % 2 === 0 ? (small[0] ?? part) : part)));
      // The secret's own signature of that key: S as it would have to be.
      const hm = hash(0n, [...r, ...key, statementHash(STATEMENT)]);
      const old = hash(0n, [...SIGNATURE.r, ...SIGNATURE.key, statementHash(STATEMENT)]);
      const s = (((SIGNATURE.s + (hm - old) * eightfoldKey) % jub.subOrder) + jub.subOrder) % jub.subOrder;
      const own = verifyLog(key[1], STATEMENT, { key, r, s });
      expect(own).toBe(eddsa.verifyPoseidon(message, { R8: point(r), S: s }, point(key)));
      accepted.push(own);
    }
    expect(new Set(accepted)).toEqual(new Set([true, false]));
  });
});

describe("an authority", () => {
  test("is the y of a point that can sign", () => {
    expect(isAuthority(AUTHORITY)).toBe(true);
    expect(isAuthority(FILLER_SIGNATURE.key[1])).toBe(true);
    for (const [, y] of small) expect(isAuthority(y)).toBe(false);
    for (const word of [0n, 1n, FIELD - 1n, FIELD, AUTHORITY + FIELD, -AUTHORITY])
      expect(isAuthority(word)).toBe(false);
    // About half of all words are no y of any point.
    const many = Array.from({ length: 64 }, (_, n) => isAuthority(hash(0n, [BigInt(n)])));
    expect(many.filter((is) => is).length).toBeGreaterThan(16);
    expect(many.filter((is) => !is).length).toBeGreaterThan(16);
  });

  test("has a secret of 32 bytes", () => {
    expect(newSecret()).toHaveLength(32);
    expect(newSecret()).not.toEqual(newSecret());
    for (const use of [publicKey, authorityOf, (secret: Uint8Array) => signLog(secret, STATEMENT)]) {
      expect(() => use(new Uint8Array(31))).toThrow(InvalidInputError);
    }
  });
});
