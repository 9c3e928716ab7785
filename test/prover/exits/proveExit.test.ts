/** Proofs of exits and cells, from a state to a proof that holds under the published key. */
import { expect, test } from "vitest";
import { cellSignals } from "../../../prover/exits/cellInput.ts";
import { exitSignals } from "../../../prover/exits/exitInput.ts";
import { proveCell, proveExit } from "../../../prover/exits/proveExit.ts";
import { verifyProof } from "../../../prover/groth16/groth16.ts";
import { keyOrigin, stateKeyOrigin } from "../../../prover/keyReport.ts";
import { CELL_CIRCUIT, EXIT } from "../../../prover/stateCircuits.ts";
import { verifyingArtifacts } from "../../../prover/verifyingArtifacts.ts";
import { KEY, world } from "../../adversary/states/worlds.ts";
import { secretOf } from "../../lib/authorities.ts";

const { map, wish } = world(12);
const SECRET = { secret: secretOf(KEY) };

test("an exit is proven, for this statement alone", async () => {
  const { statement, proof, key } = await proveExit(map, wish, SECRET);
  const { key: published } = await verifyingArtifacts(EXIT);
  expect(key).toEqual({ hash: published.vkeyHash, kind: "development" });
  const signals = exitSignals(statement);
  expect(await verifyProof(published.verificationKey, signals, proof)).toBe(true);
  for (const i of signals.keys()) {
    const other = signals.map((signal, k) => (k === i ? signal + 1n : signal));
    expect(await verifyProof(published.verificationKey, other, proof)).toBe(false);
  }
});

test("a cell is proven, one that is empty as well", async () => {
  const { verificationKey } = (await verifyingArtifacts(CELL_CIRCUIT)).key;
  for (const at of [wish.address, wish.address + 40]) {
    const { statement, proof } = await proveCell(map, at);
    expect([statement.w0, statement.w1, statement.w2]).toEqual([...map.words(at)]);
    expect(await verifyProof(verificationKey, cellSignals(statement), proof)).toBe(true);
    expect(await verifyProof(verificationKey, cellSignals({ ...statement, w0: 9n }), proof)).toBe(false);
  }
});

test("a development key is not for a public chain, and an engine is named", async () => {
  await expect(proveExit(map, wish, SECRET, { chainId: 1n })).rejects.toMatchObject({
    code: "KEY_DEVELOPMENT_KEY_ON_PUBLIC_CHAIN",
  });
  await expect(proveCell(map, wish.address, { engine: "abacus" })).rejects.toMatchObject({ code: "ENGINE_UNKNOWN" });
});

test("a key of exits is no profile's: what a map names as such is known as another's", async () => {
  const { key } = await verifyingArtifacts(EXIT);
  expect(await stateKeyOrigin(key.vkeyHash, EXIT)).toMatchObject({ kind: "development", ownKey: key.vkeyHash });
  expect(await stateKeyOrigin(key.vkeyHash, CELL_CIRCUIT)).toMatchObject({ kind: "unknown" });
  expect(await keyOrigin(key.vkeyHash, "exit")).toMatchObject({ kind: "unknown", profileKnown: false, ownKey: null });
});
