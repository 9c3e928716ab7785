/** The members of one line of JSON, each checked as it is read. Members that are not read may be there. */
import { InvalidInputError } from "../errors.ts";

const NEXT = "import the blocks again, or take the file away";

export class Members {
  readonly #where: string;
  readonly #of: ReadonlyMap<string, unknown>;

  constructor(where: string, value: unknown) {
    if (typeof value !== "object" || value === null) {
      throw new InvalidInputError(where, `is no object as an import writes it; ${NEXT}`);
    }
    this.#where = where;
    this.#of = new Map(Object.entries(value));
  }

  /** @throws InvalidInputError if the text is no JSON object */
  static parse(where: string, text: string): Members {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new InvalidInputError(where, `is no JSON object; ${NEXT}`, { cause });
    }
    return new Members(where, value);
  }

  wrong(name: string, what: string): InvalidInputError {
    return new InvalidInputError(`${this.#where} ${name}`, `${what}; ${NEXT}`);
  }
  value(name: string): unknown {
    return this.#of.get(name);
  }
  /** A whole number from 0 on. */
  whole(name: string): number {
    const value = this.value(name);
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.wrong(name, "is no whole number from 0 on");
  }
  text(name: string, form?: RegExp): string {
    const value = this.value(name);
    if (typeof value === "string" && (form === undefined || form.test(value))) return value;
    throw this.wrong(name, "is not as an import writes it");
  }
  oneOf<Word extends string>(name: string, words: readonly Word[]): Word {
    const found = words.find((word) => word === this.value(name));
    if (found === undefined) throw this.wrong(name, `is none of ${words.join(", ")}`);
    return found;
  }
  inner(name: string): Members {
    return new Members(`${this.#where} ${name}`, this.value(name));
  }
  /** A list of objects, or of rows; members of a row go by their numbers. */
  list(name: string): Members[] {
    const value = this.value(name);
    if (!Array.isArray(value)) throw this.wrong(name, "is no list");
    return value.map((each: unknown, i) => new Members(`${this.#where} ${name}[${i}]`, each));
  }
  /** First and last transition, or null; within the two. */
  range(name: string, least: number, most: number): readonly [number, number] | null {
    const value: unknown = this.value(name);
    if (value === null) return null;
    const [first, last, ...more]: unknown[] = Array.isArray(value) ? value : [];
    const numbers = Number.isSafeInteger(first) && Number.isSafeInteger(last) && more.length === 0;
    if (numbers && Number(first) >= least && Number(first) <= Number(last) && Number(last) <= most) {
      return [Number(first), Number(last)];
    }
    throw this.wrong(name, `is no range of transitions within ${least} to ${most}`);
  }
}
