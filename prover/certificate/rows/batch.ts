/** All rows of a batch: each as the one before it left the state. */
import type { Names } from "../names.ts";
import type { Propagator } from "../propagate.ts";
import { again, type Pattern, SumsByShape } from "./again.ts";
import { RowsByName } from "./row.ts";
import { certifyRow } from "./stage.ts";

export class Rows {
  readonly count: number;
  readonly #own: Propagator;
  readonly #names: Names;
  readonly #log: ((text: string) => void) | undefined;
  readonly #sums: SumsByShape;
  readonly #rows: RowsByName;
  /** The last row that was not done like another one. */
  #pattern: Pattern | null = null;

  constructor(own: Propagator, names: Names, log?: (text: string) => void) {
    this.#own = own;
    this.#names = names;
    this.#log = log;
    this.#sums = new SumsByShape(own.system, names);
    this.#rows = new RowsByName(names);
    let count = 0;
    while (names.signals.has(`operations[${count}].actor`)) count++;
    this.count = count;
  }

  /** No row is before the one before it, and none after the end of the span: so all times have 40 bits. */
  times(): void {
    const own = this.#own;
    const times = Array.from({ length: this.count }, (_, row) => this.#names.signals.get(`row[${row}].next.time`));
    for (const time of [...times, ...times.toReversed()]) {
      if (time === undefined) continue;
      for (const n of own.of(time)) if (!own.passed.has(n) && own.folded(n).linear !== null) own.try("range", n, time);
    }
    own.run();
  }

  /** Everything about a row that follows from its record, and from the row before. */
  certify(number: number): void {
    const own = this.#own;
    const [from, signalsFrom] = [own.system.constraints.length, own.system.next];
    const row = this.#rows.row(own, number);
    const pattern = this.#pattern;
    const [failed, lines] = own.recorded(() => {
      const why =
        pattern === null ? "" : again(own, this.#names, pattern, this.#rows.row(own, pattern.row), row, this.#sums);
      if (why !== null) certifyRow(own, row, this.#log);
      return why;
    });
    this.#log?.(
      failed === null
        ? `row ${number} is as row ${pattern?.row}`
        : `row ${number} is done by itself${failed === "" ? "" : `: ${failed}`}`,
    );
    // The first row has nothing before it, so its lines fit no other.
    if (failed !== null && number > 0) this.#pattern = { row: number, lines, from, signalsFrom };
  }

  /** The digest of a group: its last row has it, and each row has that of the next one, unless it is the last. */
  digests(): void {
    const own = this.#own;
    const { facts } = own.checker;
    let after: ReadonlySet<number> = new Set();
    for (let number = this.count - 1; number >= 0; number--) {
      const { scope, named } = this.#rows.row(own, number);
      const [digest, last] = [named.get("op.digest"), named.get("op.last")];
      const both = new Set([...scope, ...after]);
      after = scope;
      if (digest !== undefined && last !== undefined && !facts.known.has(digest) && facts.constant(last) === null) {
        const branches = [0n, 1n].map((value) => own.inCase([[last, value]], both, () => void own.run()));
        own.try("cases", last, branches);
      }
      own.within(both, () => void own.run());
    }
  }
}
