/** Full batches of a real run as calls of the registry, for a map that publishes its rows and for one that does not. */
import { batchesOf } from "../../prover/batches/batcher.ts";
import { openBatch } from "../../prover/batches/batchInput.ts";
import { pointOf } from "../../prover/batches/channelPoint.ts";
import type { Profile } from "../../prover/profiles.ts";
import { type RowWords, valueAt } from "../../trace/commitment/channel.ts";
import { type PublicInputs, packSpan, unpackSpan } from "../../trace/commitment/commit.ts";
import { packRows, unpackRows } from "../../trace/commitment/rowBytes.ts";
import { recordOf } from "../../trace/run/traceLines.ts";
import { MOORED_GENESIS } from "../../trace/state/genesis.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { read } from "../../verifier/chain/contract.ts";
import { publishedRows } from "../../verifier/chain/publishedRows.ts";
import { type BatchSubmission, keyHash, MAX_LAG, MOORED_LAG, type Registry } from "../../verifier/chain/registry.ts";
import { SOME_KEY, TestMap } from "./chains.ts";
import { forgedProof, SOME_SECRETS } from "./forge.ts";
import { stateOf } from "./state.ts";

/** The words with another program in the place of program 1, which is the chain in a moored map, and acts by itself. */
function withoutChain([w1, w2, w3]: RowWords): RowWords {
  const other = 2n ^ 1n;
  const acts = ((w1 >> 5n) & 0xffffffn) === 1n;
  const issues = ((w2 >> 32n) & 0xffffffn) === 1n;
  return [acts ? w1 ^ (other << 5n) : w1, issues ? w2 ^ (other << 32n) : w2, w3];
}

/**
 * The batch as one of a moored map that begins at `preRoot`. Its proof knows the key's secrets, and needs no circuit.
 */
function mooredBatch(statement: PublicInputs, published: Uint8Array, preRoot: bigint, now: number): BatchSubmission {
  const span = packSpan({ ...unpackSpan(statement.span), notBefore: now, until: now });
  const rows = unpackRows(published).map(withoutChain);
  const drawn = { ...statement, preRoot, span };
  const point = pointOf(drawn, rows);
  const proof = forgedProof(SOME_SECRETS, Object.values({ ...drawn, point, value: valueAt(rows, point) }));
  return { ...drawn, keyHash: keyHash(SOME_KEY), rows: packRows(rows), proof };
}

/**
 * A map, and the run's first batches for it.
 * @param count of batches at most
 */
export async function batchesFor(
  registry: Registry,
  { groups }: Tracer,
  profile: Profile,
  moored: boolean,
  count: number,
): Promise<{ map: TestMap; batches: BatchSubmission[] }> {
  const state = stateOf({ ...MOORED_GENESIS, moored });
  const dataPolicy = moored ? "chain" : "operator";
  const chainRoot = BigInt((await read(registry, "MOORED_GENESIS_ROOT", []))[0]);
  const maxLag = moored ? MOORED_LAG : MAX_LAG;
  // The registry refuses this root for other maps. The proofs need no circuit, so that any other root does.
  const genesisRoot = moored ? chainRoot : 1n;
  const map = await TestMap.create(registry, { genesisRoot, genesisTime: 0, maxLag, dataPolicy });
  const batches = [...batchesOf(groups, profile)].slice(0, count).map(({ transitions }, index): BatchSubmission => {
    const { statement } = openBatch(state, transitions, profile, map.domain);
    const preRoot = index === 0 ? genesisRoot : statement.preRoot;
    if (moored) {
      const published = publishedRows(transitions.map(recordOf), statement);
      return mooredBatch(statement, published, preRoot, map.now);
    }
    const drawn = { ...statement, preRoot };
    return { ...drawn, keyHash: keyHash(SOME_KEY), proof: forgedProof(SOME_SECRETS, Object.values(drawn)) };
  });
  return { map, batches };
}
