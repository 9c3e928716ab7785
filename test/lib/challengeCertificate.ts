/** Certificates of circuits whose divisor has a challenge in it, and what becomes of them if a line is another. */
import type { Line } from "../../verifier/certificate/checker.ts";
import { type Call, CHALLENGE, type HashChecker } from "../../verifier/hashes/check.ts";
import { scene } from "./challengeScene.ts";
import { elaboratedOf, hashCheckerOf } from "./smallChecker.ts";

export const isChallenge = ([rule, , reason]: Line): boolean => rule === "named" && reason === CHALLENGE;

/** Parts of the line that draws challenges. */
export interface Draw {
  /** Those that are known by the line. */
  readonly signals: readonly number[];
  /** Lanes of the last call. */
  readonly challenges: readonly number[];
  readonly calls: readonly Call[];
  /** By which words determine what was fixed. */
  readonly lines: readonly Line[];
}

export const lineOf = ({ signals, challenges, calls, lines }: Draw): Line => [
  "named",
  "assumed",
  CHALLENGE,
  signals,
  challenges,
  calls,
  lines,
];

/**
 * A circuit of challengeScene.ts, and the certificate that its draft becomes.
 *
 * @param before what is chosen before the challenges are drawn
 */
export async function challengeCertificate(text: string, before?: readonly string[]) {
  const own = await scene(text, before);
  own.draw();
  const lines = elaboratedOf(own.file, own.own.lines);
  const at = lines.findIndex(isChallenge);
  const [signals, challenges, calls, inner] = (lines[at] as Line).slice(3) as [number[], number[], Call[], Line[]];
  const drawn: Draw = { signals, challenges, calls, lines: inner };
  /** Applies the lines, some of them changed, from the beginning. */
  const again = (change: (line: Line, i: number) => readonly Line[]): HashChecker =>
    hashCheckerOf(own.file, lines.flatMap(change));
  /** The same, with other parts of the line that draws challenges. */
  const drawing = (parts: Partial<Draw>): HashChecker =>
    again((line, i) => [i === at ? lineOf({ ...drawn, ...parts }) : line]);
  return { ...own, lines, at, drawn, again, drawing };
}
