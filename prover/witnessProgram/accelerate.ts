/**
 * A faster witness program. The compiler's program spends half of its time on Poseidon and a quarter on inverses, in
 * general-purpose arithmetic. Here these functions get faster bodies with the same results. Soundness does not depend
 * on them: a proof of any witness holds only if the witness satisfies the circuit.
 */
import { readFile } from "node:fs/promises";
import { type Body, type Callee, wasm } from "../../trace/wasm/assembler.ts";
import { inverseModulo } from "../../trace/wasm/divisionSteps.ts";
import { FIELD_ORDER } from "../curve/bn254.ts";
import { signalsOf } from "../formats/symbols.ts";
import { bitsOf, numberToBits } from "./bits.ts";
import { fromMontgomery, multiply } from "./field.ts";
import { ProgramModule, type Shape } from "./module.ts";
import { addPoseidon, type PoseidonShape, shapeOf } from "./poseidon.ts";
import { LONG, TYPE_BYTE, WIRE, WRITE_WITNESS } from "./signals.ts";

const { get, set } = wasm;
/** Address at which the program keeps the end of its used memory. Its stack lies beyond it. */
const STACK = 0;
/** A component's function: takes its address, returns whether something is wrong. */
const RUN: Shape = { parameters: 1, results: 1 };

/** A program, and the names of the functions whose bodies were replaced. */
export interface AcceleratedProgram {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly replaced: readonly string[];
}

/**
 * The program with faster functions. A function that the program lacks, because another compiler names it differently,
 * is skipped.
 *
 * @param paths of the compiler's `.wasm` and `.sym` for one circuit
 * @throws RangeError if the program's form differs from the compiler's
 */
export async function accelerate(paths: { wasm: string; sym: string }): Promise<AcceleratedProgram> {
  const module = new ProgramModule(await readFile(paths.wasm));
  replace(module, "Fr_F1m_mul", { parameters: 3, results: 0 }, () => multiply);
  replace(module, "Fr_F1m_fromMontgomery", { parameters: 2, results: 0 }, () => fromMontgomery);
  replace(module, "Fr_int_inverseMod", { parameters: 3, results: 0 }, () => inverseOfThree);
  replace(module, "Fr_toInt", { parameters: 1, results: 1 }, (found) => shortOrElse(module.keep(found)));
  await quickenTemplates(module, paths.sym);
  addWriteWitness(module);
  return { bytes: module.bytes(), replaced: module.replaced };
}

function replace(module: ProgramModule, name: string, shape: Shape, body: (found: Callee) => Body): void {
  const found = module.find(name);
  if (found !== undefined) module.replace(found, shape, body(found));
}

/** (x, order, r): the order is always the field's. */
const inverseOfThree: Body = ([x, , r], locals) => inverseModulo(FIELD_ORDER)([x, r] as number[], locals);

/** (value): a value kept in 32 bits, unchanged; else the function's result for it. */
const shortOrElse =
  (before: Callee): Body =>
  ([value], locals) => {
    const result = locals.one("i32");
    const isLong = wasm.and32(wasm.load8(get(value as number), TYPE_BYTE), wasm.i32(LONG));
    return [
      wasm.when(
        isLong,
        set(result, wasm.call(before, get(value as number))),
        set(result, wasm.load32(get(value as number), 0)),
      ),
      get(result),
    ];
  };

/** Replaces the bodies of template instances that hash or split numbers into bits. */
async function quickenTemplates(module: ProgramModule, sym: string): Promise<void> {
  const functions = new Map<number, { template: string; run: Callee }>();
  for (const name of module.names) {
    const [, template, id] = /^(Poseidon|Num2Bits)_(\d+)_run$/.exec(name) ?? [];
    const run = module.find(name);
    if (template !== undefined && run !== undefined) functions.set(Number(id), { template, run });
  }
  const toLongNormal = module.find("Fr_toLongNormal");
  if (functions.size === 0 || toLongNormal === undefined) return;
  const hashes: { run: Callee; shape: PoseidonShape }[] = [];
  for (const [id, signals] of await signalsOf(sym, new Set(functions.keys()))) {
    const { template, run } = functions.get(id) as { template: string; run: Callee };
    const [shape, bits] = template === "Poseidon" ? [shapeOf(signals), null] : [null, bitsOf(signals)];
    if (shape !== null) hashes.push({ run, shape });
    if (bits !== null) module.replace(run, RUN, numberToBits(bits, module.keep(run), toLongNormal));
  }
  quickenPoseidon(module, hashes, toLongNormal);
}

function quickenPoseidon(
  module: ProgramModule,
  hashes: readonly { readonly run: Callee; readonly shape: PoseidonShape }[],
  toLongNormal: Callee,
): void {
  const stack = module.dataAt(STACK, 4);
  if (hashes.length === 0 || stack === undefined) return;
  const at = aligned(Buffer.from(stack).readUInt32LE());
  const shapes = hashes.map(({ shape }) => shape);
  const { run, data } = addPoseidon(module, at, shapes, toLongNormal);
  for (const hash of hashes) module.replace(hash.run, RUN, run(hash.shape));
  module.put(at, data);
  const end = Buffer.alloc(4);
  end.writeUInt32LE(aligned(at + data.length));
  module.put(STACK, end);
}

/** Adds `writeWitness(at)`: writes the values of all wires, 32 bytes each, to free memory. */
function addWriteWitness(module: ProgramModule): void {
  const names = ["getWitness", "getWitnessSize", "getSharedRWMemoryStart"];
  const [getWitness, getWitnessSize, getStart] = names.map((name) => module.find(name));
  if (getWitness === undefined || getWitnessSize === undefined || getStart === undefined) return;
  const write = module.add(WRITE_WITNESS, 1, (parameters, locals) => {
    const at = parameters[0] as number;
    const [wire, count, from] = locals.several("i32", 3) as [number, number, number];
    return [
      set(count, wasm.call(getWitnessSize)),
      set(from, wasm.call(getStart)),
      wasm.repeat(
        [
          wasm.call(getWitness, get(wire)),
          [0, 8, 16, 24].map((word) => wasm.storeI64(get(at), word, wasm.loadI64(get(from), word))),
          set(at, wasm.add32(get(at), wasm.i32(WIRE))),
          set(wire, wasm.add32(get(wire), wasm.i32(1))),
        ],
        wasm.less32(get(wire), get(count)),
      ),
    ];
  });
  module.export(WRITE_WITNESS, write);
}

const aligned = (address: number): number => 8 * Math.ceil(address / 8);
