/** What publishing costs: eight full batches of a moored map in one call, with rows of a real run. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { batchesOf } from "../../prover/batches/batcher.ts";
import { openBatch } from "../../prover/batches/batchInput.ts";
import { pointOf } from "../../prover/batches/channelPoint.ts";
import { profileOf } from "../../prover/profiles.ts";
import { type RowWords, valueAt } from "../../trace/commitment/channel.ts";
import { type PublicInputs, packSpan, unpackSpan } from "../../trace/commitment/commit.ts";
import { packRows, unpackRows } from "../../trace/commitment/rowBytes.ts";
import { recordOf } from "../../trace/run/traceLines.ts";
import { MOORED_GENESIS } from "../../trace/state/genesis.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { read } from "../../verifier/chain/contract.ts";
import { publishedRows } from "../../verifier/chain/publishedRows.ts";
import {
  advance,
  type BatchSubmission,
  deployRegistry,
  keyHash,
  MAX_LAG,
  MOORED_LAG,
} from "../../verifier/chain/registry.ts";
import { hardhatChain, SOME_KEY, TestMap } from "../lib/chains.ts";
import { forgedProof, SOME_SECRETS } from "../lib/forge.ts";
import { mooredSoak } from "../lib/mooredSoak.ts";
import { stateOf } from "../lib/state.ts";

const PROFILE = profileOf("batch-256");
let chain: Awaited<ReturnType<typeof hardhatChain>>;
beforeAll(async () => {
  chain = await hardhatChain();
});
afterAll(() => chain[Symbol.asyncDispose]());

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

test("a published transition costs 2,000 gas at most, eight batches of batch-256 in a call", async () => {
  const registry = await deployRegistry(chain);
  const tracer = await runScenario(mooredSoak(100), { profiles: [PROFILE] });
  const cost = async (moored: boolean): Promise<{ gas: number; rows: number; bytes: number }> => {
    const genesis = { ...MOORED_GENESIS, moored };
    const state = stateOf(genesis);
    const dataPolicy = moored ? "chain" : "operator";
    const chainRoot = BigInt((await read(registry, "MOORED_GENESIS_ROOT", []))[0]);
    const maxLag = moored ? MOORED_LAG : MAX_LAG;
    // The registry refuses this root for other maps. The proofs need no circuit, so that any other root does.
    const genesisRoot = moored ? chainRoot : 1n;
    const map = await TestMap.create(registry, { genesisRoot, genesisTime: 0, maxLag, dataPolicy });
    const batches = [...batchesOf(tracer.groups, PROFILE)]
      .slice(0, 9)
      .map(({ transitions }, index): BatchSubmission => {
        const { statement } = openBatch(state, transitions, PROFILE, map.domain);
        const preRoot = index === 0 ? genesisRoot : statement.preRoot;
        if (moored) {
          const published = publishedRows(transitions.map(recordOf), statement);
          return mooredBatch(statement, published, preRoot, map.now);
        }
        const drawn = { ...statement, preRoot };
        return { ...drawn, keyHash: keyHash(SOME_KEY), proof: forgedProof(SOME_SECRETS, Object.values(drawn)) };
      });
    // The first batch of a map writes its head's words for the first time.
    await advance(registry, map.mapId, batches.slice(0, 1));
    const eight = batches.slice(1);
    const { gasUsed, events } = await advance(registry, map.mapId, eight);
    const rows = events.reduce((sum, { span }) => sum + span.count, 0);
    return { gas: Number(gasUsed), rows, bytes: eight.reduce((sum, each) => sum + (each.rows?.length ?? 0), 0) };
  };
  const [published, plain] = [await cost(true), await cost(false)];
  const each = published.gas / published.rows;
  console.log(
    `moored: ${published.gas} gas for ${published.rows} transitions, ${each.toFixed(0)} each, ` +
      `${(published.bytes / published.rows).toFixed(1)} bytes; not moored: ${plain.gas} gas`,
  );
  expect(published.rows).toBeGreaterThan(1_900);
  expect(each).toBeLessThan(2_000);
});
