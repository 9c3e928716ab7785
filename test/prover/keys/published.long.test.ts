/** Published keys are the keys that the circuits give. Large circuits count here if they are compiled already. */
import { test } from "vitest";
import { isBuilt } from "../../../prover/circuit/build.ts";
import { mainSource } from "../../../prover/profiles.ts";
import { expectPublished, LARGE, SMALL } from "./publishedAgain.ts";

test.each(SMALL)("$name: the circuit is compiled, and the file has its verification key", expectPublished);

for (const circuit of LARGE) {
  const compiled = await isBuilt(mainSource(circuit));
  test.skipIf(!compiled)(`${circuit.name}: the file has the verification key of the circuit, which is compiled`, () =>
    expectPublished(circuit),
  );
}
