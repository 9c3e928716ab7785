/** Arithmetic of the checker: shortcuts give what the definitions say. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Facts } from "../../prover/certificate/reasoning/facts.ts";
import type { Interval } from "../../verifier/constraints/intervals.ts";
import { centred, inverse, P, type Sum } from "../../verifier/constraints/sums.ts";

const HALF = P / 2n;
const NUMBERS = [0n, 1n, 2n, HALF - 1n, HALF, HALF + 1n, P - 1n, P, P + 1n, 3n * P + HALF, 3n * P + HALF + 1n];
const number = fc.oneof(
  fc.constantFrom(...NUMBERS.flatMap((n) => [n, -n])),
  fc.bigInt({ min: -(P ** 2n), max: P ** 2n }),
);
/** Small factors, and such that the compiler makes of fractions. */
const factor = fc.oneof(
  fc.bigInt({ min: -9n, max: 9n }),
  fc.integer({ min: 0, max: 70 }).map((i) => centred(inverse(2n) ** BigInt(i))),
);

describe("numbers of the field", () => {
  it("lie between −P/2 and P/2", () => {
    fc.assert(
      fc.property(number, (n) => {
        const found = centred(n);
        expect((found - n) % P).toBe(0n);
        expect(found >= -HALF && found <= HALF).toBe(true);
      }),
    );
  });

  it("have inverses, the second time as well", () => {
    fc.assert(
      fc.property(
        number.filter((n) => n % P !== 0n),
        (n) => {
          expect(centred(n * inverse(n))).toBe(1n);
          expect(inverse(n)).toBe(inverse(n));
          expect(inverse(n)).toBe(centred(inverse(n)));
        },
      ),
    );
  });
});

describe("where a signal lies by a sum that is 0", () => {
  /** By the definition: the other signals, divided by the factor, as a sum of its own. */
  function defined(facts: Facts, sum: Sum, signal: number): Interval | null {
    const own = sum.get(signal);
    if (own === undefined) return null;
    const others = [...sum].filter(([one]) => one !== signal);
    return facts.interval(new Map(others.map(([one, times]) => [one, centred(-times * inverse(own))])));
  }

  it("is where the rest of the sum lies", () => {
    const term = fc.record({
      times: factor,
      low: fc.bigInt({ min: -300n, max: 9n }),
      width: fc.bigInt(0n, 1n << 200n),
    });
    fc.assert(
      fc.property(fc.array(term, { maxLength: 6 }), fc.nat({ max: 6 }), (terms, without) => {
        const facts = new Facts();
        const sum = new Map<number, bigint>();
        for (const [i, { times, low, width }] of terms.entries()) {
          if (times !== 0n) sum.set(i, times);
          if (i > 0 && i !== without) facts.bound(i, [low, low + width]);
        }
        for (let signal = 0; signal < 7; signal++) {
          expect(facts.solved(sum, signal)).toEqual(defined(facts, sum, signal));
        }
      }),
    );
  });
});
