/** Answers of solvers, and what one is. */

export interface Answer {
  /** `unsat`: no values satisfy the text; `sat`: these do; `unknown`: neither, for the reason that is told. */
  readonly answer: "sat" | "unsat" | "unknown";
  readonly values: ReadonlyMap<string, bigint>;
  readonly why: string | null;
}

export interface Solver {
  /** As `cvc5 1.4.2 split`. */
  readonly name: string;
  /** Two methods of one program are no two opinions. */
  readonly program: string;
  /** A control question that it is wrong about: then it does not count that it finds nothing. Null: there is none. */
  readonly wrongAbout: string | null;
  ask(text: string): Answer;
}

export const unknown = (why: string): Answer => ({ answer: "unknown", values: new Map(), why });

/** An answer as a solver's program wrote it; null if it is none. */
export function answerIn(text: string): Answer | null {
  const found = record(text);
  if (found?.answer === "unsat") return { answer: "unsat", values: new Map(), why: null };
  if (found?.answer === "unknown") return unknown(String(found.why ?? "it does not say why"));
  if (found?.answer !== "sat" || typeof found.values !== "object" || found.values === null) return null;
  const values = Object.entries(found.values);
  if (!values.every(([name, one]) => /^[ksxy]\d+$/.test(name) && /^-?\d{1,80}$/.test(String(one)))) return null;
  return { answer: "sat", values: new Map(values.map(([name, one]) => [name, BigInt(String(one))])), why: null };
}

/** An object of JSON; null if the text is none. */
export function record(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
