/** A certificate as a file: written line by line, read line by line, and an error where it ends too early. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CertificateWriter, readCertificate } from "../../prover/certificate/text.ts";
import { FormatError } from "../../prover/errors.ts";
import { checkCertificate } from "../../prover/certificate/reasoning/check.ts";
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { System } from "../../verifier/constraints/system.ts";
import { fileOf, type Sums } from "../lib/r1csFile.ts";

const folder = mkdtempSync(join(tmpdir(), "timebandits-certificate-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "certificate.json");

const CIRCUIT = "0123456789abcdef".repeat(4);
/** Lines with what the reader must tell from its brackets: in texts, in cases, and where a part of the file ends. */
const LINES: readonly Line[] = [
  ["given", [1]],
  ["divides", 'a "divisor" [that] \\ is, not 0]', 7],
  ["cases", 3, [[["follows", 1]], []]],
  ["assumed", "\\", [2]],
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
    const text = `${JSON.stringify({ circuit: CIRCUIT, lines })}\n`;
    expect(readFileSync(path, "utf8") === text).toBe(true);
    expect([hash, count]).toEqual([createHash("sha256").update(text).digest("hex"), lines.length]);
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

  it.each([
    [
      "another text",
      "hello, this is no certificate at all, and as long as the beginning of one is. It has no circuit.",
    ],
    ["text after its end", `{"circuit":"${CIRCUIT}","lines":[["given",[1]]]}\n\n`],
    ["no comma between two lines", `{"circuit":"${CIRCUIT}","lines":[["given",[1]]["given",[1]]]}\n`],
    ["two commas", `{"circuit":"${CIRCUIT}","lines":[["given",[1]],,["given",[1]]]}\n`],
    ["a comma after the last line", `{"circuit":"${CIRCUIT}","lines":[["given",[1]],]}\n`],
    ["a line that is no list", `{"circuit":"${CIRCUIT}","lines":[1]}\n`],
    ["a line that is no JSON", `{"circuit":"${CIRCUIT}","lines":[[given]]}\n`],
    ["no line break at the end", `{"circuit":"${CIRCUIT}","lines":[]} `],
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
