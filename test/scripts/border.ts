/** A chain with a registry and a token, and the run of a moored map with one program, for tests of the verbs. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AbiCoder } from "ethers";
import { expect } from "vitest";
import { contractArtifact } from "../../contracts/artifacts.ts";
import { artifactsOf } from "../../prover/artifacts.ts";
import { profileOf } from "../../prover/profiles.ts";
import { startAnvil } from "../../scripts/lib/anvil.ts";
import { readKeyFile } from "../../trace/signing/keyFile.ts";
import { authorityOf } from "../../trace/signing/signature.ts";
import { deploy } from "../../verifier/chain/connect.ts";
import { connect } from "../../verifier/chain/registry.ts";
import { forgeBundles } from "../adversary/lib/knownRuns.ts";
import { chainTime } from "../lib/chains.ts";
import { jsonHere } from "./cli.ts";

const PEOPLE = `export default { name: "people", description: "Alice is there", programs: {},
  genesis: () => ({ levels: 3, cells: [] }),
  run: (tracer) => void tracer.program(1).createProgram({ name: "Alice", inbox: 16 }) };`;

/** The answer of a verb that succeeds. */
export async function good(args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, answer, stderr } = await jsonHere(args);
  expect({ args, code, error: answer.error, stderr }).toEqual({ args, code: 0, error: undefined, stderr: "" });
  return answer;
}

/** The error of a verb that is refused. */
export async function bad(args: readonly string[]) {
  const { code, answer } = await jsonHere(args);
  expect(code).not.toBe(0);
  return answer.error;
}

/** The chain, and Alice's run in `run`; her key is in `alice.key`. The node's first account has 1,000 of the token. */
export async function openBorder() {
  const scratch = mkdtempSync(join(tmpdir(), "timebandits-crossing-"));
  const at = (name: string): string => join(scratch, name);
  const anvil = await startAnvil();
  const chain = await connect(anvil.url);
  const me = String(await chain.signer?.getAddress());
  const supply = AbiCoder.defaultAbiCoder().encode(["string", "string", "uint256"], ["Grain", "GRN", 1_000n]);
  const token = (await deploy(chain, await contractArtifact("Token"), supply)).address;
  const registry = String((await good(["deploy", "--rpc", anvil.url])).registry);
  await good(["keys", "new", at("alice.key")]);
  const key = authorityOf(readKeyFile(at("alice.key")).secret);
  writeFileSync(at("people.mjs"), PEOPLE);
  const began = String(await chainTime(chain.provider));
  const run = ["run", at("people.mjs"), "--out", at("run"), "--moored", "--at", began];
  await good([...run, "--authority", `Alice=${at("alice.key")}`]);
  return {
    ...{ at, chain, me, token, registry, key, there: ["--rpc", anvil.url, "--registry", registry] },
    close: async () => {
      chain.provider.destroy();
      await anvil.stop();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/**
 * What waits at the registry is let in, proven and submitted.
 * @param there options that name the registry
 */
export async function settle(
  dir: string,
  there: readonly string[],
  { take = [], submit = [] }: { take?: readonly string[]; submit?: readonly string[] } = {},
): Promise<void> {
  const took = await good(["take-in", dir, ...there, ...take]);
  expect(took.waiting).toEqual([]);
  await forgeBundles(dir, await artifactsOf(profileOf("batch-8")));
  await good(["submit", dir, ...there, ...submit]);
}
