/** What the page's workers need of `node:util`: a part of every browser. */
const { TextDecoder, TextEncoder } = globalThis;

/** Whether two values of plain data are the same. */
export function isDeepStrictEqual(a: unknown, b: unknown): boolean {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, each) => (typeof each === "bigint" ? `${each}n` : each)) ?? "undefined";
  return text(a) === text(b);
}

export { TextDecoder, TextEncoder };
