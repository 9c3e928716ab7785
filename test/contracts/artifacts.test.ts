import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Interface, id } from "ethers";
import { expect, it } from "vitest";
import { contractArtifact } from "../../contracts/artifacts.ts";
import { ARTIFACTS, builtArtifacts, contractSources } from "../../contracts/compiler.ts";
import { EnvironmentError } from "../../trace/errors.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

it("contracts/artifacts/ equals the compiler's output, byte for byte", async () => {
  const built = await builtArtifacts();
  expect(readdirSync(ARTIFACTS).sort(), 'run "npm run build:contracts"').toEqual([...built.keys()].sort());
  for (const [name, text] of built) {
    expect(readFileSync(join(ARTIFACTS, name), "utf8") === text, `${name}: run "npm run build:contracts"`).toBe(true);
  }
});

it("an artifact names the hash of each of its sources", () => {
  const sources = contractSources();
  const { sources: named } = JSON.parse(readFileSync(join(ARTIFACTS, "TimeMapRegistry.json"), "utf8"));
  const others = ["contracts/demo/", "contracts/reader/"];
  const own = Object.entries(sources).filter(([path]) => !others.some((room) => path.startsWith(room)));
  expect(named).toEqual(Object.fromEntries(own.map(([path, text]) => [path, id(text)])));
});

it("an artifact is read by its contract's name, and the error for a missing one has that name", async () => {
  const { abi, bytecode, deployedBytecode } = await contractArtifact("TimeMapRegistry");
  expect(new Interface(abi).hasFunction("advance")).toBe(true);
  expect(bytecode).toContain(deployedBytecode.slice(2));
  await expect(contractArtifact("TimeMaps")).rejects.toThrow(EnvironmentError);
  await expect(contractArtifact("TimeMaps")).rejects.toThrow("contracts/artifacts/TimeMaps.json cannot be read");
});

it("no command runs the compiler: only the build, Hardhat and tests import it", () => {
  const files = ["contracts", "prover", "scripts", "trace", "verifier"].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: "utf8" }).map((name) => join(room, name)),
  );
  const importing = files.filter(
    (file) =>
      file.endsWith(".ts") &&
      /["'](solc|solc\/.*|[./\w-]*\/compiler\.ts)["']/.test(readFileSync(join(root, file), "utf8")),
  );
  expect(importing.sort()).toEqual(["contracts/compiler.ts", "scripts/buildContracts.ts"]);
});
