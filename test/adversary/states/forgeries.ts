/** How exits and cells are forged, by whoever would gain by it. */
import { statePath } from "../../../prover/exits/statePath.ts";
import { address, TAG } from "../../../trace/layout.ts";
import { hash } from "../../../trace/poseidon/index.ts";
import { TimeMap } from "../../../trace/state/timeMap.ts";
import { authority } from "../../lib/authorities.ts";
import { inverse, mod, squareRoot } from "../r1cs/field.ts";
import {
  changed,
  holderPath,
  honestCell,
  honestExit,
  type Inputs,
  rebuilt,
  signedExit,
  withSignature,
  withWords,
} from "./forgedPath.ts";
import { gold, header, LEVELS, STRANGER, type World, world } from "./worlds.ts";

/** A world whose slot is three steps below its program's first node. */
export const DEEP = 12;
/** Much gold, outright. */
export const WANTED = gold(0, 10n ** 30n, 5n);

/**
 * Shows a cell at another address, under the place of the world's own, and signs it. The other cell is gold, too.
 * @param place whether the place is the other cell's as well, and nothing is wrong
 */
export function elsewhere(n: number, flip: number, place = false): Inputs {
  const { map, wish } = world(n);
  const at = wish.address ^ flip;
  const with2 = map.clone();
  with2.write(at, WANTED);
  const honest = honestExit({ ...world(n), map: with2 });
  const [w0, w1] = WANTED;
  const own = honest.place as bigint;
  const shown = { ...holderPath(with2, at), w0, w1, place: place ? own ^ BigInt(flip) : own };
  return signedExit(changed(honest, shown));
}

/**
 * Shows the header of another program in place of this one's, and signs with the other program's key.
 * @param named whether that program is also the one that leaves, and nothing is wrong
 */
export function otherProgram(n: number, flip: number, named = false): Inputs {
  const { map, wish } = world(n);
  const at = address(wish.program ^ flip, 0);
  const with2 = map.clone();
  with2.write(at, header(authority(STRANGER)));
  const honest = honestExit({ ...world(n), map: with2 });
  const { inner, cells } = statePath(with2, at);
  const path = { programNodes: inner.slice(1), headerNode: cells[0] as bigint[] };
  const program = BigInt(named ? wish.program ^ flip : wish.program);
  return signedExit(changed(honest, { ...path, program, authority: authority(STRANGER) }), STRANGER);
}

/**
 * Another cell at the address, in nodes that are true to it from the last one up to a depth.
 * @param to −1: the root is that of this other tree, and nothing is wrong
 */
export function otherCell(n: number, to: number, words = WANTED): Inputs {
  const of = world(n);
  const [w0, w1] = words;
  return signedExit(rebuilt(withWords(changed(honestExit(of), { w0, w1 }), of.slot, words), "holder", to));
}

/** The stranger's key in the program's header, in nodes that are true to it from the header up to a depth. */
export function otherHeader(n: number, to: number): Inputs {
  const key = authority(STRANGER);
  return signedExit(rebuilt(withKey(honestExit(world(n)), key), "program", to), STRANGER);
}

function withKey(inputs: Inputs, key: bigint): Inputs {
  const out = changed(inputs, { authority: key });
  (out.headerNode as bigint[])[1] = key;
  return out;
}

/** What was signed has another number than the statement. */
export function signedOther(n: number, name: string, by: (value: bigint) => bigint): Inputs {
  const honest = honestExit(world(n));
  const own = honest[name] as bigint;
  return changed(signedExit(changed(honest, { [name]: by(own) })), { [name]: own });
}

const B8 = [
  5299619240641551281634865583518297030282874472190772894086521144482721001553n,
  16950150798460657717958625567821834550301663161624707787222815936182638968203n,
] as const;
/** 1 / x of the point of order 4 with y = 0. */
const ROOT = 7214280148105020021932206872019688659210616427216992810330019057549499971851n;

/**
 * A program with a key of small order, in a state that has it so: 8 times the key is O, so S·B8 = R signs anything. A
 * program that does not exist has the key 0, and the chain's program has 1.
 */
export function smallOrder(key: bigint, keyX: bigint): Inputs {
  const out = rebuilt(withKey(honestExit(world(DEEP)), key), "program", -1);
  return withSignature(out, { key: [keyX, key], r: [...B8], s: 1n });
}

/** The world with gold in another cells node of the same program, which is what it is about. */
function inNode(node: number): World {
  const { map, holder, wish } = world(DEEP);
  const other = map.clone();
  const at = address(holder, 4 * node + 1);
  other.write(at, gold(wish.program));
  return { ...world(DEEP), map: other, wish: { ...wish, address: at } };
}

/** The honest inputs of one of the circuits in a world. */
type Honest = (of: World) => Inputs;
export const cellIn: Honest = ({ map, wish }) => honestCell(map, wish.address);
const signed = (inputs: Inputs): Inputs => ("keyX" in inputs ? signedExit(inputs) : inputs);

/** A path that leaves out the steps below the child that it begins with: node 1 in place of node 16. */
export function cutShort(honest: Honest): Inputs {
  const of = inNode(16);
  const shown = address(of.holder, 4 * 1 + 1);
  of.map.write(shown, WANTED);
  const { cells } = statePath(of.map, shown);
  const [first, last] = [cells[0], cells[3]] as [bigint[], bigint[]];
  const zeros = [0n, 0n];
  const path = { cellNodes: [first, last, last, last], down: [1n, 0n, 0n], turn: [zeros, zeros, zeros] };
  return signed(changed(honest(of), { ...path, w0: WANTED[0], w1: WANTED[1] }));
}

/**
 * A step to no child: between the digests of the four children there is any digest, at numbers that are no bits. They
 * still say the right node, for they are t and −2t.
 */
export function betweenChildren(honest: Honest): Inputs {
  const inputs = honest(inNode(1));
  const nodes = inputs.cellNodes as bigint[][];
  const [f0 = 0n, f1 = 0n, f2 = 0n, f3 = 0n] = (nodes[0] as bigint[]).slice(12);
  for (let quantity = 1n; ; quantity++) {
    // Whether there is a solution is a matter of squares.
    const [w0, w1] = gold(0, quantity);
    const shown = [0n, 0n, 0n, w0, w1, ...new Array<bigint>(11).fill(0n)];
    const a = mod(-2n * (f3 - f2 - f1 + f0));
    const b = mod(f2 - f0 - 2n * (f1 - f0));
    const root = squareRoot(mod(b * b - 4n * a * (f0 - hash(TAG.cells, shown))));
    if (root === null) continue;
    const t = mod((root - b) * inverse(mod(2n * a)));
    const turn = [...(inputs.turn as bigint[][]).slice(0, 2), [mod(-2n * t), t]];
    return signed(changed(inputs, { w0, w1, turn, cellNodes: [...nodes.slice(0, 3), shown] }));
  }
}

/** The path of a map of four levels, read as one of three: its last inner node in place of a cells node. */
export function innerAsCells(): Inputs {
  const map = new TimeMap(LEVELS + 1, [[address(5, 0), header(0n)]]);
  const { inner } = statePath(map, address(5, 0));
  const node = inner[LEVELS] as bigint[];
  const [w0 = 0n, w1 = 0n, w2 = 0n] = node.slice(3);
  return {
    ...{ root: map.root(), address: 1n, w0, w1, w2, unused: [0n, 0n] },
    ...{ innerNodes: inner.slice(0, LEVELS), cellNodes: [node, node, node, node] },
    ...{ down: [0n, 0n, 0n], turn: Array.from({ length: 3 }, () => [0n, 0n]) },
  };
}

/** The path of a map of two levels, read as one of three: a program's first cells node in place of an inner node. */
export function cellsAsInner(): Inputs {
  const map = new TimeMap(LEVELS - 1, [[address(5, 5), WANTED]]);
  const { inner, cells } = statePath(map, address(5, 5));
  const [first, last] = [cells[0], cells[3]] as [bigint[], bigint[]];
  const [w0, w1, w2] = WANTED;
  return {
    ...{ root: map.root(), address: BigInt(address(16 * 5 + 12, 1)), w0, w1, w2, unused: [0n, 0n] },
    ...{ innerNodes: [...inner, first], cellNodes: [last, last, last, last] },
    ...{ down: [0n, 0n, 0n], turn: Array.from({ length: 3 }, () => [0n, 0n]) },
  };
}

/** Keys that sign nothing, with their x: the neutral element, and two points of order 4 and 2. */
export const SMALL_ORDER: readonly (readonly [name: string, y: bigint, x: bigint])[] = [
  ["1, as of the chain's program", 1n, 0n],
  ["0, as of a program that does not exist", 0n, inverse(ROOT)],
  ["−1", mod(-1n), 0n],
];
