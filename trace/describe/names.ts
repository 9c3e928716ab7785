/** Words for the numbers of a trace: a name beside each number. No proof covers names. */

import { selectorOf } from "../effects/selector.ts";
import { inOneLine } from "../errors.ts";
import {
  CHAIN_AUTHORITY,
  CONDITION,
  isData,
  isObserved,
  issuerOf,
  labelOf,
  programOf,
  RIGHT,
  slotOf,
} from "../layout.ts";
import type { ChainWords } from "./chainWords.ts";
import { type ProgramRef, programText, whoText } from "./programRef.ts";
import { called, quoted } from "./quoted.ts";
import { measured, type Unit, type UnitFacts, unitLine } from "./units.ts";

export { type ProgramRef, programText } from "./programRef.ts";
export { called, quoted } from "./quoted.ts";
export { time } from "./time.ts";

/** Names by program number, kind, selector and address, all in decimal. */
export interface NameTables {
  readonly programs: Readonly<Record<string, string>>;
  readonly kinds: Readonly<Record<string, string>>;
  readonly functions: Readonly<Record<string, string>>;
  readonly slots: Readonly<Record<string, string>>;
  /** The reader's names by address of the chain, in lower case. */
  readonly addresses?: Readonly<Record<string, string>>;
  /** The chain's words for an imported run. */
  readonly words?: ChainWords | undefined;
}

/** A kind by number and, if there is one, name; and by its issuer and the issuer's number for it. */
export interface KindRef {
  kind: string;
  name: string | null;
  issuer: ProgramRef;
  label: number;
  /** In an imported run: its unit, and its contract; null for the chain's coin. */
  unit?: string;
  token?: string | null;
}

/** An amount in the token's unit, beside its raw quantity; absent for kinds without a unit. */
export interface Measured {
  amount?: string;
  unit?: string;
}

/** A unit that was shown, and what it stands for. */
export interface ShownUnit extends UnitFacts {
  unit: string;
}

/** No names at all. */
export const NO_NAMES: NameTables = { programs: {}, kinds: {}, functions: {}, slots: {} };

/** Who signs for a program, by its key in decimal; null if nobody does. */
export function signerText(authority: string | null): string {
  if (authority === null) return "open";
  return authority === CHAIN_AUTHORITY.toString() ? "the chain: its registry approves" : `signs with ${authority}`;
}

/**
 * Names beside their numbers, for signers and auditors: `Bob (program 4)`. A name can come from an untrusted file. Each
 * name stays in its line and cannot control a terminal. It is quoted unless it is one plain word, so it never reads
 * like a number or a word of the sentence.
 */
export class Names {
  readonly #tables: NameTables;
  /** A cache, because hashing is slow. */
  readonly #selectors = new Map<bigint, string>();
  /** Units that were shown, by label without the token's number. */
  readonly #shown = new Map<string, Unit>();

  constructor(tables: NameTables) {
    this.#tables = tables;
  }
  /** A program as data: its number, its name if it has one, and its address in an imported run. */
  ref(program: number): ProgramRef {
    return refIn(this.#tables, program);
  }
  /** "A (program 3)", or "program 3". */
  program(program: number): string {
    return programText(this.ref(program));
  }
  /** "A (program 3, key 123)", or "program 3 (open)": with the key that signs for it, 0 for none; "(the chain)". */
  programWithKey(program: number, authority: bigint): string {
    const ref = this.ref(program);
    const key = authority === 0n ? "open" : authority === CHAIN_AUTHORITY ? "the chain" : `key ${authority}`;
    const who = whoText(ref);
    return who === null ? `program ${program} (${key})` : `${who.name} (${who.beside}program ${program}, ${key})`;
  }
  /** A kind as data: its number, its name if it has one, and who issues it. */
  kindRef(kind: bigint): KindRef {
    const name = shown(this.#tables.kinds[kind.toString()]) ?? null;
    const ref = { kind: kind.toString(), name, issuer: this.ref(issuerOf(kind)), label: labelOf(kind) };
    const unit = this.#unit(kind);
    return unit === undefined ? ref : { ...ref, unit: unit.label, token: unit.token };
  }
  /** "Gold (kind 4294967297)", or "kind 1 of A (program 1)", by issuer and label; "data of A (program 1)". */
  kind(kind: bigint): string {
    if (isData(kind)) return `data of ${this.program(issuerOf(kind))}`;
    const { name, unit } = this.kindRef(kind);
    if (unit !== undefined) return `${unit} (kind ${kind})`;
    const issuer = this.program(issuerOf(kind));
    const vouched = isObserved(kind) ? `a number for which the key of ${issuer} alone vouches` : undefined;
    if (name === null) return `kind ${labelOf(kind)} of ${issuer}${vouched === undefined ? "" : `, ${vouched}`}`;
    return `${called(name)} (kind ${kind}${vouched === undefined ? "" : `; ${vouched}`})`;
  }
  /**
   * "100 Gold (kind 4294967297)", or "100 of kind 1 of A (program 1)"; for data, whose quantity is a digest, "data of A
   * (program 1) with the digest 1f2e…". For an imported token, "1.5 GOLD (1500 of kind 8589934593)".
   */
  amount(quantity: bigint, kind: bigint): string {
    if (isData(kind)) return `${this.kind(kind)} with the digest ${wholeDigest(quantity)}`;
    const unit = this.#unit(kind);
    if (unit !== undefined) return `${amountText(quantity, unit)} (${exactText(quantity, kind, unit)})`;
    return `${quantity} ${this.kindRef(kind).name === null ? "of " : ""}${this.kind(kind)}`;
  }
  /** The amount as data, in the unit of an imported kind; empty for other kinds. */
  measure(quantity: bigint, kind: bigint): Measured {
    const unit = this.#unit(kind);
    return unit === undefined ? {} : measured(quantity, unit);
  }
  /** "GOLD" for a contract; "token 0x…" if the run has no kind of it. */
  token(token: string): string {
    const found = this.#tables.words?.tokens.get(token);
    if (found?.unit !== undefined) this.#shown.set(found.label, found.unit);
    return found === undefined ? `token ${token}` : found.label;
  }
  /** An amount of a contract's units: "1.5 GOLD"; undefined if the contract has no known unit. */
  tokenAmount(quantity: bigint, token: string): string | undefined {
    const unit = this.#tables.words?.tokens.get(token)?.unit;
    return unit === undefined ? undefined : amountText(quantity, unit);
  }
  /** "0x…" of an imported run, or `Alice (0x…)` by the reader's own names. */
  who(program: number): string {
    const ref = this.ref(program);
    const who = whoText(ref);
    if (who === null || ref.address === undefined) return this.program(program);
    return who.beside === "" ? who.name : `${who.name} (${ref.address})`;
  }
  /** The units shown up to now, in lines. */
  legend(): string[] {
    return [...this.#shown.values()].map(unitLine);
  }
  /** The same as data. */
  units(): ShownUnit[] {
    return [...this.#shown.values()].map(({ label: _label, tokenLabel, id: _id, ...facts }) => {
      return { unit: tokenLabel, ...facts, id: null };
    });
  }
  #unit(kind: bigint): Unit | undefined {
    const unit = this.#tables.words?.units[kind.toString()];
    if (unit !== undefined) this.#shown.set(unit.tokenLabel, unit);
    return unit;
  }
  /**
   * `"pay" (selector 123)`, or "selector 123". A selector is the hash of its function's name; a name with another hash
   * is not shown. For a function of the chain, "transfer(address,uint256) (selector 2835717307)".
   */
  selector(selector: bigint): string {
    const known = this.#selectors.get(selector);
    if (known !== undefined) return known;
    const signature = signatureIn(this.#tables, selector);
    if (signature !== undefined) return `${signature} (selector ${selector})`;
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
    return refIn(this.#tables, program);
  }
  /** "A", or "program 3". */
  program(program: number): string {
    return short(this.#tables.programs[program]) ?? this.ref(program).address ?? `program ${program}`;
  }
  /** "Gold", or "kind 1 of A"; "data of A". */
  kind(kind: bigint): string {
    if (isData(kind)) return `data of ${this.program(issuerOf(kind))}`;
    return this.#kindName(kind) ?? `kind ${labelOf(kind)} of ${this.program(issuerOf(kind))}`;
  }
  /** "100 Gold", or "100 of kind 1 of A"; for data, whose quantity is a digest, "data of A (digest 1f2e3d4c…)". */
  amount(quantity: bigint, kind: bigint): string {
    if (isData(kind)) return `${this.kind(kind)} (digest ${digestText(quantity)})`;
    const unit = this.#tables.words?.units[kind.toString()];
    if (unit !== undefined) return amountText(quantity, unit);
    return `${quantity} ${this.#kindName(kind) === undefined ? "of " : ""}${this.kind(kind)}`;
  }
  #kindName(kind: bigint): string | undefined {
    const label = this.#tables.words?.units[kind.toString()]?.label;
    return label ?? short(this.#tables.kinds[kind.toString()]);
  }
  /** "silverArrived", or the selector's first digits. */
  selector(selector: bigint): string {
    const signature = signatureIn(this.#tables, selector);
    return (
      signature ?? short(this.#tables.functions[selector.toString()]) ?? `selector ${selector.toString().slice(0, 12)}…`
    );
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

function refIn({ programs, words }: NameTables, program: number): ProgramRef {
  const ref = { program, name: shown(programs[program]) ?? null };
  const address = words?.addresses[program];
  return address === undefined ? ref : { ...ref, address };
}

function amountText(quantity: bigint, unit: Unit): string {
  const { amount, unit: of } = measured(quantity, unit);
  return `${amount} ${of}`;
}

/** The raw quantity beside an amount, unless the amount is raw itself. */
function exactText(quantity: bigint, kind: bigint, unit: Unit): string {
  if (unit.token === null) return `${quantity} wei, kind ${kind}`;
  return measured(quantity, unit).amount === quantity.toString() ? `kind ${kind}` : `${quantity} of kind ${kind}`;
}

/** All known functions of a four-byte selector: "a(address) or b(uint256)". The bytes, if none is known. */
function signatureIn({ words }: NameTables, selector: bigint): string | undefined {
  if (words === undefined || selector >> 32n !== 0n) return undefined;
  return words.functions[selector.toString()]?.join(" or ") ?? `0x${selector.toString(16).padStart(8, "0")}`;
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
