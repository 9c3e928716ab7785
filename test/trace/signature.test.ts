import { buildBabyjub } from "circomlibjs";
import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../trace/errors.ts";
import { FIELD, TAG } from "../../trace/layout.ts";
import { hash } from "../../trace/poseidon/index.ts";
import {
  authorityOf,
  FILLER_SIGNATURE,
  isAuthority,
  type LogSignature,
  type LogStatement,
  newSecret,
  publicKey,
  signLog,
  statementHash,
  verifyLog,
} from "../../trace/signing/signature.ts";

const jub = await buildBabyjub();
const F = jub.F;
const SECRET = new Uint8Array(32).fill(7);
const AUTHORITY = authorityOf(SECRET);
const STATEMENT: LogStatement = { domain: 5n, program: 3, log: 99n, validUntil: 2_000_000_000 };
const SIGNATURE = signLog(SECRET, STATEMENT);
const small = Array.from({ length: 8 }, (_, n) =>
  jub.mulPointEscalar(jub.mulPointEscalar(jub.Generator, jub.subOrder), BigInt(n)).map((c) => F.toObject(c)),
) as [bigint, bigint][];

test("a statement is one word, with every field in its place", () => {
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
  test("is accepted for its own statement and key", () => {
    for (let i = 0; i < 3; i++) {
      const secret = newSecret();
      const signature = signLog(secret, STATEMENT);
      expect(signature.key).toEqual(publicKey(secret));
      expect(verifyLog(authorityOf(secret), STATEMENT, signature)).toBe(true);
      expect(verifyLog(AUTHORITY, STATEMENT, signature)).toBe(false);
    }
    expect(signLog(SECRET, STATEMENT)).toEqual(SIGNATURE);
  });

  test("is refused for another statement", () => {
    for (const other of [{ domain: 6n }, { program: 4 }, { log: 98n }, { validUntil: 2_000_000_001 }]) {
      expect(verifyLog(AUTHORITY, { ...STATEMENT, ...other }, SIGNATURE)).toBe(false);
    }
  });

  test("is refused with another key, R or S", () => {
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

  test("in a malformed form is refused without an exception", () => {
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

describe("an authority", () => {
  test("is the y of a point that can sign", () => {
    expect(isAuthority(AUTHORITY)).toBe(true);
    expect(isAuthority(FILLER_SIGNATURE.key[1])).toBe(true);
    for (const [, y] of small) expect(isAuthority(y)).toBe(false);
    for (const word of [0n, 1n, FIELD - 1n, FIELD, AUTHORITY + FIELD, -AUTHORITY])
      expect(isAuthority(word)).toBe(false);
    // About half of all words are y of no point.
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
