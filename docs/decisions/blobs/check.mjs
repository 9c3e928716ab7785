/**
 * Checks the prototype on true and forged values: node docs/decisions/blobs/check.mjs
 *
 * A forger keeps the constraints and chooses the hints (`<--`). Each forgery is tried twice: on the circuit, which must
 * refuse it, and on the circuit without the constraint that is there for it, which must accept it with a false value.
 */
import { randomBytes } from "node:crypto";
import { buildCircuit } from "../../../prover/circuit/build.ts";
import { calculateWitness, checkWitness, withCompilersProgram } from "../../../prover/witness/witness.ts";
import { inputOf, P, R, sourceOf, valueAt } from "./circuit.mjs";

const ROOM = 4;
const source = sourceOf(ROOM, 3);
const random = (below) => BigInt(`0x${randomBytes(40).toString("hex")}`) % below;
// Arguments below this have a second number below 2^254.
const TWICE = 2n ** 254n - R;
const rowsOf = (count) => Array.from({ length: count }, () => [random(2n ** 253n), random(2n ** 253n), random(TWICE)]);
const MOST = [2n ** 253n - 1n, 2n ** 253n - 1n, ((R >> 176n) << 176n) - 1n];

async function circuitOf(text) {
  return withCompilersProgram(await buildCircuit("blob-check", text));
}

/** The two outputs as one number modulo p; undefined if the circuit refuses. */
async function valueIn(circuit, input) {
  const { ok } = await checkWitness(circuit, input);
  if (!ok) return undefined;
  const bytes = Buffer.from(await calculateWitness(circuit, input));
  // The values are the end of the file: 1, then the outputs.
  const at = bytes.length - circuit.wires * 32;
  const number = (i) =>
    BigInt(
      `0x${Buffer.from(bytes.subarray(at + 32 * i, at + 32 * i + 32))
        .reverse()
        .toString("hex")}`,
    );
  return (number(1) + (number(2) << 176n)) % P;
}

let checks = 0;
function expect(what, actual, wanted) {
  checks += 1;
  if (actual !== wanted) throw new Error(`${what}: ${actual}, not ${wanted}`);
}

const honest = await circuitOf(source);
const points = [0n, 1n, 2n ** 252n - 1n, 2n ** 88n, ...Array.from({ length: 8 }, () => random(2n ** 252n))];
for (const point of points) {
  for (const rows of [rowsOf(ROOM), rowsOf(1), Array(ROOM).fill(MOST), [[0n, 0n, 0n], MOST]]) {
    expect("the value", await valueIn(honest, inputOf(ROOM, point, rows)), valueAt(point, rows.flat()));
  }
}
const rows = rowsOf(3);
const [point] = points.slice(-1);
const input = inputOf(ROOM, point, rows);
const truth = valueAt(point, rows.flat());
// Padding with words in it gives the same value.
expect("padding", await valueIn(honest, { ...inputOf(ROOM, point, [...rows, MOST]), real: input.real }), truth);
expect("a long point", await valueIn(honest, { ...input, point: 2n ** 252n }), undefined);
expect("a word with the order's top limb", await valueIn(honest, inputOf(ROOM, point, [[1n, 1n, R - 1n]])), undefined);

const HINTS = "    var found[6] = divided(columns);\n";
const NATIVE = "    native === 0;\n";
const CARRIES = "        _ <== Num2Bits(wide + 1)(carry + (1 << wide));\n";
const QUOTIENT = "        _ <== Num2Bits(i < 2 ? 88 : long - 176)(quotient[i]);\n";
const CANONICAL = "    _ <== Num2Bits(78)(TOP() - 1 - limbs[2]);\n";
/** What the forger changes, and which constraint refuses it. */
const FORGERIES = {
  "one more": [HINTS, `${HINTS}found[3] = found[3] + 1;\n`, [NATIVE, CARRIES]],
  // quotient + 1, and the remainder less p modulo the order of the circuit's field: only the carries differ.
  "equal in the circuit's field": [
    HINTS,
    `${HINTS}
    found[0] = found[0] + 1;
    var wrong = found[3] - P(0) + (found[4] - P(1)) * BASE() + (found[5] - P(2)) * BASE() * BASE();
    found[3] = wrong % BASE();
    found[4] = (wrong \\ BASE()) % BASE();
    found[5] = (wrong \\ BASE()) \\ BASE();
`,
    [CARRIES],
  ],
  // quotient + n, and the remainder less n·p modulo 2^264, for the first n where that has 255 bits.
  "equal modulo 2^264": [
    HINTS,
    `${HINTS}
    var again = 1;
    while (again == 1) {
        found[0] = found[0] + 1;
        var borrow = 0;
        for (var i = 0; i < 3; i++) {
            var low = P(i) + borrow;
            borrow = 0;
            if (found[3 + i] < low) { found[3 + i] = found[3 + i] + BASE(); borrow = 1; }
            found[3 + i] = found[3 + i] - low;
        }
        if (found[5] < (1 << 79)) { again = 0; }
    }
`,
    [NATIVE],
  ],
  // The remainder is 0 and the quotient whatever fits in the circuit's field, in one limb.
  "a quotient of any length": [
    HINTS,
    `${HINTS}
    var all = 0;
    for (var t = 4; t >= 0; t--) { all = all * BASE() + columns[t]; }
    all = all / (P(0) + P(1) * BASE() + P(2) * BASE() * BASE());
    found[0] = 0;
    found[1] = 0;
    found[2] = all / (1 << 176);
    found[3] = 0;
    found[4] = 0;
    found[5] = 0;
`,
    [QUOTIENT, CARRIES],
  ],
  // The argument plus the order of the circuit's field.
  "the other number of a word": [
    "    limbs[0] <-- word % BASE();\n    limbs[1] <-- (word \\ BASE()) % BASE();\n",
    `    var low = word % BASE() + ${R % 2n ** 88n};
    limbs[0] <-- low % BASE();
    limbs[1] <-- ((word \\ BASE()) % BASE() + ${(R >> 88n) % 2n ** 88n} + low \\ BASE()) % BASE();
`,
    [CANONICAL],
  ],
};
for (const [name, [from, to, guards]] of Object.entries(FORGERIES)) {
  const forged = replaced(source, from, to);
  expect(name, await valueIn(await circuitOf(forged), input), undefined);
  const unguarded = guards.reduce((text, guard) => replaced(text, guard, ""), forged);
  const value = await valueIn(await circuitOf(unguarded), input);
  expect(`${name}, without its constraint: a value`, value !== undefined, true);
  expect(`${name}, without its constraint: true`, value === truth, false);
}
for (const [r, w] of [
  [0, 0],
  [1, 1],
  [2, 2],
]) {
  const changed = rows.map((row) => [...row]);
  changed[r][w] ^= 1n;
  expect("a changed word", (await valueIn(honest, inputOf(ROOM, point, changed))) === truth, false);
}
expect("a row less", (await valueIn(honest, inputOf(ROOM, point, rows.slice(1)))) === truth, false);
expect("rows exchanged", (await valueIn(honest, inputOf(ROOM, point, [...rows].reverse()))) === truth, false);
console.log(`${checks} checks hold`);

function replaced(text, from, to) {
  if (!text.includes(from)) throw new Error(`not in the circuit: ${from}`);
  return text.replace(from, () => to);
}
