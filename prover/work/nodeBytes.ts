/** Tree nodes in binary: names of 6 bytes, then 16 lanes of 32 bytes each, all big-endian. */
import { InvalidInputError } from "../../trace/errors.ts";
import { FIELD } from "../../trace/layout.ts";
import { ARITY, CELLS_NODES, type NodeName } from "../../trace/state/tree.ts";

const WORD = 32;
const NAME = 6;
const NODE = NAME + ARITY * WORD;

/** The nodes with their lanes, as bytes. {@link unpackNodes} reads them. */
export function packNodes(nodes: readonly NodeName[], lanes: readonly (readonly bigint[])[]): Buffer {
  const bytes = Buffer.alloc(nodes.length * NODE);
  nodes.forEach(({ kind, x, y }, i) => {
    const at = i * NODE;
    bytes.writeUInt8(kind === "cells" ? 1 : 0, at);
    bytes.writeUInt32BE(x, at + 1);
    bytes.writeUInt8(y, at + 5);
    for (let lane = 0; lane < ARITY; lane++) writeWord(bytes, at + NAME + lane * WORD, lanes[i]?.[lane] ?? 0n);
  });
  return bytes;
}

/** @throws InvalidInputError unless the bytes are so many nodes */
export function unpackNodes(bytes: Buffer, count: number): { nodes: NodeName[]; lanes: bigint[][] } {
  if (bytes.length !== count * NODE) {
    throw new InvalidInputError("work nodes", `are ${bytes.length} bytes, not ${count * NODE}`);
  }
  const nodes: NodeName[] = [];
  const lanes: bigint[][] = [];
  for (let at = 0; at < bytes.length; at += NODE) {
    const kind = bytes.readUInt8(at);
    const y = bytes.readUInt8(at + 5);
    if (kind > 1 || y >= CELLS_NODES) throw new InvalidInputError("work nodes", "name no node of the tree");
    nodes.push({ kind: kind === 1 ? "cells" : "inner", x: bytes.readUInt32BE(at + 1), y });
    lanes.push(Array.from({ length: ARITY }, (_, lane) => readWord(bytes, at + NAME + lane * WORD)));
  }
  return { nodes, lanes };
}

function writeWord(bytes: Buffer, at: number, word: bigint): void {
  for (let part = 3, rest = word; part >= 0; part--, rest >>= 64n)
    bytes.writeBigUInt64BE(rest & 0xffffffffffffffffn, at + 8 * part);
}

function readWord(bytes: Buffer, at: number): bigint {
  let word = 0n;
  for (let part = 0; part < 4; part++) word = (word << 64n) | bytes.readBigUInt64BE(at + 8 * part);
  if (word >= FIELD) throw new InvalidInputError("work nodes", "hold a word that is not below the field's order");
  return word;
}
