/**
 * The `.zkey` file of Groth16, as snarkjs lays it out: writing one from scalars, and reading the small parts of one.
 * Section 2 is the header, 3 the public inputs' points, 4 the A and B coefficients, 5 to 9 the points that a prover
 * sums, 10 the circuit's hash and the contributions.
 */
import { type FileHandle, open } from "node:fs/promises";
import { BASE_PRIME, FIELD_ORDER, type G1Point, type G2Point, inverse } from "../curve/bn254.ts";
import { FormatError } from "../errors.ts";
import { BinFile, integerBytes, readInteger } from "../formats/binfile.ts";
import { COEFFICIENT_SIZE } from "./qap.ts";
import type { KeyPoints } from "./verificationKey.ts";

export const ZKEY = {
  protocol: 1,
  header: 2,
  ic: 3,
  coefficients: 4,
  a: 5,
  b1: 6,
  b2: 7,
  c: 8,
  h: 9,
  contributions: 10,
} as const;

const GROTH16 = 1;
const R = (1n << 256n) % BASE_PRIME;
const OVER_R = inverse(R, BASE_PRIME);
/** Field sizes, primes and three counts come before the points. */
const POINTS_AT = 84;

/** The header of a `.zkey`. Points are affine; null is infinity. */
export interface ZkeyHeader {
  readonly path: string;
  readonly wires: number;
  readonly publicSignals: number;
  readonly domainSize: number;
  readonly points: KeyPoints;
  readonly beta1: G1Point | null;
  readonly delta1: G1Point | null;
  /** 64 bytes in hexadecimal, by which a key names its circuit. */
  readonly circuitHash: string;
  readonly contributions: number;
}

/**
 * Header, public inputs' points and circuit hash: a few kilobytes of a file of any size.
 *
 * @throws FormatError if it is not a Groth16 key over BN254 whose sections have the sizes in its header.
 */
export async function readZkeyHeader(path: string): Promise<ZkeyHeader> {
  await using file = await BinFile.open(path, "zkey");
  const protocol = await file.read(ZKEY.protocol);
  const head = await file.read(ZKEY.header);
  if (protocol.length !== 4 || protocol.readUInt32LE(0) !== GROTH16 || head.length !== POINTS_AT + 3 * 64 + 3 * 128) {
    throw new FormatError("NOT_GROTH16", `${path} is not a Groth16 key over BN254: make or download the key again`);
  }
  const primes = [readInteger(head, 4, 32), readInteger(head, 40, 32)];
  if (
    head.readUInt32LE(0) !== 32 ||
    head.readUInt32LE(36) !== 32 ||
    primes[0] !== BASE_PRIME ||
    primes[1] !== FIELD_ORDER
  ) {
    throw new FormatError("OTHER_FIELD", `${path} is not over BN254: make or download the key again`);
  }
  const [wires, publicSignals, rows] = [72, 76, 80].map((at) => head.readUInt32LE(at)) as [number, number, number];
  await refuseWrongSizes(file, wires, publicSignals, rows);
  const ic = await file.read(ZKEY.ic);
  const mpc = await file.read(ZKEY.contributions, 0, 68);
  return {
    path,
    wires,
    publicSignals,
    domainSize: rows,
    points: {
      alpha1: g1At(head, POINTS_AT),
      beta2: g2At(head, POINTS_AT + 128),
      gamma2: g2At(head, POINTS_AT + 256),
      delta2: g2At(head, POINTS_AT + 448),
      ic: Array.from({ length: Math.floor(ic.length / 64) }, (_, i) => g1At(ic, 64 * i)),
    },
    beta1: g1At(head, POINTS_AT + 64),
    delta1: g1At(head, POINTS_AT + 384),
    circuitHash: mpc.toString("hex", 0, 64),
    contributions: mpc.readUInt32LE(64),
  };
}

/** @throws FormatError WRONG_SIZE naming the section whose size contradicts the header */
async function refuseWrongSizes(file: BinFile, wires: number, publicSignals: number, rows: number): Promise<void> {
  if (!isDomain(rows) || publicSignals >= wires) {
    throw new FormatError(
      "WRONG_SIZE",
      `${file.path} is for ${rows} rows, which there cannot be: make or download the key again`,
    );
  }
  const coefficients = (await file.read(ZKEY.coefficients, 0, 4)).readUInt32LE(0);
  const sizes: [section: number, size: number][] = [
    [ZKEY.ic, (publicSignals + 1) * 64],
    [ZKEY.coefficients, 4 + coefficients * COEFFICIENT_SIZE],
    [ZKEY.a, wires * 64],
    [ZKEY.b1, wires * 64],
    [ZKEY.b2, wires * 128],
    [ZKEY.c, (wires - publicSignals - 1) * 64],
    [ZKEY.h, rows * 64],
  ];
  for (const [section, size] of sizes) {
    if (file.section(section).size === size) continue;
    throw new FormatError(
      "WRONG_SIZE",
      `section ${section} of ${file.path} has not the size that its header says: make or download the key again`,
    );
  }
}

/** Whether the field has domains of `size` rows and of twice as many. */
export function isDomain(size: number): boolean {
  return Number.isInteger(Math.log2(size)) && (FIELD_ORDER - 1n) % BigInt(2 * size) === 0n;
}

/** Section 2, from its numbers and its six points, each in the file's own form. */
export function headerSection(
  sizes: { wires: number; publicSignals: number; domainSize: number },
  points: {
    alpha1: Uint8Array;
    beta1: Uint8Array;
    beta2: Uint8Array;
    gamma2: Uint8Array;
    delta1: Uint8Array;
    delta2: Uint8Array;
  },
): Buffer {
  return Buffer.concat([
    u32(32),
    integerBytes(BASE_PRIME),
    u32(32),
    integerBytes(FIELD_ORDER),
    u32(sizes.wires),
    u32(sizes.publicSignals),
    u32(sizes.domainSize),
    ...[points.alpha1, points.beta1, points.beta2, points.gamma2, points.delta1, points.delta2],
  ]);
}

/** Four bytes, little-endian. */
export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Writes sections one after the other; a length is filled in when its section ends. */
export class ZkeyWriter {
  readonly #handle: FileHandle;
  #position = 0;
  #sectionAt = 0;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async create(path: string): Promise<ZkeyWriter> {
    const writer = new ZkeyWriter(await open(path, "w"));
    await writer.write(Buffer.concat([Buffer.from("zkey", "latin1"), u32(1), u32(Object.keys(ZKEY).length)]));
    return writer;
  }

  async begin(section: number): Promise<void> {
    this.#sectionAt = this.#position;
    await this.write(Buffer.concat([u32(section), Buffer.alloc(8)]));
  }

  async write(data: Uint8Array): Promise<void> {
    for (let done = 0; done < data.byteLength; ) {
      const { bytesWritten } = await this.#handle.write(
        data,
        done,
        Math.min(data.byteLength - done, 1 << 30),
        this.#position + done,
      );
      done += bytesWritten;
    }
    this.#position += data.byteLength;
  }

  /** Overwrites bytes of the section under way. */
  async patch(offset: number, data: Uint8Array): Promise<void> {
    await this.#handle.write(data, 0, data.byteLength, this.#sectionAt + 12 + offset);
  }

  async end(): Promise<void> {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(this.#position - this.#sectionAt - 12));
    await this.#handle.write(length, 0, 8, this.#sectionAt + 4);
  }

  async section(id: number, data: Uint8Array): Promise<void> {
    await this.begin(id);
    await this.write(data);
    await this.end();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function coordinateAt(bytes: Buffer, offset: number): bigint {
  return (readInteger(bytes, offset, 32) * OVER_R) % BASE_PRIME;
}

function g1At(bytes: Buffer, offset: number): G1Point | null {
  const [x, y] = [0, 32].map((at) => coordinateAt(bytes, offset + at)) as [bigint, bigint];
  return x === 0n && y === 0n ? null : [x, y];
}

function g2At(bytes: Buffer, offset: number): G2Point | null {
  const [a, b, c, d] = [0, 32, 64, 96].map((at) => coordinateAt(bytes, offset + at)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  return a === 0n && b === 0n && c === 0n && d === 0n
    ? null
    : [
        [a, b],
        [c, d],
      ];
}
