/** Lines about signs: numbers that are v or −v, where v is assumed to be other than 0. */
import { centred, inverse, refuse } from "../../../verifier/constraints/sums.ts";
import { type Multiples, ONE, type Translations } from "./followed.ts";

const HALF = inverse(2n);

export const SIGNS: Translations = {
  /**
   * By x² = v², x is v or −v. The bit b = (x + v) / 2v says which: the draft adds (2b − 1) · v = x, and the certificate
   * b · v = (x + v) / 2. That b is a bit follows, times v²:
   *
   *   b · (b − 1) · v² = (x² − v²) / 4 + (b · v − (x + v) / 2) · (b · v + (x − v) / 2)
   *
   * The first constraint is r · x² = c, the second s · v² = d, and c / r = d / s. So x² − v² is the first divided by r,
   * less the second divided by s.
   */
  sign: (on, first: number, second: number, signal: number, root: number) => {
    const [x, v, half] = [on.numbers.signal(signal), on.numbers.signal(root), String(HALF)];
    const sum = [
      [x, half],
      [v, half],
    ] as const;
    const [bit, quotient] = on.define(sum, v);
    const share = (n: number, sign: bigint): string => {
      const [a, b] = on.system.at(n);
      const scale = [...a.values(), ...b.values()].reduce((all, one) => all * one, 1n);
      return String(centred(sign * inverse(centred(4n * scale))));
    };
    const isBit = on.derive(
      [
        [[bit, "1"]],
        [
          [bit, "1"],
          [0, "-1"],
        ],
        [],
      ],
      [
        [on.numbers.constraint(first), [[share(first, 1n)]]],
        [on.numbers.constraint(second), [[share(second, -1n)]]],
        [
          quotient,
          [
            ["1", bit, v],
            [half, x],
            [String(-HALF), v],
          ],
        ],
      ],
      [v, v],
    );
    on.numbers.signalIs(on.system.next, bit);
    on.numbers.constraintIs(on.system.constraints.length, quotient);
    on.quotients.set(signal, quotient);
    return [["either", isBit, [[["range", -1, bit]], [["range", -1, bit]]]]];
  },

  /**
   * v · s = Σ f · x, where each x is a sign: x = (2b − 1) · v. The draft adds s = Σ f · (2b − 1). Times v, that is the
   * constraint less 2f · (b · v − (x + v) / 2) for each x.
   */
  cancel: (on, n: number, root: number) => {
    const [, , signs] = on.system.at(n);
    const parts: Multiples = [
      [on.numbers.constraint(n), ONE],
      ...[...signs].map(([signal, factor]): Multiples[number] => {
        const quotient = on.quotients.get(signal) ?? refuse(`signal ${signal} is no sign`);
        return [quotient, [[String(centred(-2n * factor))]]];
      }),
    ];
    const at = on.system.constraints.length;
    return () => {
      const [, , sum] = on.system.at(at);
      on.numbers.constraintIs(at, on.derive([[], [], on.numbers.sum(sum)], parts, [on.numbers.signal(root)]));
      return [];
    };
  },
};
