/** Divisors on the curve in whole circuits: all are shown not to be 0, and a planted hole is refused. */
import { describe, expect, it } from "vitest";
import { curveShown } from "../../prover/certificate/curve/shown.ts";
import { curveSteps } from "../../prover/certificate/curve/steps.ts";
import { namesOf } from "../../prover/certificate/names.ts";
import { systemIn } from "../../prover/certificate/read.ts";
import { buildCircuit } from "../../prover/circuit/build.ts";
import { loadSymbols } from "../../prover/formats/symbols.ts";
import { mainSource } from "../../prover/profiles.ts";
import { EXIT } from "../../prover/stateCircuits.ts";
import { Curve, checkCurve } from "../../verifier/curve/check.ts";
import { type Hole, withHole } from "../lib/plantedHole.ts";

it("shows all that the certificate of an exit assumes of the curve", { timeout: 300_000 }, async () => {
  const { curve, open, stopped, signatures } = await curveShown(EXIT);
  expect([signatures, stopped, open, curve]).toEqual([1, [], 0, { divisors: 602, shown: 602 }]);
});

it("needs each constraint that a step names", { timeout: 300_000 }, async () => {
  const built = await buildCircuit(EXIT.name, mainSource(EXIT));
  const { steps } = curveSteps(systemIn(built.r1cs), namesOf(await loadSymbols(built.sym)));
  const system = systemIn(built.r1cs);
  const curve = new Curve(system);
  const used = new Set<number>();
  for (const step of steps) {
    const own = "constraints" in step ? step.constraints : [];
    const bits = "bits" in step ? step.bits.map(([, n]) => n) : [];
    for (const n of [...own, ...bits]) {
      used.add(n);
      system.deleted.add(n);
      expect(() => curve.apply(step), `${step.rule} without constraint ${n}`).toThrow("was deleted");
      system.deleted.delete(n);
    }
    curve.apply(step);
  }
  // All of a signature but its hash, the range of h's upper bits, the sums of its digits and what compares R.
  expect(used.size).toBe(2219);
});

const FIXED = "signature/scalarMulFixed.circom";
const VARIABLE = "signature/scalarMulVariable.circom";
const MONTGOMERY = "signature/montgomery.circom";

/** A hole, and where the steps stop. */
const CASES: readonly (Hole & { readonly what: string; readonly stopped: string })[] = [
  {
    what: "a table of another point",
    file: FIXED,
    sound: "15911430547061389793000475571378725100056101078419116934490913615534943964770",
    hole: "15911430547061389793000475571378725100056101078419116934490913615534943964771",
    stopped: "is not on the curve",
  },
  {
    what: "one number of the table that is off by one",
    file: FIXED,
    sound: "    table[83][0] = p;",
    hole: "    table[83][0] = p; table[40][2][1] = table[40][2][1] + 1;",
    stopped: "is not on the curve",
  },
  {
    what: "a table with 3Z in the place of Z: 5 and 3 are opposite",
    file: FIXED,
    sound: "    p = SUM(p, z);",
    hole: "    p = SUM(p, SUM(z, DOUBLE(z)));",
    stopped: "both may be equal or opposite",
  },
  {
    what: "a last bit that is no bit",
    file: VARIABLE,
    sound: "low * (low - 1) === 0;",
    hole: "low * (low - 2) === 0;",
    stopped: "the circuit has no such constraint",
  },
  {
    what: "a sum with another coefficient",
    file: MONTGOMERY,
    sound: "out[0] <== slope.out * slope.out - 168698 - p[0] - q[0];",
    hole: "out[0] <== slope.out * slope.out - 168699 - p[0] - q[0];",
    stopped: "has other factors",
  },
  {
    what: "a key on another curve",
    file: "signature/signature.circom",
    sound: "168700 * twice.xx + twice.yy === 1 + 168696 * twice.xy * twice.xy;",
    hole: "168700 * twice.xx + twice.yy === 1 + 168697 * twice.xy * twice.xy;",
    stopped: "has another product",
  },
  {
    what: "a key that is doubled once less",
    file: "signature/signature.circom",
    sound: "u.top <== 1 + eightfold.out[1];",
    hole: "u.top <== 1 - eightfold.out[1];",
    stopped: "has another product",
  },
];

describe("holes", () => {
  it.each(CASES)("refuses $what", { timeout: 300_000 }, async (hole) => {
    await withHole(hole, async (libraries) => {
      const built = await buildCircuit(EXIT.name, mainSource(EXIT), { libraries });
      const { steps, stopped } = curveSteps(systemIn(built.r1cs), namesOf(await loadSymbols(built.sym)));
      expect(stopped.join()).toContain(hole.stopped);
      // What stands there until then holds.
      expect(() => checkCurve(systemIn(built.r1cs), steps)).not.toThrow();
    });
  });
});
