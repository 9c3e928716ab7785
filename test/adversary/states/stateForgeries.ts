/**
 * Forgeries of exits and cells: each is true to the circuit but for the constraints of one statement.
 */
import { CELL_CIRCUIT, EXIT, type StateCircuit } from "../../../prover/stateCircuits.ts";
import { authority } from "../../lib/authorities.ts";
import { changed, FIRST_CELLS, honestCell, honestExit, type Inputs, signedExit } from "./forgedPath.ts";
import {
  betweenChildren,
  cellIn,
  cellsAsInner,
  cutShort,
  DEEP,
  elsewhere,
  innerAsCells,
  otherCell,
  otherHeader,
  otherProgram,
  signedOther,
  WANTED,
} from "./forgeries.ts";
import { entry, STRANGER, type World, world } from "./worlds.ts";

/**
 * A forgery, and the statement whose constraints alone refuse it: section, and beginning of the text if it has many.
 */
export interface StateForgery {
  readonly circuit: StateCircuit;
  readonly attempt: string;
  readonly refusedAt: string;
  readonly make: () => Inputs;
}

const exitOf = (of: World, changes: Inputs): Inputs => signedExit(changed(honestExit(of), changes));
const own = (name: string): bigint => honestExit(world(DEEP))[name] as bigint;

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
  ["show a shorter path, to a node above", "CellsPath 1: down[i]", () => cutShort(honestExit)],
  ["go down to no child, but to a digest between them", "CellsPath 1: turn[i]", () => betweenChildren(honestExit)],
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
  ["a shorter path, to a node above", "CellsPath 1: down[i]", () => cutShort(cellIn)],
  ["a step to no child, but to a digest between them", "CellsPath 1: turn[i]", () => betweenChildren(cellIn)],
  ["an inner node as the cells of a program", "CellsPath 3: digest[i]", innerAsCells],
  ["the cells of a program as an inner node", "InnerPath 0: digest[i] === child", cellsAsInner],
  ["another root", "InnerPath 0: digest[i] === top", () => cellAt({ root: 5n })],
];

export const STATE_FORGERIES: readonly StateForgery[] = [
  ...EXITS.map(([attempt, refusedAt, make]) => ({ circuit: EXIT, attempt, refusedAt, make })),
  ...CELLS.map(([attempt, refusedAt, make]) => ({ circuit: CELL_CIRCUIT, attempt, refusedAt, make })),
];
