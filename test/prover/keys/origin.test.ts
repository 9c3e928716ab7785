/** The origin of a key: a ceremony with a verified transcript, the development seed, or unknown. */
import { describe, expect, test } from "vitest";
import { keyReport } from "../../../prover/keyReport.ts";
import { type KeyOrigin, originOf, originText } from "../../../prover/keys/origin.ts";
import {
  keyFromSolidity,
  solidityPoints,
  verificationKey,
  verificationKeyHash,
} from "../../../prover/keys/verificationKey.ts";
import { DEVELOPMENT_SECRETS, DISGUISES, MADE_BY_SOMEBODY } from "../../lib/disguises.ts";
import { forgedKey, SOME_SECRETS } from "../../lib/forge.ts";

const KEY = forgedKey(SOME_SECRETS);
const UNKNOWN = { kind: "unknown", ceremony: null };
const CEREMONY: KeyOrigin = {
  kind: "ceremony",
  ceremony: { transcript: "ab".repeat(32), contributions: 3, ptau: { power: 16, published: true } },
};
const installed = { ...CEREMONY, vkeyHash: verificationKeyHash(KEY) };

describe("a key's origin", () => {
  test("is a ceremony for the key of a transcript that was verified here, by its points or its hash", async () => {
    expect(await originOf(KEY, installed)).toEqual(CEREMONY);
    expect(await originOf(verificationKeyHash(KEY), installed)).toEqual(CEREMONY);
    expect(await originOf(verificationKeyHash(KEY).toUpperCase().replace("0X", "0x"), installed)).toEqual(CEREMONY);
  });

  test("is unknown for any other key", async () => {
    const nearest = forgedKey({ ...SOME_SECRETS, delta: SOME_SECRETS.delta + 1n });
    expect(await originOf(nearest, installed)).toEqual(UNKNOWN);
    expect(await originOf(verificationKeyHash(nearest), installed)).toEqual(UNKNOWN);
    expect(await originOf(forgedKey(MADE_BY_SOMEBODY), installed)).toEqual(UNKNOWN);
    expect(await originOf(KEY, undefined)).toEqual(UNKNOWN);
    expect(await keyReport(KEY, "batch-7")).toMatchObject({ ...UNKNOWN, profile: "batch-7", hash: installed.vkeyHash });
  });

  test("is development for the development key in any disguise", async () => {
    for (const [name, secrets] of DISGUISES)
      expect((await originOf(forgedKey(secrets), installed)).kind, name).toBe("development");
    const own = { kind: "development", ceremony: null, vkeyHash: verificationKeyHash(forgedKey(DEVELOPMENT_SECRETS)) };
    expect((await originOf(own.vkeyHash, { ...own, kind: "development" })).kind).toBe("development");
  });

  test("has words that claim only what was verified", () => {
    const vouched = { transcript: "cd".repeat(32), contributions: 2, ptau: { power: 18, published: false } };
    expect(originText(CEREMONY)).toBe(
      `of the ceremony with transcript ${"ab".repeat(32)}: 3 contributions, powers of tau 2^16 with a published hash; ` +
        "safe if one who contributed forgot their secret",
    );
    expect(originText({ kind: "ceremony", ceremony: vouched })).toContain("2^18 that the user vouched for");
    expect(originText({ kind: "development", ceremony: null })).toContain("anyone can forge");
    expect(originText({ kind: "unknown", ceremony: null })).toContain("a key cannot show who knows its secret");
    expect(originText({ kind: "ceremony", ceremony: null })).toBe(originText({ kind: "unknown", ceremony: null }));
  });
});

test("a key is read back from the words of a registry", () => {
  const words = solidityPoints(KEY);
  expect(keyFromSolidity(words)).toEqual(KEY);
  const infinite = verificationKey({ alpha1: null, beta2: null, gamma2: null, delta2: null, ic: [null] });
  expect(keyFromSolidity(solidityPoints(infinite))).toEqual(infinite);
  for (const bad of [words.slice(1), [], words.with(3, -1n), words.with(3, 2n ** 254n)])
    expect(() => keyFromSolidity(bad)).toThrow("are not those of a key");
});
