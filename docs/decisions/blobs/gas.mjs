/**
 * What publishing costs today, in parts: eight full batches of batch-256 of a moored map in one call, as in
 * test/contracts/moored.long.test.ts. Prints gas, rows, bytes of rows, zeros among them, and the floors of EIP-7623 and
 * EIP-7976. Run from the project's folder: node docs/decisions/blobs/gas.mjs
 */
import { profileOf } from "../../../prover/profiles.ts";
import { hardhatChain } from "../../../test/lib/chains.ts";
import { batchesFor } from "../../../test/lib/mooredBatches.ts";
import { mooredSoak } from "../../../test/lib/mooredSoak.ts";
import { unpackSpan } from "../../../trace/commitment/commit.ts";
import { runScenario } from "../../../trace/tracer/runScenario.ts";
import { advance, deployRegistry } from "../../../verifier/chain/registry.ts";

const PROFILE = profileOf("batch-256");
const chain = await hardhatChain();
const registry = await deployRegistry(chain);
const tracer = await runScenario(mooredSoak(100), { profiles: [PROFILE] });

for (const moored of [true, false]) {
  const { map, batches } = await batchesFor(registry, tracer, PROFILE, moored, 9);
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
