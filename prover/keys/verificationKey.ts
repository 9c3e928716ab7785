/** A Groth16 verification key: its JSON in snarkjs's form, its points, and their order in contracts. */
import { concat, keccak256, toBeHex } from "ethers";
import { BASE_PRIME, type Fp2, type G1Point, type G2Point } from "../curve/bn254.ts";
import { KeyError } from "../errors.ts";

type Text1 = [string, string, string];
type Text2 = [[string, string], [string, string], [string, string]];

/**
 * A key in snarkjs's form: numbers as decimal strings, points with a third coordinate that is always 1. snarkjs adds
 * `vk_alphabeta_12`, the pairing of α and β. It follows from the rest, so here it is neither written nor read.
 */
export interface VerificationKey {
  protocol: "groth16";
  curve: "bn128";
  nPublic: number;
  vk_alpha_1: Text1;
  vk_beta_2: Text2;
  vk_gamma_2: Text2;
  vk_delta_2: Text2;
  IC: Text1[];
}

/** The points of a key; null is the point at infinity. */
export interface KeyPoints {
  readonly alpha1: G1Point | null;
  readonly beta2: G2Point | null;
  readonly gamma2: G2Point | null;
  readonly delta2: G2Point | null;
  readonly ic: readonly (G1Point | null)[];
}

/** The JSON of these points. */
export function verificationKey(points: KeyPoints): VerificationKey {
  return {
    protocol: "groth16",
    curve: "bn128",
    nPublic: points.ic.length - 1,
    vk_alpha_1: text1(points.alpha1),
    vk_beta_2: text2(points.beta2),
    vk_gamma_2: text2(points.gamma2),
    vk_delta_2: text2(points.delta2),
    IC: points.ic.map(text1),
  };
}

/**
 * The points of a key as read from JSON. Does not check the points; `refuseBadKey` does.
 *
 * @throws KeyError KEY_MALFORMED if a field is missing or malformed.
 */
export function keyPoints(key: VerificationKey): KeyPoints {
  if (key.protocol !== "groth16" || key.curve !== "bn128") {
    throw malformed("protocol", "is not a Groth16 key over bn128");
  }
  if (!Array.isArray(key.IC)) throw malformed("IC", "is not a list");
  return {
    alpha1: point1("vk_alpha_1", key.vk_alpha_1),
    beta2: point2("vk_beta_2", key.vk_beta_2),
    gamma2: point2("vk_gamma_2", key.vk_gamma_2),
    delta2: point2("vk_delta_2", key.vk_delta_2),
    ic: key.IC.map((point, i) => point1(`IC[${i}]`, point)),
  };
}

const FIXED = ["protocol", "curve", "nPublic"] as const;
const POINTS = ["vk_alpha_1", "vk_beta_2", "vk_gamma_2", "vk_delta_2", "IC"] as const;

/**
 * Reads a key's JSON. Ignores members of other names, because snarkjs and others add some. The result is canonical:
 * equal keys are equal texts.
 * @throws KeyError KEY_MALFORMED if a member is missing or malformed
 */
export function parseVerificationKey(json: unknown): VerificationKey {
  if (typeof json !== "object" || json === null) throw malformed("JSON", "is not an object");
  for (const name of [...FIXED, ...POINTS]) if (!Object.hasOwn(json, name)) throw malformed(name, "is missing");
  const key = json as VerificationKey;
  const read = verificationKey(keyPoints(key));
  if (key.nPublic !== read.nPublic) throw malformed("nPublic", "is not the number of IC points less one");
  return read;
}

/**
 * The key's numbers in Solidity's order: alpha1 (x, y), beta2, gamma2, delta2, then the IC points. A coordinate c0 +
 * c1·u of G2 goes c1 first, as the pairing precompile takes it. Infinity is zeros, as there.
 */
export function solidityPoints(key: VerificationKey): bigint[] {
  const points = keyPoints(key);
  return [
    ...solidityG1(points.alpha1),
    ...solidityG2(points.beta2),
    ...solidityG2(points.gamma2),
    ...solidityG2(points.delta2),
    ...points.ic.flatMap((point) => solidityG1(point)),
  ];
}

/**
 * The inverse of `solidityPoints`. Does not check the points.
 * @throws KeyError KEY_MALFORMED if these are not the words of a key
 */
export function keyFromSolidity(words: readonly bigint[]): VerificationKey {
  const ic = words.slice(14);
  if (words.length < 16 || ic.length % 2 !== 0 || words.some((word) => word < 0n || word >= BASE_PRIME)) {
    throw malformed("points", "are not those of a key");
  }
  const g1At = (at: number): G1Point | null => {
    const [x = 0n, y = 0n] = words.slice(at, at + 2);
    return x === 0n && y === 0n ? null : [x, y];
  };
  const g2At = (at: number): G2Point | null => {
    const [x1 = 0n, x0 = 0n, y1 = 0n, y0 = 0n] = words.slice(at, at + 4);
    if ([x1, x0, y1, y0].every((word) => word === 0n)) return null;
    return [
      [x0, x1],
      [y0, y1],
    ];
  };
  return verificationKey({
    alpha1: g1At(0),
    beta2: g2At(2),
    gamma2: g2At(6),
    delta2: g2At(10),
    ic: Array.from({ length: ic.length / 2 }, (_, i) => g1At(14 + 2 * i)),
  });
}

/** A point of G1 as Solidity takes it: [x, y]. */
export function solidityG1(point: G1Point | null): [bigint, bigint] {
  return point === null ? [0n, 0n] : [point[0], point[1]];
}

/** A point of G2 as Solidity takes it: [x.c1, x.c0, y.c1, y.c0]. */
export function solidityG2(point: G2Point | null): [bigint, bigint, bigint, bigint] {
  if (point === null) return [0n, 0n, 0n, 0n];
  const [x, y] = point;
  return [x[1], x[0], y[1], y[0]];
}

/**
 * The key's name on chain: keccak256 of `solidityPoints` as 32-byte words, `keccak256(abi.encodePacked(uint256[]))` in
 * Solidity. With the 0x prefix.
 */
export function verificationKeyHash(key: VerificationKey): string {
  return keccak256(concat(solidityPoints(key).map((value) => toBeHex(value, 32))));
}

/**
 * A number below the coordinates' prime, in its canonical decimal form.
 *
 * @returns null for any other text.
 */
export function parseCoordinate(text: unknown): bigint | null {
  if (typeof text !== "string" || !/^(0|[1-9][0-9]{0,77})$/.test(text)) return null;
  const value = BigInt(text);
  return value < BASE_PRIME ? value : null;
}

function text1(point: G1Point | null): Text1 {
  return point === null ? ["0", "1", "0"] : [`${point[0]}`, `${point[1]}`, "1"];
}

function text2(point: G2Point | null): Text2 {
  if (point === null)
    return [
      ["0", "0"],
      ["1", "0"],
      ["0", "0"],
    ];
  const pair = (value: Fp2): [string, string] => [`${value[0]}`, `${value[1]}`];
  return [pair(point[0]), pair(point[1]), ["1", "0"]];
}

function point1(field: string, point: unknown): G1Point | null {
  const [x, y, z] = list(field, point).map((value) => coordinate(field, value));
  if (x === undefined || y === undefined || (z !== 0n && z !== 1n)) throw malformed(field, "is not an affine point");
  return z === 0n ? null : [x, y];
}

function point2(field: string, point: unknown): G2Point | null {
  const [x, y, z] = list(field, point).map((value): Fp2 => {
    const [c0, c1, more] = list(field, value).map((part) => coordinate(field, part));
    if (c0 === undefined || c1 === undefined || more !== undefined) throw malformed(field, "is not a point of G2");
    return [c0, c1];
  });
  if (x === undefined || y === undefined || z === undefined || z[0] > 1n || z[1] !== 0n) {
    throw malformed(field, "is not an affine point");
  }
  return z[0] === 0n ? null : [x, y];
}

function list(field: string, value: unknown): unknown[] {
  if (!Array.isArray(value) || value.length > 3) throw malformed(field, "is not a list of coordinates");
  return value;
}

function coordinate(field: string, value: unknown): bigint {
  const number = parseCoordinate(value);
  if (number === null) throw malformed(field, "holds something that is not a reduced decimal number");
  return number;
}

function malformed(field: string, what: string): KeyError {
  return new KeyError("KEY_MALFORMED", field, `the verification key's ${field} ${what}: export the key again`);
}
