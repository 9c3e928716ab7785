/**
 * Whether constraints are Poseidon, S-box by S-box, by its definition: the constants of each round, fifth powers, the
 * mixing. What is left to assume is then of Poseidon alone: that a digest has no second preimage.
 */
import { constantsOf } from "../../trace/poseidon/constants.ts";
import { refuse } from "./facts.ts";
import { centred, gather, inverse, plus, Refusal, ratio, type Sum, type System } from "./system.ts";

const PARTIAL = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];

/** Sums over 1, then the lanes, then the fifth powers: what each S-box takes, and the lanes at the end. */
interface Shape {
  readonly boxes: readonly Sum[];
  readonly out: readonly Sum[];
}
const shapes = new Map<number, Shape>();

function shapeOf(inputs: number): Shape {
  const known = shapes.get(inputs);
  if (known !== undefined) return known;
  if (PARTIAL[inputs - 1] === undefined) throw new Refusal(`Poseidon has 1 to 16 inputs, not ${inputs}`);
  const { C, M } = constantsOf(inputs);
  const t = inputs + 1;
  const rounds = 8 + (PARTIAL[inputs - 1] as number);
  const boxes: Sum[] = [];
  let state: Sum[] = Array.from({ length: t }, (_, lane) => new Map([[lane + 1, 1n]]));
  for (let round = 0; round < rounds; round++) {
    state = state.map((lane, i) => plus(lane, new Map([[0, C[round * t + i] as bigint]])));
    const all = round < 4 || round >= rounds - 4;
    state = state.map((lane, i) => {
      if (!all && i > 0) return lane;
      boxes.push(lane);
      return new Map([[t + boxes.length, 1n]]);
    });
    state = state.map((_, i) => {
      const mixed = new Map<number, bigint>();
      for (const [j, lane] of state.entries()) {
        const times = M[i]?.[j] as bigint;
        for (const [part, factor] of lane) mixed.set(part, (mixed.get(part) ?? 0n) + factor * times);
      }
      for (const [part, factor] of mixed) mixed.set(part, centred(factor));
      return mixed;
    });
  }
  const shape = { boxes, out: state };
  shapes.set(inputs, shape);
  return shape;
}

/**
 * Lanes that the permutation leaves, by number, as sums over the file's signals: lane 0 is the digest.
 *
 * @param lanes capacity and inputs
 * @param constraints three for each S-box whose input is no constant, in the order of the definition
 */
export function permutationOf(
  system: System,
  lanes: readonly Sum[],
  constraints: readonly number[],
): (lane: number) => Sum {
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
    for (const [left, right] of [
      [x, y],
      [y, x],
    ] as const) {
      const [s, t] = [ratio(a, left), ratio(b, right)];
      if (s !== null && t !== null) return plus(new Map(), c, inverse(s * t));
    }
    throw new Refusal(`constraint ${n} is not the next product of Poseidon`);
  };
  for (const box of boxes) {
    const state = whole(box);
    const constant = state.size === 0 ? 0n : state.size === 1 ? state.get(0) : undefined;
    if (constant !== undefined) {
      parts.push(new Map([[0, centred(constant ** 5n)]]));
      continue;
    }
    const square = product(state, state);
    parts.push(product(product(square, square), state));
  }
  if (next !== constraints.length) throw new Refusal("there are more constraints than Poseidon has");
  return (lane) => whole(out[lane] ?? refuse(`Poseidon has no lane ${lane}`));
}
