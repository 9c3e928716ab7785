/** The engine's own WebAssembly: assembled once per process, and used only where its arithmetic is exact. */
import { setFlagsFromString } from "node:v8";
import { Assembler } from "../../../../trace/wasm/assembler.ts";
import { inverseModulo } from "../../../../trace/wasm/divisionSteps.ts";
import { isExact } from "../../../../trace/wasm/pairs/exact.ts";
import { Constants } from "../../../../trace/wasm/pairs/limbs.ts";
import { BASE_PRIME } from "../../../curve/bn254.ts";
import { addMatrix } from "./matrix.ts";
import { addPoints } from "./points.ts";
import { addTransform } from "./transform.ts";

const PAGE = 65536;

/** The module's bytes. */
export function assembleLanes(): Uint8Array<ArrayBuffer> {
  const module = new Assembler();
  const constants = new Constants();
  const inverse = module.add("fq_inverse", 2, inverseModulo(BASE_PRIME));
  addPoints(module, constants, "g1", inverse);
  addPoints(module, constants, "g2", inverse);
  addMatrix(module, constants);
  addTransform(module, constants);
  const data = constants.bytes();
  return module.bytes(Math.ceil(data.length / PAGE), data);
}

let compiled: WebAssembly.Module | null | undefined;

/**
 * The compiled module, which can be posted to workers; null if this processor, or this version of Node, cannot use it.
 */
export function lanesModule(): WebAssembly.Module | null {
  if (compiled !== undefined) return compiled;
  allowMultiplyAdd();
  compiled = isExact() ? new WebAssembly.Module(assembleLanes()) : null;
  return compiled;
}

/** Node 20 has the standard's instruction, too, but only on request. Without it a proof takes nearly twice as long. */
function allowMultiplyAdd(): void {
  if (Number.parseInt(process.versions.node, 10) < 21) setFlagsFromString("--experimental-wasm-relaxed-simd");
}
