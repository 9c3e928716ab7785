/**
 * One instance of the engine's own module, with a bump allocator over its memory. Addresses are byte offsets, never 0.
 */
import type { WasmFunction } from "../../../curve/bn128Wasm.ts";

const PAGE = 65536;
const ALIGNMENT = 16;

export class Lanes {
  readonly #memory: WebAssembly.Memory;
  readonly #exports: WebAssembly.Exports;
  #bytes: Uint8Array;
  #doubles: Float64Array;
  #next: number;

  constructor(module: WebAssembly.Module) {
    this.#exports = new WebAssembly.Instance(module, {}).exports;
    this.#memory = this.#exports.memory as WebAssembly.Memory;
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#doubles = new Float64Array(this.#memory.buffer);
    // The module's initial content is constants, and they fill whole pages.
    this.#next = this.#bytes.length;
  }

  /** The memory. Do not keep it across `alloc`: growing detaches it. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** The memory as doubles, with the same caution. */
  get doubles(): Float64Array {
    return this.#doubles;
  }

  call(name: string): WasmFunction {
    const found = this.#exports[name];
    if (typeof found !== "function") throw new TypeError(`the module has no function ${name}`);
    return found as WasmFunction;
  }

  /** Takes memory, aligned to 16 bytes, not cleared. */
  alloc(size: number): number {
    const address = this.#next;
    this.#next = Math.ceil((address + size) / ALIGNMENT) * ALIGNMENT;
    const missing = this.#next - this.#bytes.length;
    if (missing > 0) {
      this.#memory.grow(Math.ceil(missing / PAGE));
      this.#bytes = new Uint8Array(this.#memory.buffer);
      this.#doubles = new Float64Array(this.#memory.buffer);
    }
    return address;
  }

  /** The allocator's position, for `release`. */
  mark(): number {
    return this.#next;
  }

  /** Frees everything allocated since `mark`. */
  release(mark: number): void {
    this.#next = mark;
  }

  /** Allocates and fills. */
  put(data: Uint8Array): number {
    const address = this.alloc(data.byteLength);
    this.#bytes.set(data, address);
    return address;
  }
}
