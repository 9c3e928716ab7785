/** What this project uses of snarkjs 0.7.6 and @types/snarkjs 0.7.9 leaves out: the curves. */
import type { Curve, CurveName } from "ffjavascript";

declare module "snarkjs" {
  export const curves: {
    getCurveFromName(name: CurveName, options?: { singleThread?: boolean }): Promise<Curve>;
  };
}
