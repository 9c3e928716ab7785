/** Random rows of the protocol's shapes, for fast-check. A state may not allow them. */
import fc from "fast-check";
import { BITS, FIELD } from "../../trace/layout.ts";
import { rowOf, SHAPES } from "../../trace/machine/rowShape.ts";
import type { Argument, Row, RowName } from "../../trace/machine/transition.ts";

const PROGRAMS = 4_095;
/** Some numbers are frequent, so that fields of one row are often equal. */
const program = fc.oneof(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: PROGRAMS }));
const slot = fc.oneof(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 255 }));
const address = fc.tuple(program, slot).map(([p, s]) => p * 256 + s);
const upTo = (bits: number) => {
  const most = (1n << BigInt(bits)) - 1n;
  return fc.oneof(fc.bigInt({ min: 0n, max: most < 4n ? most : 4n }), fc.bigInt({ min: 0n, max: most }));
};
const number = (bits: number) => upTo(bits).map(Number);
const word = fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: FIELD - 1n }));

const FIELDS = {
  resource: upTo(BITS.id),
  kind: upTo(BITS.kind),
  quantity: upTo(BITS.quantity),
  deadline: number(BITS.time),
};
const ARGUMENT: Readonly<Record<string, fc.Arbitrary<number | bigint>>> = {
  inbox: fc.integer({ min: 1, max: 256 }),
  nargs: number(BITS.nargs),
  guard: number(1),
  scope: fc.oneof(fc.constant(0), address),
  rights: number(BITS.rights),
  condition: number(BITS.condition),
  steps: number(BITS.steps),
  into: upTo(BITS.id),
  cleared: fc.integer({ min: 1, max: 4 }),
};

/** The values of each field of a sort of row. Unused fields are missing. */
export function fieldsOf(effect: RowName): Record<string, fc.Arbitrary<number | bigint>> {
  const shape = SHAPES[effect];
  const fields: Record<string, fc.Arbitrary<number | bigint>> = { actor: program };
  if (shape.peer !== "none") fields.peer = program;
  for (const column of ["source", "destination", "authority"] as const) {
    if (shape[column] === "closed") continue;
    const open = effect === "CreateProgram" ? program.map((p) => p * 256) : address;
    fields[column] = shape[column] === "open" ? open : fc.oneof(fc.constant(0), open);
  }
  for (const field of shape.fields) fields[field] = FIELDS[field];
  for (const name of shape.argument) fields[`argument.${name}`] = ARGUMENT[name] ?? word;
  return fields;
}

/** A row with these fields. */
export function rowWith(effect: RowName, fields: Readonly<Record<string, number | bigint>>): Row {
  const argument: Record<string, number | bigint> = {};
  const plain: Record<string, number | bigint> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith("argument.")) argument[name.slice("argument.".length)] = value;
    else plain[name] = value;
  }
  const { actor = 0, ...rest } = plain;
  return rowOf(effect, Number(actor), { ...(rest as Partial<Row>), argument: argument as Argument });
}

/** The names of all sorts of rows. */
export const SORTS = Object.keys(SHAPES) as RowName[];

/** Any row. */
export const anyRow: fc.Arbitrary<Row> = fc
  .constantFrom(...SORTS)
  .chain((effect) => fc.record(fieldsOf(effect)).map((fields) => rowWith(effect, fields)));

const ADDRESSES = new Set(["source", "destination", "authority", "argument.scope"]);

/** Another value of a field; of an address, often another slot of the same program. */
function another(name: string, any: fc.Arbitrary<number | bigint>, value: number | bigint) {
  // The header that a new program's row opens has no other slot.
  const near =
    ADDRESSES.has(name) && Number(value) % 256 !== 0 ? slot.map((s) => Math.floor(Number(value) / 256) * 256 + s) : any;
  return fc.oneof(near, any).filter((other) => other !== value);
}

/** Two rows that differ in one field. */
export const neighbours: fc.Arbitrary<{ one: Row; other: Row; field: string }> = fc
  .constantFrom(...SORTS)
  .chain((effect) => {
    const fields = fieldsOf(effect);
    return fc.tuple(fc.record(fields), fc.constantFrom(...Object.keys(fields))).chain(([values, field]) =>
      another(field, fields[field] as fc.Arbitrary<number | bigint>, values[field] ?? 0).map((value) => ({
        one: rowWith(effect, values),
        other: rowWith(effect, { ...values, [field]: value }),
        field,
      })),
    );
  });
