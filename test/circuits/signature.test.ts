/**
 * The signature circuit accepts exactly the signatures that circomlibjs accepts, for any values on the wires. Forged
 * witnesses are completed row by row: a value is filled in if a row leaves one choice, and a row that leaves none is
 * the refusal.
 */
import { buildBabyjub, type JubPoint } from "circomlibjs";
import { beforeAll, describe, expect, test } from "vitest";
import { buildCircuit, type CircuitArtifacts } from "../../prover/circuit/build.ts";
import { loadR1cs, type R1cs, rowsOf, unsatisfied } from "../../prover/formats/r1cs.ts";
import { loadSymbols } from "../../prover/formats/symbols.ts";
import { witnessValues } from "../../prover/formats/wtns.ts";
import { calculateWitness, checkWitness } from "../../prover/witness/witness.ts";
import { FIELD } from "../../trace/layout.ts";
import { hash } from "../../trace/poseidon/index.ts";
import {
  FILLER_SIGNATURE,
  type LogSignature,
  signLog,
  statementHash,
  verifyLog,
} from "../../trace/signing/signature.ts";

const jub = await buildBabyjub();
const F = jub.F;
const L = jub.subOrder;
const mod = (n: bigint, order = FIELD): bigint => ((n % order) + order) % order;
const words = ([x, y]: JubPoint): [bigint, bigint] => [F.toObject(x), F.toObject(y)];
const times = (point: JubPoint, scalar: bigint): JubPoint => jub.mulPointEscalar(point, scalar);
const minus = ([x, y]: JubPoint): JubPoint => [F.neg(x), y];
/** The Z of the circuit. The generator has order 8l. */
const Z = times(jub.Generator, L);
const TORSION = [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n].map((n) => times(Z, n));

/** The order's upper 64 bits: challenges up to here have signs. */
const CHALLENGES = (FIELD >> 190n) << 190n;
/** Step i of ScalarMulVariable takes Q + Z in place of Q. */
const shifted = (i: number): boolean => i % 2 === 0 && i > 0 && i < 252;

const source = (template: string): string => `pragma circom 2.2.0;
include "signature/signature.circom";
component main = ${template}();
`;

let circuit: CircuitArtifacts;
let r1cs: R1cs;
let wires: ReadonlyMap<string, number>;
beforeAll(async () => {
  circuit = await buildCircuit("signature", source("Signature"));
  [r1cs, wires] = await Promise.all([loadR1cs(circuit.r1cs), loadSymbols(circuit.sym)]);
});

type Input = {
  active: bigint;
  authority: bigint;
  keyX: bigint;
  r: [bigint, bigint];
  s: bigint;
  message: bigint;
};

const inputOf = ({ key, r, s }: LogSignature, message: bigint): Input => ({
  active: 1n,
  authority: key[1],
  keyX: key[0],
  r,
  s,
  message,
});
const challengeOf = ({ keyX, authority, r, message }: Input): bigint =>
  hash(0n, [r[0], r[1], keyX, authority, message]);

const STATEMENT = { domain: 7n, program: 3, log: 12345n, validUntil: 2_000_000_000 };
const MESSAGE = statementHash(STATEMENT);
const honest = (n: number): LogSignature => signLog(new Uint8Array(32).fill(n), STATEMENT);

/** Signs with any secret multiplier, and adds the given points to the key and to R. */
function signWith(secret: bigint, keyPlus = TORSION[0] as JubPoint, rPlus = TORSION[0] as JubPoint): LogSignature {
  const key = words(jub.addPoint(times(jub.Base8, secret), keyPlus));
  const nonce = hash(0n, [secret, 1n]) % L;
  const r = words(jub.addPoint(times(jub.Base8, nonce), rPlus));
  const h = hash(0n, [...r, ...key, MESSAGE]);
  return { key, r, s: (nonce + h * 8n * secret) % L };
}

function wire(name: string): number {
  const found = wires.get(name);
  if (found === undefined) throw new Error(`no wire ${name}`);
  return found;
}

type Values = (bigint | undefined)[];

/** Fills in the wires for which the rows leave one choice, and returns the rows that no value satisfies. */
function complete(values: Values, rows: Iterable<number>): number[] {
  const queue = new Set(rows);
  const within = new Set(queue);
  const broken: number[] = [];
  // The loop also visits rows that are added to the set meanwhile.
  for (const row of queue) {
    queue.delete(row);
    const solved = solve(row, values);
    if (solved === "broken") broken.push(row);
    else if (solved !== undefined) for (const next of rowsOf(r1cs, solved)) if (within.has(next)) queue.add(next);
  }
  return broken;
}

/**
 * The wire that the row gave its only possible value, if it did. Rows with two unknown wires, or with a square, wait.
 */
function solve(row: number, values: Values): number | "broken" | undefined {
  let unknown: number | undefined;
  const sides: [fixed: bigint, factor: bigint][] = [];
  for (let list = 3 * row; list < 3 * row + 3; list++) {
    let [fixed, factor] = [0n, 0n];
    for (let term = r1cs.starts[list] as number; term < (r1cs.starts[list + 1] as number); term++) {
      const index = r1cs.termWires[term] as number;
      const coefficient = r1cs.values[r1cs.termValues[term] as number] as bigint;
      const value = values[index];
      if (value !== undefined) fixed += coefficient * value;
      else if (unknown !== undefined && unknown !== index) return undefined;
      else {
        unknown = index;
        factor += coefficient;
      }
    }
    sides.push([mod(fixed), mod(factor)]);
  }
  const [[a, a1], [b, b1], [c, c1]] = sides as [[bigint, bigint], [bigint, bigint], [bigint, bigint]];
  if (mod(a1 * b1) !== 0n) return undefined;
  const [fixed, factor] = [mod(a * b - c), mod(a * b1 + a1 * b - c1)];
  if (factor === 0n) return fixed === 0n ? undefined : "broken";
  values[unknown as number] = F.toObject(F.neg(F.div(F.e(fixed), F.e(factor))));
  return unknown;
}

const set = (values: Values, name: string, value: bigint): void => {
  const index = wires.get(name);
  if (index !== undefined && values[index] === undefined) values[index] = mod(value);
};

/** The rows that compare the computed R with the given one. */
const mismatch = (): number[] =>
  [...rowsOf(r1cs, wire("main.r[0]")), ...rowsOf(r1cs, wire("main.r[1]"))].filter((row) =>
    rowsOf(r1cs, wire("main.active")).includes(row),
  );

/**
 * The best witness that a prover can make: inputs, bits and signs of its choice, and all values that follow from them.
 * @param challenge the number that the signs stand for
 */
function forge(input: Input, challenge = challengeOf(input)): { values: Values; broken: number[] } {
  const values: Values = Array.from({ length: r1cs.header.wires });
  values[0] = 1n;
  for (const [name, value] of Object.entries(input)) {
    [value].flat().forEach((part: bigint, i) => {
      set(values, Array.isArray(value) ? `main.${name}[${i}]` : `main.${name}`, part);
    });
  }
  for (let i = 0; i < 251; i++) set(values, `main.bits.out[${i}]`, (input.s >> BigInt(i)) & 1n);

  // 1. Up to the point that is multiplied. Comparisons come last: they would fill in wires from their ends.
  const last = mismatch();
  const rows = Array.from({ length: r1cs.header.constraints }, (_, row) => row).filter((row) => !last.includes(row));
  const broken = complete(values, rows);

  // 2. The signs, and up to R. Then the number that shows the signs to stand for one below the order, if it has 64
  //    bits.
  const ordinates = [values[wire("main.minus.point[1]")], values[wire("main.minus.shift.out[1]")]];
  for (let i = 0; i < 253; i++) {
    const v = ordinates[shifted(i) ? 1 : 0];
    if (v === undefined) return { values, broken };
    set(values, `main.minus.signs.signed[${i}]`, (challenge >> BigInt(253 - i)) & 1n ? v : -v);
  }
  const rest = (FIELD >> 190n) - 1n - (challenge >> 190n);
  for (let i = 0; i < 64; i++) {
    // A number below 0 has no bits: let the first be all of it, so that nothing else is wrong.
    const bit = rest < 0n ? (i === 0 ? rest : 0n) : (rest >> BigInt(i)) & 1n;
    set(values, `main.minus.signs.less.out[${i}]`, bit);
  }
  broken.push(...complete(values, rows), ...complete(values, last));
  return { values, broken: [...new Set(broken)] };
}

/** The rows that refuse every choice of the prover. The calculator refuses as well. */
async function refusing(input: Input): Promise<number[]> {
  expect((await checkWitness(circuit, input)).ok).toBe(false);
  return forge(input).broken;
}
/** Is refused only for its R. */
async function mismatched(input: Input): Promise<void> {
  const broken = await refusing(input);
  expect(broken.length).toBeGreaterThan(0);
  expect(mismatch()).toEqual(expect.arrayContaining(broken));
}
const accepted = async (input: Input): Promise<void> => {
  expect(await checkWitness(circuit, input)).toEqual({ ok: true });
};

test("the circuit has the number of constraints that its comment says", () => {
  expect(circuit.constraints).toBe(2611);
});

describe("signatures", () => {
  test("of circomlibjs are accepted, by any key, of any message", async () => {
    for (let n = 1; n <= 3; n++) {
      const statement = { domain: BigInt(n), program: n, log: hash(0n, [BigInt(n)]), validUntil: 1000 * n };
      const signature = signLog(new Uint8Array(32).fill(n), statement);
      const input = inputOf(signature, statementHash(statement));
      await accepted(input);
      await mismatched({ ...input, message: mod(input.message + 1n) });
    }
  });

  test("of the same authority are accepted with both x of its key", async () => {
    const secret = hash(0n, [5n]) % L;
    const [signature, mirrored] = [signWith(secret), signWith(L - secret)];
    expect(mirrored.key).toEqual([mod(-signature.key[0]), signature.key[1]]);
    await accepted(inputOf(signature, MESSAGE));
    await accepted(inputOf(mirrored, MESSAGE));
    await mismatched({ ...inputOf(signature, MESSAGE), keyX: mirrored.key[0] });
  });

  test("of another key, or with another R or S, are refused", async () => {
    const input = inputOf(honest(1), MESSAGE);
    const other = honest(2);
    await mismatched({ ...input, keyX: other.key[0], authority: other.key[1] });
    await mismatched({ ...input, s: other.s });
    await mismatched({ ...input, s: input.s ^ 1n });
    await mismatched({ ...input, s: 0n });
    for (const r of [other.r, [mod(-input.r[0]), input.r[1]], [0n, 1n]] as [bigint, bigint][]) {
      await mismatched({ ...input, r });
    }
    // Signed for that R, but R has a part of small order.
    for (const small of [TORSION[1], TORSION[4]]) {
      const signature = signWith(9n, TORSION[0], small);
      expect(verifyLog(signature.key[1], STATEMENT, signature)).toBe(false);
      await mismatched(inputOf(signature, MESSAGE));
    }
  });

  test("of a key with a part of small order are accepted, like in circomlibjs", async () => {
    for (const small of TORSION) {
      const signature = signWith(11n, small);
      expect(verifyLog(signature.key[1], STATEMENT, signature)).toBe(true);
      await accepted(inputOf(signature, MESSAGE));
    }
  });

  test("may have an S of 251 bits, also above the order", async () => {
    const many = Array.from({ length: 8 }, (_, n) => honest(n));
    const small = many.find(({ s }) => s + L < 1n << 251n) as LogSignature;
    await accepted({ ...inputOf(small, MESSAGE), s: small.s + L });
    const large = many.find(({ s }) => s + L >= 1n << 251n) as LogSignature;
    const broken = await refusing({ ...inputOf(large, MESSAGE), s: large.s + L });
    const bits = Array.from({ length: 251 }, (_, i) => wires.get(`main.bits.out[${i}]`) ?? wire("main.s"));
    expect(broken.some((row) => bits.some((bit) => rowsOf(r1cs, bit).includes(row)))).toBe(true);
  });
});

describe("keys", () => {
  test("of small order sign nothing", async () => {
    const { r, s } = honest(1);
    for (const small of TORSION) {
      const [keyX, authority] = words(small);
      // With h·8A = O, S = 1 and R = B8 would be a signature of every message.
      for (const signature of [
        { r, s },
        { r: words(jub.Base8), s: 1n },
      ]) {
        const broken = await refusing({ active: 1n, authority, keyX, ...signature, message: MESSAGE });
        // Only the row of u: 0·u = 2.
        expect(broken).toEqual([rowsOf(r1cs, wire("main.eightfold.out[1]")).find((row) => isRowOf(row, "point[0]"))]);
      }
    }
  });

  test("off the curve sign nothing", async () => {
    const curve = rowsOf(r1cs, wire("main.twice.xx")).filter(
      (row) => isRowOf(row, "twice.xy") && !isRowOf(row, "fourfold.p[0]"),
    );
    expect(curve).toHaveLength(1);
    const input = inputOf(honest(1), MESSAGE);
    for (const keyX of [0n, 1n, mod(input.keyX + 1n), words(jub.Base8)[0]]) {
      expect(await refusing({ ...input, keyX })).toContain(curve[0]);
    }
    for (const authority of [0n, 1n, FIELD - 1n]) {
      expect(await refusing({ ...input, authority })).toContain(curve[0]);
    }
  });

  function isRowOf(row: number, name: string): boolean {
    return [`main.${name}`, `main.minus.${name}`].some((full) => {
      const index = wires.get(full);
      return index !== undefined && rowsOf(r1cs, index).includes(row);
    });
  }
});

describe("an entry without a required signature", () => {
  const filler: Input = { ...inputOf(FILLER_SIGNATURE, 0n), active: 0n };

  test("accepts the filler with any authority and message", async () => {
    for (const authority of [0n, 1n, honest(1).key[1], FIELD - 1n]) {
      await accepted({ ...filler, authority, message: mod(authority + MESSAGE) });
    }
    await mismatched({ ...filler, authority: FILLER_SIGNATURE.key[1], active: 1n });
  });

  test("computes R for every value of every window", async () => {
    for (let digit = 0n; digit < 8n; digit++) {
      const s = Array.from({ length: 84 }, (_, i) => digit << BigInt(3 * i)).reduce((a, b) => a + b) % (1n << 251n);
      const input = { ...filler, s, message: digit };
      const values = witnessValues(await calculateWitness(circuit, input));
      const h = challengeOf({ ...input, authority: FILLER_SIGNATURE.key[1] });
      const r = jub.addPoint(times(jub.Base8, s), minus(times(jub.Base8, 8n * h)));
      expect([values[wire("main.x.out")], values[wire("main.y.out")]]).toEqual(
        words(jub.addPoint(r, TORSION[6] as JubPoint)),
      );
    }
  });
});

describe("wires", () => {
  test("follow from the inputs, the bits and the signs", async () => {
    for (const input of [inputOf(honest(3), MESSAGE), inputOf(signWith(1n), MESSAGE)]) {
      const { values, broken } = forge(input);
      expect(broken).toEqual([]);
      expect(values).toEqual(witnessValues(await calculateWitness(circuit, input)));
    }
  });

  test("cannot be changed: no value, no sign, no bit", async () => {
    const filler = { ...inputOf(FILLER_SIGNATURE, MESSAGE), active: 0n };
    for (const [input, unread] of [
      [inputOf(honest(4), MESSAGE), []],
      [filler, [wire("main.authority")]],
    ] as [Input, number[]][]) {
      const witness = witnessValues(await calculateWitness(circuit, input));
      expect(unsatisfied(r1cs, witness)).toEqual([]);
      const free = new Set<number>();
      for (let index = 1; index < witness.length; index++) {
        const value = witness[index] as bigint;
        for (const other of value <= 1n ? [1n - value] : [value + 1n, FIELD - value]) {
          witness[index] = mod(other);
          if (unsatisfied(r1cs, witness, [index]).length === 0) free.add(index);
        }
        witness[index] = value;
      }
      expect([...free]).toEqual(unread);
    }
  });

  test("the signs are those of the challenge, not of a number that is equal in the field", () => {
    // A quarter of all challenges is small enough to add the field's order.
    const secrets = Array.from({ length: 24 }, (_, n) => BigInt(n + 2));
    const room = secrets.filter((secret) => challengeOf(inputOf(signWith(secret), MESSAGE)) + FIELD < 1n << 254n);
    expect(room.length).toBeGreaterThan(1);
    for (const secret of room.slice(0, 2)) {
      const signature = signWith(secret);
      const challenge = challengeOf(inputOf(signature, MESSAGE)) + FIELD;
      // S matches, so only the range is wrong.
      const s = mod(signature.s + FIELD * 8n * secret, L);
      const { broken } = forge(inputOf({ ...signature, s }, MESSAGE), challenge);
      expect(broken).toHaveLength(1);
      expect(rowsOf(r1cs, wire("main.minus.signs.less.out[0]"))).toContain(broken[0]);
    }
    const input = inputOf(signWith(2n), MESSAGE);
    for (const flip of [2n, 1n << 189n, 1n << 190n, 1n << 253n]) {
      expect(forge(input, challengeOf(input) ^ flip).broken.length).toBeGreaterThan(0);
    }
  });
});

describe("multiples", () => {
  test("of any number: no sum meets itself or its opposite", async () => {
    const multiple = await buildCircuit("multiple", source("ScalarMulVariable"));
    const Q = times(jub.Base8, hash(0n, [6n]));
    const symbols = await loadSymbols(multiple.sym);
    const montgomery = ([x, y]: JubPoint): bigint[] => {
      const u = F.div(F.add(F.one, y), F.sub(F.one, y));
      return [u, F.div(u, x)].map((word) => F.toObject(word));
    };
    // Leading zeros, the ends of the range, and the numbers near multiples of l and their halves, where a sum without Z
    // would be O or a double.
    const numbers = [0n, 1n, 2n, 3n, 5n, 1n << 128n, CHALLENGES - 1n];
    for (const n of [1n, 2n, 4n, 8n, 15n]) for (let off = -2n; off <= 2n; off++) numbers.push((n * L) / 2n + off);
    for (const h of numbers) {
      const witness = witnessValues(await calculateWitness(multiple, { h, point: montgomery(Q) }));
      expect([0, 1].map((i) => witness[symbols.get(`main.out[${i}]`) as number])).toEqual(
        montgomery(jub.addPoint(minus(times(Q, h)), TORSION[5] as JubPoint)),
      );
    }
    for (const h of [CHALLENGES, FIELD - 1n]) {
      expect((await checkWitness(multiple, { h, point: montgomery(Q) })).ok).toBe(false);
    }
  });
});
