/**
 * A certificate as a file: JSON in one line, and the same bytes for the same circuit, wherever it is made. That of a
 * large circuit is longer than a string may be, and its lines take several times as much memory. So it is written line
 * by line, and read line by line.
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import type { Certificate } from "../../verifier/certificate/check.ts";
import type { Line } from "../../verifier/certificate/reasoner.ts";
import { FormatError } from "../errors.ts";

/** So many characters are written at once, or a line more; and so many bytes are read. */
const PART = 1 << 20;
const END = "]}\n";

const headOf = (circuit: string): string => `{"circuit":${JSON.stringify(circuit)},"lines":[`;

/** Writes a certificate while it is made. */
export class CertificateWriter {
  /** Lines until now. */
  lines = 0;
  readonly #file: number;
  readonly #hash = createHash("sha256");
  #text: string;

  /** @param path of a file that is made here, or replaced */
  constructor(path: string, circuit: string) {
    this.#file = openSync(path, "w");
    this.#text = headOf(circuit);
  }

  add(line: Line): void {
    this.#text += `${this.lines++ === 0 ? "" : ","}${JSON.stringify(line)}`;
    if (this.#text.length >= PART) this.#write();
  }

  /** Ends the file. @returns its SHA-256 */
  end(): string {
    this.#text += END;
    this.#write();
    this.close();
    return this.#hash.digest("hex");
  }

  /** Without an end, for a certificate that nobody will read. */
  close(): void {
    closeSync(this.#file);
  }

  #write(): void {
    const bytes = Buffer.from(this.#text);
    this.#text = "";
    this.#hash.update(bytes);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
  }
}

/**
 * A certificate in a file. Its lines are read when they are asked for, from the first one each time.
 *
 * @throws FormatError CERTIFICATE_TORN if the file ends before the certificate does, CERTIFICATE_FORM if it is none:
 *   now if its beginning is not that of a certificate, and else where its lines are read
 */
export function readCertificate(path: string): Certificate {
  const file = openSync(path, "r");
  try {
    const start = Buffer.alloc(headOf("0".repeat(64)).length);
    const length = readSync(file, start, 0, start.length, 0);
    const [, circuit] = /^\{"circuit":"([0-9a-f]{64})","lines":\[$/.exec(start.toString("latin1", 0, length)) ?? [];
    if (circuit === undefined) throw length < start.length ? torn(path, 0) : formless(path, 0);
    return { circuit, lines: { [Symbol.iterator]: () => linesOf(path, start.length) } };
  } finally {
    closeSync(file);
  }
}

const [QUOTE, COMMA, OPEN, ESCAPE, CLOSE] = [...'",[\\]'].map((one) => one.charCodeAt(0));

function* linesOf(path: string, from: number): Generator<Line> {
  const file = openSync(path, "r");
  try {
    /** What was read, from the line on that is being read; and how far the file was read. */
    let [bytes, read] = [Buffer.alloc(0), from];
    let [at, start, depth, count] = [0, 0, 0, 0];
    let [isText, isNext] = [false, true];
    for (;;) {
      while (at >= bytes.length) {
        const part = Buffer.alloc(PART);
        const length = readSync(file, part, 0, PART, read);
        if (length === 0) throw torn(path, count);
        read += length;
        bytes = Buffer.concat([bytes.subarray(start), part.subarray(0, length)]);
        [at, start] = [at - start, 0];
      }
      const byte = bytes[at++];
      if (isText) {
        if (byte === ESCAPE) at++;
        else if (byte === QUOTE) isText = false;
      } else if (depth > 0) {
        if (byte === QUOTE) isText = true;
        else if (byte === OPEN) depth++;
        else if (byte === CLOSE && --depth === 0) {
          yield parsed(path, count++, bytes.toString("utf8", start, at));
          [start, isNext] = [at, false];
        }
      } else if (byte === OPEN && isNext) [start, depth] = [at - 1, 1];
      else if (byte === COMMA && !isNext) [start, isNext] = [at, true];
      else if (byte === CLOSE && (count === 0 || !isNext)) break;
      else throw formless(path, count);
    }
    const rest = Buffer.alloc(END.length + 1);
    const length = readSync(file, rest, 0, rest.length, read - bytes.length + at - 1);
    const end = rest.toString("latin1", 0, length);
    if (end !== END) throw END.startsWith(end) ? torn(path, count) : formless(path, count);
  } finally {
    closeSync(file);
  }
}

/** @param count lines before it */
function parsed(path: string, count: number, text: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch (cause) {
    throw formless(path, count, cause);
  }
}

const AGAIN = "make it again: npm run certificate -- --profile NAME --out FILE";

const torn = (path: string, lines: number): FormatError =>
  new FormatError("CERTIFICATE_TORN", `${path} ends after ${lines} lines, and not where a certificate ends: ${AGAIN}`);

const formless = (path: string, lines: number, cause?: unknown): FormatError =>
  new FormatError("CERTIFICATE_FORM", `${path} is no certificate after its first ${lines} lines: ${AGAIN}`, { cause });
