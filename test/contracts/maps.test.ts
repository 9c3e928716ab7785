import { encodeBytes32String } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FIELD_ORDER } from "../../prover/keys/curve.ts";
import {
  advance,
  createMap,
  deployRegistry,
  isSubmitter,
  keyHash,
  mapIdOf,
  openRegistry,
  type Registry,
  readMap,
  setSubmitter,
} from "../../verifier/chain.ts";
import {
  as,
  chainTime,
  freshSalt,
  GENESIS_ROOT,
  hardhatChain,
  raw,
  refusal,
  SOME_KEY,
  TestMap,
} from "../lib/chains.ts";
import { forgedKey, SOME_SECRETS } from "../lib/forge.ts";

let chain: Awaited<ReturnType<typeof hardhatChain>>;
let registry: Registry;
let now: number;
const ADAY = 86_400;

beforeAll(async () => {
  chain = await hardhatChain();
  registry = await deployRegistry(chain);
  await TestMap.create(registry);
  now = await chainTime(chain.provider);
});
afterAll(() => chain[Symbol.asyncDispose]());

function terms() {
  return {
    salt: freshSalt(),
    genesisRoot: GENESIS_ROOT,
    genesisTime: now,
    maxLag: 3_600,
    verifierDelay: ADAY,
    dataPolicy: 0,
    verifiers: [{ profile: encodeBytes32String("batch-8"), vkeyHash: keyHash(SOME_KEY) }],
    submitters: [] as string[],
  };
}

/** What the registry says to a map with other terms. */
function refused(change: object) {
  return refusal(raw(registry, "createMap", [{ ...terms(), ...change }]));
}

describe("creating a map", () => {
  it("fixes its terms and names it after creator and salt", async () => {
    const salt = freshSalt();
    const owner = String(await chain.signer?.getAddress());
    const map = await TestMap.create(registry, { salt, verifierDelay: 2 * ADAY });
    expect(map.mapId).toBe(mapIdOf(owner, salt, GENESIS_ROOT));
    expect(await readMap(registry, map.mapId)).toMatchObject({
      mapId: map.mapId,
      root: GENESIS_ROOT,
      seq: 0,
      time: map.now - 6_000,
      genesisRoot: GENESIS_ROOT,
      genesisTime: map.now - 6_000,
      maxLag: 3_600,
      verifierDelay: 2 * ADAY,
      dataPolicy: "operator",
      owner,
      verifiers: [{ keyHash: keyHash(SOME_KEY), profile: "batch-8", disabled: false }],
    });
    expect(await isSubmitter(registry, map.mapId, owner)).toBe(true);
  });

  it("is done once for a creator and a salt; another creator's map is another", async () => {
    const salt = freshSalt();
    const { mapId } = await TestMap.create(registry, { salt });
    expect(await refused({ salt })).toEqual({ reason: "MapExists", mapId });
    const other = await TestMap.create(await as(registry, 1), { salt });
    expect(other.mapId).not.toBe(mapId);
  });

  it("refuses a genesis root that is not reduced", async () => {
    const genesisRoot = FIELD_ORDER;
    expect(await refused({ genesisRoot })).toEqual({ reason: "InputNotReduced", index: 0n, value: genesisRoot });
  });

  it("refuses a genesis in the future", async () => {
    expect(await refused({ genesisTime: now + 1_000 })).toMatchObject({ reason: "FromTheFuture" });
  });

  it("refuses a lag of zero, under which nothing could ever arrive", async () => {
    expect(await refused({ maxLag: 0 })).toEqual({ reason: "LagIsZero" });
  });

  it("refuses a notice that is too short", async () => {
    expect(await refused({ verifierDelay: ADAY - 1 })).toEqual({
      reason: "DelayTooShort",
      delay: BigInt(ADAY - 1),
      minimum: BigInt(ADAY),
    });
  });

  it("refuses a data policy that there is not", async () => {
    expect(await refused({ dataPolicy: 1 })).toEqual({ reason: "UnknownDataPolicy", dataPolicy: 1n });
  });

  it("refuses a verifier whose key is not stored, or twice the same", async () => {
    const vkeyHash = keyHash(forgedKey({ ...SOME_SECRETS, alpha: 97n }));
    const profile = encodeBytes32String("batch-8");
    expect(await refused({ verifiers: [{ profile, vkeyHash }] })).toEqual({ reason: "UnknownKey", vkeyHash });
    const [one] = terms().verifiers;
    expect(await refused({ verifiers: [one, one] })).toMatchObject({ reason: "VerifierExists" });
  });

  it("refuses names and salts that do not fit, before the chain is asked", async () => {
    const good = { genesisRoot: 1n, genesisTime: now, maxLag: 1 };
    const salt = freshSalt();
    const verifiers = [{ profile: "a profile's name of more than 31 bytes", key: SOME_KEY }];
    await expect(createMap(registry, { ...good, salt, verifiers })).rejects.toThrow("profile");
    await expect(createMap(registry, { ...good, salt: "0x01", verifiers: [] })).rejects.toThrow("salt");
  });
});

describe("the owner", () => {
  it("alone adds and turns off verifiers and chooses submitters", async () => {
    const map = await TestMap.create(registry);
    const stranger = await as(registry, 1);
    const caller = await stranger.chain.signer?.getAddress();
    const expected = { reason: "NotOwner", caller, owner: await chain.signer?.getAddress() };
    const [verifier] = terms().verifiers;
    expect(await refusal(raw(stranger, "proposeVerifier", [map.mapId, verifier]))).toEqual(expected);
    expect(await refusal(raw(stranger, "disableVerifier", [map.mapId, keyHash(SOME_KEY)]))).toEqual(expected);
    expect(await refusal(raw(stranger, "setSubmitter", [map.mapId, caller, true]))).toEqual(expected);
  });

  it("admits and dismisses submitters, the owner not excepted", async () => {
    const map = await TestMap.create(registry);
    const other = await as(registry, 2);
    const account = String(await other.chain.signer?.getAddress());
    const owner = String(await chain.signer?.getAddress());
    await setSubmitter(registry, map.mapId, account, true);
    await advance(other, map.mapId, [map.batch()]);
    await setSubmitter(registry, map.mapId, account, false);
    expect(await refusal(advance(other, map.mapId, [map.second()]))).toMatchObject({ reason: "NotSubmitter" });
    await setSubmitter(registry, map.mapId, owner, false);
    expect(await refusal(advance(registry, map.mapId, [map.second()]))).toMatchObject({ reason: "NotSubmitter" });
  });

  it("owns nothing of maps that do not exist", async () => {
    const mapId = `0x${"11".repeat(32)}`;
    const [verifier] = terms().verifiers;
    expect(await refusal(raw(registry, "proposeVerifier", [mapId, verifier]))).toEqual({ reason: "UnknownMap", mapId });
    expect(await refusal(readMap(registry, mapId))).toEqual({ reason: "UnknownMap", mapId });
  });
});

describe("opening a registry", () => {
  it("takes this version's code at the address and nothing else", async () => {
    expect((await openRegistry(chain, registry.address)).address).toBe(registry.address);
    const nobody = `0x${"12".repeat(20)}`;
    await expect(openRegistry(chain, nobody)).rejects.toThrow("no contract");
    await expect(openRegistry(chain, "0x12")).rejects.toThrow("not an address");
    await chain.provider.send("hardhat_setCode", [nobody, "0x6001600155"]);
    await expect(openRegistry(chain, nobody)).rejects.toThrow("not this version's");
  });
});
