/** A circuit whose divisor has a challenge in it, and the propagator at work on it. */
import { readFile } from "node:fs/promises";
import { Challenges } from "../../prover/certificate/challenges.ts";
import { prepared } from "../../prover/certificate/hashes.ts";
import { hashesOf, namesOf } from "../../prover/certificate/names.ts";
import { Propagator } from "../../prover/certificate/propagate.ts";
import { Checker } from "../../prover/certificate/reasoning/check.ts";
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { lift } from "../../prover/certificate/source.ts";
import { solvedForUnbounded } from "../../prover/certificate/sums.ts";
import { buildCircuit, buildSource } from "../../prover/circuit/build.ts";
import { loadSymbols } from "../../prover/formats/symbols.ts";
import { System } from "../../verifier/constraints/system.ts";

/** Two numbers in a word, a third number, and a quotient. The transcript takes in `words`. */
export const source = (divisor: string, words = "[low + 256 * high, third]", bits = 8): string => `pragma circom 2.2.0;
include "bitify.circom";
include "quotient.circom";
include "batch/transcript.circom";
template Main() {
    signal input given;
    signal input low;
    signal input high;
    signal input third;
    signal input top;
    _ <== Num2Bits(${bits})(low);
    _ <== Num2Bits(8)(high);
    component transcript = Transcript(2);
    transcript.words <== ${words};
    var beta = transcript.beta;
    var gamma = transcript.gamma;
    signal first <== beta * third;
    signal second <== beta * first;
    signal later <== gamma * third;
    component quotient = Quotient();
    quotient.top <== top * low;
    quotient.bottom <== ${divisor};
    signal output out <== quotient.out;
}
component main { public [given] } = Main();`;

/** What is chosen before the challenges, and after them. */
const [BEFORE, AFTER] = [["low", "high", "third"], ["top"]];

/** The circuit, compiled, up to where its challenges are drawn. */
export async function scene(text: string, before: readonly string[] = BEFORE) {
  const circuit = await buildCircuit("challenges", text);
  const ofFile = namesOf(await loadSymbols(circuit.sym));
  const file = await readFile(circuit.r1cs);
  const own = new Propagator(new System(file), () => null);
  const hashes = hashesOf(own.system, ofFile);
  for (const { constraints } of hashes) for (const n of constraints) own.inHash.add(n);
  const whole = await buildSource("challenges", text);
  const all = { system: new System(await readFile(whole.r1cs)), names: namesOf(await loadSymbols(whole.sym)) };
  const { names, rewritten } = lift(own, ofFile, all, (name) => !/^transcript\.(beta|gamma)$/.test(name));
  own.passed = rewritten;
  const signal = (name: string): number => names.signals.get(name) ?? -1;
  const challenges = new Challenges(
    own,
    hashes.map((hash) => prepared(own, hash)),
  );
  own.must("chosen", "test", before.map(signal));
  do own.run();
  while (solvedForUnbounded(own));
  return {
    file,
    own,
    signal,
    /** Draws the challenges, and does what follows. @returns names of the signals that stay open */
    draw: (): (string | undefined)[] => {
      challenges.draw();
      own.must("given", [signal("given")]);
      own.must("chosen", "test", AFTER.map(signal));
      own.run();
      return own.checker.open().map((one) => names.of[one]);
    },
    /** Applies the lines that were made, some of them changed, from the beginning. */
    again: (change: (line: Line) => readonly Line[]): void => {
      const checker = new Checker(new System(file));
      for (const line of own.lines.flatMap(change)) checker.apply(line);
    },
  };
}
