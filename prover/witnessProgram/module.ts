/**
 * Edits a WebAssembly module of another compiler: finds its functions by name, replaces their bodies, adds functions
 * and data. Covers the part of the binary format that the circom compiler uses (WebAssembly Core Specification 1.0,
 * chapter 5; names: its appendix).
 */
import {
  type Body,
  type Bytes,
  bytesOf,
  type Callee,
  concat,
  type Functions,
  functionBody,
  functionType,
  section,
  sized,
  unsigned,
  vector,
  wasm,
} from "../../trace/wasm/assembler.ts";
import { PAGE } from "./signals.ts";

const MAGIC = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const ID = { custom: 0, type: 1, import: 2, function: 3, memory: 5, export: 7, code: 10, data: 11 } as const;
const FUNCTION_NAMES = 1;
const FUNCTION_KIND = 0;
const I32_CONST = 0x41;
const END = 0x0b;

/** Reads the requested parts, in order. @throws RangeError past the end */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  take(count: number): Uint8Array {
    if (this.#at + count > this.#bytes.length) throw new RangeError("the module ends too early");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  byte(): number {
    return this.take(1)[0] as number;
  }

  unsigned(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  sized(): Uint8Array {
    return this.take(this.unsigned());
  }

  text(): string {
    return Buffer.from(this.sized()).toString("utf8");
  }

  list<T>(item: () => T): T[] {
    return Array.from({ length: this.unsigned() }, item);
  }
}

/** A piece of memory's initial content. */
interface Piece {
  readonly start: number;
  readonly content: Uint8Array;
}

/** A function's numbers of parameters and results, all of type i32. */
export interface Shape {
  readonly parameters: number;
  readonly results: number;
}

export class ProgramModule implements Functions {
  readonly #sections: { readonly id: number; readonly content: Uint8Array }[] = [];
  readonly #types: Uint8Array[];
  /** The type of each function that is not imported. */
  readonly #functions: number[];
  readonly #bodies: Bytes[];
  readonly #data: Piece[];
  readonly #exports: Bytes[];
  readonly #imports: number;
  #pages: number;
  readonly #changed = new Set<number>();
  readonly #indices = new Map<string, number>();

  /** @throws RangeError if this is not a module, or has unknown parts */
  constructor(bytes: Uint8Array) {
    const reader = new Reader(bytes);
    if (!Buffer.from(MAGIC).equals(reader.take(MAGIC.length))) throw new RangeError("this is not a WebAssembly module");
    while (!reader.done) this.#sections.push({ id: reader.byte(), content: reader.sized() });
    this.#types = this.#read(ID.type, (r) => r.list(() => typeOf(r)));
    this.#imports = this.#read(ID.import, (r) => r.list(() => importOf(r))).length;
    this.#functions = this.#read(ID.function, (r) => r.list(() => r.unsigned()));
    this.#bodies = this.#read(ID.code, (r) => r.list(() => sized(r.sized())));
    this.#exports = this.#read(ID.export, (r) => r.list(() => exportOf(r)));
    this.#data = this.#read(ID.data, (r) => r.list(() => dataOf(r)));
    const [flags, pages] = this.#read(ID.memory, (r) => [r.list(() => r.unsigned())[0], r.unsigned()]) as number[];
    if (flags !== 0) throw new RangeError("the module's memory has a bound");
    this.#pages = pages as number;
    for (const { id, content } of this.#sections) if (id === ID.custom) this.#readNames(new Reader(content));
  }

  /** A function's place; undefined if no function has the name. */
  find(name: string): Callee | undefined {
    const index = this.#indices.get(name);
    return index === undefined ? undefined : { index };
  }

  /** The names of all functions. */
  get names(): Iterable<string> {
    return this.#indices.keys();
  }

  /** The names of the functions whose bodies were replaced. */
  get replaced(): string[] {
    return [...this.#indices].filter(([, index]) => this.#changed.has(index)).map(([name]) => name);
  }

  add(_name: string, parameters: number, body: Body): Callee {
    return this.#push(this.#type(functionType(parameters)), functionBody(parameters, body));
  }

  /** Keeps a copy of a function under another number, so that its replacement can call it. */
  keep({ index }: Callee): Callee {
    const place = index - this.#imports;
    return this.#push(this.#functions[place] as number, this.#bodies[place] as Bytes);
  }

  /**
   * Replaces a function's body.
   * @throws RangeError if the function is of another type
   */
  replace(callee: Callee, { parameters, results }: Shape, body: Body): void {
    const place = callee.index - this.#imports;
    const type = this.#functions[place] as number;
    if (!isSame(this.#types[type] as Uint8Array, functionType(parameters, results))) {
      throw new RangeError("the function is of another type");
    }
    this.#bodies[place] = functionBody(parameters, body);
    this.#changed.add(callee.index);
  }

  /** Exports a function. */
  export(name: string, { index }: Callee): void {
    this.#exports.push(concat(sized(Buffer.from(name)), [FUNCTION_KIND], unsigned(index)));
  }

  /** The initial bytes of memory at an address, as far as one piece of data has them. */
  dataAt(address: number, length: number): Uint8Array | undefined {
    for (const { start, content } of this.#data) {
      if (start <= address && address + length <= start + content.length) {
        return content.subarray(address - start, address - start + length);
      }
    }
    return undefined;
  }

  /** Sets the initial bytes of memory at an address. The memory grows as needed. Later data replaces earlier. */
  put(address: number, content: Uint8Array): void {
    this.#data.push({ start: address, content });
    this.#pages = Math.max(this.#pages, Math.ceil((address + content.length) / PAGE));
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const changed = new Map<number, Uint8Array>([
      [ID.type, vector(this.#types)],
      [ID.function, vector(this.#functions.map(unsigned))],
      [ID.memory, vector([[0, ...unsigned(this.#pages)]])],
      [ID.export, vector(this.#exports)],
      [ID.code, vector(this.#bodies)],
      [ID.data, vector(this.#data.map(dataBytes))],
    ]);
    return new Uint8Array(
      concat(MAGIC, ...this.#sections.map(({ id, content }) => section(id, changed.get(id) ?? content))),
    );
  }

  #push(type: number, body: Bytes): Callee {
    this.#functions.push(type);
    return { index: this.#imports + this.#bodies.push(body) - 1 };
  }

  #type(type: Uint8Array): number {
    const known = this.#types.findIndex((other) => isSame(other, type));
    return known >= 0 ? known : this.#types.push(type) - 1;
  }

  #read<T>(id: number, read: (reader: Reader) => T): T {
    const found = this.#sections.find((one) => one.id === id);
    if (found === undefined) throw new RangeError(`the module has no section ${id}`);
    return read(new Reader(found.content));
  }

  #readNames(reader: Reader): void {
    if (reader.text() !== "name") return;
    while (!reader.done) {
      const kind = reader.byte();
      const names = new Reader(reader.sized());
      if (kind !== FUNCTION_NAMES) continue;
      names.list(() => {
        const index = names.unsigned();
        this.#indices.set(names.text(), index);
      });
    }
  }
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b);

function typeOf(reader: Reader): Uint8Array {
  const form = reader.byte();
  return concat([form], ...[0, 1].map(() => sized(reader.sized())));
}

function importOf(reader: Reader): void {
  reader.text();
  reader.text();
  if (reader.byte() !== FUNCTION_KIND) throw new RangeError("the module imports more than functions");
  reader.unsigned();
}

function exportOf(reader: Reader): Bytes {
  return concat(sized(reader.sized()), [reader.byte()], unsigned(reader.unsigned()));
}

function dataOf(reader: Reader): Piece {
  if (reader.byte() !== 0 || reader.byte() !== I32_CONST) throw new RangeError("the module has data of another kind");
  const start = reader.unsigned();
  if (reader.byte() !== END) throw new RangeError("the module has data at a computed address");
  return { start, content: reader.sized() };
}

const dataBytes = ({ start, content }: Piece): Uint8Array =>
  concat([0], bytesOf(wasm.i32(start)), [END], sized(content));
