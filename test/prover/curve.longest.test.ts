/** As curve.long.test.ts, of a batch: its certificate is made and checked again. */
import { expect, it } from "vitest";
import { curveShown } from "../../prover/certificate/curve/shown.ts";
import { SMALL } from "../lib/circuit.ts";

it("shows all that the certificate of a batch assumes of the curve", { timeout: 900_000 }, async () => {
  const { curve, open, stopped, signatures } = await curveShown(SMALL);
  expect([signatures, stopped, open, curve]).toEqual([2, [], 0, { divisors: 1208, shown: 1208 }]);
});
