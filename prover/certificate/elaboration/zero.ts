/** The rule `zero`: whether a number is 0 decides what another signal is. */
import { plus, ratio, refuse, type Sum, ZERO } from "../../../verifier/constraints/sums.ts";
import type { Line } from "../reasoning/reasoner.ts";
import { type Followed, ONE, type Translations } from "./followed.ts";
import { ranged } from "./linear.ts";

/** Which factor of each of both constraints the number is. */
type Places = readonly [first: 0 | 1, second: 0 | 1];
const PLACES: readonly Places[] = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];

/** Numbers in the certificate: of the signal z, and of both constraints that it is a factor of. */
interface Alone {
  readonly z: number;
  /** What z is multiplied by in the second constraint. */
  readonly factor: bigint;
  readonly first: number;
  readonly second: number;
  /** Whether z is the first factor of the second constraint. */
  readonly isFirst: boolean;
  /** The constraint that says what z is; null if z is a signal of the draft. */
  readonly defined: number | null;
}

/**
 * z as one signal. If the number is a sum s, z is defined as it. The first constraint is s · inverse = f, so
 * z · inverse = f. The second is s / t · g = h, so z · g = t · h.
 */
function alone(on: Followed, first: number, second: number, [inFirst, inSecond]: Places): Alone {
  const { numbers, system } = on;
  const [[a, b, f], [d, e, h]] = [system.at(first), system.at(second)];
  const [input, other] = inFirst === 0 ? [a, b] : [b, a];
  const [same, g] = inSecond === 0 ? [d, e] : [e, d];
  const [only, ...others] = [...input.keys()];
  if (only !== undefined && only !== 0 && others.length === 0) {
    const [own, two] = [numbers.constraint(first), numbers.constraint(second)];
    const factor = same.get(only) ?? 1n;
    return { z: numbers.signal(only), factor, first: own, second: two, isFirst: inSecond === 0, defined: null };
  }
  const t = ratio(input, same) ?? refuse(`constraints ${first} and ${second} differ outside of this case`);
  const key = `zero ${first} ${second} ${inFirst} ${inSecond}`;
  const [z, defined, one, two] = on.shared(key, (): [number, number, number, number] => {
    const [signal, constraint] = on.define(numbers.sum(input));
    const derive = (factor: Sum, product: Sum, from: number, times: bigint): number =>
      on.derive(
        [[[signal, "1"]], numbers.sum(factor), numbers.sum(product)],
        [[numbers.constraint(from), times === 1n ? ONE : [[String(times)]]]],
      );
    return [signal, constraint, derive(other, f, first, 1n), derive(g, plus(ZERO, h, t), second, t)];
  });
  return { z, factor: 1n, first: one, second: two, isFirst: true, defined };
}

export const ZERO_OR_NOT: Translations = {
  /**
   * z · inverse = f and z · g = 0, and the signal is in f and in g. Where z = 0, the first says f = 0; where not, the
   * second says g = 0. Each tells where the signal lies, and what it is if nothing else is open in f and in g. It is
   * known after the cases if z is: then two witnesses are in the same one.
   */
  zero: (on, first: number, second: number, signal: number) => {
    const { facts } = on;
    const isAlone = (sum: Sum): boolean => sum.has(signal) && facts.unknown(sum).every((one) => one === signal);
    const [[a, b, f], [d, e]] = [on.folded(first), on.factors(second)];
    for (const places of PLACES) {
      const [input, same, g] = [places[0] === 0 ? a : b, places[1] === 0 ? d : e, places[1] === 0 ? e : d];
      if (ratio(same, input) === null || !f.has(signal) || !g.has(signal)) continue;
      const isBound = facts.solved(f, signal) !== null && facts.solved(g, signal) !== null;
      const isDecided = facts.isKnown(input) && isAlone(f) && isAlone(g) && !facts.known.has(signal);
      if (!isBound && !isDecided) continue;
      const { z, defined, ...by } = alone(on, first, second, places);
      const own = on.numbers.signal(signal);
      const says = (n: number, sum: Sum): Line[] => [
        ...(isDecided ? [["follows", n] as const] : []),
        ...(isBound ? [ranged(n, own, sum.get(signal) as bigint)] : []),
      ];
      const [isZero, isOther]: Line[][] = [[ranged(-1, z, by.factor), ...says(by.first, f)], says(-1, g)];
      const lines: Line[] = isDecided && defined !== null ? [["follows", defined]] : [];
      return [...lines, ["either", by.second, by.isFirst ? [isZero, isOther] : [isOther, isZero]]];
    }
    return refuse(`constraints ${first} and ${second} do not decide signal ${signal}`);
  },
};
