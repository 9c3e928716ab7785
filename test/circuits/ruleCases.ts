/**
 * Tests of forgeries. The honest neighbour is accepted. The machine refuses the forgery with the invariant, and the
 * circuit refuses it at the constraint.
 */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { BatchSignals } from "../../prover/batches/batchInput.ts";
import { InvalidInputError, type Invariant, RefusedError } from "../../trace/errors.ts";
import { askMachine, type Case, type Forgery, forge, honestCase, mapOfCase } from "../adversary/forgeries/forgery.ts";
import { T } from "../adversary/lib/words.ts";
import { inputOf, SMALL, verdict } from "../lib/circuit.ts";
import { RowForger } from "../lib/rowForger.ts";
import { standsIn } from "../lib/sections.ts";

const known = new Map<string, Promise<string>>();

/** The verdict on an honest batch, which stands beside several forgeries. */
export function verdictOnce(input: BatchSignals): Promise<string> {
  const text = JSON.stringify(input, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  const hash = createHash("sha256").update(text).digest("hex");
  const said = known.get(hash) ?? verdict(input);
  known.set(hash, said);
  return said;
}

function expectRefusal(ask: () => void, invariant: Invariant | "invalid"): void {
  let error: unknown;
  try {
    ask();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(invariant === "invalid" ? InvalidInputError : RefusedError);
  if (error instanceof RefusedError) expect(error.invariant).toBe(invariant);
}

/**
 * Runs cases. Machine and circuit accept the good rows. The machine refuses the bad rows with their invariant, and the
 * circuit at their constraint, with a witness that is forged past the machine.
 */
export function checkRules(cases: readonly Case[]): void {
  describe.each(cases)("$rule", (rules) => {
    test("happens", async () => {
      const pre = mapOfCase(rules);
      const transitions = honestCase(pre, rules);
      const input = inputOf(pre, transitions);
      expect(await verdictOnce(input)).toBe("accepted");
      // The forger computes the same values as the machine, so its forgeries break only their rule.
      const forger = new RowForger(pre, T);
      for (const group of rules.good) forger.group(group);
      if (transitions.every((t) => t.effect !== "Check")) expect(forger.build(SMALL)).toEqual(input);
    });

    test("is refused by the machine", () => {
      expectRefusal(() => askMachine(mapOfCase(rules), rules.bad), rules.invariant);
    });

    test("is refused by the circuit", async () => {
      const said = await verdict(forge(mapOfCase(rules), rules.bad));
      expect(standsIn(said, rules.by), said).toBe(true);
    });
  });
}

/** Runs forgeries of any sort, in the same way. */
export function checkForgeries(forgeries: readonly Forgery[]): void {
  describe.each(forgeries)("$rule: $attempt", ({ neighbour, forged, machine, invariant, by }) => {
    test("is refused", async () => {
      expect(await verdictOnce(neighbour())).toBe("accepted");
      if (machine !== undefined) expectRefusal(machine, invariant);
      const said = await verdict(forged());
      expect(standsIn(said, by), said).toBe(true);
    });
  });
}
