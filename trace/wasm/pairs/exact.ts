/** Whether this machine can multiply in pairs. */
import { Assembler, type Code, wasm } from "../assembler.ts";
import { simd } from "./simd.ts";

/**
 * Whether `multiplyAdd` rounds once. WebAssembly leaves that to the processor. One without fused multiply-add rounds
 * the product first, which would lose the low half of a product of limbs.
 * @param operation the instruction to check; tests check others
 */
export function isExact(operation: typeof simd.multiplyAdd = simd.multiplyAdd): boolean {
  const module = new Assembler();
  const operand = (i: number): Code => simd.load(wasm.i32(0), 16 * i);
  module.add("run", 0, () => simd.store(wasm.i32(0), 0, operation(operand(0), operand(1), operand(2))));
  // (2^50 + 1)² − 2^100 = 2^51 + 1: the product alone has 101 bits, of which a double keeps 53.
  const side = 2 ** 50 + 1;
  const operands = Float64Array.of(side, -side, side, side, -(2 ** 100), 2 ** 100);
  const bytes = module.bytes(1, new Uint8Array(operands.buffer));
  // A Node without these instructions refuses the module.
  if (!WebAssembly.validate(bytes)) return false;
  const { run, memory } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {}).exports;
  (run as WebAssembly.ExportedFunction)();
  const [low, high] = new Float64Array((memory as WebAssembly.Memory).buffer, 0, 2);
  return low === 2 ** 51 + 1 && high === -(2 ** 51) - 1;
}
