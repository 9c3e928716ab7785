/**
 * Questions with a known answer, which each solver is asked before any other. All of them are `sat`, and small enough
 * to be seen by hand: in the field of 11 elements. The method `split` of cvc5 1.4.2 is wrong about the first, and finds
 * that such sums have the same bits: it would find nothing wrong with a range check that lets a number wrap.
 */
import type { Answer } from "./answers.ts";

interface Control {
  /** What it is about, as the report tells it. */
  readonly what: string;
  readonly names: readonly string[];
  readonly facts: readonly string[];
}

const bit = (name: string): string => `(= (ff.mul ${name} ${name}) ${name})`;
/** name0 + 2 · name1 + 4 · name2 + 8 · name3. */
const sum = (name: string): string =>
  `(ff.add ${[0, 1, 2, 3].map((i) => `(ff.mul (as ff${1 << i} F) ${name}${i})`).join(" ")})`;
const four = (name: string): string[] => [0, 1, 2, 3].map((i) => `${name}${i}`);

const CONTROLS: readonly Control[] = [
  {
    // 0 = 0000 and 0 = 11 = 1011.
    what: "two sums of bits that may wrap",
    names: [...four("x"), ...four("y")],
    facts: [...[...four("x"), ...four("y")].map(bit), `(= ${sum("x")} ${sum("y")})`, "(not (= x0 y0))"],
  },
  {
    // 1 = 12 = 1100.
    what: "a known sum of bits that may wrap",
    names: four("x"),
    facts: [...four("x").map(bit), `(= ${sum("x")} (as ff1 F))`, "(= x0 (as ff0 F))"],
  },
  {
    // x = 0 and y = 7: y is no bit.
    what: "a known sum of a bit and a number",
    names: ["x", "y"],
    facts: [bit("x"), "(= (ff.add x (ff.mul (as ff2 F) y)) (as ff3 F))", "(= x (as ff0 F))"],
  },
];

/** What a solver says `unsat` of, although it is not: the first control question that it is wrong about. */
export function wrongAbout(ask: (text: string) => Answer): string | null {
  return CONTROLS.find((control) => ask(textOf(control)).answer === "unsat")?.what ?? null;
}

function textOf({ names, facts }: Control): string {
  const head = ["(set-logic QF_FF)", "(define-sort F () (_ FiniteField 11))"];
  const rest = [...names.map((name) => `(declare-fun ${name} () F)`), ...facts.map((fact) => `(assert ${fact})`)];
  return `${[...head, ...rest].join("\n")}\n`;
}
