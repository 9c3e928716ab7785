/** Only published keys of the present circuits are used to verify, without compiling anything. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { artifactsOf } from "../../../prover/artifacts.ts";
import { circuitKey } from "../../../prover/circuit/build.ts";
import { readVerificationKey } from "../../../prover/keys/keyFile.ts";
import { parsePublished, publishedKey, publishedPath, publishedText } from "../../../prover/keys/published.ts";
import { verificationKeyHash } from "../../../prover/keys/verificationKey.ts";
import { mainSource, NAMED_CIRCUITS } from "../../../prover/profiles.ts";
import { verifyingArtifacts, verifyingArtifactsHere } from "../../../prover/verifyingArtifacts.ts";
import { DEVELOPMENT_SECRETS } from "../../lib/disguises.ts";
import { forgedKey, SOME_SECRETS } from "../../lib/forge.ts";
import { PROFILE } from "../../lib/profile.ts";
import { temporaryFolder } from "../../lib/provenRun.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const textOf = (name: string) => readFile(publishedPath({ name }), "utf8");

test.each(NAMED_CIRCUITS)(
  "$name has a published key of its present circuit; if not, run npm run build:keys",
  async (profile) => {
    const published = await publishedKey(profile, await circuitKey(mainSource(profile)));
    expect(published).not.toBeNull();
    if (published !== null) expect(publishedText(published)).toBe(await textOf(profile.name));
  },
);

test("it is the key that this machine makes, found without a cache", async () => {
  const { circuit, key } = await artifactsOf(PROFILE);
  vi.stubEnv("TIMEBANDITS_CACHE", "/nowhere/at/all");
  const found = await verifyingArtifactsHere(PROFILE);
  expect(found).toMatchObject({
    circuit: { hash: circuit.hash },
    key: { vkeyHash: key.vkeyHash, kind: "development" },
  });
  expect(found?.key.verificationKey).toEqual(key.verificationKey);
});

test("it is found where a cache cannot be written", async () => {
  for (const name of ["TIMEBANDITS_CACHE", "XDG_CACHE_HOME", "HOME"]) vi.stubEnv(name, "");
  expect((await verifyingArtifactsHere(PROFILE))?.key.kind).toBe("development");
});

describe("a published key counts for one circuit alone", () => {
  test("it is not used for another source, compiler or profile", async () => {
    const hash = await circuitKey(mainSource(PROFILE));
    expect(await publishedKey(PROFILE, hash)).not.toBeNull();
    expect(await publishedKey(PROFILE, `${hash.slice(0, -1)}${hash.endsWith("0") ? "1" : "0"}`)).toBeNull();
    // The same file, asked for a profile that has grown by a row: nothing is here, and nothing is compiled.
    const grown = { ...PROFILE, rows: PROFILE.rows + 1 };
    expect(await publishedKey(grown, await circuitKey(mainSource(grown)))).toBeNull();
    vi.stubEnv("TIMEBANDITS_CACHE", "/nowhere/at/all");
    expect(await verifyingArtifactsHere(grown)).toBeNull();
    await expect(verifyingArtifacts(grown)).rejects.toMatchObject({
      code: "KEY_NOT_HERE",
      exitCode: 3,
      message: expect.stringContaining(`setup --profile ${PROFILE.name}, or give it with --key FILE`),
    });
    expect(await publishedKey({ ...PROFILE, name: "batch-9" }, hash)).toBeNull();
  });

  test("it is not used if any part of the file is changed", async () => {
    const text = await textOf(PROFILE.name);
    const json = JSON.parse(text) as Record<string, unknown>;
    const other = forgedKey(SOME_SECRETS);
    const otherDevelopment = forgedKey(DEVELOPMENT_SECRETS);
    const changes: [string, Record<string, unknown>][] = [
      ["hash", { verificationKey: otherDevelopment }],
      ["hash", { hash: verificationKeyHash(other) }],
      ["verificationKey", { verificationKey: other, hash: verificationKeyHash(other) }],
      ["kind", { kind: "ceremony" }],
      ["schemaVersion", { schemaVersion: 2 }],
      ["version", { version: 1 }],
      ["note", { note: "trust me" }],
      ["constraints", { constraints: -1 }],
    ];
    for (const [field, change] of changes) {
      const changed = parsePublished("x", JSON.stringify({ ...json, ...change }));
      await expect(changed, field).rejects.toMatchObject({ field: `x ${field}` });
    }
    const malformed = parsePublished("x", JSON.stringify({ ...json, verificationKey: {} }));
    await expect(malformed).rejects.toMatchObject({ code: "KEY_MALFORMED" });
    await expect(parsePublished("x", text.replace('"kind"', '"circuit": "", "kind"'))).rejects.toThrow("twice");
  });
});

describe("a given key", () => {
  test("replaces this installation's key, and its origin is the one known here", async () => {
    const own = await verifyingArtifacts(PROFILE);
    const stranger = forgedKey(SOME_SECRETS);
    const keys = [stranger, own.key.verificationKey];
    const hash = verificationKeyHash(stranger);
    expect(await verifyingArtifacts(PROFILE, hash, { keys })).toMatchObject({
      given: true,
      circuit: own.circuit,
      key: { vkeyHash: hash, kind: "unknown", ceremony: null },
    });
    expect((await verifyingArtifacts(PROFILE, own.key.vkeyHash, { keys })).key).toEqual(own.key);
    expect((await verifyingArtifacts(PROFILE, own.key.vkeyHash, { keys: [stranger] })).key.vkeyHash).toBe(hash);
    const seed = forgedKey(DEVELOPMENT_SECRETS);
    expect((await verifyingArtifacts(PROFILE, "", { keys: [seed] })).key.kind).toBe("development");
  });

  test("is read from snarkjs's JSON, and refused if it is bad, too large or not a key", async () => {
    const path = join(await temporaryFolder(), "key.json");
    const put = async (value: unknown): Promise<string> => {
      await writeFile(path, typeof value === "string" ? value : JSON.stringify(value));
      return path;
    };
    const { verificationKey: key } = (await verifyingArtifacts(PROFILE)).key;
    expect(readVerificationKey(await put({ ...key, vk_alphabeta_12: [] }))).toEqual(key);
    const refused: [unknown, object][] = [
      [{ ...key, vk_gamma_2: key.vk_delta_2 }, { code: "KEY_GAMMA_IS_DELTA" }],
      [
        { ...key, IC: key.IC.slice(1) },
        { code: "KEY_MALFORMED", field: "nPublic" },
      ],
      [
        { ...key, IC: key.IC.slice(1), nPublic: 6 },
        { code: "KEY_FOREIGN", field: "nPublic" },
      ],
      [{ ...key, curve: "bls12381" }, { code: "KEY_MALFORMED" }],
      [{ ...key, vk_alpha_1: ["1", "1", "1"] }, { code: "KEY_NOT_A_POINT" }],
      ["[]", { code: "KEY_MALFORMED" }],
      ["{", { code: "invalid" }],
      [" ".repeat(70_000), { code: "invalid", message: expect.stringContaining("70000 bytes") }],
    ];
    for (const [value, error] of refused) {
      const file = await put(value);
      expect(() => readVerificationKey(file)).toThrow(expect.objectContaining(error));
    }
    expect(() => readVerificationKey(`${path}.not`)).toThrow("name a verification key");
  });
});
