/** JSON for values with big numbers, with one text for one value: members are in the order of their names. */

const BIG = "big";

/** A big number as `{"big":"5"}`. */
export function asText(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === "bigint") return { [BIG]: each.toString() };
    if (typeof each !== "object" || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** The inverse of {@link asText}. @throws SyntaxError */
export function fromText(text: string): unknown {
  return JSON.parse(text, (_, each: unknown) => {
    if (typeof each !== "object" || each === null || !(BIG in each)) return each;
    const { [BIG]: digits, ...others } = each;
    return typeof digits === "string" && Object.keys(others).length === 0 ? BigInt(digits) : each;
  });
}
