/** The row with a constraint less, whose bounds are learned without it; and what the comparison says then. */
import { compared, isShown } from "../../prover/certificate/machine/compare.ts";
import { PathProof, type Verdict } from "../../prover/certificate/machine/paths.ts";
import type { ReadyRow } from "../../prover/certificate/machine/ready.ts";
import { RowCase } from "../../prover/certificate/machine/rowCase.ts";
import { opOf, type RowName } from "../../trace/machine/transition.ts";
import { linearOf, type Sum } from "../../verifier/constraints/sums.ts";
import { SMALL } from "./circuit.ts";

/** What the comparison says without a constraint. */
export type Finding =
  /** Something is not shown then. */
  | { readonly is: "noticed"; readonly what: string }
  /** The other constraints of the row say the same of every row of the operation. */
  | { readonly is: "implied" }
  /** All is shown as before. */
  | { readonly is: "shown" };

/** Thrown as soon as it is known what is found. */
class FoundError extends Error {
  readonly finding: Finding;
  constructor(finding: Finding) {
    super(finding.is);
    this.finding = finding;
  }
}

export class Mutations {
  readonly #ready: ReadyRow;
  /** Signals of the row whose bounds follow from its constraints. */
  readonly #own: readonly number[];

  constructor(ready: ReadyRow) {
    this.#ready = ready;
    const { own, names, row } = ready;
    const signals = new Set(row.signals);
    for (const n of row.scope) for (const signal of this.#signalsOf(n)) signals.add(signal);
    const mine = new RegExp(`^(row|operations|choices|cellsFound)\\[${row.number}\\]\\.`);
    const all = [...signals].filter((signal) => mine.test(names.of[signal] ?? ""));
    this.#own = all;
    // What does not follow from the row alone is kept: a bound of its time comes from other rows.
    const { bounds } = own.checker.facts;
    const before = new Map(bounds);
    const looser = new Set<number>();
    this.#without(null, () => {
      for (const signal of all) {
        const [was, is] = [before.get(signal), bounds.get(signal)];
        if (was !== undefined && (is === undefined || is[0] < was[0] || is[1] > was[1])) looser.add(signal);
      }
    });
    this.#own = all.filter((signal) => !looser.has(signal));
  }

  /** Constraints of the row that say something else of this operation than of others that they do not name. */
  ofOperation(effect: RowName): number[] {
    const { own, row } = this.#ready;
    const isBit = new Map(row.bits.map((bit, op) => [bit, op]).filter(([bit]) => bit !== 0) as [number, number][]);
    const asIn = (sum: Sum, op: number): string => {
      const rest = new Map<number, bigint>();
      for (const [signal, factor] of sum) {
        const [of, is] = isBit.has(signal) ? [0, isBit.get(signal) === op] : [signal, true];
        const now = (rest.get(of) ?? 0n) + (is ? factor : 0n);
        if (now === 0n) rest.delete(of);
        else rest.set(of, now);
      }
      return [...rest].sort(([x], [y]) => x - y).join();
    };
    return [...row.scope].filter((n) => {
      const sums = own.system.constraints.at(n) as readonly Sum[];
      const [mine, other] = [opOf({ effect }), -1].map((op) => sums.map((sum) => asIn(sum, op)));
      const isNothing = (mine?.[0] === "" || mine?.[1] === "") && mine[2] === "";
      const signals = this.#signalsOf(n);
      // Which bit is 1 the search says itself; and a sum that a line of it has a new signal for is no constraint.
      const isOther = signals.every((one) => isBit.has(one)) || signals.some((one) => /^\d+$/.test(this.#nameOf(one)));
      return mine?.join("|") !== other?.join("|") && !isNothing && !isOther;
    });
  }

  /** The constraint as a text. */
  text(n: number): string {
    const { own } = this.#ready;
    const [a, b, c] = (own.system.constraints.at(n) as readonly Sum[]).map((sum) => this.#sumText(sum));
    return `${a} * ${b} = ${c}`;
  }

  /** @param cut null: no constraint is taken out */
  finding(effect: RowName, cut: number | null): Finding {
    const { own, names, row } = this.#ready;
    const { prove } = PathProof.prototype;
    const { close } = RowCase.prototype;
    let isFirst = true;
    Object.assign(PathProof.prototype, {
      prove(this: PathProof, ...given: Parameters<PathProof["prove"]>): Verdict {
        const verdict = prove.apply(this, given);
        if (verdict.is !== "open" || (given[1] ?? []).length > 0) return verdict;
        throw new FoundError({ is: "noticed", what: verdict.what });
      },
    });
    Object.assign(RowCase.prototype, {
      close(this: RowCase): boolean {
        const may = close.call(this);
        if (may && isFirst && cut !== null && follows(this, own.system.constraints.at(cut) as readonly Sum[])) {
          throw new FoundError({ is: "implied" });
        }
        isFirst = false;
        return may;
      },
    });
    try {
      this.#without(cut, (scope) => {
        const one = compared(own, names, { ...row, scope }, effect, SMALL.levels);
        const what = [...Object.keys(one.open), `${one.same} ways the same, ${one.untaken} taken by no row`].join(", ");
        if (!isShown(one, row.number)) throw new FoundError({ is: "noticed", what });
      });
      return { is: "shown" };
    } catch (error) {
      if (error instanceof FoundError) return error.finding;
      throw error;
    } finally {
      Object.assign(PathProof.prototype, { prove });
      Object.assign(RowCase.prototype, { close });
    }
  }

  /** The row's bounds are forgotten, and learned again without the constraint. */
  #without(cut: number | null, inside: (scope: ReadonlySet<number>) => void): void {
    const { own, row } = this.#ready;
    const { bounds, known } = own.checker.facts;
    const scope = new Set(row.scope);
    if (cut !== null) scope.delete(cut);
    const before = this.#own.map((signal) => ({ signal, bounds: bounds.get(signal), isKnown: known.has(signal) }));
    for (const signal of this.#own) {
      bounds.delete(signal);
      known.delete(signal);
    }
    try {
      own.inCase([], scope, () => {
        for (const n of scope) own.ask(n);
        own.run();
        inside(scope);
      });
    } finally {
      for (const { signal, bounds: former, isKnown } of before) {
        if (former !== undefined) bounds.set(signal, former);
        if (isKnown) known.add(signal);
      }
    }
  }

  #signalsOf(n: number): number[] {
    const sums = this.#ready.own.system.constraints.at(n) as readonly Sum[];
    return [...new Set(sums.flatMap((sum) => [...sum.keys()]))].filter((signal) => signal !== 0);
  }

  #nameOf(signal: number): string {
    const { row, names } = this.#ready;
    return row.nameOf.get(signal) ?? names.of[signal] ?? String(signal);
  }

  #sumText(sum: Sum): string {
    const terms = [...sum].map(([signal, factor]) => {
      const [sign, size] = factor < 0n ? ["-", -factor] : ["+", factor];
      const name = signal === 0 ? String(size) : size === 1n ? this.#nameOf(signal) : `${size} ${this.#nameOf(signal)}`;
      return `${sign} ${name}`;
    });
    return terms.length === 0 ? "0" : terms.join(" ").replace(/^\+ /, "");
  }
}

/** Whether a constraint holds by the equations of a case. */
function follows(own: RowCase, constraint: readonly Sum[]): boolean {
  const [a, b, c] = constraint.map((sum) => own.normal(sum)) as [Sum, Sum, Sum];
  return linearOf([a, b, c])?.size === 0;
}
