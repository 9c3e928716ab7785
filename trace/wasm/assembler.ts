/**
 * A small WebAssembly assembler: functions over i32, i64 and vectors, one memory, no imports. (Vector instructions are
 * in pairs/, their only user.)
 */

/** Type of a local, a parameter or a result. */
export type ValueType = "i32" | "i64" | "v128";
const TYPES: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, v128: 0x7b };
const FUNCTION = 0x60;
const VOID = 0x40;
const END = 0x0b;

/** Bytes of one or more instructions. They are combined by nesting and flattened once. */
export type Code = number | readonly Code[];

/** A callable function: its index in the module. */
export interface Callee {
  readonly index: number;
}

export const unsigned = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
};

const signed = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
};

const binary =
  (opcode: number) =>
  (a: Code, b: Code): Code => [a, b, opcode];

/** The instructions, operands first. Constants have 32 bits, signed. */
export const wasm = {
  get: (local: number): Code => [0x20, unsigned(local)],
  set: (local: number, value: Code): Code => [value, 0x21, unsigned(local)],
  i32: (value: number): Code => [0x41, signed(value)],
  i64: (value: number): Code => [0x42, signed(value)],
  add32: binary(0x6a),
  sub32: binary(0x6b),
  mul32: binary(0x6c),
  less32: binary(0x49),
  and32: binary(0x71),
  equalsZero: (value: Code): Code => [value, 0x45],
  or32: binary(0x72),
  shiftLeft32: binary(0x74),
  shiftRight32: binary(0x76),
  lessSigned32: binary(0x48),
  /** How many of the lowest bits are 0. */
  trailingZeros32: (value: Code): Code => [value, 0x68],
  add: binary(0x7c),
  subtract: binary(0x7d),
  mul: binary(0x7e),
  and: binary(0x83),
  or: binary(0x84),
  shiftLeft: binary(0x86),
  shiftRight: binary(0x88),
  /** Keeps the sign. */
  shiftRightSigned: binary(0x87),
  less: binary(0x54),
  lessSigned: binary(0x53),
  equalsZero64: (value: Code): Code => [value, 0x50],
  /** The low half of an i64; an i32 as an i64, with its sign. */
  wrap: (value: Code): Code => [value, 0xa7],
  extend: (value: Code): Code => [value, 0xac],
  /** Offsets in bytes; alignment is not promised. */
  load32: (at: Code, offset: number): Code => [at, 0x28, 0, unsigned(offset)],
  loadI64: (at: Code, offset: number): Code => [at, 0x29, 0, unsigned(offset)],
  /** 32 bits into an i64, zero-extended. */
  loadLimb: (at: Code, offset: number): Code => [at, 0x35, 0, unsigned(offset)],
  storeI64: (at: Code, offset: number, value: Code): Code => [at, value, 0x37, 0, unsigned(offset)],
  /** The low 32 bits of an i64. */
  storeLimb: (at: Code, offset: number, value: Code): Code => [at, value, 0x3e, 0, unsigned(offset)],
  load8: (at: Code, offset: number): Code => [at, 0x2d, 0, unsigned(offset)],
  store32: (at: Code, offset: number, value: Code): Code => [at, value, 0x36, 0, unsigned(offset)],
  call: (callee: Callee, ...args: Code[]): Code => [args, 0x10, unsigned(callee.index)],
  /** Runs the body, and repeats it while the condition at its end is not 0. */
  repeat: (body: Code, condition: Code): Code => [0x03, VOID, body, condition, 0x0d, 0, 0x0b],
  when: (condition: Code, then: Code, otherwise?: Code): Code => [
    condition,
    0x04,
    VOID,
    then,
    otherwise === undefined ? [] : [0x05, otherwise],
    0x0b,
  ],
} as const;

/** Numbers the locals of one function, after its parameters. */
export class Locals {
  readonly types: ValueType[] = [];
  readonly #parameters: number;

  constructor(parameters: number) {
    this.#parameters = parameters;
  }

  one(type: ValueType): number {
    return this.#parameters + this.types.push(type) - 1;
  }

  several(type: ValueType, count: number): number[] {
    return Array.from({ length: count }, () => this.one(type));
  }
}

/** Receives the numbers of a function's parameters, and an allocator of further locals. */
export type Body = (parameters: number[], locals: Locals) => Code;

/** A module to which functions can be added: a new one, or an existing one. */
export interface Functions {
  /** Adds a function with i32 parameters and no result. It may call earlier functions. */
  add(name: string, parameters: number, body: Body): Callee;
}

interface Definition {
  name: string;
  parameters: number;
  body: Bytes;
}

export type Bytes = readonly number[] | Uint8Array;

export const concat = (...parts: readonly Bytes[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Uint8Array.from(part)));
export const sized = (content: Bytes): Uint8Array => concat(unsigned(content.length), content);
export const section = (id: number, content: Bytes): Uint8Array => concat([id], sized(content));
export const vector = (items: readonly Bytes[]): Uint8Array => concat(unsigned(items.length), ...items);
const text = (value: string): Uint8Array => sized(Buffer.from(value));

/** The bytes of some code. */
export function bytesOf(code: Code): number[] {
  const bytes: number[] = [];
  flatten(code, bytes);
  return bytes;
}

function flatten(code: Code, into: number[]): void {
  if (typeof code === "number") into.push(code);
  else for (const part of code) flatten(part, into);
}

/** A function's type in the type section, by its numbers of i32 parameters and results. */
export const functionType = (parameters: number, results = 0): Uint8Array =>
  concat([FUNCTION], ...[parameters, results].map((count) => vector(Array.from({ length: count }, () => [TYPES.i32]))));

/** A function's entry in the code section: locals, instructions. */
export function functionBody(parameters: number, body: Body): Uint8Array {
  const locals = new Locals(parameters);
  const numbers = Array.from({ length: parameters }, (_, i) => i);
  const code = bytesOf(body(numbers, locals));
  const declared = vector(locals.types.map((type) => [1, TYPES[type]]));
  return sized(concat(declared, code, [END]));
}

/** A module of functions with i32 parameters and no results. All functions are exported, and the memory as `memory`. */
export class Assembler implements Functions {
  readonly #functions: Definition[] = [];

  add(name: string, parameters: number, body: Body): Callee {
    return { index: this.#functions.push({ name, parameters, body: functionBody(parameters, body) }) - 1 };
  }

  /**
   * The module's bytes.
   * @param pages size of the memory, 64 KiB each
   * @param data initial content of the memory
   */
  bytes(pages: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
    const functions = this.#functions;
    const types = functions.map(({ parameters }) => functionType(parameters));
    const exported = functions.map(({ name }, i) => concat(text(name), [0], unsigned(i)));
    return new Uint8Array(
      concat(
        [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
        section(1, vector(types)),
        section(3, vector(functions.map((_, i) => unsigned(i)))),
        section(5, vector([[0, ...unsigned(pages)]])),
        section(7, vector([...exported, concat(text("memory"), [2, 0])])),
        section(10, vector(functions.map(({ body }) => body))),
        section(11, concat([1, 0, 0x41, 0, END], sized(data))),
      ),
    );
  }
}
