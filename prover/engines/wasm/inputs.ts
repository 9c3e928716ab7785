/** The checked inputs of a proof: the positions of a proving key's sections, and the values of a witness. */

import { FIELD_ORDER } from "../../curve/bn254.ts";
import { FormatError } from "../../errors.ts";
import { BinFile, readInteger } from "../../formats/binfile.ts";
import { witnessLength } from "../../formats/wtns.ts";
import { SCALAR_SIZE } from "../../keys/fixedBase.ts";
import { readZkeyHeader, ZKEY, type ZkeyHeader } from "../../keys/zkeyFile.ts";
import type { Loan } from "./sharedMemory.ts";

/** Sections of a `.wtns` file; the header is the element size, the prime and the number of values. */
const WTNS = { header: 1, values: 2 } as const;
/** Positions of header and values in a witness in memory. `witnessLength` has checked them. */
const HEADER_AT = 24;
const VALUES_AT = 76;

/** A key's header, and where the data of its sections begin in the file. */
export interface KeyLayout {
  readonly header: ZkeyHeader;
  readonly coefficients: { readonly position: number; readonly count: number };
  readonly a: number;
  readonly b1: number;
  readonly b2: number;
  readonly c: number;
  readonly h: number;
}

/** @throws FormatError as `readZkeyHeader` does, which has compared the sections' sizes with the header */
export async function keyLayout(path: string): Promise<KeyLayout> {
  const header = await readZkeyHeader(path);
  await using file = await BinFile.open(path, "zkey");
  const count = (await file.read(ZKEY.coefficients, 0, 4)).readUInt32LE(0);
  const at = (section: number): number => file.section(section).offset;
  return {
    header,
    coefficients: { position: at(ZKEY.coefficients) + 4, count },
    a: at(ZKEY.a),
    b1: at(ZKEY.b1),
    b2: at(ZKEY.b2),
    c: at(ZKEY.c),
    h: at(ZKEY.h),
  };
}

/**
 * The values of all wires in shared memory, 32 bytes each.
 *
 * @param witness the bytes of a `.wtns` file, or its path
 * @param loan provides the shared memory
 * @throws FormatError if it is not a witness over BN254's field, or a value is not below the field's order
 */
export async function witnessValues(witness: Uint8Array | string, loan: Loan): Promise<SharedArrayBuffer> {
  let head: Buffer;
  let values: Uint8Array;
  if (typeof witness === "string") {
    await using file = await BinFile.open(witness, "wtns");
    head = await file.read(WTNS.header, 0, 40);
    values = await file.read(WTNS.values);
  } else {
    witnessLength(witness);
    head = Buffer.from(witness.buffer, witness.byteOffset + HEADER_AT, 40);
    values = witness.subarray(VALUES_AT);
  }
  const count = head.readUInt32LE(36);
  if (head.readUInt32LE(0) !== SCALAR_SIZE || readInteger(head, 4, 32) !== FIELD_ORDER) {
    throw new FormatError("OTHER_FIELD", "the witness is not over BN254's field: calculate it again");
  }
  if (values.byteLength !== count * SCALAR_SIZE) {
    throw new FormatError(
      "NOT_A_WITNESS",
      `the witness does not have the ${count} values of its header: calculate it again`,
    );
  }
  const shared = loan.take(values.byteLength);
  new Uint8Array(shared).set(values);
  refuseTooLarge(new Uint32Array(shared));
  return shared;
}

/** The i-th value. */
export function wireValue(witness: SharedArrayBuffer, wire: number): bigint {
  return readInteger(Buffer.from(witness), wire * SCALAR_SIZE, SCALAR_SIZE);
}

function refuseTooLarge(words: Uint32Array): void {
  const top = Number(FIELD_ORDER >> 224n);
  for (let at = 7; at < words.length; at += 8) {
    // Only a value with the same highest word needs the long comparison.
    if ((words[at] as number) < top) continue;
    const wire = (at - 7) / 8;
    if (wireValue(words.buffer as SharedArrayBuffer, wire) >= FIELD_ORDER) {
      throw new FormatError(
        "NOT_A_WITNESS",
        `the value of wire ${wire} is not below the field's order: calculate the witness again`,
      );
    }
  }
}
