/**
 * What publishing costs today, in parts: eight full batches of batch-256 of a moored map in one call, as in
 * test/contracts/moored.long.test.ts. Prints gas, rows, bytes of rows, zeros among them, and the floors of EIP-7623 and
 * EIP-7976. Run from the project's folder: node docs/decisions/blobs/gas.mjs
 */
import soak from "../../../examples/soak.ts";
import { batchesOf } from "../../../prover/batches/batcher.ts";
import { openBatch } from "../../../prover/batches/batchInput.ts";
import { profileOf } from "../../../prover/profiles.ts";
import { hardhatChain, SOME_KEY, TestMap } from "../../../test/lib/chains.ts";
import { forgedProof, SOME_SECRETS } from "../../../test/lib/forge.ts";
import { MOST_LAG } from "../../../trace/commitment/channel.ts";
import { unpackSpan } from "../../../trace/commitment/commit.ts";
import { recordOf } from "../../../trace/run/traceLines.ts";
import { mapOf } from "../../../trace/state/genesis.ts";
import { runScenario } from "../../../trace/tracer/runScenario.ts";
import { publishedRows } from "../../../verifier/chain/publishedRows.ts";
import { advance, deployRegistry, keyHash } from "../../../verifier/chain/registry.ts";

const PROFILE = profileOf("batch-256");
const chain = await hardhatChain();
const registry = await deployRegistry(chain);
const tracer = await runScenario(soak, { profiles: [PROFILE] });

for (const moored of [true, false]) {
  // The scenario's own genesis, so that its batches are full from the start. The registry does not know it.
  const state = mapOf(soak.genesis());
  Object.defineProperty(state, "moored", { value: moored });
  const map = await TestMap.create(registry, {
    genesisRoot: state.root(),
    genesisTime: 0,
    maxLag: MOST_LAG,
    dataPolicy: moored ? "chain" : "operator",
  });
  const batches = [...batchesOf(tracer.groups, PROFILE)].slice(0, 9).map(({ transitions }) => {
    const { statement } = openBatch(state, transitions, PROFILE, map.domain);
    const proof = forgedProof(SOME_SECRETS, Object.values(statement));
    const rows = moored ? publishedRows(transitions.map(recordOf), statement) : undefined;
    return { ...statement, keyHash: keyHash(SOME_KEY), rows, proof };
  });
  await advance(registry, map.mapId, batches.slice(0, 1));
  await advance(registry, map.mapId, batches.slice(1));
  // The transaction of that call is the last of the last block.
  const block = await chain.provider.getBlock("latest", true);
  const transaction = block.prefetchedTransactions.at(-1);
  const receipt = await chain.provider.getTransactionReceipt(transaction.hash);
  const data = Buffer.from(transaction.data.slice(2), "hex");
  const zeros = data.filter((byte) => byte === 0).length;
  const rows = batches.slice(1).reduce((sum, { span }) => sum + unpackSpan(span).count, 0);
  const tokens = zeros + 4 * (data.length - zeros);
  const packed = batches.slice(1).map(({ rows: bytes }) => Buffer.from(bytes ?? []));
  console.log({
    moored,
    gas: Number(receipt.gasUsed),
    rows,
    each: Number(receipt.gasUsed) / rows,
    calldata: { bytes: data.length, zeros, gas: 4 * tokens },
    rowBytes: packed.reduce((sum, { length }) => sum + length, 0),
    rowZeros: packed.reduce((sum, bytes) => sum + bytes.filter((byte) => byte === 0).length, 0),
    floor7623: 21_000 + 10 * tokens,
    floor7976: 21_000 + 64 * data.length,
  });
}
await chain[Symbol.asyncDispose]();
