/** Turns users' names of things into numbers, and back. */
import { type Names, type ProgramRef, quoted } from "../describe/names.ts";
import { InvalidInputError } from "../errors.ts";
import { address, BITS, programOf, SLOTS, slotOf } from "../layout.ts";

/** A slot by program and number, with its name if it has one. */
export interface SlotRef {
  /** program · 256 + slot. */
  address: number;
  program: ProgramRef;
  slot: number;
  name: string | null;
}

/** A kind by number, in decimal, and name. */
export interface KindRef {
  kind: string;
  name: string | null;
  /** In an imported run: its unit, and its contract; null for the chain's coin. */
  unit?: string;
  token?: string | null;
}

/** Most alternatives that an error lists. */
const LISTED = 20;

export function slotRef(at: number, names: Names): SlotRef {
  return { address: at, program: names.ref(programOf(at)), slot: slotOf(at), name: names.slotName(at) };
}

/** "there are: A, B", or "there are none". */
export function thereAre(things: readonly string[]): string {
  if (things.length === 0) return "there are none";
  const more = things.length > LISTED ? ` and ${things.length - LISTED} more` : "";
  return `there are: ${things.slice(0, LISTED).join(", ")}${more}`;
}

/**
 * The number of the program with this number or name. Digits always mean a number, even if a program has them as its
 * name.
 * @param programs number of programs, numbered from 1
 * @throws InvalidInputError listing the programs, if none or several match
 */
export function programNumber(asked: string, programs: number, names: Names): number {
  const all = Array.from({ length: programs }, (_, i) => i + 1);
  const digits = wholeNumber(asked);
  const named = digits === undefined ? all.filter((one) => names.ref(one).name === asked) : [];
  // An address means the first of its programs.
  const at = asked.toLowerCase();
  const addressed = named.length > 0 || !at.startsWith("0x") ? [] : all.filter((one) => names.ref(one).address === at);
  const found = digits === undefined ? [...named, ...addressed.slice(0, 1)] : all.filter((one) => one === digits);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const which = found.length === 0 ? "is not there" : "is the name of several; give a number";
  const others = found.length === 0 ? all : found;
  throw new InvalidInputError(
    "program",
    `${quoted(asked)} ${which}; ${thereAre(others.map((one) => names.program(one)))}`,
  );
}

/**
 * The address of a slot written as `PROGRAM:SLOT`, such as `B:200` or `2:200`; undefined for other texts.
 * @throws InvalidInputError if there is no such program, or the slot is not 0 to 255
 */
export function slotAddress(asked: string, programs: number, names: Names): number | undefined {
  const colon = asked.lastIndexOf(":");
  if (colon < 0) return undefined;
  const program = programNumber(asked.slice(0, colon), programs, names);
  const slot = wholeNumber(asked.slice(colon + 1));
  if (slot === undefined || slot < 1 || slot >= SLOTS) {
    throw new InvalidInputError("slot", `${quoted(asked)} names none; memory slots run from 1 to ${SLOTS - 1}`);
  }
  return address(program, slot);
}

/**
 * The number of the kind with this number or name.
 * @param kinds the existing kinds
 * @throws InvalidInputError listing the kinds, if none or several match
 */
export function kindNumber(asked: string, kinds: ReadonlySet<bigint>, names: Names): bigint {
  const digits = decimal(asked, BITS.kind);
  const all = [...kinds].sort((a, b) => (a < b ? -1 : 1));
  const found = digits === undefined ? all.filter((kind) => isCalled(names.kindRef(kind), asked)) : [digits];
  const [only] = found;
  if (only !== undefined && found.length === 1 && kinds.has(only)) return only;
  const which = found.length > 1 ? "is the name of several; give a number" : "is not there";
  throw new InvalidInputError(
    "kind",
    `${quoted(asked)} ${which}; ${thereAre((found.length > 1 ? found : all).map((kind) => names.kind(kind)))}`,
  );
}

/** Whether a kind has this name or unit, or is of this contract. */
export function isCalled({ name, unit, token }: KindRef, asked: string): boolean {
  return name === asked || unit === asked || (typeof token === "string" && token === asked.toLowerCase());
}

/** A whole number in decimal; undefined for other texts. */
export function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** A whole number in decimal of at most `bits` bits; undefined for other texts. */
export function decimal(text: string, bits: number): bigint | undefined {
  if (!/^\d{1,78}$/.test(text)) return undefined;
  const value = BigInt(text);
  return value >> BigInt(bits) === 0n ? value : undefined;
}
