import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { artifactsOf } from "../../prover/artifacts.ts";
import { constraintParts, PARTS, STATE_PARTS, statePartsOf } from "../../prover/circuit/constraintParts.ts";
import { STATE_CIRCUITS } from "../../prover/stateCircuits.ts";
import { PROJECT_ROOT } from "../../prover/storage/packageFile.ts";
import { PROFILE } from "../lib/provenRun.ts";

/** Constraints of one Poseidon over 16 lanes: three for each of 8 · 17 + 68 S-boxes. */
const POSEIDON_16 = 612;

test("every constraint belongs to a part, and hashes are counted exactly", async () => {
  const { circuit } = await artifactsOf(PROFILE);
  const parts = await constraintParts(circuit);
  expect(Object.keys(parts)).toEqual([...PARTS]);
  expect(Object.values(parts).reduce((sum, count) => sum + count)).toBe(circuit.constraints);
  expect(parts["node.hashes"]).toBe(2 * PROFILE.nodes * POSEIDON_16);
  // x, y, one bit for the sort, and y = 0 in inner nodes.
  expect(parts["node.ranges"]).toBe(PROFILE.nodes * (4 * PROFILE.levels + 1 + 6 + 2));
  for (const part of PARTS) expect(parts[part], part).toBeGreaterThan(0);
  expect(await constraintParts(circuit)).toEqual(parts);
});

test("the everyday profile fits in 2^16, and the command prints its cost", async () => {
  const run = promisify(execFile);
  // The larger profiles take minutes to compile, which is too long for an everyday test.
  const only = ["--profile", PROFILE.name];
  const { stdout } = await run(process.execPath, ["scripts/constraints.ts", "--json", ...only], { cwd: PROJECT_ROOT });
  const { profiles, ...rest } = JSON.parse(stdout) as { profiles: Record<string, unknown>[] };
  expect(rest).toEqual({ schemaVersion: 1, circuits: [] });
  expect(profiles.map(({ name }) => name)).toEqual([PROFILE.name]);
  for (const profile of profiles) {
    expect(Object.keys(profile)).toEqual(["name", "rows", "constraints", "perTransition", "parts"]);
    const { rows, constraints, perTransition, parts } = profile as { [name: string]: number } & {
      parts: Record<string, number>;
    };
    expect(Object.values(parts).reduce((sum, count) => sum + count)).toBe(constraints);
    expect(perTransition).toBeCloseTo((constraints as number) / (rows as number), 0);
  }
  expect((await artifactsOf(PROFILE)).circuit.constraints).toBeLessThan(2 ** 16 - 5);
  const table = (await run(process.execPath, ["scripts/constraints.ts", ...only], { cwd: PROJECT_ROOT })).stdout;
  for (const part of PARTS) expect(table).toContain(part);
  await expect(
    run(process.execPath, ["scripts/constraints.ts", "--yaml"], { cwd: PROJECT_ROOT }),
  ).rejects.toMatchObject({ code: 2 });
  await expect(
    run(process.execPath, ["scripts/constraints.ts", "--profile", "batch-9"], { cwd: PROJECT_ROOT }),
  ).rejects.toMatchObject({ code: 2 });
});

test("circuits over one state have parts, too", async () => {
  const run = promisify(execFile);
  for (const named of STATE_CIRCUITS) {
    const { circuit } = await artifactsOf(named);
    const parts = await statePartsOf(circuit);
    expect(Object.keys(parts)).toEqual([...STATE_PARTS]);
    expect(Object.values(parts).reduce((sum, count) => sum + count)).toBe(circuit.constraints);
    const nodes = named.name === "exit" ? 2 * named.levels + 4 : named.levels + 4;
    // Between the hashes there are only the lanes.
    expect(parts.paths - nodes * POSEIDON_16).toBeGreaterThan(0);
    expect(parts.paths - nodes * POSEIDON_16).toBeLessThan(150);
    const { stdout } = await run(process.execPath, ["scripts/constraints.ts", "--json", "--profile", named.name], {
      cwd: PROJECT_ROOT,
    });
    const { name, levels } = named;
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ profiles: [], circuits: [{ name, levels, constraints: circuit.constraints, parts }] },
    });
  }
});
