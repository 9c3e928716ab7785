/**
 * The types of effects' fields as values: the accepted values, in words and as a check. They also serve callers without
 * TypeScript's types (JavaScript, JSON, a cast), and they have bounds.
 */
import { BITS, CONDITION, FIELD, NO_INBOX, RIGHT, SLOTS } from "../layout.ts";
import { isAuthority } from "../state/authority.ts";
import { MAX_NAME_BYTES } from "./selector.ts";

/** A fault in a value: its place within the value, as in `[0].slot`, and the expected value. */
export interface Fault {
  readonly path: string;
  readonly found: unknown;
  readonly expected: string;
}

/** The build of a type, for those who write its values in another form, such as JSON. */
export type Form =
  | { readonly is: "integer"; readonly least: number; readonly most: number }
  /** A bigint of so many bits. */
  | { readonly is: "bigint"; readonly bits: number }
  /** A word that is a key. */
  | { readonly is: "authority" }
  /** The name of a function, or its selector as a bigint. */
  | { readonly is: "name" }
  | { readonly is: "flag" }
  | { readonly is: "oneOf"; readonly words: readonly string[] }
  | { readonly is: "either"; readonly of: readonly [Form, Form] }
  | { readonly is: "list"; readonly of: Form; readonly least: number }
  | { readonly is: "record"; readonly members: Readonly<Record<string, Form>> }
  /** An effect within another one; `single`: none that holds others. */
  | { readonly is: "effect"; readonly single: boolean }
  /** A type of the layers, which no effect has. */
  | { readonly is: "other" };

/** One type of field. `T` is its type in TypeScript. */
export interface FieldType<T> {
  /** The accepted values, with their bounds, to follow "give". */
  readonly takes: string;
  readonly form: Form;
  /** The first fault in a value. */
  fault(value: unknown): Fault | undefined;
  /** For TypeScript alone. The member does not exist at run time. */
  readonly type?: T;
}

/** The members' types by name; undefined if the type is not a record. */
type Members = Readonly<Record<string, FieldType<unknown>>>;

/** A type without inner structure. */
function simple<T>(takes: string, form: Form, holds: (value: unknown) => boolean): FieldType<T> {
  return { takes, form, fault: (value) => (holds(value) ? undefined : { path: "", found: value, expected: takes }) };
}

function integer(what: string, least: number, most: number, bounds = `${least} to ${most}`): FieldType<number> {
  return simple(
    `${what}, ${bounds}`,
    { is: "integer", least, most },
    (value) => typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most,
  );
}

function bigInteger(what: string, bits: number): FieldType<bigint> {
  return simple(
    `${what}: a bigint, 0n to 2n ** ${bits}n - 1n`,
    { is: "bigint", bits },
    (value) => typeof value === "bigint" && value >= 0n && value >> BigInt(bits) === 0n,
  );
}

/** One word of several. */
export function oneOf<const W extends string>(words: readonly W[]): FieldType<W> {
  const quoted = words.map((word) => `"${word}"`);
  const takes = quoted.length === 1 ? (quoted[0] as string) : `one of ${quoted.join(", ")}`;
  return simple(takes, { is: "oneOf", words }, (value) => (words as readonly unknown[]).includes(value));
}

/** Either of two types. */
export function either<A, B>(a: FieldType<A>, b: FieldType<B>): FieldType<A | B> {
  const takes = `${a.takes}, or ${b.takes}`;
  return {
    takes,
    form: { is: "either", of: [a.form, b.form] },
    fault(value) {
      const [one, other] = [a.fault(value), b.fault(value)];
      if (one === undefined || other === undefined) return undefined;
      // A fault inside the value says more than one about the whole.
      const inner = [one, other].find(({ path }) => path !== "");
      return inner ?? { path: "", found: value, expected: takes };
    },
  };
}

/** A list. */
export function listOf<T>(of: FieldType<T>, least = 0): FieldType<readonly T[]> {
  const takes = `a list${least > 0 ? ` of at least ${least}` : ""}, each ${of.takes}`;
  return {
    takes,
    form: { is: "list", of: of.form, least },
    fault(value) {
      if (!Array.isArray(value) || value.length < least) return { path: "", found: value, expected: takes };
      // By index: a list may have gaps.
      for (let i = 0; i < value.length; i++) {
        const fault = of.fault(value[i]);
        if (fault !== undefined) return { ...fault, path: `[${i}]${fault.path}` };
      }
      return undefined;
    },
  };
}

/**
 * A record whose members are all required. Others are ignored: a misspelt member shows as a missing one.
 * @param takes the accepted values, in words
 */
export function record<const M extends Members>(
  members: M,
  takes = `{ ${Object.entries(members)
    .map(([name, { takes }]) => `${name}: ${takes}`)
    .join("; ")} }`,
): FieldType<{ [K in keyof M]: M[K] extends FieldType<infer T> ? T : never }> {
  const forms = Object.entries(members).map(([name, { form }]) => [name, form] as const);
  return {
    takes,
    form: { is: "record", members: Object.fromEntries(forms) },
    fault(value) {
      if (typeof value !== "object" || value === null) return { path: "", found: value, expected: takes };
      for (const [name, of] of Object.entries(members)) {
        const fault = of.fault((value as Record<string, unknown>)[name]);
        if (fault !== undefined) return { ...fault, path: `.${name}${fault.path}` };
      }
      return undefined;
    },
  };
}

/** An optional field. */
export interface OptionalField<T> extends FieldType<T> {
  readonly optional: true;
}
/** The same type, for an optional field. */
export function optional<T>({ takes, form, fault }: FieldType<T>): OptionalField<T> {
  return { takes, form, fault: (value) => (value === undefined ? undefined : fault(value)), optional: true };
}

/** A memory slot. */
export const SLOT = integer("a slot", 1, SLOTS - 1);
/** A program's number. */
export const PROGRAM = integer("a program's number", 1, 2 ** BITS.program - 1, `1 to 2^${BITS.program} − 1`);
/** A cell of a program's memory. */
export const PLACE = record({ program: PROGRAM, slot: SLOT }, "a place { program, slot }");
/** The first slot for deposits. */
export const INBOX = integer("a slot", 1, NO_INBOX, `1 to ${NO_INBOX - 1}, or ${NO_INBOX} for none`);
/** A moment. */
export const TIME = integer("whole seconds since 1970", 0, 2 ** BITS.time - 1, `0 to 2^${BITS.time} − 1`);
/** A number of steps. */
export const STEPS = integer("a whole number", 0, 2 ** BITS.steps - 1, `0 to 2^${BITS.steps} − 1`);
/** A number of arguments. */
export const NARGS = integer("a whole number", 0, 2 ** BITS.nargs - 1);
/** A kind of resource: 2^32 times its issuer's number, and a label. */
export const KIND = bigInteger("a kind", BITS.kind);
/** A quantity. */
export const QUANTITY = bigInteger("a quantity", BITS.quantity);
/** A resource's id. */
export const ID = bigInteger("an id", BITS.id);
/** An address of the chain. */
export const RECIPIENT = bigInteger("an address", 160);
/** A digest: a word of the field. */
export const DIGEST: FieldType<bigint> = simple(
  "a digest: a bigint below the field's order",
  { is: "bigint", bits: 254 },
  (value) => typeof value === "bigint" && value >= 0n && value < FIELD,
);
/** How many of something. */
export const COUNT: FieldType<number> = simple(
  "a whole number from 0, or Infinity",
  { is: "other" },
  (value) =>
    typeof value === "number" && value >= 0 && (Number.isSafeInteger(value) || value === Number.POSITIVE_INFINITY),
);
/** A length of time. */
export const SECONDS: FieldType<number> = simple(
  "seconds, from 0",
  { is: "other" },
  (value) => typeof value === "number" && value >= 0 && Number.isFinite(value),
);
/** Any text. */
export const TEXT: FieldType<string> = simple("a text", { is: "other" }, (value) => typeof value === "string");
/** True or false. */
export const FLAG: FieldType<boolean> = simple("true or false", { is: "flag" }, (value) => typeof value === "boolean");
/** A key that signs. */
export const AUTHORITY: FieldType<bigint> = simple(
  "the y coordinate of a Baby Jubjub key: a bigint",
  { is: "authority" },
  (value) => typeof value === "bigint" && isAuthority(value),
);
/** The name of a function. */
export const NAME: FieldType<string | bigint> = simple(
  `a name of 1 to ${MAX_NAME_BYTES} bytes, or its selector: a bigint below the field's order`,
  { is: "name" },
  (value) => {
    if (typeof value === "bigint") return value >= 0n && value < FIELD;
    return typeof value === "string" && value !== "" && Buffer.byteLength(value, "utf8") <= MAX_NAME_BYTES;
  },
);
/** A right of a capability. */
export const RIGHT_NAME = oneOf(Object.keys(RIGHT) as (keyof typeof RIGHT)[]);
/** A condition of a watch. */
export const CONDITION_NAME = oneOf(Object.keys(CONDITION) as (keyof typeof CONDITION)[]);
