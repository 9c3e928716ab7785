/** Damaged and hostile versions of a file: of its bytes, of its lines, and of the JSON in it. */
import type { Random } from "../../lib/random.ts";

/** A version, and its change in words. */
export interface Mutant {
  readonly how: string;
  readonly bytes: Buffer;
}

type Change = (bytes: Buffer, random: Random) => Buffer;

const spliced = (bytes: Buffer, at: number, gone: number, put: Uint8Array | string = ""): Buffer =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(put as string), bytes.subarray(at + gone)]);

function replacedLines(bytes: Buffer, change: (lines: string[]) => void): Buffer {
  const lines = bytes.toString("latin1").split("\n");
  change(lines);
  return Buffer.from(lines.join("\n"), "latin1");
}

/** Changes of any file. */
const BYTES: Readonly<Record<string, Change>> = {
  "a bit is flipped": (bytes, random) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0)
      copy[random.below(copy.length)] = (copy[random.below(copy.length)] ?? 0) ^ (1 << random.below(8));
    return copy;
  },
  "it is cut": (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  "its beginning is gone": (bytes, random) => bytes.subarray(1 + random.below(bytes.length)),
  "it is empty": () => Buffer.alloc(0),
  "a piece is gone": (bytes, random) => spliced(bytes, random.below(bytes.length), 1 + random.below(40)),
  "a piece is there twice": (bytes, random) => {
    const from = random.below(bytes.length);
    return spliced(bytes, from, 0, bytes.subarray(from, from + 1 + random.below(200)));
  },
  "it is there twice": (bytes) => Buffer.concat([bytes, bytes]),
  "a NUL is put in": (bytes, random) => spliced(bytes, random.below(bytes.length), 0, "\0"),
  "a byte that is no UTF-8 is put in": (bytes, random) =>
    spliced(bytes, random.below(bytes.length), random.below(2), Buffer.from([random.pick([0xff, 0xc0, 0xed, 0x80])])),
  "it begins with a byte order mark": (bytes) => spliced(bytes, 0, 0, Buffer.from([0xef, 0xbb, 0xbf])),
  "its lines end with CR LF": (bytes) => Buffer.from(bytes.toString("latin1").replaceAll("\n", "\r\n"), "latin1"),
  "white space is put in": (bytes, random) =>
    spliced(bytes, random.below(bytes.length + 1), 0, random.pick([" ", "\t", "\n", "\r", "\u00a0", "\u2028"])),
  "a very long run of one character is put in": (bytes, random) =>
    spliced(bytes, random.below(bytes.length), 0, random.pick(["9", " ", "[", "a", "{"]).repeat(200_000)),
  "two lines change places": (bytes, random) =>
    replacedLines(bytes, (lines) => {
      const [a, b] = [random.below(lines.length), random.below(lines.length)];
      [lines[a], lines[b]] = [lines[b] ?? "", lines[a] ?? ""];
    }),
  "a line is there twice": (bytes, random) =>
    replacedLines(bytes, (lines) => {
      const at = random.below(lines.length);
      lines.splice(at, 0, lines[at] ?? "");
    }),
  "a line is gone": (bytes, random) => replacedLines(bytes, (lines) => lines.splice(random.below(lines.length), 1)),
  "a digit is another": (bytes, random) => {
    const text = bytes.toString("latin1");
    const digits = [...text.matchAll(/[0-9]/g)];
    const at = digits.length === 0 ? 0 : random.pick(digits).index;
    return spliced(bytes, at, 1, String(random.below(10)));
  },
};

/** Values that replace others, as texts of the file. */
const VALUES: readonly ((random: Random) => string)[] = [
  () => "null",
  () => "true",
  () => "-1",
  () => "-0",
  () => "1.5",
  () => "1e400",
  () => "1e-400",
  () => "9007199254740993",
  (random) => "9".repeat(1 + random.below(400)),
  () => "7".repeat(100_000),
  () => '""',
  () => '"0x10"',
  () => '"01"',
  () => '" 1"',
  () => '"１"',
  () => `"${"9".repeat(78)}"`,
  () => `"${"9".repeat(100_000)}"`,
  () => '"21888242871839275222246405745257275088548364400416034343698204186575808495617"',
  () => '"\\u0000"',
  () => '"\\ud800"',
  () => '"__proto__"',
  () => "{}",
  () => "[]",
  () => '{"__proto__":{"x":1}}',
  () => '{"constructor":{"prototype":{}}}',
  (random) => {
    const deep = random.pick([50, 5_000, 50_000]);
    return `${"[".repeat(deep)}${"]".repeat(deep)}`;
  },
  () => `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`,
  () => `[${"0,".repeat(20_000)}0]`,
];
const KEYS = ["__proto__", "constructor", "toString", "", "format", "extra", "\\u0000", "length"];

/**
 * The places of the members and values in a JSON text. They are found by its grammar, because the text itself is
 * changed.
 */
const MEMBER = /"(?:[^"\\]|\\.)*"\s*:\s*("(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null|\[\]|\{\})/g;

const JSONS: Readonly<Record<string, Change>> = {
  "a value is another": atMember(
    (member, value, random) => member.slice(0, -value.length) + random.pick(VALUES)(random),
  ),
  "a member is there twice": atMember((member) => `${member},${member}`),
  "a member is there twice, with another value": atMember(
    (member, value, random) => `${member.slice(0, -value.length)}${random.pick(VALUES)(random)},${member}`,
  ),
  "there is a member more": atMember(
    (member, _, random) => `"${random.pick(KEYS)}":${random.pick(VALUES)(random)},${member}`,
  ),
  "a member has another name": atMember(
    (member, _, random) => `"${random.pick(KEYS)}"${member.slice(member.indexOf(":", 1))}`,
  ),
  "a text is a number, or a number a text": atMember((member, value) =>
    member.slice(0, -value.length).concat(value.startsWith('"') ? value.slice(1, -1) || "0" : `"${value}"`),
  ),
  "a character is written as an escape": (bytes) =>
    Buffer.from(
      bytes.toString("latin1").replace(/"([a-z])/, (_, c: string) => `"\\u00${c.charCodeAt(0).toString(16)}`),
      "latin1",
    ),
};

function atMember(change: (member: string, value: string, random: Random) => string): Change {
  return (bytes, random) => {
    const text = bytes.toString("latin1");
    const members = [...text.matchAll(MEMBER)];
    if (members.length === 0) return bytes;
    const found = random.pick(members);
    const put = change(found[0], found[1] ?? "", random);
    return Buffer.from(text.slice(0, found.index) + put + text.slice(found.index + found[0].length), "latin1");
  };
}

/** One version of a file. @param json whether there is JSON in it */
export function mutant(bytes: Buffer, random: Random, json: boolean): Mutant {
  const ways = Object.entries(json && random.below(2) === 0 ? JSONS : BYTES);
  const [how, change] = random.pick(ways);
  return { how, bytes: change(bytes, random) };
}
