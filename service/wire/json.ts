/** JSON as the server and its clients write it: a bigint is a decimal text. */

/** The text of a value. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => (typeof member === "bigint" ? `${member}` : member));
}

/** A value with its bigints as decimal texts. */
export type Wire<T> = T extends bigint
  ? string
  : T extends readonly (infer E)[]
    ? Wire<E>[]
    : T extends object
      ? { -readonly [K in keyof T]: Wire<T[K]> }
      : T;

/** The value with its bigints as decimal texts. */
export function wire<T>(value: T): Wire<T> {
  if (typeof value === "bigint") return `${value}` as Wire<T>;
  if (Array.isArray(value)) return value.map((each) => wire(each)) as Wire<T>;
  if (typeof value !== "object" || value === null) return value as Wire<T>;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, wire(member)])) as Wire<T>;
}
