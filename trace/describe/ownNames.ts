/** A reader's own names for the things of a trace, instead of the manifest's. */

import { InvalidInputError } from "../errors.ts";
import { BITS, FIELD, slotOf } from "../layout.ts";
import { textAt } from "../run/runDirectory.ts";
import { parseFreeJson, StrictObject } from "../run/strictJson.ts";
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
 * `manifest.json`.
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
  const given = SORTS.filter((sort) => typeof value === "object" && value !== null && Object.hasOwn(value, sort));
  const members = new StrictObject(where, value, given);
  const table = (sort: Sort): Record<string, string> =>
    given.includes(sort) ? tableOf(members.field(sort), sort, members.object(sort)) : {};
  return { programs: table("programs"), kinds: table("kinds"), functions: table("functions"), slots: table("slots") };
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

/** The names to use: the reader's own alone if there are any, else the manifest's. */
export function namesInUse(manifest: NameTables, own: OwnNames | undefined): NamesInUse {
  if (own === undefined) return { from: "manifest.json", own: false, tables: manifest, differences: [] };
  const { path, tables } = own;
  return { from: path, own: true, tables, differences: [...differencesOf(tables, manifest)] };
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
export function differenceText({ sort, number, own, manifest }: NameDifference): string {
  return `${SINGULAR[sort]} ${number} is ${quoted(own)} by your names, but manifest.json calls it ${quoted(manifest)}`;
}

/** The selectors whose name in a table hashes to another selector. Only names of functions can be checked this way. */
export function misnamed(selectors: Iterable<bigint>, { functions }: NameTables): string[] {
  return [...new Set(selectors)].flatMap((selector) => {
    const name = functions[selector.toString()];
    if (name === undefined || isNameOf(name, selector)) return [];
    return [`calls selector ${selector} ${quoted(name)}, which is not its name: it is not the name's hash`];
  });
}
