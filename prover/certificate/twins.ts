/** Constraints that say the same. */
import { type Constraint, plus, ratio, type Sum } from "../../verifier/constraints/sums.ts";

/** Whether two constraints have the same factors and the same product, or multiples of them. */
export function areTwins([x, y, z]: Constraint, [a, b, c]: Constraint): boolean {
  if (x.size + y.size !== a.size + b.size || z.size !== c.size) return false;
  return [
    [x, y],
    [y, x],
  ].some(([p, q]) => {
    const [s, t] = [ratio(p as Sum, a), ratio(q as Sum, b)];
    return s !== null && t !== null && plus(z, c, -s * t).size === 0;
  });
}
