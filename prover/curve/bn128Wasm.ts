/**
 * BN254 in WebAssembly: one instance of wasmcurves' module with its memory. Used on one thread only; every worker makes
 * its own from the same compiled module. Addresses are byte offsets into the memory. A field element takes 32 bytes,
 * little-endian; "Montgomery" means that the bytes hold value·2^256 mod the prime.
 */

/** Any function of the module: takes addresses and counts, returns nothing or a flag. */
export type WasmFunction = (...args: number[]) => number;

const PAGE = 65536;
/** The module's declared minimum memory. */
const FIRST_PAGES = 25;

/** An instance with a bump allocator over its memory. */
export class Bn128 {
  readonly #memory: WebAssembly.Memory;
  readonly #exports: WebAssembly.Exports;
  #bytes: Uint8Array;
  #view: DataView;

  constructor(module: WebAssembly.Module) {
    this.#memory = new WebAssembly.Memory({ initial: FIRST_PAGES });
    this.#exports = new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports;
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
  }

  /** The memory as bytes. Do not keep it across `alloc` or `reserve`: growing the memory detaches it. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** The memory as numbers, with the same caution. */
  get view(): DataView {
    return this.#view;
  }

  call(name: string): WasmFunction {
    const found = this.#exports[name];
    if (typeof found !== "function") throw new TypeError(`wasmcurves has no function ${name}: install version 0.2.2`);
    return found as WasmFunction;
  }

  /** Takes memory, aligned to 8 bytes, not cleared. */
  alloc(size: number): number {
    // The module's own scratch space starts at the address in word 0, so this is its allocator, too.
    // (No bit operations: addresses reach 2^32.)
    const address = Math.ceil(this.#view.getUint32(0, true) / 8) * 8;
    this.#ensure(address + size);
    this.#view.setUint32(0, address + size, true);
    return address;
  }

  /** Ensures that the module itself can take this much scratch space above the allocated memory. */
  reserve(size: number): void {
    this.#ensure(this.#view.getUint32(0, true) + size + 64);
  }

  /** The allocator's position, for `release`. */
  mark(): number {
    return this.#view.getUint32(0, true);
  }

  /** Frees everything allocated since `mark`. */
  release(mark: number): void {
    this.#view.setUint32(0, mark, true);
  }

  /** Allocates and fills. */
  put(data: Uint8Array): number {
    const address = this.alloc(data.byteLength);
    this.#bytes.set(data, address);
    return address;
  }

  /** A copy of memory. */
  take(address: number, size: number): Uint8Array {
    return this.#bytes.slice(address, address + size);
  }

  #ensure(end: number): void {
    const missing = end - this.#memory.buffer.byteLength;
    if (missing <= 0) return;
    this.#memory.grow(Math.ceil(missing / PAGE));
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
  }
}
