/** The variables of the equations: their names, and how many bits each has. */
import { BITS, FIELD, NO_INBOX, WATCHES } from "../../../trace/layout.ts";
import type { Range } from "./facts.ts";
import { constant, type Linear, plus, textOf, times, variable } from "./linear.ts";
import { Sum, TypeOf } from "./values.ts";

/** A variable. */
export interface Variable {
  /** Its bits; `word`: it lies below the field's order. */
  readonly bits: number | "word";
  /** It is the product of these two bits. */
  readonly product?: readonly [Linear, Linear];
  /** It is the greater of these two. */
  readonly greater?: readonly [Linear, Linear];
}

const known = new Map<string, Variable>();
const ranges = new Map<string, Range>();

/** All variables that were used, by name. */
export const variables: ReadonlyMap<string, Variable> = known;

/** The range of a variable. */
export function rangeOf(name: string): Range {
  const range = ranges.get(name);
  if (range === undefined) throw new Error(`no variable ${name}`);
  return range;
}

/** The variable of that name. */
export function named(name: string, bits: number | "word", range?: Range): Linear {
  known.set(name, known.get(name) ?? { bits });
  ranges.set(name, range ?? [0n, bits === "word" ? FIELD - 1n : (1n << BigInt(bits)) - 1n]);
  return variable(name);
}

/** The variable that is the product of two bits. */
export function productOf(a: Linear, b: Linear): Linear {
  const name = `(${textOf(a)})*(${textOf(b)})`;
  known.set(name, { bits: 1, product: [a, b] });
  ranges.set(name, [0n, 1n]);
  return variable(name);
}

/** The variable that is the greater of two numbers. */
export function greaterOf(a: Linear, b: Linear): Linear {
  const name = `max(${textOf(a)}, ${textOf(b)})`;
  known.set(name, { bits: BITS.clock, greater: [a, b] });
  ranges.set(name, [0n, (1n << BigInt(BITS.clock)) - 1n]);
  return variable(name);
}

/** A number that is made of its parts: the upper one times `2^below`, and the lower one. */
function parts(upper: Linear, lower: Linear, below: number): Linear {
  return plus(lower, upper, 1n << BigInt(below));
}

/** A sort of number. */
type Sort = number | "word" | "address" | "kind" | "bits" | "watch";

function sumOf(name: string, sort: Sort): Linear {
  switch (sort) {
    case "address":
      return parts(named(`${name}.program`, BITS.program), named(`${name}.slot`, BITS.slot), BITS.slot);
    case "kind":
      return parts(named(`${name}.issuer`, BITS.program), named(`${name}.label`, BITS.label), BITS.label);
    case "bits":
      return bitsNamed(name, BITS.rights);
    case "watch":
      return bitsNamed(name, BITS.watch);
    default:
      return named(name, sort);
  }
}

function bitsNamed(name: string, bits: number): Linear {
  let sum = constant(0n);
  for (let i = 0; i < bits; i++) sum = plus(sum, times(named(`${name}.${i}`, 1), 1n << BigInt(i)));
  return sum;
}

/** A field as a value. */
export function field(name: string, sort: Sort, range?: Range): Sum {
  const sum = sumOf(name, sort);
  if (range !== undefined) ranges.set(name, range);
  return new Sum(sum);
}

/** The fields of all sorts of cells. Some sorts share a name. */
const CELL_FIELDS: Readonly<Record<string, Sort>> = {
  seq: BITS.seq,
  watch: "watch",
  inbox: BITS.inbox,
  steps: BITS.steps,
  clock: BITS.clock,
  authority: "word",
  log: "word",
  kind: "kind",
  escrowFrom: BITS.program,
  quantity: BITS.quantity,
  id: BITS.id,
  deadline: BITS.time,
  grantee: BITS.program,
  scope: "address",
  rights: "bits",
  nonce: BITS.seq,
  parent: "address",
  parentNonce: BITS.seq,
  subject: BITS.id,
  expiry: BITS.time,
  nargs: BITS.nargs,
  guard: 1,
  accepts: "kind",
  minimum: BITS.quantity,
  selector: "word",
  target: "address",
  condition: BITS.condition,
  rank: BITS.rank,
  threshold: BITS.quantity,
  trigger: "word",
};

const cells = new Map<string, Record<string, unknown>>();

/** A cell as found, whose type is not known. */
export function cellNamed(name: string): Record<string, unknown> {
  const known = cells.get(name) ?? newCell(name);
  cells.set(name, known);
  // Spreading a cell keeps this, so that it can be seen what of it has changed.
  return { ...known, [FOUND]: known };
}

function newCell(name: string): Record<string, unknown> {
  const cell: Record<string, unknown> = { type: new TypeOf(name, "type"), state: new TypeOf(name, "state") };
  for (const [key, sort] of Object.entries(CELL_FIELDS)) {
    cell[key] = field(`${name}.${key}`, sort, key === "inbox" ? [1n, BigInt(NO_INBOX)] : undefined);
  }
  return cell;
}

/** The member of a cell that holds the cell as it was found. */
const FOUND = Symbol("found");

/** The cell's name, if nothing but its `seq` has changed since it was found. */
export function untouched(cell: Record<string | symbol, unknown>): string | undefined {
  const found = cell[FOUND] as Record<string, unknown> | undefined;
  if (found === undefined || !(cell.type instanceof TypeOf)) return undefined;
  return Object.keys(found).every((key) => key === "seq" || cell[key] === found[key]) ? cell.type.cell : undefined;
}

/** The words of a cell as it was found, as variables. */
export function wordsNamed(cell: string): [Linear, Linear, Linear] {
  return [named(`${cell}.word0`, "word"), named(`${cell}.word1`, "word"), named(`${cell}.word2`, "word")];
}

/** Sorts of a row's fields, and of members of its argument. */
const ROW_FIELDS: Readonly<Record<string, Sort>> = {
  actor: BITS.program,
  peer: BITS.program,
  source: "address",
  destination: "address",
  authority: "address",
  resource: BITS.id,
  kind: "kind",
  quantity: BITS.quantity,
  deadline: BITS.time,
};
const ARGUMENT_FIELDS: Readonly<Record<string, Sort>> = {
  inbox: BITS.inbox,
  authority: "word",
  selector: "word",
  nargs: BITS.nargs,
  guard: 1,
  scope: "address",
  rights: "bits",
  condition: BITS.condition,
  trigger: "word",
  steps: BITS.steps,
  peerAuthority: "word",
  recipient: "word",
  escrowFrom: BITS.program,
  into: BITS.id,
  cleared: 3,
  removed: "word",
};

/** A row. @param members of its argument */
export function rowNamed(effect: string, members: readonly string[]): Record<string, unknown> {
  const fields = Object.entries(ROW_FIELDS).map(([key, sort]) => [key, field(`row.${key}`, sort)]);
  const argument = members.map((key) => [key, field(`row.argument.${key}`, ARGUMENT_FIELDS[key] ?? "word")]);
  return { effect, ...Object.fromEntries(fields), argument: Object.fromEntries(argument) };
}

/** Numbers of the map. */
export function mapNamed(): { leaf: Sum; watches: Sum; moored: Sum; programs: Sum } {
  return {
    // 1 more than the last program that fits: 16^levels.
    leaf: field("map.leaf", BITS.program + 1, [2n, 1n << BigInt(BITS.program)]),
    watches: field("map.watches", 3, [1n, BigInt(WATCHES)]),
    moored: field("map.moored", 1),
    programs: field("map.programs", BITS.program),
  };
}

/** Adds the values of a field's variables. */
function addValues(values: Map<string, bigint>, name: string, sort: Sort, value: bigint): void {
  const set = (part: string, below: number, bits: number): unknown =>
    values.set(`${name}.${part}`, BigInt.asUintN(bits, value >> BigInt(below)));
  if (sort === "address") {
    set("program", BITS.slot, BITS.program);
    set("slot", 0, BITS.slot);
  } else if (sort === "kind") {
    set("issuer", BITS.label, BITS.program);
    set("label", 0, BITS.label);
  } else if (sort === "bits" || sort === "watch") {
    for (let i = 0; i < BITS[sort === "bits" ? "rights" : "watch"]; i++) set(String(i), i, 1);
  } else {
    values.set(name, value);
  }
}

type Given = Readonly<Record<string, unknown>>;

function valuesOf(prefix: string, sorts: Readonly<Record<string, Sort>>, given: Given): Map<string, bigint> {
  const values = new Map<string, bigint>();
  for (const [key, sort] of Object.entries(sorts)) {
    addValues(values, `${prefix}.${key}`, sort, BigInt((given[key] as number | bigint | undefined) ?? 0));
  }
  return values;
}

/** The values of a cell's variables. Fields that it does not have are 0. */
export function cellValues(name: string, cell: object): Map<string, bigint> {
  return valuesOf(name, CELL_FIELDS, cell as Given);
}

/** The values of a row's variables. */
export function rowValues(row: { readonly argument: object }): Map<string, bigint> {
  const fields = valuesOf("row", ROW_FIELDS, row as unknown as Given);
  return new Map([...fields, ...valuesOf("row.argument", ARGUMENT_FIELDS, row.argument as Given)]);
}

/** The values of the variables that are an address. */
export function addressValues(name: string, at: number): Map<string, bigint> {
  return valuesOf(
    name.split(".")[0] ?? "",
    { [name.split(".")[1] ?? ""]: "address" },
    { [name.split(".")[1] ?? ""]: at },
  );
}
