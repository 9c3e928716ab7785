/** From a draft to a certificate: digests, and challenges with what they are drawn from. */
import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { certify } from "../../prover/certificate/certify.ts";
import { constraintsIn } from "../../prover/certificate/elaboration/lineParts.ts";
import { namesOf } from "../../prover/certificate/names.ts";
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { buildCircuit } from "../../prover/circuit/build.ts";
import { loadSymbols } from "../../prover/formats/symbols.ts";
import { type Call, CHALLENGE, DIGEST, UNEQUAL } from "../../verifier/hashes/check.ts";
import { scene, source } from "../lib/challengeScene.ts";
import { constraintsOf } from "../lib/changedLines.ts";
import { checked, elaborated, lacking, moreKnown } from "../lib/drafts.ts";

const HASHED = `pragma circom 2.2.0;
include "poseidon.circom";
template Main() {
    signal input digest;
    signal input first;
    signal input second;
    component permutation = Poseidon(2, 1);
    permutation.capacity <== 7;
    permutation.inputs[0] <== first;
    permutation.inputs[1] <== second + 5;
    permutation.out[0] === digest;
}
component main { public [digest] } = Main();`;

interface Made {
  readonly file: Buffer;
  readonly draft: readonly Line[];
}

async function hashed(): Promise<Made> {
  const circuit = await buildCircuit("hashed", HASHED);
  const [file, names] = [await readFile(circuit.r1cs), namesOf(await loadSymbols(circuit.sym))];
  return { file, draft: certify(file, names, ["digest"]).lines };
}
async function drawn(): Promise<Made> {
  const text = source("gamma - low - second");
  const { own, draw } = await scene(text);
  draw();
  return { file: await readFile((await buildCircuit("challenges", text)).r1cs), draft: own.lines };
}

describe("a digest", () => {
  let [file, lines]: [Buffer, Line[]] = [Buffer.of(), []];
  /** The lines, with a change in the one for the hash. */
  const changed = (change: (place: unknown[]) => unknown[]): Line[] =>
    lines.map((line) => (line[2] === DIGEST ? (change([...line]) as unknown as Line) : line));

  beforeAll(async () => {
    const made = await hashed();
    const { engine, lines: own } = elaborated(made.file, made.draft);
    [file, lines] = [made.file, own];
    expect(made.draft.filter(([rule]) => rule === "digest")).toHaveLength(1);
    const checker = checked(file, lines);
    expect([lacking(engine, checker), moreKnown(engine, checker)]).toEqual([[], []]);
  });

  it("names the inputs that are open, and both are known by that", () => {
    const checker = checked(file, lines);
    const reasons = checker.named.map(([, reason]) => reason);
    expect(reasons.filter((reason) => reason === DIGEST)).toHaveLength(2);
  });

  it("names the constraints of its hash", () => {
    for (const line of lines) if (line[2] === DIGEST) expect(constraintsIn(line)).toEqual(line[6]);
  });

  it("is refused with a constraint of another S-box, another lane or another digest", () => {
    const other = changed((line) => line.with(6, (line[6] as number[]).with(4, 3)));
    const lane = changed((line) => line.with(5, (line[5] as unknown[][]).with(0, [[0, "8"]])));
    const digest = changed((line) => line.with(4, [...(line[4] as unknown[]), [0, "1"]]));
    for (const lines of [other, lane, digest]) expect(() => checked(file, lines)).toThrow(/^line \d+ \(named\)/);
  });
});

describe("a challenge", () => {
  let [file, lines]: [Buffer, Line[]] = [Buffer.of(), []];
  /** The lines, with a change in the one that says what challenges are drawn from. */
  const changed = (change: (place: unknown[]) => unknown[]): Line[] =>
    lines.map((line) => (line[2] === CHALLENGE && line.length > 4 ? (change([...line]) as unknown as Line) : line));

  beforeAll(async () => {
    const made = await drawn();
    const { engine, lines: own } = elaborated(made.file, made.draft);
    [file, lines] = [made.file, own];
    const checker = checked(file, lines);
    expect([lacking(engine, checker), moreKnown(engine, checker)]).toEqual([[], []]);
  });

  it("is named with what both are drawn from, or with nothing more if it is the second", () => {
    const named = lines.filter((line) => line[2] === CHALLENGE);
    expect(named.map(({ length }) => length)).toEqual([7, 4]);
  });

  it("names the constraints of its hash, and of the lines about words; so does a divisor", () => {
    const [drawn, divisor] = [CHALLENGE, UNEQUAL].map((reason) => lines.find((line) => line.includes(reason)) as Line);
    const [calls, inner] = [drawn?.[5] as Call[], drawn?.[6] as Line[]];
    const wanted = [...calls.flatMap(([, own]) => own), ...inner.flatMap(constraintsOf)];
    expect(constraintsIn(drawn as Line)).toEqual(wanted);
    expect(constraintsIn(divisor as Line)).toEqual(constraintsOf(divisor as Line));
  });

  it("is refused in another order, and where a word is not taken apart", () => {
    const swapped = changed((line) => line.with(4, (line[4] as number[]).toReversed()));
    expect(() => checked(file, swapped)).toThrow("is not drawn");
    const without = changed((line) => line.with(6, (line[6] as Line[]).slice(1)));
    expect(() => checked(file, without)).toThrow(/^line \d+ \(named\)/);
  });

  it("is refused with a constraint of another S-box, and where the words are others", () => {
    const of = (change: (call: Call) => Call): Line[] =>
      changed((line) =>
        line.with(
          5,
          (line[5] as Call[]).map((call) => change(call)),
        ),
      );
    expect(() =>
      checked(
        file,
        of(([lanes, ns]) => [lanes, ns.with(4, 3)]),
      ),
    ).toThrow(/^line \d+ \(named\)/);
    expect(() =>
      checked(
        file,
        of(([lanes, ns]) => [lanes.with(1, lanes[2] ?? []), ns]),
      ),
    ).toThrow(/^line \d+ \(named\)/);
  });

  it("stands in a divisor, which is refused with another constraint or another factor", () => {
    const at = lines.findIndex(([, reason]) => reason === UNEQUAL);
    const [rule, reason, n, [[part, times]]] = lines[at] as [string, string, number, [[number, string]]];
    const others: Line[] = [
      [rule, reason, n - 1, [[part, times]]],
      [rule, reason, n, [[part - 1, times]]],
      [rule, reason, n, [[part, "1"]]],
      [rule, reason, n, []],
    ];
    for (const other of others) expect(() => checked(file, lines.with(at, other))).toThrow(/^line \d+ \(divides\)/);
  });
});
