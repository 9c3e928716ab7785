/** Words for the numbers of a trace: a name beside each number. No proof covers names. */

import { selectorOf } from "../effects/selector.ts";
import { inOneLine } from "../errors.ts";
import { CONDITION, isData, issuerOf, labelOf, programOf, RIGHT, slotOf } from "../layout.ts";
import { SHAPES } from "../machine/rowShape.ts";

/** Names by program number, kind, selector and address, all in decimal. */
export interface NameTables {
  readonly programs: Readonly<Record<string, string>>;
  readonly kinds: Readonly<Record<string, string>>;
  readonly functions: Readonly<Record<string, string>>;
  readonly slots: Readonly<Record<string, string>>;
}

/** A program by number and, if there is one, name. */
export interface ProgramRef {
  program: number;
  name: string | null;
}

/** A kind by number and, if there is one, name; and by its issuer and the issuer's number for it. */
export interface KindRef {
  kind: string;
  name: string | null;
  issuer: ProgramRef;
  label: number;
}

/** No names at all. */
export const NO_NAMES: NameTables = { programs: {}, kinds: {}, functions: {}, slots: {} };

/**
 * Names beside their numbers, for signers and auditors: `Bob (program 4)`. A name can come from an untrusted file. Each
 * name stays in its line and cannot control a terminal. It is quoted unless it is one plain word, so it never reads
 * like a number or a word of the sentence.
 */
export class Names {
  readonly #tables: NameTables;
  /** A cache, because hashing is slow. */
  readonly #selectors = new Map<bigint, string>();

  constructor(tables: NameTables) {
    this.#tables = tables;
  }
  /** A program as data: its number, and its name if it has one. */
  ref(program: number): ProgramRef {
    return { program, name: shown(this.#tables.programs[program]) ?? null };
  }
  /** "A (program 3)", or "program 3". */
  program(program: number): string {
    return programText(this.ref(program));
  }
  /** "A (program 3, key 123)", or "program 3 (open)": with the key that signs for it, 0 for none. */
  programWithKey(program: number, authority: bigint): string {
    const { name } = this.ref(program);
    const key = authority === 0n ? "open" : `key ${authority}`;
    return name === null ? `program ${program} (${key})` : `${called(name)} (program ${program}, ${key})`;
  }
  /** A kind as data: its number, its name if it has one, and who issues it. */
  kindRef(kind: bigint): KindRef {
    const name = shown(this.#tables.kinds[kind.toString()]) ?? null;
    return { kind: kind.toString(), name, issuer: this.ref(issuerOf(kind)), label: labelOf(kind) };
  }
  /** "Gold (kind 4294967297)", or "kind 1 of A (program 1)", by issuer and label; "data of A (program 1)". */
  kind(kind: bigint): string {
    if (isData(kind)) return `data of ${this.program(issuerOf(kind))}`;
    const { name } = this.kindRef(kind);
    return name === null
      ? `kind ${labelOf(kind)} of ${this.program(issuerOf(kind))}`
      : `${called(name)} (kind ${kind})`;
  }
  /**
   * "100 Gold (kind 4294967297)", or "100 of kind 1 of A (program 1)"; for data, whose quantity is a digest, "data of A
   * (program 1) with the digest 1f2e…".
   */
  amount(quantity: bigint, kind: bigint): string {
    if (isData(kind)) return `${this.kind(kind)} with the digest ${wholeDigest(quantity)}`;
    return `${quantity} ${this.kindRef(kind).name === null ? "of " : ""}${this.kind(kind)}`;
  }
  /**
   * `"pay" (selector 123)`, or "selector 123". A selector is the hash of its function's name; a name with another hash
   * is not shown.
   */
  selector(selector: bigint): string {
    const known = this.#selectors.get(selector);
    if (known !== undefined) return known;
    const name = this.#tables.functions[selector.toString()];
    const right = name !== undefined && isNameOf(name, selector);
    const text = right ? `${quoted(name)} (selector ${selector})` : `selector ${selector}`;
    this.#selectors.set(selector, text);
    return text;
  }
  /** "slot 200 of B (program 2)", or `slot 200 "Silver" of B (program 2)`. */
  slot(address: number): string {
    return `${this.slotAlone(address)} of ${this.program(programOf(address))}`;
  }
  /** The same without the program. */
  slotAlone(address: number): string {
    const name = this.slotName(address);
    return `slot ${slotOf(address)}${name === null ? "" : ` ${quoted(name)}`}`;
  }
  /** The slot's name in one line; null if it has none. */
  slotName(address: number): string | null {
    return shown(this.#tables.slots[address]) ?? null;
  }
}

/** Names instead of numbers, for pictures and findings. Not for signing. */
export class ShortNames {
  readonly #tables: NameTables;

  constructor(tables: NameTables) {
    this.#tables = tables;
  }
  ref(program: number): ProgramRef {
    return { program, name: shown(this.#tables.programs[program]) ?? null };
  }
  /** "A", or "program 3". */
  program(program: number): string {
    return short(this.#tables.programs[program]) ?? `program ${program}`;
  }
  /** "Gold", or "kind 1 of A"; "data of A". */
  kind(kind: bigint): string {
    if (isData(kind)) return `data of ${this.program(issuerOf(kind))}`;
    return this.#kindName(kind) ?? `kind ${labelOf(kind)} of ${this.program(issuerOf(kind))}`;
  }
  /** "100 Gold", or "100 of kind 1 of A"; for data, whose quantity is a digest, "data of A (digest 1f2e3d4c…)". */
  amount(quantity: bigint, kind: bigint): string {
    if (isData(kind)) return `${this.kind(kind)} (digest ${digestText(quantity)})`;
    return `${quantity} ${this.#kindName(kind) === undefined ? "of " : ""}${this.kind(kind)}`;
  }
  #kindName(kind: bigint): string | undefined {
    return short(this.#tables.kinds[kind.toString()]);
  }
  /** "silverArrived", or the selector's first digits. */
  selector(selector: bigint): string {
    return short(this.#tables.functions[selector.toString()]) ?? `selector ${selector.toString().slice(0, 12)}…`;
  }
  /** "B's slot 200 (Silver)". */
  slot(address: number): string {
    const name = short(this.#tables.slots[address]);
    const where = `${this.program(programOf(address))}'s slot ${slotOf(address)}`;
    return name === undefined ? where : `${where} (${name})`;
  }
}

/**
 * Whether a function of this name has that selector. A four-byte selector of the EVM stands for itself, and its name is
 * those bytes.
 */
export function isNameOf(name: string, selector: bigint): boolean {
  if (name === `0x${selector.toString(16).padStart(8, "0")}`) return true;
  try {
    return selectorOf(name) === selector;
  } catch {
    // No function has an empty name, or such a long one.
    return false;
  }
}

function shown(name: string | undefined): string | undefined {
  return name === undefined ? undefined : inOneLine(name);
}

/** A name within a sentence: unquoted if it is one capitalised word of plain letters and digits; quoted otherwise. */
export function called(name: string): string {
  return /^[A-Z][A-Za-z0-9_-]{0,39}$/.test(name) && !Object.hasOwn(SHAPES, name) ? name : quoted(name);
}

/** Most characters of a foreign name that are shown. */
const LONGEST_NAME = 60;
/**
 * Characters escaped within quotation marks: quotation marks, characters that look like them, and every character that
 * is no letter, digit or ASCII sign.
 */
const MARKS =
  /["\\`]|(?<=')'|(?<![\p{L}\p{M}])\p{M}|[^\p{Lu}\p{Ll}\p{Lt}\p{Lo}\p{M}\p{N}\u0020-\u007e\u2013\u2014\u2192\u2026\ufffd]/gu;

/** A foreign text in quotation marks; it cannot close them itself. */
export function quoted(text: string, longest = LONGEST_NAME): string {
  const escaped = inOneLine(text, longest).replace(MARKS, (mark) =>
    mark === '"' || mark === "\\" ? `\\${mark}` : `\\u{${mark.codePointAt(0)?.toString(16)}}`,
  );
  return `"${escaped}"`;
}

/** Quotes a name that would read like one of the project's numbers. */
function short(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  return /^(\d+$|(program|kind|selector|slot|resource|transition|data)\b)/i.test(name) ? quoted(name) : inOneLine(name);
}

/** A digest of data, short enough to compare in pictures. */
export function digestText(quantity: bigint): string {
  return `${wholeDigest(quantity).slice(0, 8)}…`;
}

function wholeDigest(quantity: bigint): string {
  return quantity.toString(16).padStart(32, "0");
}

/** "A (program 3)", or "program 3". */
export function programText({ program, name }: ProgramRef): string {
  return name === null ? `program ${program}` : `${called(name)} (program ${program})`;
}

/** Name of a condition's number. */
export function conditionName(condition: number): string {
  return Object.entries(CONDITION).find(([, number]) => number === condition)?.[0] ?? `condition ${condition}`;
}

/** Names of the rights in a bit set; a right without a name has its number. */
export function rightNames(rights: number): string {
  const named = Object.entries(RIGHT).filter(([, bit]) => (rights & bit) !== 0);
  const rest = Object.values(RIGHT).reduce((left, bit) => left & ~bit, rights);
  return [...named.map(([name]) => name), ...(rest === 0 ? [] : [`right ${rest}`])].join(" and ");
}

/** Seconds since 1970 as UTC text; times beyond the calendar as a number. */
export function time(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds}` : date.toISOString().replace(".000Z", "Z");
}
