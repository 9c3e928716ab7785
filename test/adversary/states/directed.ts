/**
 * Forgeries for the wires that one constraint alone gives their values: freed, such a wire takes the value that it has
 * in another statement, and the forgery passes.
 */
import { statePath } from "../../../prover/exits/statePath.ts";
import { CELL_CIRCUIT, type StateCircuit } from "../../../prover/stateCircuits.ts";
import { TAG } from "../../../trace/layout.ts";
import { hash } from "../../../trace/poseidon/index.ts";
import { FILLER_SIGNATURE, signWord } from "../../../trace/signing/signature.ts";
import type { Words } from "../../../trace/state/cells.ts";
import { secretOf } from "../../lib/authorities.ts";
import {
  changed,
  FIRST_CELLS,
  honestCell,
  honestExit,
  type Inputs,
  LAST,
  rebuilt,
  signedExit,
  type Which,
  withSignature,
  withWords,
} from "./forgedPath.ts";
import { elsewhere, otherCell, otherHeader, otherProgram, signedOther } from "./forgeries.ts";
import { gold, KEY, LEVELS, STRANGER, WORLDS, world } from "./worlds.ts";

/** A forgery, and where the freed wire has its value from. */
export interface Directed {
  readonly forged: Inputs;
  /** Another statement, true or not, from which it takes the value. */
  readonly beside?: Inputs;
  /** The value itself, of a wire of that name. */
  readonly wanted?: { readonly of: string; readonly value: bigint };
  /** It is for wires that are bits: nearly all others have another value beside it. */
  readonly bits?: boolean;
}

const ADDRESS_BITS = 8 + 4 * LEVELS;
/** A world whose path has four different cells nodes. */
const DEEP = 12;

/** Forgeries for a circuit. */
export function* directedOf(circuit: StateCircuit): Generator<Directed> {
  if (circuit === CELL_CIRCUIT) {
    for (let n = 0; n < WORLDS; n++) yield* cells(n);
    yield* otherTags(cellOf(DEEP), "cell");
    return;
  }
  for (let n = 0; n < WORLDS; n++) yield* exits(n);
  yield* bits();
  yield* signatures();
}

const replaced = (word: number): Words => [word === 0 ? 9n : 1n, word === 1 ? 9n : 2n, word === 2 ? 9n : 3n];

/** Of a cell in the state and one in the statement, the words; they differ in one. */
type Pair = readonly [there: Words, shown: Words];
const [G0, G1] = gold(5);

/** One cell in the state and another in the statement, with nodes that are true to the statement up to some depth. */
function* cuts(inputs: Inputs, which: Which, slot: number, pairs: readonly Pair[], depths: readonly number[]) {
  for (const [there, shown] of pairs) {
    const [w0, w1, w2] = shown;
    const real = rebuilt(withWords(inputs, slot, there), which);
    const says = changed(real, which === "cell" ? { w0, w1, w2 } : { w0, w1 });
    const of = (to: number): Inputs => signed(rebuilt(withWords(says, slot, shown), which, to));
    const whole = of(-1);
    for (const to of depths) {
      const forged = of(to);
      yield { forged, beside: real };
      yield { forged, beside: whole };
    }
    // The cell as it is, and a statement that says another.
    yield { forged: signed(says), beside: whole };
  }
}

const signed = (inputs: Inputs): Inputs => ("keyX" in inputs ? signedExit(inputs) : inputs);

/** In each world, another lane of the root is on the paths. What is below is the same as in the circuit of cells. */
function* exits(n: number): Generator<Directed> {
  const { slot } = world(n);
  const honest = honestExit(world(n));
  yield* cuts(
    honest,
    "holder",
    slot,
    n === DEEP
      ? [
          [
            [G0 + 1n, G1, 0n],
            [G0, G1, 0n],
          ],
        ]
      : [],
    [0, 1, FIRST_CELLS],
  );
  for (const to of n === DEEP ? [0, 1, FIRST_CELLS] : [0, 1]) {
    for (const [forged, whole] of [
      [otherCell(n, to), otherCell(n, -1)],
      [otherHeader(n, to), otherHeader(n, -1)],
    ] as const) {
      yield { forged, beside: honest };
      yield { forged, beside: whole };
    }
  }
}

/** A bit of an address, or of a program. */
function* bits(): Generator<Directed> {
  for (let bit = 0; bit < ADDRESS_BITS; bit++) {
    const flip = 1 << bit;
    yield { forged: elsewhere(DEEP, flip), beside: elsewhere(DEEP, flip, true), bits: true };
    yield { forged: elsewhere(DEEP - 1, flip), beside: elsewhere(DEEP - 1, flip, true), bits: true };
  }
  for (let bit = 0; bit < 4 * LEVELS; bit++) {
    yield { forged: otherProgram(DEEP, 1 << bit), beside: otherProgram(DEEP, 1 << bit, true), bits: true };
  }
}

const cellOf = (n: number): Inputs => honestCell(world(n).map, world(n).wish.address);

function* cells(n: number): Generator<Directed> {
  const { map, wish, slot } = world(n);
  const pairs = [0, 1, 2].map((word): Pair => [[1n, 2n, 3n], replaced(word)]);
  const depths = Array.from({ length: LAST + 1 }, (_, depth) => depth);
  yield* cuts(cellOf(n), "cell", slot, pairs, depths);
  for (let bit = 0; bit < ADDRESS_BITS; bit++) {
    const at = wish.address ^ (1 << bit);
    const other = map.clone();
    other.write(at, [11n, 12n, 13n]);
    const { inner, cells: nodes, down, turn } = statePath(other, at);
    const beside = {
      ...{ root: other.root(), address: BigInt(at), w0: 11n, w1: 12n, w2: 13n, unused: [0n, 0n] },
      ...{ innerNodes: inner, cellNodes: nodes, down, turn },
    };
    yield { forged: { ...beside, address: BigInt(wish.address) }, beside, bits: true };
  }
}

/** Trees with one node of another sort than its depth says: the forger has chosen the root. */
function* otherTags(honest: Inputs, which: Which): Generator<Directed> {
  for (let depth = 0; depth <= (which === "program" ? FIRST_CELLS : LAST); depth++) {
    const value = depth < LEVELS ? TAG.cells : TAG.inner;
    const forged = signed(rebuilt(honest, which, -1, new Map([[depth, value]])));
    yield { forged, wanted: { of: "capacity", value } };
  }
}

function* signatures(): Generator<Directed> {
  const honest = honestExit(world(DEEP));
  yield* otherTags(honest, "holder");
  yield* otherTags(honest, "program");
  // An address above the tree's.
  for (let bit = ADDRESS_BITS; bit < 32; bit++) {
    const place = (honest.place as bigint) + (1n << BigInt(bit));
    yield { forged: signedExit(changed(honest, { place })), beside: honest, bits: true };
  }
  // Another statement than the one that was signed.
  for (const name of ["domain", "place", "program", "w1"]) {
    const beside = signedExit(changed(honest, { [name]: (honest[name] as bigint) + 1n }));
    yield { forged: signedOther(DEEP, name, (value) => value + 1n), beside };
  }
  // Another sort of message.
  const words = ["domain", "place", "program", "w1"].map((name) => honest[name] as bigint);
  const log = withSignature(honest, signWord(secretOf(KEY), hash(TAG.signature, words)));
  yield { forged: log, wanted: { of: "capacity", value: TAG.signature } };
  // Another key, and none.
  yield { forged: signedExit(honest, STRANGER), beside: otherHeader(DEEP, -1) };
  yield { forged: withSignature(honest, FILLER_SIGNATURE), wanted: { of: "active", value: 0n } };
}
