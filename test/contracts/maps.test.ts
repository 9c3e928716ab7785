import { AbiCoder, encodeBytes32String, keccak256, ZeroHash } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileSources } from "../../contracts/compiler.ts";
import { FIELD_ORDER } from "../../prover/curve/bn254.ts";
import { deploy } from "../../verifier/chain/connect.ts";
import {
  acceptOwnership,
  advance,
  createMap,
  deployRegistry,
  isSubmitter,
  keyHash,
  lookAtRegistry,
  mapDomain,
  mapIdOf,
  openRegistry,
  type Registry,
  RegistryVersionError,
  readMap,
  setSubmitter,
  transferOwnership,
} from "../../verifier/chain/registry.ts";
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
    mooring: { patience: 0, exitKey: ZeroHash, cellKey: ZeroHash, feeds: [] },
  };
}

/** The registry's answer to a map with other terms. */
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

  it("is done once for a creator and a salt; another creator gets another map", async () => {
    const salt = freshSalt();
    const { mapId } = await TestMap.create(registry, { salt });
    expect(await refused({ salt })).toEqual({ reason: "MapExists", mapId });
    const other = await TestMap.create(await as(registry, 1), { salt });
    expect(other.mapId).not.toBe(mapId);
  });

  it("gives another name for another genesis with the same salt", async () => {
    const salt = freshSalt();
    const { mapId, domain } = await TestMap.create(registry, { salt });
    const other = await TestMap.create(registry, { salt, genesisRoot: GENESIS_ROOT + 1n });
    expect(other.mapId).not.toBe(mapId);
    expect(other.domain).not.toBe(domain);
    expect(await readMap(registry, mapId)).toMatchObject({ genesisRoot: GENESIS_ROOT });
  });

  it("refuses a genesis root that is not reduced", async () => {
    const genesisRoot = FIELD_ORDER;
    expect(await refused({ genesisRoot })).toEqual({ reason: "InputNotReduced", index: 0n, value: genesisRoot });
  });

  it("refuses a genesis in the future", async () => {
    expect(await refused({ genesisTime: now + 1_000 })).toMatchObject({ reason: "FromTheFuture" });
  });

  it("refuses a lag of zero, under which every batch would be too old", async () => {
    expect(await refused({ maxLag: 0 })).toEqual({ reason: "LagIsZero" });
  });

  it("refuses a notice that is too short", async () => {
    expect(await refused({ verifierDelay: ADAY - 1 })).toEqual({
      reason: "DelayTooShort",
      delay: BigInt(ADAY - 1),
      minimum: BigInt(ADAY),
    });
  });

  it("refuses an unknown data policy", async () => {
    expect(await refused({ dataPolicy: 2 })).toEqual({ reason: "UnknownDataPolicy", dataPolicy: 2n });
  });

  it("refuses a verifier without a stored key, and the same verifier twice", async () => {
    const vkeyHash = keyHash(forgedKey({ ...SOME_SECRETS, alpha: 97n }));
    const profile = encodeBytes32String("batch-8");
    expect(await refused({ verifiers: [{ profile, vkeyHash }] })).toEqual({ reason: "UnknownKey", vkeyHash });
    const [one] = terms().verifiers;
    expect(await refused({ verifiers: [one, one] })).toMatchObject({ reason: "VerifierExists" });
  });

  it("refuses malformed names and salts before it asks the chain", async () => {
    const good = { genesisRoot: 1n, genesisTime: now, maxLag: 1 };
    const salt = freshSalt();
    const verifiers = [{ profile: "a profile's name of more than 31 bytes", key: SOME_KEY }];
    await expect(createMap(registry, { ...good, salt, verifiers })).rejects.toThrow("profile");
    await expect(createMap(registry, { ...good, salt: "0x01", verifiers: [] })).rejects.toThrow("salt");
  });
});

describe("the owner", () => {
  it("is the only account that adds and disables verifiers and chooses submitters", async () => {
    const map = await TestMap.create(registry);
    const stranger = await as(registry, 1);
    const caller = await stranger.chain.signer?.getAddress();
    const expected = { reason: "NotOwner", caller, owner: await chain.signer?.getAddress() };
    const [verifier] = terms().verifiers;
    expect(await refusal(raw(stranger, "proposeVerifier", [map.mapId, verifier]))).toEqual(expected);
    expect(await refusal(raw(stranger, "disableVerifier", [map.mapId, keyHash(SOME_KEY)]))).toEqual(expected);
    expect(await refusal(raw(stranger, "setSubmitter", [map.mapId, caller, true]))).toEqual(expected);
  });

  it("allows and disallows submitters, also the owner itself", async () => {
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

  it("cannot change maps that do not exist", async () => {
    const mapId = `0x${"11".repeat(32)}`;
    const [verifier] = terms().verifiers;
    expect(await refusal(raw(registry, "proposeVerifier", [mapId, verifier]))).toEqual({ reason: "UnknownMap", mapId });
    expect(await refusal(readMap(registry, mapId))).toEqual({ reason: "UnknownMap", mapId });
  });
});

describe("a map's owner", () => {
  it("hands it on in two steps: only the named account can accept", async () => {
    const map = await TestMap.create(registry);
    const [heir, other] = [await as(registry, 1), await as(registry, 2)];
    const account = String(await heir.chain.signer?.getAddress());
    const [owner, caller] = [await chain.signer?.getAddress(), await other.chain.signer?.getAddress()];
    const none = { reason: "NotPendingOwner", caller: account, pendingOwner: `0x${"0".repeat(40)}` };
    expect(await refusal(acceptOwnership(heir, map.mapId))).toEqual(none);
    expect(await refusal(transferOwnership(other, map.mapId, account))).toEqual({ reason: "NotOwner", caller, owner });

    await transferOwnership(registry, map.mapId, account);
    expect(await readMap(registry, map.mapId)).toMatchObject({ owner, pendingOwner: account });
    expect(await refusal(acceptOwnership(other, map.mapId))).toMatchObject({ reason: "NotPendingOwner", caller });
    await transferOwnership(registry, map.mapId, null);
    expect(await refusal(acceptOwnership(heir, map.mapId))).toEqual(none);

    await transferOwnership(registry, map.mapId, account.toLowerCase());
    await acceptOwnership(heir, map.mapId);
    expect(await readMap(registry, map.mapId)).toMatchObject({
      owner: account,
      pendingOwner: null,
      domain: map.domain,
    });
    expect(await refusal(setSubmitter(registry, map.mapId, account, true))).toMatchObject({ reason: "NotOwner" });
    await setSubmitter(heir, map.mapId, account, true);
    await advance(heir, map.mapId, [map.batch()]);
    expect(await refusal(acceptOwnership(heir, map.mapId))).toEqual(none);
  });
});

describe("another protocol", () => {
  /** A contract with this one function, in place of a registry. */
  async function posing(name: string, body: string): Promise<string> {
    const source = `// SPDX-License-Identifier: GPL-3.0-or-later\npragma solidity 0.8.37;\ncontract ${name} { ${body} }`;
    const artifact = (await compileSources({ [`test/${name}.sol`]: source })).get(name);
    return (await deploy(chain, { bytecode: artifact?.bytecode ?? "" })).address;
  }

  it("of a registry is named, with the next step", async () => {
    const first = await posing("First", "uint40 public constant MIN_VERIFIER_DELAY = 1 days;");
    const error = await openRegistry(chain, first).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RegistryVersionError);
    expect(error).toMatchObject({ code: "registry-version", exitCode: 1 });
    expect(String(error)).toMatch(/registry of protocol version 1.*deploy a new registry/);
    const later = await posing("Later", "uint256 public constant PROTOCOL_VERSION = 3;");
    await expect(openRegistry(chain, later)).rejects.toThrow("newer version of this tool");
    const same = await posing("Same", "uint256 public constant PROTOCOL_VERSION = 2;");
    await expect(openRegistry(chain, same)).rejects.toThrow("not this version's TimeMapRegistry");
    expect(await lookAtRegistry(chain, same)).toMatchObject({ code: "other" });
    expect(await lookAtRegistry(chain, registry.address)).toMatchObject({ code: "same" });
  });

  it("has other domains, because they contain the version", async () => {
    const { mapId } = await TestMap.create(registry);
    const types = ["string", "uint256", "uint256", "address", "bytes32"];
    const domain = (version: number): bigint => {
      const values = ["TimeBandits", version, 31337n, registry.address, mapId];
      return BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(types, values))) % FIELD_ORDER;
    };
    expect((await readMap(registry, mapId)).domain).toBe(domain(2));
    expect(mapDomain(31337n, registry.address.toLowerCase(), mapId)).toBe(domain(2));
    expect(domain(1)).not.toBe(domain(2));
  });
});

describe("opening a registry", () => {
  it("accepts only this version's code at the address", async () => {
    expect((await openRegistry(chain, registry.address)).address).toBe(registry.address);
    const nobody = `0x${"12".repeat(20)}`;
    await expect(openRegistry(chain, nobody)).rejects.toThrow("no contract");
    await expect(openRegistry(chain, "0x12")).rejects.toThrow("not an address");
    await chain.provider.send("hardhat_setCode", [nobody, "0x6001600155"]);
    await expect(openRegistry(chain, nobody)).rejects.toThrow("not this version's");
  });
});
