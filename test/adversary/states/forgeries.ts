/**
 * Forgeries of exits and cells, by whoever would gain by them: each is true to the circuit but for the constraints of
 * one statement.
 */
import { statePath } from "../../../prover/exits/statePath.ts";
import { CELL_CIRCUIT, EXIT, type StateCircuit } from "../../../prover/stateCircuits.ts";
import { address } from "../../../trace/layout.ts";
import { TimeMap } from "../../../trace/state/timeMap.ts";
import { authority } from "../../lib/authorities.ts";
import { inverse, mod } from "../r1cs/field.ts";
import {
  changed,
  FIRST_CELLS,
  holderPath,
  honestCell,
  honestExit,
  type Inputs,
  rebuilt,
  signedExit,
  withSignature,
  withWords,
} from "./forgedPath.ts";
import { entry, gold, header, LEVELS, STRANGER, type World, world } from "./worlds.ts";

/** A forgery, and the statement whose constraints alone refuse it: section, and beginning of the text if it has many. */
export interface StateForgery {
  readonly circuit: StateCircuit;
  readonly attempt: string;
  readonly refusedAt: string;
  readonly make: () => Inputs;
}

/** A world whose slot is three steps below its program's first node. */
const DEEP = 12;
/** Much gold, outright. */
const WANTED = gold(0, 10n ** 30n, 5n);

/** Shows a cell at another address, under the place of the world's own, and signs it. The other cell is gold, too. */
export function elsewhere(n: number, flip: number): Inputs {
  const { map, wish } = world(n);
  const at = wish.address ^ flip;
  const with2 = map.clone();
  with2.write(at, WANTED);
  const honest = honestExit({ ...world(n), map: with2 });
  const [w0, w1] = WANTED;
  return signedExit(changed(honest, { ...holderPath(with2, at), w0, w1 }));
}

/** Shows the header of another program in place of this one's, and signs with the other program's key. */
export function otherProgram(n: number, flip: number): Inputs {
  const { map, wish } = world(n);
  const at = address(wish.program ^ flip, 0);
  const with2 = map.clone();
  with2.write(at, header(authority(STRANGER)));
  const honest = honestExit({ ...world(n), map: with2 });
  const { inner, cells } = statePath(with2, at);
  const path = { programNodes: inner.slice(1), headerNode: cells[0] as bigint[] };
  return signedExit(changed(honest, { ...path, authority: authority(STRANGER) }), STRANGER);
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

const exitOf = (of: World, changes: Inputs): Inputs => signedExit(changed(honestExit(of), changes));
const own = (name: string): bigint => honestExit(world(DEEP))[name] as bigint;

/** A path that leaves out the steps below the child that it begins with: node 1 in place of node 16. */
function cutShort(): Inputs {
  const { map, holder, wish } = world(DEEP);
  const with2 = map.clone();
  const [meant, shown] = [4 * 16 + 1, 4 * 1 + 1];
  with2.write(address(holder, meant), gold(wish.program));
  with2.write(address(holder, shown), WANTED);
  const honest = honestExit({ ...world(DEEP), map: with2, wish: { ...wish, address: address(holder, meant) } });
  const { cells } = statePath(with2, address(holder, shown));
  const [first, last] = [cells[0], cells[3]] as [bigint[], bigint[]];
  const [w0, w1] = WANTED;
  const zeros = [0n, 0n];
  return signedExit(
    changed(honest, {
      ...{ cellNodes: [first, last, last, last], down: [1n, 0n, 0n], turn: [zeros, zeros, zeros], w0, w1 },
    }),
  );
}

/** The path of a map of four levels, read as one of three: its last inner node in place of a cells node. */
function innerAsCells(): Inputs {
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
function cellsAsInner(): Inputs {
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

const cellAt = (changes: Inputs): Inputs => changed(honestCell(world(DEEP).map, world(DEEP).wish.address), changes);

type Line = readonly [attempt: string, refusedAt: string, make: () => Inputs];

const EXITS: readonly Line[] = [
  ["take what the next program holds", "CellsPath 3: digest[i]", () => elsewhere(DEEP, 1 << 8)],
  ["take what hangs on another inner node", "InnerPath 0: digest[i] === child", () => elsewhere(DEEP, 1 << 12)],
  ["take what hangs on another child of the root", "InnerPath 0: digest[i] === top", () => elsewhere(DEEP, 1 << 16)],
  ["take what lies in another slot of the node", "Exit 3: cell.words", () => elsewhere(DEEP, 1)],
  ["take what lies in another node of the program", "CellsPath 2: y", () => elsewhere(DEEP, 4)],
  ["say another w0", "Exit 3: cell.words", () => exitOf(world(DEEP), { w0: WANTED[0] })],
  ["say another w1, and sign it", "Exit 3: cell.words", () => exitOf(world(DEEP), { w1: WANTED[1] })],
  ["take out an entry, by its first two words", "Exit 3: cell.words", () => otherCell(DEEP, -1, entry(3n))],
  [
    "sign with a key that is not in the header",
    "Exit 4: headerNode[1]",
    () => signedExit(changed(honestExit(world(DEEP)), { authority: authority(STRANGER) }), STRANGER),
  ],
  ["sign as the next program", "Exit 4: headerDigest", () => otherProgram(DEEP, 1)],
  ["sign as a program below another inner node", "InnerPath 0: digest[i] === child", () => otherProgram(DEEP, 1 << 4)],
  [
    "sign as a program below another child of the root",
    "InnerPath 0: digest[i] === top",
    () => otherProgram(DEEP, 1 << 8),
  ],
  [
    "sign as program p + 2^12",
    "Exit 1: signal programBits",
    () => exitOf(world(DEEP), { program: own("program") + (1n << 12n) }),
  ],
  ["name another recipient than was signed", "Signature 4", () => signedOther(DEEP, "place", (v) => v ^ (1n << 40n))],
  ["use it longer than was signed", "Signature 4", () => signedOther(DEEP, "place", (v) => v - (1n << 195n))],
  ["use what was signed for another map", "Signature 4", () => signedOther(DEEP, "domain", (v) => v + 1n)],
  [
    "use what was signed for another program with that key",
    "Signature 4",
    () => signedOther(DEEP, "program", (v) => v + 1n),
  ],
  [
    "use what was signed for the resource as it was before",
    "Signature 4",
    () => signedOther(DEEP, "w1", (v) => v + 1n),
  ],
  ["write another cell into the root", "Exit 2: rootDigest", () => otherCell(DEEP, 0)],
  ...[1, 2].map(
    (to): Line => [
      `write another cell, and the digests above it up to depth ${to}`,
      `InnerPath 0: digest[i] === ${to === 1 ? "top" : "child"}`,
      () => otherCell(DEEP, to),
    ],
  ),
  ...[0, 1, 2, 3].map(
    (below): Line => [
      `write another cell, and the digests up to cells node ${below} of the path`,
      "CellsPath 3: digest[i]",
      () => otherCell(DEEP, FIRST_CELLS + below),
    ],
  ),
  ["write another key into the root", "Exit 2: rootDigest", () => otherHeader(DEEP, 0)],
  ["write another key into the header alone", "Exit 4: headerDigest", () => otherHeader(DEEP, FIRST_CELLS)],
  ["show a shorter path, to a node above", "CellsPath 1: down[i]", cutShort],
  [
    "an address with a bit above the tree's",
    "Exit 1: placeBits[b]",
    () => exitOf(world(DEEP), { place: own("place") + (1n << 20n) }),
  ],
  [
    "an address with its highest bit",
    "Exit 1: placeBits[b]",
    () => exitOf(world(DEEP), { place: own("place") + (1n << 31n) }),
  ],
  [
    "a place of 2^232 or more",
    "Exit 1: signal placeBits",
    () => exitOf(world(DEEP), { place: own("place") + (1n << 232n) }),
  ],
  [
    "a place of 2^253 or so",
    "Exit 1: signal placeBits",
    () => exitOf(world(DEEP), { place: own("place") + (1n << 252n) }),
  ],
];

const CELLS: readonly Line[] = [
  ["another w0", "Cell 3: cell.words", () => cellAt({ w0: 1n })],
  ["another w1", "Cell 3: cell.words", () => cellAt({ w1: 1n })],
  ["another w2", "Cell 3: cell.words", () => cellAt({ w2: 1n })],
  ["nothing where something lies", "Cell 3: cell.words", () => cellAt({ w0: 0n, w1: 0n, w2: 0n })],
  [
    "address + 2^20",
    "Cell 1: signal addressBits",
    () => cellAt({ address: BigInt(world(DEEP).wish.address + 2 ** 20) }),
  ],
  [
    "address + 2^32",
    "Cell 1: signal addressBits",
    () => cellAt({ address: BigInt(world(DEEP).wish.address + 2 ** 32) }),
  ],
  [
    "another number in the first public input that says nothing",
    "Cell 1: unused[0]",
    () => cellAt({ unused: [1n, 0n] }),
  ],
  ["another number in the second", "Cell 1: unused[1]", () => cellAt({ unused: [0n, 1n] })],
  ["an inner node as the cells of a program", "CellsPath 3: digest[i]", innerAsCells],
  ["the cells of a program as an inner node", "InnerPath 0: digest[i] === child", cellsAsInner],
  ["another root", "InnerPath 0: digest[i] === top", () => cellAt({ root: 5n })],
];

export const STATE_FORGERIES: readonly StateForgery[] = [
  ...EXITS.map(([attempt, refusedAt, make]) => ({ circuit: EXIT, attempt, refusedAt, make })),
  ...CELLS.map(([attempt, refusedAt, make]) => ({ circuit: CELL_CIRCUIT, attempt, refusedAt, make })),
];

/** Keys that sign nothing, with their x: the neutral element, and two points of order 4 and 2. */
export const SMALL_ORDER: readonly (readonly [name: string, y: bigint, x: bigint])[] = [
  ["1, as of the chain's program", 1n, 0n],
  ["0, as of a program that does not exist", 0n, inverse(ROOT)],
  ["−1", mod(-1n), 0n],
];
