/** Files that the certificate's checker reads: circuits and certificates. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkFile } from "../../verifier/certificate/check.ts";
import { Checker, type Line } from "../../verifier/certificate/checker.ts";
import { Circuit } from "../../verifier/certificate/circuit.ts";
import { P, Refusal, type Sum } from "../../verifier/certificate/field.ts";
import { RULES } from "../../verifier/certificate/rules.ts";
import { fileOf, type Sums, section } from "../lib/r1csFile.ts";
import { given, linear } from "../lib/smallChecker.ts";

describe("an .r1cs file", () => {
  const circuit = (constraint: Sums): Circuit => new Circuit(fileOf([constraint]));
  /** Where its header is, after the file's own words and those of the section. */
  const HEADER = 12 + 12;
  const changed = (at: number, value: number): Buffer => {
    const file = fileOf([linear([1, 1n], [2, -1n])]);
    file.writeUInt32LE(value, at);
    return file;
  };

  it("has constraints over its own signals, with factors from −P/2 to P/2", () => {
    const own = circuit([[[5, P - 1n]], [[0, 7n]], [[1, (P + 1n) / 2n]]]);
    expect([own.signals, own.given, own.count]).toEqual([6, 1, 1]);
    expect(own.at(0).map((sum) => [...sum])).toEqual([[[5, -1n]], [[0, 7n]], [[1, -(P - 1n) / 2n]]]);
  });

  it("has no factor that is 0, also as P", () => {
    const file = fileOf([linear([1, 0n], [2, 1n])]);
    expect([...new Circuit(file).at(0)[2]]).toEqual([[2, 1n]]);
    // The last factor, as P.
    Buffer.from(P.toString(16).padStart(64, "0"), "hex")
      .reverse()
      .copy(file, file.length - 32);
    expect([...new Circuit(file).at(0)[2]]).toEqual([]);
  });

  it("adds what a sum has of one signal", () => {
    const sum = (...terms: [number, bigint][]) => [...(circuit(linear(...terms)).at(0)[2] as Sum)];
    expect(sum([1, 1n], [1, -1n])).toEqual([]);
    expect(sum([1, 0n], [1, 1n])).toEqual([[1, 1n]]);
    expect(sum([1, 2n], [2, 5n], [1, 3n])).toEqual([
      [1, 5n],
      [2, 5n],
    ]);
    expect(sum([1, (P + 1n) / 2n], [1, (P + 1n) / 2n])).toEqual([[1, 1n]]);
    expect(sum([0, P - 1n], [2, 1n], [0, 1n])).toEqual([[2, 1n]]);
  });

  it("has no signal in a sum that is not its own", () => {
    const why = "constraint 0 has a signal that there is not";
    for (const signal of [6, 7, 2 ** 32 - 1]) {
      for (const factor of [-1n, 0n]) expect(() => circuit(linear([1, 1n], [signal, factor])).at(0)).toThrow(why);
      expect(() => circuit([[[signal, 1n]], [], []]).at(0)).toThrow(why);
      expect(() => circuit([[], [[signal, 1n]], []]).at(0)).toThrow(why);
    }
    expect([...(circuit(linear([5, 1n])).at(0)[2] as Sum)]).toEqual([[5, 1n]]);
  });

  it("has each section once", () => {
    for (const type of [1, 2]) {
      expect(() => new Circuit(fileOf([], 6, [section(type)]))).toThrow(`two sections ${type}`);
      expect(() => new Circuit(changed(type === 1 ? 12 : HEADER + 64, 9))).toThrow(`has no section ${type}`);
    }
    expect(new Circuit(fileOf([], 6, [section(3)])).count).toBe(0);
  });

  it("is of this field", () => {
    expect(() => new Circuit(changed(HEADER, 31))).toThrow("has another field");
    expect(() => new Circuit(changed(HEADER + 4, 0))).toThrow("has another field");
    expect(() => new Circuit(changed(HEADER + 4 + 28, 0))).toThrow("has another field");
    expect(() => new Circuit(changed(0, 0))).toThrow("not an .r1cs file");
  });

  it("has as many constraints as it says", () => {
    const count = HEADER + 60;
    expect(() => new Circuit(changed(count, 0))).toThrow("more constraints than it says");
    expect(() => new Circuit(changed(count, 2))).toThrow();
    // The first sum has no terms; as many as that, and the second would begin elsewhere.
    const body = HEADER + 64 + 12;
    for (const terms of [1, 2, 3, 2 ** 31]) expect(() => new Circuit(changed(body, terms))).toThrow();
  });

  it("is refused, or is the same circuit, wherever it is cut off", () => {
    const whole = fileOf([linear([1, 1n], [2, -1n]), linear([3, 1n])]);
    for (let length = 0; length < whole.length; length++) {
      expect(() => new Circuit(whole.subarray(0, length))).toThrow();
    }
    expect(new Circuit(whole).count).toBe(2);
  });

  it("has a hash of all of it", () => {
    const file = fileOf([linear([1, 1n])]);
    const more = Buffer.concat([file, Buffer.from([0])]);
    expect(new Circuit(more).hash).not.toBe(new Circuit(file).hash);
  });
});

describe("a certificate's file", () => {
  const folder = mkdtempSync(join(tmpdir(), "timebandits-certificate-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "certificate.json");
  const own = new Circuit(fileOf([linear([1, 1n], [2, -1n]), linear([2, 1n], [3, 1n])]));
  const LINES: readonly Line[] = [given, ["follows", 0], ["named", "free", "no use — \\n", [4]], ["follows", 1]];
  const textOf = (lines: readonly Line[], count = lines.length, hash = own.hash): string =>
    [{ circuit: hash }, ...lines, { lines: count }].map((line) => `${JSON.stringify(line)}\n`).join("");
  const WHOLE = textOf(LINES);

  async function checked(text: string | Buffer): Promise<Checker> {
    writeFileSync(path, text);
    const checker = new Checker(own, RULES);
    await checkFile(checker, path);
    return checker;
  }
  async function refusal(text: string | Buffer): Promise<string> {
    try {
      await checked(text);
      return "none";
    } catch (error) {
      return error instanceof Refusal ? error.message : `no refusal: ${String(error)}`;
    }
  }

  it("is checked line by line, and told", async () => {
    writeFileSync(path, WHOLE);
    const [checker, told] = [new Checker(own, RULES), [] as number[]];
    await checkFile(checker, path, (lines) => told.push(lines));
    expect([[1, 2, 3, 4].map((signal) => checker.facts.knows(signal)), told]).toEqual([
      [true, true, true, false],
      [0, 1, 2, 3, 4, 5],
    ]);
    expect(await refusal(textOf([]))).toBe("none");
  });

  it("is refused wherever it is cut off, and the refusal says where", async () => {
    const bytes = Buffer.from(WHOLE);
    // Without its last line break it has all of its lines, and says so.
    expect(await refusal(bytes.subarray(0, -1))).toBe("none");
    for (let length = bytes.length - 2; length >= 0; length--) {
      expect([length, await refusal(bytes.subarray(0, length))]).toEqual([
        length,
        expect.stringMatching(/ends after line|this is no such line: SyntaxError|it is of another circuit/),
      ]);
    }
  });

  it("is refused without any of its lines, and with any of them twice", async () => {
    const lines = WHOLE.split("\n").slice(0, -1);
    for (const i of lines.keys()) {
      expect([
        i,
        await refusal(
          lines
            .toSpliced(i, 1)
            .map((line) => `${line}\n`)
            .join(""),
        ),
      ]).not.toEqual([i, "none"]);
      const twice = lines.toSpliced(i, 0, lines[i] as string);
      expect([i, await refusal(twice.map((line) => `${line}\n`).join(""))]).not.toEqual([i, "none"]);
    }
  });

  it("is refused with text after its end", async () => {
    for (const more of ["\n", " ", "{}\n", `${JSON.stringify(["follows", 1])}\n`, WHOLE, "\r\n"])
      expect(await refusal(WHOLE + more)).not.toBe("none");
    expect(await refusal(`${WHOLE}\n`)).toBe("there is more after its end");
    expect(await refusal(`\n${WHOLE}`)).toBe("it is of another circuit");
    expect(await refusal(`\ufeff${WHOLE}`)).toBe("it is of another circuit");
  });

  it("is of one circuit, and names it in its first line alone", async () => {
    const why = "it is of another circuit";
    expect(await refusal(textOf(LINES, LINES.length, "0".repeat(64)))).toBe(why);
    expect(await refusal(textOf(LINES, LINES.length, own.hash.toUpperCase()))).toBe(why);
    const [head, ...rest] = WHOLE.split("\n");
    expect(await refusal(rest.join("\n"))).toBe(why);
    expect(await refusal([rest[0], head, ...rest.slice(1)].join("\n"))).toBe(why);
    expect(await refusal(`{"circuit":"${own.hash}","lines":[]}\n`)).toBe(why);
    expect(await refusal([head, head, ...rest].join("\n"))).toMatch(/^line 1 \(/);
  });

  it("has as many lines as it says", async () => {
    for (const count of [3, 5, 0, -1, 4.5]) expect(await refusal(textOf(LINES, count))).not.toBe("none");
    expect(await refusal(WHOLE.replace('{"lines":4}', '{"lines":"4"}'))).toMatch(/^line 5 \(/);
    expect(await refusal(WHOLE.replace('{"lines":4}', '{"lines":4,"more":1}'))).toMatch(/^line 5 \(/);
    // Where it ends by its own word, nothing may follow.
    expect(await refusal(textOf([]) + textOf(LINES))).toMatch("there is more after its end");
  });

  it("has lines of JSON, and the first that is none, or does not hold, is named", async () => {
    const lines = WHOLE.split("\n");
    expect(await refusal(lines.with(2, "[follows, 0]").join("\n"))).toMatch(
      /^line 2 \(undefined\): this is no such line: SyntaxError/,
    );
    expect(await refusal(lines.with(2, "").join("\n"))).toMatch(
      /^line 2 \(undefined\): this is no such line: SyntaxError/,
    );
    expect(await refusal(lines.with(2, '["follows",0] ["follows",1]').join("\n"))).toMatch(
      /^line 2 \(follows\): this is no such line: SyntaxError/,
    );
    for (const text of ["null", "5", '"follows"', "{}", "[]"]) {
      expect(await refusal(lines.with(2, text).join("\n"))).toMatch(/^line 2 \(/);
    }
    const early = lines.with(2, '["follows",1]').join("\n");
    expect(await refusal(early)).toBe("line 2 (follows): constraint 1 is not linear in one signal");
    // What comes after the first is not looked at.
    expect(await refusal(lines.with(2, '["follows",1]').with(3, "no JSON").join("\n"))).toMatch(/^line 2 \(follows\)/);
  });

  it("is one that there is", async () => {
    await expect(checkFile(new Checker(own, RULES), join(folder, "none.json"))).rejects.toThrow("ENOENT");
    expect(await refusal("")).toMatch("ends after line");
  });
});
