/** A reader's own names for the things of a trace, instead of the manifest's. */

import { InvalidInputError } from "../errors.ts";
import { BITS, FIELD, slotOf } from "../layout.ts";
import { textAt } from "../run/runDirectory.ts";
import { parseFreeJson, StrictObject } from "../run/strictJson.ts";
import type { ChainWords } from "./chainWords.ts";
import { checksummed } from "./eip55.ts";
import { isNameOf, type NameTables, quoted } from "./names.ts";

const SORTS = ["programs", "kinds", "functions", "slots"] as const;
type Sort = (typeof SORTS)[number];

/** The names in use, and their source. */
export interface NamesInUse {
  /** `manifest.json`, or the reader's file. */
  from: string;
  /** True for the reader's own. */
  own: boolean;
  tables: NameTables;
  /** Numbers for which the reader's file and the manifest have different names. */
  differences: NameDifference[];
  /** Who says which program is which address, if the reader names addresses or the run is imported. */
  addressesFrom?: string;
}

/** Two names for one number. */
export interface NameDifference {
  sort: Sort;
  /** The number, in decimal. */
  number: string;
  own: string;
  manifest: string;
}

/** The range of numbers of each sort: from, and below. */
const RANGES: Readonly<Record<Sort, readonly [bigint, bigint]>> = {
  programs: [1n, 1n << BigInt(BITS.program)],
  kinds: [0n, 1n << BigInt(BITS.kind)],
  functions: [0n, FIELD],
  slots: [257n, 1n << BigInt(BITS.address)],
};

/** A reader's own names, and the file that they are in. */
export interface OwnNames {
  path: string;
  tables: NameTables;
}

/**
 * Reads a file of names: a JSON object with `programs`, `kinds`, `functions` and `slots`, or some of them, as in
 * `manifest.json`. Addresses of a chain can be members beside them, or members of `addresses`.
 * @throws InvalidInputError if it cannot be read; naming the member, if it is unknown, has no such number, or does not
 *   hash to its selector
 */
export function readNames(path: string): OwnNames {
  let text: string;
  try {
    text = textAt(path);
  } catch (cause) {
    if (!(cause instanceof InvalidInputError)) throw cause;
    throw new InvalidInputError(path, "cannot be read; name a JSON file of your own names", { cause });
  }
  return { path, tables: parseNames(path, text) };
}

/** The same names from a text. @param where the text's name in errors */
export function parseNames(where: string, text: string): NameTables {
  const value = parseFreeJson(where, text);
  const entries = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : null;
  const loose = (entries ?? []).filter(([member]) => /^0x/i.test(member));
  const rest: unknown =
    entries === null ? value : Object.fromEntries(entries.filter((entry) => !loose.includes(entry)));
  const given = SORTS.filter((sort) => typeof rest === "object" && rest !== null && Object.hasOwn(rest, sort));
  const listed = (entries ?? []).some(([member]) => member === "addresses");
  const members = new StrictObject(where, rest, listed ? [...given, "addresses"] : given);
  const table = (sort: Sort): Record<string, string> =>
    given.includes(sort) ? tableOf(members.field(sort), sort, members.object(sort)) : {};
  const tables = {
    programs: table("programs"),
    kinds: table("kinds"),
    functions: table("functions"),
    slots: table("slots"),
  };
  if (!listed && loose.length === 0) return tables;
  const inside = listed ? Object.entries(members.object("addresses")) : [];
  const named = (field: string, list: readonly (readonly [string, unknown])[]) =>
    list.map(([address, name]) => [field, address, name] as const);
  return {
    ...tables,
    addresses: addressTable([...named(where, loose), ...named(members.field("addresses"), inside)]),
  };
}

/** @throws InvalidInputError naming the address that is none, has a wrong checksum, or is there twice */
function addressTable(entries: readonly (readonly [field: string, address: string, name: unknown])[]) {
  const table: Record<string, string> = {};
  for (const [where, address, name] of entries) {
    const field = `${where}.${address}`;
    if (!/^0x[0-9a-f]{40}$/i.test(address)) {
      throw new InvalidInputError(field, "is no address; give 0x and 40 hexadecimal digits");
    }
    const [lower, digits] = [address.toLowerCase(), address.slice(2)];
    const mixed = digits !== digits.toLowerCase() && digits !== digits.toUpperCase();
    if (mixed && checksummed(lower).slice(2) !== digits) {
      const next = "correct the mistyped digit, or give it in lower case if you are sure of each one";
      throw new InvalidInputError(field, `has a checksum (EIP-55) that does not fit; ${next}`);
    }
    if (typeof name !== "string" || name === "") throw new InvalidInputError(field, "is not a name; give a text");
    if (Object.hasOwn(table, lower)) throw new InvalidInputError(field, "is named twice; leave one of the names");
    table[lower] = name;
  }
  return table;
}

function tableOf(where: string, sort: Sort, entries: object): Record<string, string> {
  const read = Object.entries(entries).map(([number, name]: [string, unknown]) => {
    const field = `${where}.${number}`;
    const [least, end] = RANGES[sort];
    const known = /^(0|[1-9][0-9]{0,77})$/.test(number) && BigInt(number) >= least && BigInt(number) < end;
    if (!known || (sort === "slots" && slotOf(Number(number)) === 0)) {
      throw new InvalidInputError(field, `is not the number of one of the ${sort}, in decimal; ${HINTS[sort]}`);
    }
    if (typeof name !== "string" || name === "") throw new InvalidInputError(field, "is not a name; give a text");
    if (sort === "functions" && !isNameOf(name, BigInt(number))) {
      throw new InvalidInputError(
        field,
        `no function called ${quoted(name)} has this selector; correct the one or the other`,
      );
    }
    return [number, name] as const;
  });
  return Object.fromEntries(read);
}

const HINTS: Readonly<Record<Sort, string>> = {
  programs: "programs run from 1",
  kinds: "a kind is issuer · 2^32 + label",
  functions: "a selector is the hash of the function's name",
  slots: "a slot's address is program · 256 + slot",
};

/**
 * The names to use: the reader's own alone if there are any, else the manifest's.
 * @param words the chain's words; names by address count only with them, as only they say who is which address
 */
export function namesInUse(manifest: NameTables, own: OwnNames | undefined, words?: ChainWords): NamesInUse {
  const chain = words === undefined ? {} : { words };
  const told = words === undefined ? {} : { addressesFrom: words.from };
  if (own === undefined) {
    const { programs, kinds, functions, slots } = manifest;
    const tables = words === undefined ? manifest : { programs, kinds, functions, slots, ...chain };
    return { from: "manifest.json", own: false, tables, differences: [], ...told };
  }
  const { path, tables } = own;
  const programs = { ...byAddress(tables, words), ...tables.programs };
  // Names of functions are not their writer's choice: a selector is the hash of its name.
  const hashed = Object.entries(manifest.functions).filter(
    ([key, name]) => /^[0-9]{1,78}$/.test(key) && isNameOf(name, BigInt(key)),
  );
  const functions = words === undefined ? tables.functions : { ...Object.fromEntries(hashed), ...tables.functions };
  const used = { ...tables, programs, functions, ...chain };
  return { from: path, own: true, tables: used, differences: [...differencesOf(tables, manifest)], ...told };
}

/** The reader's names of programs by their addresses. The further programs of an address have its name and a number. */
function byAddress({ addresses = {} }: NameTables, words: ChainWords | undefined) {
  const named: Record<string, string> = {};
  const times = new Map<string, number>();
  for (const [program, address] of Object.entries(words?.addresses ?? {})) {
    const name = Object.hasOwn(addresses, address) ? addresses[address] : undefined;
    if (name === undefined) continue;
    const nth = (times.get(address) ?? 0) + 1;
    times.set(address, nth);
    named[program] = nth === 1 ? name : `${name} #${nth}`;
  }
  return named;
}

function* differencesOf(own: NameTables, manifest: NameTables): Generator<NameDifference> {
  for (const sort of SORTS) {
    for (const [number, name] of Object.entries(own[sort])) {
      const theirs = Object.hasOwn(manifest[sort], number) ? manifest[sort][number] : undefined;
      if (theirs !== undefined && theirs !== name) yield { sort, number, own: name, manifest: theirs };
    }
  }
}

const SINGULAR: Readonly<Record<Sort, string>> = {
  programs: "program",
  kinds: "kind",
  functions: "selector",
  slots: "address",
};

/** The difference as a sentence without its full stop. */
export function differenceText(difference: NameDifference): string {
  return differenceFrom("manifest.json", difference);
}

/** The same, with names that are not the manifest's. @param other where they come from */
export function differenceFrom(other: string, { sort, number, own, manifest }: NameDifference): string {
  return `${SINGULAR[sort]} ${number} is ${quoted(own)} by your names, but ${other} calls it ${quoted(manifest)}`;
}

/** The selectors whose name in a table hashes to another selector. Only names of functions can be checked this way. */
export function misnamed(selectors: Iterable<bigint>, { functions }: NameTables): string[] {
  return [...new Set(selectors)].flatMap((selector) => {
    const name = functions[selector.toString()];
    if (name === undefined || isNameOf(name, selector)) return [];
    return [`calls selector ${selector} ${quoted(name)}, which is not its name: it is not the name's hash`];
  });
}
