/** The errors that callers should catch. Each names the invariant or the field and says what to do next. */

/** Ids of the invariants, the same in code, circuit, tests and docs. */
export const INVARIANTS = [
  "no-unscoped-access",
  "no-double-spend",
  "escrow-atomic",
  "invocation-causal",
  "watch-deterministic",
  "conservation",
  "capability-attenuates",
  "expiry-enforced",
  "group-disjoint",
  "group-whole",
  "time-monotone",
  "log-signed",
  "inbox-respected",
  "chain-approved",
] as const;
/** The id of an invariant, the same in code, circuits, contracts and docs. */
export type Invariant = (typeof INVARIANTS)[number];

/** Longest message in characters. Quoted text is cut to fit. */
const LONGEST_MESSAGE = 2_000;
const LONGEST_FIELD = 200;
/** Control and direction characters, with which a file's content could mislead a terminal's reader. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text fit to be shown. It may quote foreign input. */
function presentable(text: string, longest: number): string {
  const seen = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  return seen.replace(UNSEEN, "\ufffd");
}

/** The same in one line. Foreign names cannot pass for lines of our own output. */
export function inOneLine(text: string, longest = LONGEST_MESSAGE): string {
  return presentable(text, longest).replace(/[\n\t]/g, "\ufffd");
}

/** Base of every error of the project. The command line ends with `exitCode`. */
export class TimeBanditsError extends Error {
  readonly code: string;
  readonly exitCode: 1 | 2 | 3;
  constructor(code: string, message: string, exitCode: 1 | 2 | 3 = 1, options?: ErrorOptions) {
    // In one line: a line break in quoted input could pass for a line of our own output.
    super(inOneLine(message), options);
    this.name = new.target.name;
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** An effect that the rules refuse. Nothing was changed, no row was written. */
export class RefusedError extends TimeBanditsError {
  readonly invariant: Invariant;
  constructor(invariant: Invariant, message: string) {
    super("refused", `${invariant}: ${message}`);
    this.invariant = invariant;
  }
}

/** Wrong input: a torn trace, a number out of range, a foreign file. */
export class InvalidInputError extends TimeBanditsError {
  readonly field: string;
  constructor(field: string, message: string, options?: ErrorOptions) {
    const named = inOneLine(field, LONGEST_FIELD);
    super("invalid", `${named}: ${message}`, 1, options);
    this.field = named;
  }
}

/** An effect, or the terms of a layer, with a field that is missing, unknown, of another type, or out of its bounds. */
export class InvalidEffectError extends InvalidInputError {
  /** The effect, or the function of a layer. */
  readonly effect: string;
  /** The field, as in `rights[0]`; empty if the whole is wrong. */
  readonly member: string;
  /** The fault, and what to give instead. */
  readonly problem: string;
  /** The caller's file and line, if known. */
  readonly at: string | undefined;
  constructor(effect: string, member: string, problem: string, at?: string) {
    super(member === "" ? effect : `${effect}.${member}`, at === undefined ? problem : `${problem} (${at})`);
    this.effect = effect;
    this.member = member;
    this.problem = problem;
    this.at = at;
  }

  /** The same error, with the place of the call. */
  calledAt(at: string | undefined): InvalidEffectError {
    return new InvalidEffectError(this.effect, this.member, this.problem, at);
  }
}

/** A fault of the surroundings: a dead RPC, a missing tool, a full disk. */
export class EnvironmentError extends TimeBanditsError {
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(code, message, 3, options);
  }
}
