/** The header of an `.r1cs` file: the circuit's size, without reading its constraints. */

import { FIELD_ORDER } from "../curve/bn254.ts";
import { FormatError } from "../errors.ts";
import { BinFile, readInteger } from "./binfile.ts";

export const R1CS_HEADER = 1;
export const R1CS_CONSTRAINTS = 2;

export interface R1csHeader {
  /** Wires, the constant one (wire 0) included. */
  readonly wires: number;
  /** Public outputs, then public inputs: wires 1..publicSignals in this order. */
  readonly publicOutputs: number;
  readonly publicInputs: number;
  readonly privateInputs: number;
  /** publicOutputs + publicInputs: the number of signals a verifier is given. */
  readonly publicSignals: number;
  readonly constraints: number;
}

/** @throws FormatError if the circuit is over another field. */
export async function parseR1csHeader(file: BinFile): Promise<R1csHeader> {
  const bytes = await file.read(R1CS_HEADER);
  if (bytes.length < 64) throw new FormatError("CUT_SHORT", `${file.path} ends too early: compile the circuit again`);
  const size = bytes.readUInt32LE(0);
  if (size !== 32 || readInteger(bytes, 4, size) !== FIELD_ORDER) {
    throw new FormatError("OTHER_FIELD", `${file.path} is not over BN254: compile the circuit for --prime bn128`);
  }
  const [publicOutputs, publicInputs] = [bytes.readUInt32LE(40), bytes.readUInt32LE(44)];
  return {
    wires: bytes.readUInt32LE(36),
    publicOutputs,
    publicInputs,
    privateInputs: bytes.readUInt32LE(48),
    publicSignals: publicOutputs + publicInputs,
    constraints: bytes.readUInt32LE(60),
  };
}

/** The error for a file that goes on after the constraints that its header counts. */
export function bytesBehind(path: string): FormatError {
  return new FormatError("BYTES_BEHIND", `${path} goes on after its last constraint: compile the circuit again`);
}

/** The header of the file at `path`. */
export async function readR1csHeader(path: string): Promise<R1csHeader> {
  await using file = await BinFile.open(path, "r1cs");
  return await parseR1csHeader(file);
}

/** Rows of the Groth16 domain: constraints + public signals + 1, rounded up to a power of two, as snarkjs does. */
export function domainSize(header: Pick<R1csHeader, "constraints" | "publicSignals">): number {
  return 2 ** (32 - Math.clz32(header.constraints + header.publicSignals));
}
