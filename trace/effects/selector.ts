/** Selectors: how the name of a function becomes a word. */
import { InvalidInputError } from "../errors.ts";
import { FIELD } from "../layout.ts";
import { hash } from "../poseidon/index.ts";

const CHUNK = 31;
/** Longest function name, in bytes of UTF-8. */
export const MAX_NAME_BYTES = 15 * CHUNK;

/** Selectors of names that were asked for before. */
const known = new Map<string, bigint>();
/** Most names that are kept. */
const MOST_KNOWN = 10_000;

/**
 * The selector of a function: Poseidon (capacity 0) over the length of the name's UTF-8 bytes and the bytes themselves,
 * 31 to a word, first byte highest. A number stands for itself.
 * @throws InvalidInputError if the name is empty or longer than 465 bytes, or the number is no field element
 */
export function selectorOf(name: string | bigint): bigint {
  if (typeof name === "bigint") {
    if (name < 0n || name >= FIELD)
      throw new InvalidInputError("name", "as a number, a selector is below the field's order");
    return name;
  }
  const before = known.get(name);
  if (before !== undefined) return before;
  const bytes = Buffer.from(name, "utf8");
  if (bytes.length === 0 || bytes.length > MAX_NAME_BYTES) {
    throw new InvalidInputError("name", `a function's name has 1 to ${MAX_NAME_BYTES} bytes, not ${bytes.length}`);
  }
  const words = [BigInt(bytes.length)];
  for (let at = 0; at < bytes.length; at += CHUNK)
    words.push(BigInt(`0x${bytes.subarray(at, at + CHUNK).toString("hex")}`));
  const selector = hash(0n, words);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, selector);
  return selector;
}
