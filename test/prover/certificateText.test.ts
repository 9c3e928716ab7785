/** A certificate as a file: written line by line, read line by line, and an error where it ends too early. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkCertificate } from "../../prover/certificate/reasoning/check.ts";
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { CertificateWriter, readCertificate } from "../../prover/certificate/text.ts";
import { FormatError } from "../../prover/errors.ts";
import { System } from "../../verifier/constraints/system.ts";
import { fileOf, type Sums } from "../lib/r1csFile.ts";

const folder = mkdtempSync(join(tmpdir(), "timebandits-certificate-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "certificate.json");

const CIRCUIT = "0123456789abcdef".repeat(4);
/** Lines with what the reader must tell from its line breaks, and such as look like its first and last ones. */
const LINES: readonly Line[] = [
  ["given", [1]],
  ["divides", 'a "divisor" [that] \\ is, not 0]', 7],
  ["cases", 3, [[["follows", 1]], []]],
  ["assumed", "\\ \n \r\n \u2028", [2]],
  ["assumed", '{"lines":4}', [2]],
  ["assumed", "— ü ", [2]],
];
const many: readonly Line[] = Array.from({ length: 15_000 }, (_, n) =>
  LINES.map((line) => [...line, n] as const),
).flat() as Line[];

function written(lines: Iterable<Line>, circuit = CIRCUIT): { hash: string; lines: number } {
  const writer = new CertificateWriter(path, circuit);
  for (const line of lines) writer.add(line);
  return { hash: writer.end(), lines: writer.lines };
}

const errorOf = (read: () => unknown): FormatError => {
  try {
    read();
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error("it was read");
};

describe("a certificate's file", () => {
  it.each([
    ["no", []],
    ["a few", LINES],
    ["many", many],
  ] as const)("of %s lines has the hash of the whole text, and is read as it was written", (_, lines) => {
    const { hash, lines: count } = written(lines);
    const text = [{ circuit: CIRCUIT }, ...lines, { lines: lines.length }].map((one) => `${JSON.stringify(one)}\n`);
    expect(readFileSync(path, "utf8") === text.join("")).toBe(true);
    expect([hash, count]).toEqual([createHash("sha256").update(text.join("")).digest("hex"), lines.length]);
    const { circuit, lines: read } = readCertificate(path);
    expect(circuit).toBe(CIRCUIT);
    // From the first line each time.
    for (const again of [1, 2]) expect([again, [...read]]).toEqual([again, lines]);
  });

  it("is torn wherever it is cut off, and the error says what to do", () => {
    written(LINES);
    const whole = readFileSync(path);
    for (let length = whole.length - 1; length >= 0; length--) {
      writeFileSync(path, whole.subarray(0, length));
      const error = errorOf(() => [...readCertificate(path).lines]);
      expect([length, error.code]).toEqual([length, "CERTIFICATE_TORN"]);
      expect(error.message).toMatch(/ends after \d lines, .*make it again: npm run certificate -- .*--out FILE$/);
    }
  });

  it("is torn where a long one is cut off between two parts", () => {
    written(many);
    truncateSync(path, 2 << 20);
    expect(statSync(path).size).toBe(2 << 20);
    expect(errorOf(() => [...readCertificate(path).lines]).code).toBe("CERTIFICATE_TORN");
  });

  it("is torn without its last line, and between any two", () => {
    written(LINES);
    const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
    for (let count = 0; count < lines.length; count++) {
      writeFileSync(
        path,
        lines
          .slice(0, count)
          .map((line) => `${line}\n`)
          .join(""),
      );
      expect([count, errorOf(() => [...readCertificate(path).lines]).code]).toEqual([count, "CERTIFICATE_TORN"]);
    }
  });

  const HEAD = `{"circuit":"${CIRCUIT}"}\n`;
  it.each([
    ["another text", "hello, this is no certificate at all.\nIt has no circuit.\n"],
    ["the beginning of a former format", `{"circuit":"${CIRCUIT}","lines":[["given",[1]]]}\n`],
    ["more about the circuit", `{"circuit":"${CIRCUIT}","more":1}\n{"lines":0}\n`],
    ["no hash of a circuit", '{"circuit":"0123"}\n{"lines":0}\n'],
    ["text after its end", `${HEAD}["given",[1]]\n{"lines":1}\n\n`],
    ["a line after its end", `${HEAD}["given",[1]]\n{"lines":1}\n["given",[1]]\n`],
    ["two lines in one", `${HEAD}["given",[1]]["given",[1]]\n{"lines":1}\n`],
    ["an empty line", `${HEAD}["given",[1]]\n\n{"lines":1}\n`],
    ["a line that is no list", `${HEAD}1\n{"lines":1}\n`],
    ["a line that is no JSON", `${HEAD}[given]\n{"lines":1}\n`],
    ["fewer lines than it says", `${HEAD}["given",[1]]\n{"lines":2}\n`],
    ["more lines than it says", `${HEAD}["given",[1]]\n["given",[1]]\n{"lines":1}\n`],
    ["the circuit twice", `${HEAD}${HEAD}{"lines":0}\n`],
  ])("is none with %s", (_, text) => {
    writeFileSync(path, text);
    expect(errorOf(() => [...readCertificate(path).lines]).code).toBe("CERTIFICATE_FORM");
  });

  it("is checked as its lines are: refused at the same one, with the same words", () => {
    /** Signal 2 is signal 1; and nothing says what signal 3 is. */
    const same: Sums = [
      [],
      [],
      [
        [1, 1n],
        [2, -1n],
      ],
    ];
    const file = fileOf([same]);
    const circuit = new System(file).hash;
    const sound: Line[] = [
      ["given", [1]],
      ["follows", 0],
    ];
    const refusal = (lines: Iterable<Line>): string => {
      try {
        checkCertificate(file, { circuit, lines });
        return "none";
      } catch (error) {
        return (error as Error).message;
      }
    };
    for (const [lines, wanted] of [
      [sound, "none"],
      [[...sound, ["follows", 1]], "line 3 (follows): there is no constraint 1"],
      [[["follows", 0], ...sound], "line 1 (follows): constraint 0 has not one unknown signal"],
    ] as [Line[], string][]) {
      written(lines, circuit);
      expect([refusal(lines), refusal(readCertificate(path).lines)]).toEqual([wanted, wanted]);
    }
  });
});
