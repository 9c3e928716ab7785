/**
 * Witnesses: the value of every wire, computed from a circuit's inputs. The circom compiler's program for the circuit,
 * made faster, does the work. It also checks: inputs that break a constraint are refused, with the place.
 */
import { readFile } from "node:fs/promises";
import type { CircuitArtifacts } from "../circuit/build.ts";
import { FIELD_ORDER } from "../curve/bn254.ts";
import { WitnessError } from "../errors.ts";
import { encodeWitness } from "../formats/wtns.ts";
import { PAGE, WIRE, WRITE_WITNESS } from "../witnessProgram/signals.ts";

/** A signal's value, or values: arrays nest as in the circuit. Each number in [0, field order). */
export type InputValue = bigint | number | string | readonly InputValue[];
/** The values of all input signals of the main component, by name. */
export type CircuitInput = { readonly [signal: string]: InputValue };

/** The error messages of the compiler's program, by code. */
const REASONS: { readonly [code: number]: string } = {
  1: "signal not found",
  2: "too many signals set",
  3: "signal already set",
  4: "assert failed",
  5: "not enough memory",
  6: "input signal array access exceeds the size",
};

/** What calculating a witness needs of a circuit: its name, and the program with its SHA-256. */
export type WitnessProgram = Pick<CircuitArtifacts, "name" | "program" | "programHash">;

type Generator = WebAssembly.Exports;

const modules = new Map<string, Promise<WebAssembly.Module>>();
const MOST_MODULES = 16;

/** The compiled program, once per process and circuit. Keyed by content, so that two circuits may share a name. */
function moduleOf(artifacts: WitnessProgram): Promise<WebAssembly.Module> {
  const known = modules.get(artifacts.programHash);
  if (known !== undefined) return known;
  const compiled = readFile(artifacts.program).then((bytes) => WebAssembly.compile(new Uint8Array(bytes)));
  if (modules.size >= MOST_MODULES) modules.clear();
  modules.set(artifacts.programHash, compiled);
  compiled.catch(() => modules.delete(artifacts.programHash));
  return compiled;
}

/** The same circuit with the compiler's own program, for comparison with the faster one. */
export function withCompilersProgram(artifacts: CircuitArtifacts): CircuitArtifacts {
  return { ...artifacts, program: artifacts.wasm, programHash: artifacts.wasmHash };
}

/**
 * The witness as the bytes of a `.wtns` file.
 *
 * @throws WitnessError WITNESS_INPUT if inputs are missing, unknown, of the wrong number or out of range;
 *   WITNESS_REFUSED if they break a constraint, with template and line.
 */
export async function calculateWitness(artifacts: WitnessProgram, input: CircuitInput): Promise<Uint8Array> {
  const heard: string[] = [];
  // A fresh instance each time: memory starts at zero, so no earlier witness, in particular no refused one, can leak
  // in.
  const generator = await instantiate(await moduleOf(artifacts), heard);
  const words = call(generator, "getFieldNumLen32");
  if (words !== 8) throw new WitnessError("WITNESS_FIELD", `${artifacts.name} is not over BN254: compile it again`);
  call(generator, "init", 0);
  setInputs(generator, artifacts.name, input, heard);
  return encodeWitness(valuesOf(generator, call(generator, "getWitnessSize")));
}

/** The values of all wires, one after the other. */
function valuesOf({ memory, ...generator }: Generator, count: number): Uint8Array {
  if (WRITE_WITNESS in generator && memory instanceof WebAssembly.Memory) {
    const at = memory.buffer.byteLength;
    memory.grow(Math.ceil((count * WIRE) / PAGE));
    call(generator, WRITE_WITNESS, at);
    return new Uint8Array(memory.buffer, at, count * WIRE);
  }
  const words = WIRE / 4;
  const values = new Uint32Array(count * words);
  const { getWitness, readSharedRWMemory } = generator as { [name: string]: (...args: number[]) => number };
  if (getWitness === undefined || readSharedRWMemory === undefined) throw oldProgram("getWitness");
  for (let wire = 0; wire < count; wire++) {
    getWitness(wire);
    for (let word = 0; word < words; word++) values[wire * words + word] = readSharedRWMemory(word);
  }
  return new Uint8Array(values.buffer);
}

/** Whether the circuit accepts these inputs. Inputs of the wrong shape still throw. */
export async function checkWitness(
  artifacts: CircuitArtifacts,
  input: CircuitInput,
): Promise<{ ok: true } | { ok: false; message: string }> {
  try {
    await calculateWitness(artifacts, input);
    return { ok: true };
  } catch (error) {
    if (error instanceof WitnessError && error.code === "WITNESS_REFUSED") return { ok: false, message: error.message };
    throw error;
  }
}

/** Sets every input. The program computes as soon as it has the last one. */
function setInputs(generator: Generator, name: string, input: CircuitInput, heard: string[]): void {
  let set = 0;
  for (const [signal, value] of Object.entries(input)) {
    const values = flatten(signal, value);
    const [high, low] = signalHash(signal);
    const size = call(generator, "getInputSignalSize", high, low);
    if (size < 0) throw inputError(name, `has no input ${signal}`);
    if (values.length !== size) throw inputError(name, `wants ${size} values for ${signal}, not ${values.length}`);
    values.forEach((number, index) => {
      let rest = number;
      for (let word = 0; word < 8; word++) {
        call(generator, "writeSharedRWMemory", word, Number(rest & 0xffffffffn));
        rest >>= 32n;
      }
      try {
        call(generator, "setInputSignal", high, low, index);
      } catch (error) {
        throw refused(name, error, heard);
      }
      set++;
    });
  }
  const wanted = call(generator, "getInputSize");
  if (set < wanted) throw inputError(name, `wants ${wanted} input values and got ${set}`);
}

function flatten(signal: string, value: InputValue): bigint[] {
  if (typeof value === "object") return value.flatMap((part) => flatten(signal, part));
  let number: bigint;
  try {
    number = BigInt(value);
  } catch {
    throw new WitnessError("WITNESS_INPUT", `input ${signal} holds ${JSON.stringify(value)}: give it an integer`);
  }
  // circom would reduce it silently, and the circuit would then use another number than its caller.
  if (number < 0n || number >= FIELD_ORDER) {
    throw new WitnessError(
      "WITNESS_INPUT",
      `input ${signal} holds ${number}, which is not in the field: reduce it first`,
    );
  }
  return [number];
}

/** FNV-1a over 64 bits, which the compiler's program uses to name its inputs; upper and lower half. */
function signalHash(name: string): [high: number, low: number] {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(name, "latin1")) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return [Number(hash >> 32n), Number(hash & 0xffffffffn)];
}

async function instantiate(module: WebAssembly.Module, heard: string[]): Promise<Generator> {
  const message = (): string => {
    let text = "";
    for (let code = call(generator, "getMessageChar"); code !== 0; code = call(generator, "getMessageChar")) {
      text += String.fromCharCode(code);
    }
    return text;
  };
  const runtime = {
    exceptionHandler: (code: number): never => {
      throw new Error(REASONS[code] ?? `error ${code}`);
    },
    printErrorMessage: (): void => {
      heard.push(message());
    },
    // A circuit's log serves debugging, not the callers of this function.
    writeBufferMessage: (): void => {
      message();
    },
    showSharedRWMemory: (): void => undefined,
  };
  const instance = await WebAssembly.instantiate(module, { runtime });
  const generator = instance.exports;
  return generator;
}

function call(generator: Generator, name: string, ...args: number[]): number {
  const found = generator[name];
  if (typeof found !== "function") throw oldProgram(name);
  return found(...args) as number;
}

function oldProgram(name: string): WitnessError {
  return new WitnessError("WITNESS_PROGRAM", `the witness program has no ${name}: compile the circuit again`);
}

function inputError(name: string, what: string): WitnessError {
  return new WitnessError("WITNESS_INPUT", `circuit ${name} ${what}: correct the input`);
}

/** Circom says `Error in template Row_12 line: 40` for the innermost component first, then for those around it. */
function refused(name: string, error: unknown, heard: readonly string[]): WitnessError {
  const reason = error instanceof Error ? error.message : String(error);
  const trace = heard.map((line) => line.trim()).filter((line) => line !== "");
  const place = /template (\S+?)(?:_\d+)? line: (\d+)/.exec(trace[0] ?? "");
  const where = place === null ? undefined : { template: place[1] as string, line: Number(place[2]) };
  const at = where === undefined ? "" : ` in template ${where.template}, line ${where.line}`;
  const around = trace.length > 1 ? ` (${trace.slice(1).join("; ")})` : "";
  return new WitnessError(
    "WITNESS_REFUSED",
    `circuit ${name} refuses its input: ${reason}${at}${around}; no proof exists for it, correct the input`,
    where,
  );
}
