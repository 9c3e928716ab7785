/** Counts the constraints of the prototype, in parts: node docs/decisions/blobs/count.mjs ROWS:WORDS… */
import { buildCircuit } from "../../../prover/circuit/build.ts";
import { sourceOf } from "./circuit.mjs";

for (const size of process.argv.slice(2)) {
  const [rows, words] = size.split(":").map(Number);
  const { constraints } = await buildCircuit(`blob-${rows}`, sourceOf(rows, words));
  console.log(`${rows} rows, ${words} words at a time: ${constraints}, ${(constraints / rows).toFixed(1)} a row`);
}
