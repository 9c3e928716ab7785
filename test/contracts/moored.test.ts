/** Moored maps on the registry: where they begin, what their terms are, and the contract beside the registry. */
import { getCreateAddress, ZeroHash } from "ethers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { contractArtifact } from "../../contracts/artifacts.ts";
import { packCell } from "../../trace/state/cells.ts";
import { TimeMap } from "../../trace/state/timeMap.ts";
import { read } from "../../verifier/chain/contract.ts";
import { deployRegistry, keyHash, lookAtRegistry, MOORED_LAG, type Registry } from "../../verifier/chain/registry.ts";
import { hardhatChain, refusal, SOME_KEY, TestMap } from "../lib/chains.ts";

/** The genesis of every moored map: the chain's header, and nothing else. */
const CHAIN = packCell({ type: "program", inbox: 256, steps: 0, clock: 0, authority: 1n, log: 0n, seq: 0 });

let chain: Awaited<ReturnType<typeof hardhatChain>>;
let registry: Registry;
let genesisRoot: bigint;

beforeAll(async () => {
  chain = await hardhatChain();
  registry = await deployRegistry(chain);
  genesisRoot = BigInt((await read(registry, "MOORED_GENESIS_ROOT", []))[0]);
});
afterAll(() => chain[Symbol.asyncDispose]());

it("every moored map begins with the chain's program alone, in three levels", () => {
  expect(genesisRoot).toBe(new TimeMap(3, [[256, CHAIN]]).root());
});

it("a moored map keeps its keys, its patience and its feeds", async () => {
  const feed = { target: registry.address, data: "0x1234", shift: 3, offset: -5n, fresh: 60 };
  const mooring = { patience: 2 * 86_400, exitKey: SOME_KEY, cellKey: SOME_KEY, feeds: [feed] };
  const { mapId } = await TestMap.create(registry, { genesisRoot, maxLag: MOORED_LAG, dataPolicy: "chain", mooring });
  const [kept] = await read(registry, "getMooring", [mapId]);
  expect(kept.toObject()).toEqual({
    patience: 172_800n,
    frozen: false,
    entries: 0n,
    exitKey: keyHash(SOME_KEY),
    cellKey: keyHash(SOME_KEY),
  });
  const plain = await TestMap.create(registry);
  const [none] = await read(registry, "getMooring", [plain.mapId]);
  expect(none.toObject()).toMatchObject({ patience: 0n, exitKey: ZeroHash });
});

it("a map is moored in all of its terms, or in none", async () => {
  const mooring = { exitKey: SOME_KEY, cellKey: SOME_KEY };
  const contradicted = { reason: "MooringContradicted" };
  expect(await refusal(TestMap.create(registry, { genesisRoot }))).toMatchObject(contradicted);
  expect(await refusal(TestMap.create(registry, { dataPolicy: "chain" }))).toMatchObject(contradicted);
  expect(await refusal(TestMap.create(registry, { mooring }))).toMatchObject(contradicted);
});

it("a registry whose key checker is another one is not this version's", async () => {
  expect(await lookAtRegistry(chain, registry.address)).toMatchObject({ code: "same" });
  const checker = getCreateAddress({ from: registry.address, nonce: 1 });
  expect(await chain.provider.getCode(checker)).toBe((await contractArtifact("KeyChecker")).deployedBytecode);
  await chain.provider.send("hardhat_setCode", [checker, "0x00"]);
  expect(await lookAtRegistry(chain, registry.address)).toMatchObject({ code: "other" });
});
