/**
 * Certificates and drafts as files: a line of JSON for the circuit, one for each step, and one with how many steps
 * there are. The same circuit gives the same bytes, wherever they are made. That of a large circuit is longer than a
 * string may be, so it is written line by line, and read line by line.
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { FormatError } from "../errors.ts";
import type { Certificate } from "./reasoning/check.ts";
import type { Line } from "./reasoning/reasoner.ts";

/** So many characters are written at once, or a line more; and so many bytes are read. */
const PART = 1 << 20;

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
    this.#text = `${JSON.stringify({ circuit })}\n`;
  }

  add(line: Line): void {
    this.lines++;
    this.#text += `${JSON.stringify(line)}\n`;
    if (this.#text.length >= PART) this.#write();
  }

  /** Ends the file. @returns its SHA-256 */
  end(): string {
    this.#text += `${JSON.stringify({ lines: this.lines })}\n`;
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
  for (const text of textsOf(path)) {
    const head = /^\{"circuit":"([0-9a-f]{64})"\}$/.exec(text);
    if (head === null) throw formless(path, 0);
    return { circuit: head[1] as string, lines: { [Symbol.iterator]: () => linesOf(path) } };
  }
  throw torn(path, 0);
}

function* linesOf(path: string): Generator<Line> {
  let [count, isWhole] = [-1, false];
  for (const text of textsOf(path)) {
    if (isWhole) throw formless(path, count);
    if (count < 0) count = 0;
    else if (text === JSON.stringify({ lines: count })) isWhole = true;
    else yield parsed(path, count++, text);
  }
  if (!isWhole) throw torn(path, Math.max(count, 0));
}

/** Lines of a file that end with a line break. */
function* textsOf(path: string): Generator<string> {
  const file = openSync(path, "r");
  try {
    const part = Buffer.alloc(PART);
    let rest = Buffer.alloc(0);
    for (let length = 0; ; rest = Buffer.from(rest)) {
      length = readSync(file, part, 0, PART, null);
      if (length === 0) return;
      rest = Buffer.concat([rest, part.subarray(0, length)]);
      for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
        yield rest.toString("utf8", 0, end);
        rest = rest.subarray(end + 1);
      }
    }
  } finally {
    closeSync(file);
  }
}

/** @param count lines before it */
function parsed(path: string, count: number, text: string): Line {
  try {
    const line: unknown = JSON.parse(text);
    if (Array.isArray(line)) return line as unknown as Line;
  } catch (cause) {
    throw formless(path, count, cause);
  }
  throw formless(path, count);
}

const AGAIN = "make it again: npm run certificate -- --profile NAME --out FILE";

const torn = (path: string, lines: number): FormatError =>
  new FormatError("CERTIFICATE_TORN", `${path} ends after ${lines} lines, and not where a certificate ends: ${AGAIN}`);

const formless = (path: string, lines: number, cause?: unknown): FormatError =>
  new FormatError("CERTIFICATE_FORM", `${path} is no certificate after its first ${lines} lines: ${AGAIN}`, { cause });
