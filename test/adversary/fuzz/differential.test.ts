/**
 * A little of the differential fuzzing, and every case that was ever kept. The rest is in differential.long.test.ts and
 * in `npm run adversary`.
 */
import { expect, test } from "vitest";
import { address } from "../../../trace/layout.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import { type ProgramCell, packCell } from "../../../trace/state/cells.ts";
import { authority } from "../../lib/authorities.ts";
import { GOLD, mapWith } from "../../lib/build.ts";
import { inputOf, SMALL, verdict } from "../../lib/circuit.ts";
import { regressions, retry, runDifferential } from "./differential.ts";

test("machine, replay, witness calculator and constraints agree on random runs", async () => {
  const { transitions, disagreements, examples } = await runDifferential({ transitions: 15, seed: 1 });
  expect({ disagreements, examples }).toEqual({ disagreements: 0, examples: [] });
  expect(transitions).toBeGreaterThanOrEqual(15);
});

test.each(regressions())("they agree on a kept case: %s", async (_, kept) => {
  await retry(kept);
});

test("a program that takes its present key continues in the same group", async () => {
  const map = mapWith({ programs: 1, levels: SMALL.levels });
  const header = map.cell(address(1, 0)) as ProgramCell;
  map.write(address(1, 0), packCell({ ...header, authority: authority(1) }));
  const rows = [
    rowOf("RotateAuthority", 1, { argument: { authority: authority(1) } }),
    rowOf("Issue", 1, { destination: address(1, 1), kind: GOLD, quantity: 5n }),
  ];
  const transitions = new Machine(map.clone()).apply(rows, 9);
  expect(await verdict(inputOf(map, transitions))).toBe("accepted");
});
