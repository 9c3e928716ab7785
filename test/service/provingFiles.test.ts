/** What the page's server gives to prove exits with: what setup has made, or what to run. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fastify } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ProfileArtifacts } from "../../prover/artifacts.ts";
import type { StateCircuit } from "../../prover/stateCircuits.ts";
import type { FindArtifacts } from "../../service/explorer/provingFiles.ts";
import { provingRoutes } from "../../service/explorer/provingRoutes.ts";
import { replyTo } from "../../service/http/errors.ts";
import { EnvironmentError } from "../../trace/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "timebandits-proving-"));
let find: FindArtifacts = async () => null;
const app = fastify();

beforeAll(async () => {
  app.setErrorHandler((error, _, reply) => {
    const { status, body } = replyTo(error);
    reply.code(status).send(body);
  });
  provingRoutes(app, { find: () => find() });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (path: string, headers: Record<string, string> = {}) => app.inject({ url: `/proving/${path}`, headers });
const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Artifacts whose files hold these texts. */
function made(program: string, key: string): ProfileArtifacts<StateCircuit> {
  const paths = { program: join(folder, "circuit.wasm"), zkey: join(folder, "key.zkey") };
  writeFileSync(paths.program, program);
  writeFileSync(paths.zkey, key);
  const circuit = { name: "exit", hash: "c", r1csHash: "r", constraints: 3, wires: 4, publicInputs: 7 };
  return {
    circuit: { ...circuit, program: paths.program, programHash: hash(program) },
    key: { zkey: paths.zkey, hash: hash(key), vkeyHash: "0xkey", kind: "development", seconds: 1 },
  } as unknown as ProfileArtifacts<StateCircuit>;
}

test("without a proving key the answer is what to run", async () => {
  for (const path of ["exit.json", "exit.wasm", "exit.zkey"]) {
    const answer = await ask(path);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({
      error: { code: "no-proving-key", message: expect.stringContaining("run timebandits setup --profile exit") },
    });
  }
});

test("what is here is given with its hash, and nothing of where it lies", async () => {
  find = async () => made("program", "proving key");
  const facts = (await ask("exit.json")).body;
  expect(JSON.parse(facts)).toEqual({
    schemaVersion: 1,
    circuit: {
      ...{ name: "exit", hash: "c", r1csHash: "r", programHash: hash("program") },
      ...{ constraints: 3, wires: 4, publicInputs: 7 },
    },
    key: { hash: hash("proving key"), vkeyHash: "0xkey", kind: "development" },
  });
  expect(facts).not.toContain(folder);
  const key = await ask("exit.zkey");
  expect(key.body).toBe("proving key");
  expect(key.headers["content-security-policy"]).toContain("default-src 'none'");
  const again = await ask("exit.zkey", { "if-none-match": String(key.headers.etag) });
  expect(again.statusCode).toBe(304);
  expect((await ask("exit.wasm")).headers["content-type"]).toBe("application/wasm");
  expect((await ask("exit.r1cs")).statusCode).toBe(404);
});

test("artifacts that must not be used are not given, and their folder is not told", async () => {
  find = () => Promise.reject(new EnvironmentError("cache", "/home/somebody/cache is damaged"));
  const answer = await ask("exit.json");
  expect(answer.statusCode).toBe(503);
  const text = answer.body;
  expect(text).not.toContain("somebody");
  expect(text).toContain("setup --profile exit");
});
