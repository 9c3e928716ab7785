/** Inverts many coordinates at once, for the cost of one inversion and a few multiplications each. */
import type { Bn128 } from "../../curve/bn128Wasm.ts";
import type { GroupName } from "../../keys/fixedBase.ts";

/** Replaces `count` coordinates at `values` by their inverses, zeros by zeros; `scratch` has 32 bytes for each. */
export type BatchInverse = (values: number, count: number, scratch: number) => void;

/** For the coordinates of a group. The caller reserves memory for `count + 1` elements of 32 bytes. */
export function batchInverseOf(wasm: Bn128, group: GroupName): BatchInverse {
  const inverse = wasm.call("f1m_batchInverse");
  if (group === "g1") return (values, count) => void inverse(values, 32, count, values, 32);
  const [square, add] = [wasm.call("f1m_square"), wasm.call("f1m_add")];
  const [mul, neg] = [wasm.call("f1m_mul"), wasm.call("f1m_neg")];
  const other = wasm.alloc(32);
  // 1/(a + b·i) = (a − b·i)/(a² + b²): only the norms are inverted, in the base field. Their products cost half of
  // those in the quadratic field.
  return (values, count, norms) => {
    for (let k = 0; k < count; k++) {
      const [value, norm] = [values + 64 * k, norms + 32 * k];
      square(value, norm);
      square(value + 32, other);
      add(norm, other, norm);
    }
    inverse(norms, 32, count, norms, 32);
    for (let k = 0; k < count; k++) {
      const [value, norm] = [values + 64 * k, norms + 32 * k];
      mul(value, norm, value);
      mul(value + 32, norm, value + 32);
      neg(value + 32, value + 32);
    }
  };
}
