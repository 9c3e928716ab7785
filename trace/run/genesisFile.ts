/** `genesis.json`: a genesis with the named fields of its cells, one cell to a line. */

import { InvalidInputError } from "../errors.ts";
import { BITS, PROTOCOL_VERSION } from "../layout.ts";
import type { Cell } from "../state/cells.ts";
import {
  checkGenesis,
  type Genesis,
  type GenesisCell,
  isClosed,
  isMoored,
  programsOf,
  watchesOf,
} from "../state/genesis.ts";
import { parseJson, requireCanonical, StrictObject } from "./strictJson.ts";

/** Of a map that publishes nothing; a moored one has one member more. */
const MEMBERS = ["format", "version", "levels", "watches", "programs", "closed", "cells"] as const;
const FORMAT = "time-bandits-genesis";

/**
 * The form of a cell's field: a small number with its bits, a decimal text with its bits, a field element, or one of
 * some texts.
 */
type Written = { number: number } | { decimal: number } | { word: true } | { oneOf: readonly string[] };

const program = { number: BITS.program };
const quantity = { decimal: BITS.quantity };
const kind = { decimal: BITS.kind };
const id = { decimal: BITS.id };
const time = { number: BITS.time };
const place = { number: BITS.address };
const seq = { number: BITS.seq };
const watch = { number: BITS.watch };
const word: Written = { word: true };

/** The fields of each type of cell, in the order of the file. */
const FIELDS: Readonly<Record<Cell["type"], Readonly<Record<string, Written>>>> = {
  empty: { watch, seq },
  program: {
    inbox: { number: BITS.inbox },
    steps: { number: BITS.steps },
    clock: { number: BITS.clock },
    authority: word,
    log: word,
    seq,
  },
  resource: { watch, kind, escrowFrom: program, quantity, id, deadline: time, seq },
  capability: {
    grantee: program,
    scope: place,
    rights: { number: BITS.rights },
    nonce: seq,
    parent: place,
    parentNonce: seq,
    subject: id,
    expiry: time,
    seq,
  },
  entry: { nargs: { number: BITS.nargs }, guard: { number: 1 }, accepts: kind, minimum: quantity, selector: word, seq },
  watch: {
    state: { oneOf: ["armed", "fired", "spent"] },
    target: place,
    kind,
    condition: { number: BITS.condition },
    rank: { number: BITS.rank },
    threshold: quantity,
    trigger: word,
    seq,
  },
};

/** The text of `genesis.json`. @throws InvalidInputError if the genesis is not a valid state */
export function writeGenesis(genesis: Genesis): string {
  checkGenesis(genesis);
  return textOf(genesis);
}

function textOf(genesis: Genesis): string {
  const head = JSON.stringify({
    format: FORMAT,
    version: PROTOCOL_VERSION,
    levels: genesis.levels,
    watches: watchesOf(genesis),
    programs: programsOf(genesis),
    closed: isClosed(genesis),
    ...(isMoored(genesis) ? { moored: true } : {}),
  });
  const cells = genesis.cells.map(({ address, cell }) => {
    const fields = Object.entries(FIELDS[cell.type]).map(([name, written]) => {
      const value = (cell as unknown as Record<string, number | bigint | string>)[name] ?? 0;
      return [name, "number" in written ? Number(value) : value.toString()] as const;
    });
    return JSON.stringify({ address, type: cell.type, ...Object.fromEntries(fields) });
  });
  return `${head.slice(0, -1)},"cells":[\n${cells.join(",\n")}\n]}\n`;
}

/** Reads `genesis.json`. @throws InvalidInputError naming the cell and the field */
export function parseGenesis(text: string): Genesis {
  const where = "genesis.json";
  const json = parseJson(where, text);
  const moored = typeof json === "object" && json !== null && "moored" in json;
  const members = new StrictObject(where, json, moored ? [...MEMBERS, "moored"] : MEMBERS);
  members.constant("format", FORMAT);
  members.protocol();
  const cells = members.list("cells").map((cell, i) => parseCell(`${where} cells[${i}]`, cell));
  if (moored) members.constant("moored", true);
  const bounds = { levels: members.number("levels", 3), watches: members.number("watches", 3) };
  const genesis: Genesis = { ...bounds, ...(moored ? { moored } : {}), cells };
  checkGenesis(genesis);
  members.constant("programs", programsOf(genesis));
  members.constant("closed", isClosed(genesis));
  requireCanonical(where, text, textOf(genesis));
  return genesis;
}

function parseCell(where: string, value: unknown): GenesisCell {
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  if (typeof type !== "string" || !Object.hasOwn(FIELDS, type))
    throw new InvalidInputError(`${where} type`, "is not a type of cell");
  const fields = FIELDS[type as Cell["type"]];
  const members = new StrictObject(where, value, ["address", "type", ...Object.keys(fields)]);
  const entries = Object.entries(fields).map(([name, written]) => [name, parseField(members, name, written)] as const);
  return { address: members.number("address", BITS.address), cell: { type, ...Object.fromEntries(entries) } as Cell };
}

function parseField(members: StrictObject, name: string, written: Written): number | bigint | string {
  if ("number" in written) return members.number(name, written.number);
  if ("decimal" in written) return members.decimal(name, written.decimal);
  if ("word" in written) return members.word(name);
  const text = members.text(name);
  if (!written.oneOf.includes(text))
    throw new InvalidInputError(members.field(name), `is not one of ${written.oneOf.join(", ")}`);
  return text;
}
