/** What solvers say of one signal. */
import { centred } from "../../../verifier/constraints/sums.ts";
import type { Propagator } from "../propagate.ts";
import type { Answer, Solver } from "./answers.ts";
import { holds, type Question, questions, type Reach } from "./near.ts";
import { pairOf, textOf } from "./text.ts";

/** What one solver said, and how long it took. */
export interface Said {
  readonly solver: string;
  /** `wrong`: it gave values, and they do not satisfy the constraints. */
  readonly answer: Answer["answer"] | "wrong";
  readonly why: string | null;
  readonly seconds: number;
}

export interface Decided {
  /** `one`: two programs find no second value. `two`: there are two, and these were tried. Otherwise it stays open. */
  readonly verdict: "one" | "two" | "open";
  readonly question: Question;
  /** Between −P/2 and P/2, in decimal. */
  readonly values: readonly [string, string] | null;
  readonly said: readonly Said[];
}

/** As many programs must agree that there is no second value. */
const AGREEING = 2;
/** After so many questions that nobody can answer, no larger one is asked. */
const PATIENCE = 2;

/**
 * Asks about a signal with more constraints each time, until programs agree or there are no more. Of the answers, the
 * last that says anything.
 *
 * @returns null if no constraint has the signal
 */
export function decide(own: Propagator, signal: number, solvers: readonly Solver[]): Decided | null {
  let last: Decided | null = null;
  let silent = 0;
  for (const question of questions(own, signal)) {
    const now = decided(own, question, solvers);
    if (now.verdict === "one") return now;
    const isSilent = now.said.every(({ answer }) => answer === "unknown");
    if (last === null || !isSilent) last = now;
    silent = isSilent ? silent + 1 : 0;
    if (silent === PATIENCE) break;
  }
  return last;
}

function decided(own: Propagator, question: Question, solvers: readonly Solver[]): Decided {
  const text = textOf(own, question);
  const said: Said[] = [];
  const agree = new Set<string>();
  const asked = new Set<string>();
  for (const solver of solvers) {
    // Another method of a program is worth its time only where its answer would be the second.
    const isSecond = asked.has(solver.program);
    if (agree.has(solver.program) || (isSecond && agree.size + 1 < AGREEING)) continue;
    asked.add(solver.program);
    const start = performance.now();
    const { answer, values, why } = solver.ask(text);
    const seconds = Math.round((performance.now() - start) / 10) / 100;
    const pair = pairOf(values);
    const isWrong = answer === "sat" && !holds(own, question, pair);
    const isDoubted = answer === "unsat" && solver.wrongAbout !== null;
    const doubt = isDoubted ? `does not count: it is wrong about ${solver.wrongAbout}` : why;
    said.push({ solver: solver.name, answer: isWrong ? "wrong" : answer, why: doubt, seconds });
    if (answer === "sat" && !isWrong) {
      const [first, second] = pair.get(question.signal) ?? [0n, 0n];
      return { verdict: "two", question, values: [String(centred(first)), String(centred(second))], said };
    }
    if (answer === "unsat" && !isDoubted) agree.add(solver.program);
    if (agree.size === AGREEING) break;
  }
  return { verdict: agree.size === AGREEING ? "one" : "open", question, values: null, said };
}

/** What two values mean. Only of the first sort it is shown that they are those of two witnesses. */
const REACHES: Readonly<Record<Reach, (question: Question) => string>> = {
  whole: ({ constraints }) => `two witnesses of the ${constraints.length} constraints that hang together with it`,
  closed: ({ constraints }) =>
    `two values by ${constraints.length} constraints, and no other has what is unknown in these`,
  part: ({ constraints, left }) =>
    `two values as far as ${constraints.length} constraints say; not asked: ${left} beside them`,
};

/** In words, with the signal's name. */
export function decidedText(name: string, { verdict, question, values, said }: Decided): string {
  const answers = said.map(({ solver, answer, why, seconds }) => {
    const isRefuted = verdict === "two" && answer === "unsat";
    const what = isRefuted ? "says unsat, and is wrong" : answer === "wrong" ? "gives values that are none" : answer;
    return `${solver}: ${what}${why === null ? "" : ` (${why})`}, ${seconds} s`;
  });
  const by = answers.join("; ");
  const of = `${question.constraints.length} constraints`;
  if (verdict === "one") return `${name}: no second value by ${of}, so it is assumed to have one (${by})`;
  if (values === null) return `${name}: not decided by ${of} (${by})`;
  return `${name}: ${values.map(shown).join(" and ")}: ${REACHES[question.reach](question)} (${by})`;
}

/** The reason that a certificate names for a signal. */
export function reasonOf({ said }: Decided): string {
  const names = said.filter(({ answer, why }) => answer === "unsat" && why === null).map(({ solver }) => solver);
  return `solvers agree that there is no second value (${names.join(", ")}); nobody checked how they know`;
}

/** A number in few characters. */
const shown = (text: string): string => (text.length <= 24 ? text : `${text.slice(0, 10)}…${text.slice(-10)}`);
