/** The size of map that a circuit over one state is for. */
import { count } from "../../trace/describe/count.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import type { StateCircuit } from "../stateCircuits.ts";

/** @throws InvalidInputError "levels" if the map's tree has another number of them */
export function requireLevels(map: TimeMap, { name, levels }: StateCircuit): void {
  if (map.levels === levels) return;
  throw new InvalidInputError(
    "levels",
    `the circuit ${name} is for maps of ${count(levels, "level")}, and this one has ${map.levels}: use such a map`,
  );
}
