/** A record and the registry of its map: only an accepted batch counts. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { rangeOf } from "../../prover/bundles/bundle.ts";
import { publicSignals } from "../../prover/bundles/checkBundle.ts";
import { solidityProof } from "../../prover/groth16/groth16.ts";
import type { VerificationKey } from "../../prover/keys/verificationKey.ts";
import { verifyingArtifacts } from "../../prover/verifyingArtifacts.ts";
import { packSpan } from "../../trace/commitment/commit.ts";
import { Names, NO_NAMES } from "../../trace/describe/names.ts";
import {
  advance,
  createMap,
  deployRegistry,
  disableVerifier,
  mapPlace,
  type Registry,
} from "../../verifier/chain/registry.ts";
import { keysOfMap } from "../../verifier/keyReports.ts";
import type { RecordFile } from "../../verifier/records/recordFile.ts";
import { recordLines, recordReport } from "../../verifier/records/recordReport.ts";
import { proveRecord, verifyRecord } from "../../verifier/records/records.ts";
import { chainTime, freshSalt, hardhatChain } from "../lib/chains.ts";
import { developmentProof } from "../lib/developmentProof.ts";
import { PROFILE, provenRun } from "../lib/provenRun.ts";

let chain: Awaited<ReturnType<typeof hardhatChain>>;
let registry: Registry;
let key: VerificationKey;

beforeAll(async () => {
  chain = await hardhatChain();
  registry = await deployRegistry(chain);
  ({ verificationKey: key } = (await verifyingArtifacts(PROFILE)).key);
});
afterAll(() => chain[Symbol.asyncDispose]());

/** A record of the diagram as if the run had been made for a map on the chain, now. */
function moved({ inclusion, bundle, map }: RecordFile, entry: NonNullable<RecordFile["map"]["chain"]>, now: number) {
  const { firstSeq, count } = rangeOf(bundle);
  const times = { notBefore: now - 600 + firstSeq, until: now - 590 + firstSeq };
  const span = packSpan({ firstSeq, count, ...times, moored: false });
  const statement = { ...bundle.statement, span, domain: entry.domain };
  const proof = developmentProof(key, publicSignals(statement));
  return { inclusion, bundle: { ...bundle, statement, proof }, map: { genesisRoot: map.genesisRoot, chain: entry } };
}

test("the map's own registry must have accepted the batch", async () => {
  const dir = await provenRun();
  const [third, twelfth] = [await proveRecord(dir, 3), await proveRecord(dir, 12)];
  const { genesisRoot } = third.map;
  const now = await chainTime(chain.provider);
  const creator = String(await chain.signer?.getAddress());
  const salt = freshSalt();
  const entry = mapPlace({ chainId: 31337n, registry: registry.address, creator, salt }, genesisRoot);
  const [early, late] = [moved(third, entry, now), moved(twelfth, entry, now)];
  const asked = { chain: { chain, registry: registry.address } };
  await expect(verifyRecord(early, asked)).rejects.toMatchObject({ code: "map-lost" });

  const verifiers = [{ profile: PROFILE.name, key }];
  await createMap(registry, { salt, genesisRoot, genesisTime: now - 6_000, maxLag: 3_600, verifiers });
  await expect(verifyRecord(early, asked)).rejects.toMatchObject({ code: "record", field: "batch" });
  const { key: named, statement, proof } = early.bundle;
  await advance(registry, entry.mapId, [{ ...statement, keyHash: named.hash, proof: solidityProof(proof) }]);

  const verified = await verifyRecord(early, asked);
  expect(verified.acceptance).toMatchObject({ mapId: entry.mapId, head: { seq: 8 } });
  expect(verified.notChecked.join()).not.toContain("accepted");
  expect(recordLines(recordReport(verified, new Names(NO_NAMES))).join("\n")).toContain(
    "the registry accepted the batch",
  );
  await expect(verifyRecord(late, asked)).rejects.toMatchObject({
    field: "batch",
    message: expect.stringContaining("of transitions 9 to 16 is not among the batches that the registry accepted"),
  });

  // The same transitions in a batch that differs in one signal: another statement, and a valid proof.
  const twin = moved(third, entry, now + 1);
  expect((await verifyRecord(twin)).acceptance).toBeNull();
  await expect(verifyRecord(twin, asked)).rejects.toMatchObject({ field: "batch" });
  // An accepted batch, with a transition that it does not cover.
  const foreign = { ...early, inclusion: { ...late.inclusion, seq: 4 } };
  await expect(verifyRecord(foreign, asked)).rejects.toMatchObject({ field: "transition" });

  // The keys that the map announces suffice to verify the proof.
  const [announced] = await keysOfMap(chain, registry.address, entry);
  expect(announced).toEqual(key);
  expect((await verifyRecord(early, { keys: [announced as VerificationKey] })).key.kind).toBe("development");
  await expect(keysOfMap(chain, registry.address, { ...entry, chainId: 1n })).rejects.toMatchObject({ field: "rpc" });
  await disableVerifier(registry, entry.mapId, named.hash);
  await expect(keysOfMap(chain, registry.address, entry)).rejects.toThrow("accepts no proofs");
  // Earlier accepted batches stay accepted.
  expect((await verifyRecord(early, asked)).acceptance).not.toBeNull();

  const other = await deployRegistry(chain);
  const elsewhere = { chain: { chain, registry: other.address } };
  await expect(verifyRecord(early, elsewhere)).rejects.toMatchObject({ field: "registry" });
  await expect(verifyRecord(third, asked)).rejects.toThrow("on no chain; verify it without --rpc");
  const otherChain = mapPlace({ chainId: 1337n, registry: registry.address, creator, salt }, genesisRoot);
  await expect(verifyRecord(moved(third, otherChain, now), asked)).rejects.toMatchObject({ field: "rpc" });
});
