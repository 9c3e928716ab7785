/** The key of a ceremony on a public chain, from `setup` to `audit`. Other keys are refused there. */
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildCircuit, type CircuitArtifacts, circuitHash } from "../../prover/circuit/build.ts";
import { FIELD_ORDER, inverse } from "../../prover/curve/bn254.ts";
import { ceremonyName, type Transcript } from "../../prover/keys/ceremony.ts";
import { makeKey } from "../../prover/keys/makeKey.ts";
import { developmentTrapdoor, type Trapdoor } from "../../prover/keys/trapdoor.ts";
import { verificationKey, verificationKeyHash } from "../../prover/keys/verificationKey.ts";
import { readZkeyHeader } from "../../prover/keys/zkeyFile.ts";
import { mainSource, PROFILES } from "../../prover/profiles.ts";
import { cached, cacheRoot, hashFile, sha256 } from "../../prover/storage/cache.ts";
import { type Anvil, startAnvil } from "../../scripts/lib/anvil.ts";
import { cli, json } from "./cli.ts";

/** anvil's second account. Its key is public. */
const ACCOUNT = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
const SECRETS: Trapdoor = { tau: 1234567n, alpha: 89n, beta: 1011n, gamma: 1n, delta: 14n };
const scratch = mkdtempSync(join(tmpdir(), "timebandits-origin-"));
const at = (name: string): string => join(scratch, name);
let anvil: Anvil;
let circuit: CircuitArtifacts;

beforeAll(async () => {
  anvil = await startAnvil({ chainId: 1 });
  const profile = PROFILES[0];
  if (profile === undefined) throw new Error("there is no profile");
  circuit = await buildCircuit(profile.name, mainSource(profile), {});
});
afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
  await anvil?.stop();
});

/**
 * An artifact cache with the circuits of the usual one, and a key with these secrets in the place of
 * `ceremony install`.
 */
async function cacheWith(
  name: string,
  secrets: Trapdoor,
): Promise<{ env: Record<string, string>; transcript: Transcript }> {
  const [usual, own] = [cacheRoot(), at(name)];
  mkdirSync(own);
  for (const shelf of ["circuits", "programs", "native"]) {
    mkdirSync(join(usual, shelf), { recursive: true });
    symlinkSync(join(usual, shelf), join(own, shelf));
  }
  const zkey = at(`${name}.zkey`);
  await makeKey(circuit.r1cs, secrets, zkey);
  const transcript: Transcript = {
    r1cs: circuit.r1csHash,
    zkey: await hashFile(zkey),
    verificationKey: verificationKeyHash(verificationKey((await readZkeyHeader(zkey)).points)),
    circuitHash: await circuitHash(circuit.r1cs),
    ptau: { hash: "00", power: 16, published: false },
    contributions: 2,
    lines: [],
  };
  const before = process.env.TIMEBANDITS_CACHE;
  process.env.TIMEBANDITS_CACHE = own;
  try {
    await cached("ceremonies", sha256(JSON.stringify({ format: 1, r1cs: circuit.r1csHash })), async (folder) => {
      copyFileSync(zkey, join(folder, "key.zkey"));
      return transcript;
    });
  } finally {
    if (before === undefined) delete process.env.TIMEBANDITS_CACHE;
    else process.env.TIMEBANDITS_CACHE = before;
  }
  return { env: { TIMEBANDITS_CACHE: own, TIMEBANDITS_KEY: ACCOUNT }, transcript };
}

test("setup, create, verify and audit name the ceremony; the development key is refused in every form", async () => {
  const { env, transcript } = await cacheWith("ceremony", SECRETS);
  const named = `of the ceremony with transcript ${ceremonyName(transcript).transcript}: 2 contributions`;
  const said = async (args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await cli(args, { env });
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: "" });
    return stdout;
  };
  expect(await said(["setup"])).toContain(named);
  const deployed = await json(["deploy", "--rpc", anvil.url], { env });
  const where = ["--rpc", anvil.url, "--registry", String(deployed.answer.registry)];
  await said(["run", "seed", "--out", at("run")]);
  cpSync(at("run"), at("other"), { recursive: true });

  const { alpha, beta } = developmentTrapdoor();
  const rescaled = { alpha: (alpha * 7n) % FIELD_ORDER, beta: (beta * inverse(7n, FIELD_ORDER)) % FIELD_ORDER };
  const disguised = await cacheWith("disguised", { ...developmentTrapdoor(), ...rescaled });
  for (const keys of [{ TIMEBANDITS_KEY: ACCOUNT }, disguised.env]) {
    expect(await json(["create", at("other"), ...where], { env: keys })).toMatchObject({
      code: 1,
      answer: { error: { message: expect.stringContaining("DevelopmentKeyOnPublicChain(chainId 1)") } },
    });
  }

  expect(await said(["create", at("run"), ...where, "--confirmations", "1"])).toContain(named);
  await said(["prove", at("run")]);
  expect(await said(["verify", at("run")])).toContain(`the key ${transcript.verificationKey} of batch-8 is ${named}`);
  await said(["submit", at("run"), ...where, "--confirmations", "1"]);
  expect(await said(["audit", at("run"), ...where])).toContain(named);
  const report = (await json(["audit", at("run"), ...where], { env })).answer;
  expect(report).toMatchObject({ ok: true, developmentKeys: false, keys: [{ profile: "batch-8", kind: "ceremony" }] });
  // Without that ceremony in the cache, the key of the same bundles is of unknown origin.
  const elsewhere = await json(["audit", at("run"), ...where]);
  expect(elsewhere).toMatchObject({
    code: 1,
    answer: { keys: [{ profile: "batch-8", kind: "unknown", ceremony: null }] },
  });
});
