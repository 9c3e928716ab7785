/** Reading a cell of a moored map from another contract: what that contract imports, and what it pays. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AbiCoder, Interface } from "ethers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ContractArtifact, contractArtifact } from "../../contracts/artifacts.ts";
import { compileSources, type SoliditySources } from "../../contracts/compiler.ts";
import { FIELD_ORDER } from "../../prover/curve/bn254.ts";
import { deploy, send } from "../../verifier/chain/connect.ts";
import { read } from "../../verifier/chain/contract.ts";
import { deployRegistry, MOORED_LAG, type Registry } from "../../verifier/chain/registry.ts";
import { hardhatChain, TestMap } from "../lib/chains.ts";
import { forgedProof, SOME_SECRETS } from "../lib/forge.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const CONSUMER = "test/contracts/foreign/Consumer.sol";
/** An EVM that 0.8.20 knows: code for a newer one would be no use to that compiler. */
const OLD_EVM = "shanghai";

/** A Solidity file and all that it imports, by path from the project's root. */
function closure(path: string, found: Record<string, string> = {}): SoliditySources {
  if (path in found) return found;
  const text = readFileSync(join(root, path), "utf8");
  found[path] = text;
  for (const [, imported = ""] of text.matchAll(/^import .* from "(.+)";$/gm)) {
    closure(join(dirname(path), imported), found);
  }
  return found;
}

let chain: Awaited<ReturnType<typeof hardhatChain>>;
let registry: Registry;
let map: TestMap;

beforeAll(async () => {
  chain = await hardhatChain();
  registry = await deployRegistry(chain);
  const genesisRoot = BigInt((await read(registry, "MOORED_GENESIS_ROOT", []))[0]);
  map = await TestMap.create(registry, { genesisRoot, maxLag: MOORED_LAG, dataPolicy: "chain" });
});
afterAll(() => chain[Symbol.asyncDispose]());

interface Cell {
  readonly location: bigint;
  readonly w0: bigint;
  readonly w1: bigint;
  readonly w2: bigint;
}

/** The cell, and a proof that the map's newest root holds it. */
async function shown(cell: Cell) {
  const [state] = await read(registry, "getMap", [map.mapId]);
  const proof = forgedProof(SOME_SECRETS, [BigInt(state.root), cell.location, cell.w0, cell.w1, cell.w2, 0n, 0n]);
  return { number: state.advances, cell, proof };
}

/** Gas of a transaction to a contract. */
async function paid(contract: ContractArtifact, address: string, name: string, args: readonly unknown[]) {
  const abi = new Interface(contract.abi);
  return Number((await send(chain, { to: address, data: abi.encodeFunctionData(name, args) }, abi)).gasUsed);
}

const PROGRAM_HEADER: Cell = {
  location: 7n << 8n,
  w0: 1n | (9n << 3n) | (5n << 12n) | (6n << 44n) | (77n << 83n),
  w1: FIELD_ORDER / 3n,
  w2: FIELD_ORDER / 5n,
};

it("a contract that reads needs nothing but the reader and the interfaces, under MIT, from 0.8.20 on", async () => {
  const sources = closure(CONSUMER);
  const own = Object.entries(sources).filter(([path]) => path.startsWith("contracts/"));
  expect(own.map(([path]) => path.replace(/[^/]+$/, "")).sort()).toEqual([
    ...Array.from({ length: 7 }, () => "contracts/interfaces/"),
    "contracts/reader/",
  ]);
  for (const [path, text] of own) {
    expect(text.split("\n").slice(0, 2), path).toEqual(["// SPDX-License-Identifier: MIT", "pragma solidity ^0.8.20;"]);
  }
  expect([...(await compileSources(sources, OLD_EVM)).keys()]).toContain("Consumer");
});

it("reading a cell costs at most 270,000 gas, all of it counted", async () => {
  const contract = (await compileSources(closure(CONSUMER), OLD_EVM)).get("Consumer");
  if (contract === undefined) throw new Error("it was not compiled");
  const created = AbiCoder.defaultAbiCoder().encode(["address", "bytes32"], [registry.address, map.mapId]);
  const { address } = await deploy(chain, contract, created);
  const { number, cell, proof } = await shown(PROGRAM_HEADER);
  const header = await paid(contract, address, "hasStepped", [number, cell, proof]);
  console.log(`reading a header, all words used: ${header}`);
  expect(header).toBeLessThanOrEqual(270_000);
});

it("a stipend is paid out for a capability that stands, and costs what the documents say", async () => {
  const stipend = await contractArtifact("Stipend");
  const capability: Cell = {
    location: (7n << 8n) + 3n,
    w0: 3n | (5n << 3n) | (0x703n << 27n) | (5n << 59n) | (77n << 131n),
    w1: 12n | (9n << 130n) | (BigInt(map.now + 1_000_000) << 194n),
    w2: 0n,
  };
  const payload = capability.w0 & ((1n << 131n) - 1n);
  const agreement = [
    registry.address,
    map.mapId,
    capability.location,
    payload,
    capability.w1,
    10n,
    map.now + 2_000_000,
  ];
  const payee = "0x000000000000000000000000000000000000cafe";
  const types = ["tuple(address,bytes32,uint256,uint256,uint256,uint256,uint256)", "address"];
  const created = stipend.bytecode + AbiCoder.defaultAbiCoder().encode(types, [agreement, payee]).slice(2);
  const made = await (await chain.signer?.sendTransaction({ data: created, value: 1_000n }))?.wait();
  const address = String(made?.contractAddress);
  const { number, cell, proof } = await shown(capability);
  console.log(`claiming a stipend: ${await paid(stipend, address, "claim", [number, cell, proof])}`);
  expect(await chain.provider.getBalance(payee)).toBe(1_000n);
});
