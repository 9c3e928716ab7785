/**
 * Whether constraints are Poseidon, S-box by S-box, by its definition: the constants of each round, fifth powers, the
 * mixing. What is left to assume is then of Poseidon alone: that a digest has no second preimage.
 */
import { constantsOf } from "../../trace/poseidon/constants.ts";
import { type Constraint, centred, constantOf, gather, inverse, plus, ratio, refuse, type Sum, ZERO } from "./sums.ts";

const PARTIAL = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];

/** Sums over 1, then the lanes, then the fifth powers: what each S-box takes, and the lanes at the end. */
interface Shape {
  readonly boxes: readonly Sum[];
  readonly out: readonly Sum[];
}
/** Constraints by number, and sums over the signals of the file. */
export interface Constraints {
  readonly at: (n: number) => Constraint;
  readonly expanded: (sum: Sum) => Sum;
}
/** A lane by its number, as a sum. */
export type LaneOf = (lane: number) => Sum;
const shapes = new Map<number, Shape>();

function shapeOf(inputs: number): Shape {
  const known = shapes.get(inputs);
  if (known !== undefined) return known;
  const partial = PARTIAL[inputs - 1] ?? refuse(`Poseidon has 1 to 16 inputs, not ${inputs}`);
  const { C, M } = constantsOf(inputs);
  const t = inputs + 1;
  const boxes: Sum[] = [];
  let state: Sum[] = Array.from({ length: t }, (_, lane) => new Map([[lane + 1, 1n]]));
  for (let round = 0; round < 8 + partial; round++) {
    const isFull = round < 4 || round >= 4 + partial;
    const powers = state.map((lane, i): Sum => {
      const input = plus(lane, new Map([[0, C[round * t + i] as bigint]]));
      return i > 0 && !isFull ? input : new Map([[t + boxes.push(input), 1n]]);
    });
    state = powers.map((_, i) => {
      const mixed = new Map<number, bigint>();
      for (const [j, power] of powers.entries()) gather(mixed, power, M[i]?.[j] as bigint);
      return mixed;
    });
  }
  shapes.set(inputs, { boxes, out: state });
  return { boxes, out: state };
}

/**
 * Lanes that the permutation leaves, by number, as sums over the file's signals: lane 0 is the digest.
 *
 * @param lanes capacity and inputs
 * @param constraints three for each S-box whose input is no constant, in the order of the definition
 */
export function permutationOf(system: Constraints, lanes: readonly Sum[], constraints: readonly number[]): LaneOf {
  const { boxes, out } = shapeOf(lanes.length - 1);
  const parts: Sum[] = [new Map([[0, 1n]]), ...lanes.map((lane) => system.expanded(lane))];
  let next = 0;
  const whole = (sum: Sum): Sum => {
    const result = new Map<number, bigint>();
    for (const [part, factor] of sum) gather(result, parts[part] as Sum, factor);
    return result;
  };
  /** x · y, as the next constraint has it. */
  const product = (x: Sum, y: Sum): Sum => {
    const n = constraints[next++] ?? -1;
    const [a, b, c] = system.at(n);
    const times = (ratio(a, x) ?? 0n) * (ratio(b, y) ?? 0n) || (ratio(a, y) ?? 0n) * (ratio(b, x) ?? 0n);
    return times === 0n ? refuse(`constraint ${n} is not the next product of Poseidon`) : plus(ZERO, c, inverse(times));
  };
  for (const box of boxes) {
    const state = whole(box);
    const constant = constantOf(state);
    const square = constant === null ? product(state, state) : ZERO;
    parts.push(
      constant === null ? product(product(square, square), state) : plus(ZERO, new Map([[0, centred(constant ** 5n)]])),
    );
  }
  if (next !== constraints.length) refuse("there are more constraints than Poseidon has");
  return (lane) => whole(out[lane] ?? refuse(`Poseidon has no lane ${lane}`));
}
