/**
 * All ways of an operation at once. Ways share their first tests, which are assumed once; where the constraints
 * contradict them, no way behind them is taken. Each case is one of several that are every case together, so what is
 * found of a way in all cases where it is left holds of it.
 */
import type { Test } from "../equations/explore.ts";
import { textOf } from "../equations/linear.ts";
import type { Path } from "../equations/paths.ts";
import { PathProof, type Taken, type Verdict, type Wanted } from "./paths.ts";
import type { RowCase } from "./rowCase.ts";
import { toRead } from "./splits.ts";
import { fit, take } from "./tests.ts";
import { type RowWords, type Values, valuesIn } from "./values.ts";

/** Most bits that are split before the first test, so that all words can be read. */
const DEPTH = 16;

/** What was read in a case that is closed. */
interface Read extends Taken {
  readonly values: Values;
}

export class Walk {
  readonly #words: RowWords;
  readonly #scope: ReadonlySet<number>;
  readonly #nameOf: (signal: number) => string;
  readonly #verdicts = new Map<Path, Verdict>();
  #wanted: Wanted | null = null;

  constructor(words: RowWords, scope: ReadonlySet<number>, nameOf: (signal: number) => string) {
    this.#words = words;
    this.#scope = scope;
    this.#nameOf = nameOf;
  }

  /**
   * @param own a case of the row that is closed, in which the propagator is now
   * @param wanted what is not shown yet; null: what a way asks for
   */
  walk(own: RowCase, paths: readonly Path[], wanted: Wanted | null = null): Verdict[] {
    this.#wanted = wanted;
    const known = new Map<string, Test>();
    const ways = paths.map((path) => ({ ...path, conditions: path.conditions.map((test) => same(known, test)) }));
    this.#read(own, ways, { values: null, tests: new Set() }, 0);
    return ways.map((way) => this.#verdicts.get(way) ?? { is: "never" });
  }

  /** Cases in which all words can be read. */
  #read(own: RowCase, ways: readonly Path[], before: Taken, depth: number): void {
    if (!own.close()) return;
    const values = valuesIn(own, this.#words, before.values);
    if (values === null || !own.close()) return;
    const now = { values, tests: before.tests };
    const split = depth === DEPTH ? null : toRead(own, values, this.#nameOf);
    if (split === null) {
      this.#along(own, ways, 0, now);
      return;
    }
    for (const value of split.values) {
      own.inCase(this.#scope, () => {
        if (value.assume(own)) this.#read(own, ways, now, depth + 1);
      });
    }
  }

  /** @param ways that share the tests before this one, which are assumed */
  #along(own: RowCase, ways: readonly Path[], at: number, { values, tests }: Read): void {
    const left = ways.filter(({ found }) => fit(found, values));
    const groups = new Map<Test | undefined, Path[]>();
    for (const way of left) {
      const test = way.conditions[at];
      groups.set(test, [...(groups.get(test) ?? []), way]);
    }
    for (const [test, group] of groups) {
      own.inCase(this.#scope, () => {
        if (test === undefined || group.length === 1) {
          for (const way of group) this.#prove(own, way, { values, tests });
          return;
        }
        const says = take(own, test, values);
        if (says === "never") return;
        if (says === "open") this.#along(own, group, at + 1, { values, tests });
        else if (own.close()) this.#along(own, group, at + 1, { values, tests: new Set([...tests, test]) });
      });
    }
  }

  #prove(own: RowCase, way: Path, taken: Read): void {
    const before = this.#verdicts.get(way)?.is;
    if (before === "open") return;
    own.inCase(this.#scope, () => {
      const proof = new PathProof(way, this.#words, this.#scope, this.#nameOf, this.#wanted);
      const verdict = proof.prove(own, [], taken);
      if (verdict.is !== "never") this.#verdicts.set(way, verdict);
    });
  }
}

/** The same object for the same test. */
function same(known: Map<string, Test>, test: Test): Test {
  const key = keyOf(test);
  const found = known.get(key) ?? test;
  known.set(key, found);
  return found;
}

const keyOf = (test: Test): string =>
  "sum" in test
    ? `${textOf(test.sum)} ${test.is}`
    : JSON.stringify(test.any.map(({ conditions, found }) => [conditions.map(keyOf), found]));
