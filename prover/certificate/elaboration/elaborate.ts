/**
 * From a draft to a certificate. Lines of a draft are what the propagator thinks in, and name many rules; a certificate
 * has few, and the checker of `verifier/certificate/` can be small. Each line becomes one or several: a draft is
 * followed on the way, as some of them depend on what is known by then.
 */
import { centred, integer, inverse, plus, ratio, refuse, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Parts, System, Terms } from "../../../verifier/constraints/system.ts";
import { CHALLENGE, DIGEST, UNEQUAL } from "../../../verifier/hashes/check.ts";
import type { Hashes } from "../arguments.ts";
import { Checker } from "../reasoning/check.ts";
import type { Line, Reasoner, Values } from "../reasoning/reasoner.ts";
import { terms } from "../terms.ts";
import { radixOrder } from "./radixOrder.ts";

const ONE = [["1"]] as const;
const HALF = inverse(2n);

/** A constraint that a draft's line of the rule `sign` became: b · root = (x + root) / 2. */
interface Sign {
  readonly bit: number;
  readonly constraint: number;
}

export class Elaboration extends Checker {
  readonly #write: (line: Line) => void;
  /** Where lines go: to the end, or into the branch that is looked at. */
  #target: Line[] = [];
  /** Lines that hold in all cases, and stand before the one that needs them. */
  #before: Line[] = [];
  /** Branches of the line that was applied last. */
  #branches: Line[][] = [];
  /** Numbers in the certificate, of signals and constraints that lines of the draft added. */
  readonly #signals = new Map<number, number>();
  readonly #constraints = new Map<number, number>();
  #nextSignal: number;
  #nextConstraint: number;
  readonly #signsOf = new Map<number, Sign>();
  /** What the first challenge is drawn from, until it is. */
  #drawn: unknown[] = [];
  /** What was written once already: constraints by what they say. */
  readonly #forms = new Map<string, readonly number[]>();

  constructor(system: System, write: (line: Line) => void) {
    super(system);
    this.#write = write;
    this.#nextSignal = system.signals;
    this.#nextConstraint = system.own;
  }

  /** A line of the draft that is in no case. */
  take(line: Line): void {
    this.apply(line);
    this.facts.keep();
    for (const one of [...this.#before, ...this.#target]) this.#write(one);
    [this.#before, this.#target] = [[], []];
  }

  /** What is left to name. */
  end(): void {
    const lists = new Map<string, number[]>();
    for (const [signal, reason] of this.facts.free) {
      if (this.facts.known.has(signal)) continue;
      const list = lists.get(reason) ?? [];
      lists.set(reason, list);
      list.push(this.#signal(signal));
    }
    for (const [reason, signals] of lists) this.#write(["named", "free", reason, signals]);
  }

  override apply(line: Line): void {
    const written = this.#written(line);
    super.apply(line);
    this.#target.push(...written());
  }

  override split(cases: readonly Values[], branches: readonly Iterable<Line>[], by?: Sum): void {
    const [outer, lists] = [this.#target, branches.map((): Line[] => [])];
    const into = (list: Line[], lines: Iterable<Line>): Iterable<Line> => {
      const enter = (): void => {
        this.#target = list;
      };
      return {
        *[Symbol.iterator]() {
          enter();
          yield* lines;
        },
      };
    };
    super.split(
      cases,
      branches.map((lines, i) => into(lists[i] as Line[], lines)),
      by,
    );
    [this.#target, this.#branches] = [outer, lists];
  }

  #signal(signal: number): number {
    return signal < this.system.signals ? signal : (this.#signals.get(signal) ?? refuse(`no signal ${signal}`));
  }
  #constraint(n: number): number {
    return n < this.system.own ? n : (this.#constraints.get(n) ?? refuse(`no constraint ${n}`));
  }
  #terms(sum: Terms): Terms {
    return sum.map(([signal, factor]) => [this.#signal(signal), factor]);
  }
  #sum(sum: Sum): Terms {
    return this.#terms(terms(sum));
  }
  #parts(n: number | Parts): number | Parts {
    return typeof n === "number" ? this.#constraint(n) : n.map(([one, times]) => [this.#constraint(one), times]);
  }
  /** The number of a constraint that a line adds; and of the signal, if it adds one. */
  #added(): number {
    return this.#nextConstraint++;
  }

  /** The draft's next constraint, and signal, have these numbers in the certificate. */
  #meant(constraint: number, signal?: number): void {
    this.#constraints.set(this.system.constraints.length, constraint);
    if (signal !== undefined) this.#signals.set(this.system.next, signal);
  }

  /** What a line becomes: it is looked at before the line is applied, and told afterwards. */
  #written(line: Line): () => Line[] {
    const [rule, ...rest] = line;
    // biome-ignore lint/suspicious/noExplicitAny: what a line holds is only known by its rule
    const [first, second, third, fourth] = rest as any[];
    const plain =
      (...lines: Line[]): (() => Line[]) =>
      () =>
        lines;
    const signals = (list: number[]): number[] => list.map((one) => this.#signal(one));
    switch (rule) {
      case "given":
        return plain(["named", "given", "the statement gives it", signals(first)]);
      case "chosen":
        return plain(["named", "chosen", first, signals(second)]);
      case "assumed":
        return plain([
          "named",
          "assumed",
          first,
          signals((second as number[]).filter((one) => !this.facts.known.has(one))),
        ]);
      case "free":
        return plain();
      case "within":
        return plain(["within", first, this.#signal(second), third, fourth]);
      case "nonzero":
        return plain(["nonzero", first, signals(second)]);
      case "define": {
        const own = this.#terms(first);
        this.#meant(this.#added(), this.#nextSignal++);
        return plain(["define", own]);
      }
      case "rewrite":
      case "identity": {
        const [n, ...sides] = rule === "rewrite" ? rest : [null, ...rest];
        const line: Line = [
          "derive",
          (sides as Terms[]).map((one) => this.#terms(one)),
          n === null ? [] : [[this.#constraint(n as number), ONE]],
          [],
        ];
        this.#meant(this.#added());
        return plain(line);
      }
      case "add": {
        const parts = (first as Parts).map(([n, times]) => [this.#constraint(n), [[times]]]);
        const at = this.system.constraints.length;
        this.#meant(this.#added());
        return () => [["derive", [[], [], this.#sum(this.system.at(at)[2])], parts, []]];
      }
      case "follows":
      case "asserts":
        return plain(["follows", ...(rest as number[]).map((n) => this.#constraint(n))]);
      case "divides":
        return plain(...(rest.slice(1) as number[]).map((n): Line => ["divides", first, this.#constraint(n)]));
      case "drawn":
        return plain(["divides", UNEQUAL, this.#constraint(first), this.#parts(second)]);
      case "digest":
        return plain(this.#digest(this, first, second, third));
      case "transcript":
        this.#drawn = this.#transcript(first, second, third);
        return plain();
      case "challenge": {
        const line: Line = ["named", "assumed", CHALLENGE, signals([first]), ...this.#drawn];
        this.#drawn = [];
        return plain(line);
      }
      case "range":
        return plain(["range", this.#parts(first), this.#signal(second)]);
      case "radix":
        return plain(["radix", this.#parts(first), second, signals(radixOrder(this, first, integer(second)))]);
      case "either": {
        const own = this.#signal(second);
        return plain(["either", this.#constraint(first), [[["range", -1, own]], [["range", -1, own]]]]);
      }
      case "positive":
        return plain(["cases", this.#signal(second), null, ["1"], [[["absurd", this.#constraint(first)]], []]]);
      case "gap":
        return plain(this.#gap(first, second, third));
      case "most":
        return plain(...this.#most(first, second, third));
      case "zero":
        return this.#zero(first, second, third);
      case "index":
        return plain(["onehot", this.#constraint(first), this.#constraint(second), this.oneOf(first).map(() => [])]);
      case "sign":
        return plain(...this.#sign(first, second, third, fourth));
      case "cancel":
        return this.#cancel(first, second);
      case "absurd": {
        const [a, b] = this.sides(first);
        const own = this.#constraint(first);
        return plain(a.size + b.size === 0 ? ["absurd", own] : ["either", own, [[], []]]);
      }
      case "cases":
      case "apart": {
        const by = rule === "cases" ? null : this.#terms(second);
        const [low, high] = this.boundsOf(first);
        const starts: string[] = [];
        for (let value = low + 1n; value <= high; value++) starts.push(String(value));
        return () => [["cases", this.#signal(first), by, starts, this.#branches]];
      }
      case "onehot":
        return () => [["onehot", this.#constraint(first), null, this.#branches]];
      default:
        return refuse(`lines of the rule "${rule}" are not elaborated`);
    }
  }

  #digest(on: Reasoner, out: Terms, lanes: Terms[], constraints: number[]): Line {
    const inputs = lanes.slice(1).flatMap((lane) => on.facts.unknown(this.system.sumOf(lane)));
    return [
      "named",
      "assumed",
      DIGEST,
      [...new Set(inputs)].map((one) => this.#signal(one)),
      this.#terms(out),
      lanes.map((lane) => this.#terms(lane)),
      constraints.map((n) => this.#constraint(n)),
    ];
  }

  /** Lines about words alone are followed by what the words determine. */
  #transcript(challenges: number[], calls: Hashes, lines: Line[]): unknown[] {
    const inner = new Checker(this.system);
    for (const [signal, bounds] of this.facts.bounds) inner.facts.bound(signal, bounds);
    for (const [lanes] of calls) {
      for (const word of lanes.slice(1)) {
        const [signal, ...others] = inner.facts.unknown(this.system.sumOf(word));
        if (signal !== undefined && others.length === 0) inner.facts.learn(signal);
      }
    }
    const own = lines.map((line): Line => {
      const [rule, ...rest] = line as unknown as [string, never, never, never];
      const found: Line =
        rule === "digest"
          ? this.#digest(inner, ...rest)
          : rule === "radix"
            ? [
                "radix",
                this.#parts(rest[0]),
                rest[1],
                radixOrder(inner, rest[0], integer(rest[1])).map((one) => this.#signal(one)),
              ]
            : [rule, ...(rest as number[]).map((n) => this.#constraint(n))];
      inner.apply(line);
      return found;
    });
    return [
      challenges.map((one) => this.#signal(one)),
      calls.map(([lanes, constraints]) => [
        lanes.map((lane) => this.#terms(lane)),
        constraints.map((n) => this.#constraint(n)),
      ]),
      own,
    ];
  }

  /** What a + b is multiplied by in a linear constraint that leaves it between two numbers. */
  #timesOf(a: Sum, b: Sum, total: number): bigint {
    const [both, linear] = [plus(a, b), this.linear(total)];
    for (const [signal, factor] of both) {
      const times = centred((linear.get(signal) ?? 0n) * inverse(factor));
      if (signal !== 0 && times !== 0n && this.facts.interval(plus(linear, both, -times), -1, -times) !== null)
        return times;
    }
    return refuse(`constraint ${total} leaves the sum open`);
  }

  #gap(n: number, total: number, signal: number): Line {
    const [a, b] = this.factors(n);
    const times = this.#timesOf(a, b, total);
    const own = this.#signal(signal);
    // The other factor is 0: so the own one is the sum.
    const isSum: Line[] = [
      [
        "range",
        [
          [this.#constraint(total), "1"],
          [-1, String(-times)],
        ],
        own,
      ],
    ];
    const isZero: Line[] = [["range", -1, own]];
    return ["either", this.#constraint(n), a.has(signal) ? [isZero, isSum] : [isSum, isZero]];
  }

  /** e = a − b is known; a · b = 0 says a · (a − e) = 0. Where e is negative, a = 0; positive, b = 0; else both are. */
  #most(n: number, total: number, signal: number): Line[] {
    const [a, b] = this.factors(n);
    const times = this.#timesOf(a, b, total);
    const [rawA, rawB] = this.system.at(n);
    const [gap, form, defined] = this.#once(`most ${n}`, () => {
      const gap = this.#nextSignal++;
      const [defined, form] = [this.#added(), this.#added()];
      const own = this.#sum(rawA);
      this.#before.push(
        ["define", this.#sum(plus(rawA, rawB, -1n))],
        ["derive", [own, [...own, [gap, "-1"]], []], [[this.#constraint(n), ONE]], []],
      );
      return [gap, form, defined];
    }) as [number, number, number];
    const parts: Parts = [
      [this.#constraint(total), "1"],
      [defined, String(times)],
      [-1, String(centred(-2n * times))],
    ];
    void signal;
    const range: Line[] = [["range", parts, gap]];
    const follows: Line[] = [["follows", -1]];
    const absurd: Line[] = [["absurd", parts]];
    return [
      ["follows", defined],
      ["either", form, [range, range]],
      [
        "cases",
        gap,
        null,
        ["0", "1"],
        [
          [["either", form, [follows, absurd]]],
          [["either", form, [follows, follows]]],
          [["either", form, [absurd, follows]]],
        ],
      ],
    ];
  }

  #once(key: string, make: () => readonly number[]): readonly number[] {
    const found = this.#forms.get(key) ?? make();
    this.#forms.set(key, found);
    return found;
  }

  #zero(first: number, second: number, signal: number): () => Line[] {
    const { facts } = this;
    const [[a, b, c], [d, e]] = [this.folded(first), this.factors(second)];
    const isAlone = (sum: Sum): boolean => sum.has(signal) && facts.unknown(sum).every((one) => one === signal);
    for (const [input, same, other, inB, inE] of [
      [a, d, e, false, false],
      [a, e, d, false, true],
      [b, d, e, true, false],
      [b, e, d, true, true],
    ] as [Sum, Sum, Sum, boolean, boolean][]) {
      if (ratio(same, input) === null || !c.has(signal) || !other.has(signal)) continue;
      const isBound = facts.solved(c, signal) !== null && facts.solved(other, signal) !== null;
      const isDecided = facts.isKnown(input) && isAlone(c) && isAlone(other) && !facts.known.has(signal);
      const [z, one, two, defined] = this.#alone(first, second, inB, inE);
      const own = this.#signal(signal);
      const isZero: Line[] = [["range", -1, z]];
      const isOther: Line[] = [];
      if (isDecided) {
        isZero.push(["follows", one]);
        isOther.push(["follows", -1]);
      }
      if (isBound) {
        isZero.push(["range", one, own]);
        isOther.push(["range", -1, own]);
      }
      const isFirst = defined !== null || !inE;
      const lines: Line[] = isDecided && defined !== null ? [["follows", defined]] : [];
      return () => [...lines, ["either", two, isFirst ? [isZero, isOther] : [isOther, isZero]]];
    }
    return refuse(`constraints ${first} and ${second} do not decide signal ${signal}`);
  }

  /** A number as one signal, and both constraints in which it is a factor; with a definition, if it needs one. */
  #alone(first: number, second: number, inB: boolean, inE: boolean): [number, number, number, number | null] {
    const [a, b, c] = this.system.at(first);
    const [d, e] = this.system.at(second);
    const [input, inverse, same, other] = [inB ? b : a, inB ? a : b, inE ? e : d, inE ? d : e];
    const [only, ...others] = [...input.keys()];
    if (only !== undefined && only !== 0 && others.length === 0) {
      return [this.#signal(only), this.#constraint(first), this.#constraint(second), null];
    }
    const times = ratio(input, same) ?? refuse(`constraints ${first} and ${second} differ outside of this case`);
    const [z, one, two, defined] = this.#once(`zero ${first} ${second} ${inB} ${inE}`, () => {
      const z = this.#nextSignal++;
      const [defined, one, two] = [this.#added(), this.#added(), this.#added()];
      const alone: Terms = [[z, "1"]];
      this.#before.push(
        ["define", this.#sum(input)],
        ["derive", [alone, this.#sum(inverse), this.#sum(c)], [[this.#constraint(first), ONE]], []],
        ["derive", [alone, this.#sum(other), []], [[this.#constraint(second), [[String(times)]]]], []],
      );
      return [z, one, two, defined];
    }) as [number, number, number, number];
    return [z, one, two, defined];
  }

  /** b = (x + v) / 2v is 0 or 1, as x² = v². */
  #sign(first: number, second: number, signal: number, root: number): Line[] {
    const [bit, quotient, form] = [this.#nextSignal++, this.#added(), this.#added()];
    const scale = (n: number): bigint => {
      const [a, b] = this.system.at(n);
      return [...a.values(), ...b.values()].reduce((x, y) => x * y, 1n);
    };
    const [x, v, half] = [this.#signal(signal), this.#signal(root), String(HALF)];
    const share = (n: number, sign: bigint): string => String(centred(sign * inverse(centred(4n * scale(n)))));
    this.#meant(quotient, bit);
    this.#signsOf.set(signal, { bit, constraint: quotient });
    return [
      [
        "define",
        [
          [x, half],
          [v, half],
        ],
        v,
      ],
      [
        "derive",
        [
          [[bit, "1"]],
          [
            [bit, "1"],
            [0, "-1"],
          ],
          [],
        ],
        [
          [this.#constraint(first), [[share(first, 1n)]]],
          [this.#constraint(second), [[share(second, -1n)]]],
          [
            quotient,
            [
              ["1", bit, v],
              [half, x],
              [String(-HALF), v],
            ],
          ],
        ],
        [v, v],
      ],
      ["either", form, [[["range", -1, bit]], [["range", -1, bit]]]],
    ];
  }

  /** v · out = sum of signs of v, and each sign is (2b − 1) · v: the same without v. */
  #cancel(n: number, root: number): () => Line[] {
    const [, , c] = this.system.at(n);
    const parts: [number, readonly (readonly string[])[]][] = [[this.#constraint(n), ONE]];
    for (const [signal, factor] of c) {
      const { constraint } = this.#signsOf.get(signal) ?? refuse(`signal ${signal} is no sign`);
      parts.push([constraint, [[String(centred(-2n * factor))]]]);
    }
    const at = this.system.constraints.length;
    this.#meant(this.#added());
    return () => [["derive", [[], [], this.#sum(this.system.at(at)[2])], parts, [this.#signal(root)]]];
  }
}
