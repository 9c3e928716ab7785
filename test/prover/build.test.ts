import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { buildCircuit, circuitKey } from "../../prover/circuit/build.ts";
import { BuildError } from "../../prover/errors.ts";
import { domainSize, readR1csHeader } from "../../prover/formats/r1csHeader.ts";
import { hashFile } from "../../prover/storage/cache.ts";
import { PROJECT_ROOT } from "../../prover/storage/packageFile.ts";
import { MULTIPLIER, multiplier } from "./circuits.ts";

const scratch = join(PROJECT_ROOT, "node_modules", ".cache", "timebandits");
let folder: string;

beforeAll(async () => {
  await mkdir(scratch, { recursive: true });
  folder = await mkdtemp(join(scratch, "test-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("a circuit is compiled, counted and found again", async () => {
  const built = await buildCircuit("multiplier", MULTIPLIER);
  expect(built).toMatchObject({ name: "multiplier", constraints: 2, wires: 5, publicInputs: 2 });
  expect(await hashFile(built.r1cs)).toBe(built.r1csHash);
  expect(await hashFile(built.wasm)).toBe(built.wasmHash);
  expect(await buildCircuit("another name", MULTIPLIER)).toEqual({
    ...built,
    name: "another name",
    compileSeconds: null,
  });
});

test("the header of the r1cs is read", async () => {
  const { r1cs } = await multiplier();
  expect(await readR1csHeader(r1cs)).toEqual({
    wires: 5,
    publicOutputs: 1,
    publicInputs: 1,
    privateInputs: 2,
    publicSignals: 2,
    constraints: 2,
  });
});

test.each([
  [2, 1, 4],
  [3, 1, 8],
  [65530, 5, 65536],
  [65531, 5, 131072],
])("%i constraints and %i public signals take a domain of %i", (constraints, publicSignals, size) => {
  expect(domainSize({ constraints, publicSignals })).toBe(size);
});

test("two compilations in two folders give the same bytes", async () => {
  const caches = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), "timebandits-build-"))));
  const hashes: string[] = [];
  for (const cache of caches) {
    vi.stubEnv("TIMEBANDITS_CACHE", cache);
    const stages: string[] = [];
    const onProgress = (stage: string) => stages.push(stage);
    const { hash, r1csHash, wasmHash, compileSeconds } = await buildCircuit("multiplier", MULTIPLIER, { onProgress });
    await buildCircuit("multiplier", MULTIPLIER, { onProgress });
    // A circuit from the cache is not reported.
    expect(stages).toEqual(["compile", "compile"]);
    expect(compileSeconds).not.toBeNull();
    hashes.push(`${hash} ${r1csHash} ${wasmHash}`);
    await rm(cache, { recursive: true });
  }
  vi.unstubAllEnvs();
  expect(new Set(hashes).size).toBe(1);
});

test("the key changes only with the included files", async () => {
  const [near, far] = [join(folder, "near"), join(folder, "far")];
  await mkdir(near);
  await mkdir(far);
  await writeFile(join(near, "a.circom"), 'include "b.circom";\n');
  await writeFile(join(far, "b.circom"), "// one\n");
  const main = 'include "a.circom";\n';
  const key = (): Promise<string> => circuitKey(main, [near, far]);
  const first = await key();
  await writeFile(join(near, "unused.circom"), "// nobody includes it\n");
  expect(await key()).toBe(first);
  await writeFile(join(far, "b.circom"), "// two\n");
  const second = await key();
  expect(second).not.toBe(first);
  // The same text, but found in another folder first.
  await writeFile(join(near, "b.circom"), "// two\n");
  expect(await key()).not.toBe(second);
  expect(await circuitKey(`${main}\n`, [near, far])).not.toBe(await key());
});

test("the first of two libraries wins, for the compiler and for the key", async () => {
  const [one, two] = [join(folder, "one"), join(folder, "two")];
  const template = (body: string): string => `pragma circom 2.0.0;
template T() { signal input a; signal output b; signal c; c <== a * a; b <== c * ${body}; }\n`;
  await mkdir(one);
  await mkdir(two);
  await writeFile(join(one, "t.circom"), template("a"));
  await writeFile(join(two, "t.circom"), template("1"));
  const main = 'pragma circom 2.0.0;\ninclude "t.circom";\ncomponent main = T();\n';
  const first = await buildCircuit("first", main, { libraries: [one, two] });
  const second = await buildCircuit("second", main, { libraries: [two, one] });
  expect([first.constraints, second.constraints]).toEqual([2, 1]);
});

test("a compiler error has the compiler's message, and leaves no scratch folder", async () => {
  const cache = await mkdtemp(join(tmpdir(), "timebandits-build-"));
  vi.stubEnv("TIMEBANDITS_CACHE", cache);
  const source =
    "pragma circom 2.0.0;\ntemplate A() { signal input a; signal output b; b <== a * a * a; }\ncomponent main = A();\n";
  const refusal = buildCircuit("cube", source);
  await expect(refusal).rejects.toThrow(BuildError);
  await expect(refusal).rejects.toMatchObject({
    code: "BUILD_REFUSED",
    message: expect.stringMatching(/circuit cube does not compile[\s\S]*Non quadratic constraints are not allowed/),
  });
  await expect(refusal).rejects.not.toMatchObject({ message: expect.stringContaining("\u001b") });
  await expect(buildCircuit("lost", 'include "nowhere.circom";')).rejects.toThrow("nowhere.circom");
  vi.unstubAllEnvs();
  expect(await readdir(join(cache, "circuits"))).toEqual([]);
  await rm(cache, { recursive: true });
});

test("a library outside the project is refused, because the compiler cannot see it", async () => {
  await expect(buildCircuit("m", `${MULTIPLIER}\n// outside`, { libraries: ["/"] })).rejects.toMatchObject({
    code: "BUILD_OUTSIDE",
  });
});
