/** The `.wtns` file: the value of every wire, in order, as input of an engine. */

import { FIELD_ORDER } from "../curve/bn254.ts";
import { FormatError } from "../errors.ts";
import { integerBytes, readInteger } from "./binfile.ts";

const VERSION = 2;
/** Container header, section 1 with its header, header of section 2. */
const VALUES_AT = 12 + 12 + 40 + 12;

/** The file for these values: 32 bytes each, little-endian, below the field order. */
export function encodeWitness(values: Uint8Array): Uint8Array {
  const file = new Uint8Array(VALUES_AT + values.byteLength);
  file.set(headOf(values.byteLength / 32));
  file.set(values, VALUES_AT);
  return file;
}

/** Everything before the values. */
function headOf(count: number): Buffer {
  const head = Buffer.alloc(VALUES_AT);
  head.write("wtns", 0, "latin1");
  head.writeUInt32LE(VERSION, 4);
  head.writeUInt32LE(2, 8);
  head.writeUInt32LE(1, 12);
  head.writeBigUInt64LE(40n, 16);
  head.writeUInt32LE(32, 24);
  head.set(integerBytes(FIELD_ORDER), 28);
  head.writeUInt32LE(count, 60);
  head.writeUInt32LE(2, 64);
  head.writeBigUInt64LE(BigInt(32 * count), 68);
  return head;
}

/**
 * The file for these values, of which wire 0 must be 1. For witnesses that no circuit computed: tests use it for
 * forgeries.
 */
export function witnessFromValues(values: readonly bigint[]): Uint8Array {
  return encodeWitness(Buffer.concat(values.map(integerBytes)));
}

/**
 * The number of wires that a witness has values for.
 *
 * @throws FormatError if these are not the bytes of a witness as `encodeWitness` writes it
 */
export function witnessLength(file: Uint8Array): number {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const count = bytes.length < VALUES_AT ? -1 : bytes.readUInt32LE(60);
  const expected = headOf(Math.max(count, 0));
  // Not compared: the field's size and prime, whose errors are reported where they matter.
  const alike = (from: number, to: number): boolean => bytes.subarray(from, to).equals(expected.subarray(from, to));
  if (bytes.length !== VALUES_AT + 32 * count || !alike(0, 24) || !alike(60, VALUES_AT)) {
    throw new FormatError("NOT_A_WITNESS", "these bytes are not a witness: calculate it again");
  }
  return count;
}

/** The values of all wires, or of the first ones only, in order. Throws as `witnessLength` does. */
export function witnessValues(file: Uint8Array, first = Number.POSITIVE_INFINITY): bigint[] {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  return Array.from({ length: Math.min(witnessLength(file), first) }, (_, wire) =>
    readInteger(bytes, VALUES_AT + 32 * wire, 32),
  );
}
