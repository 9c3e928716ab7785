import { InvalidArgumentError } from "commander";

/**
 * Reads a whole number of the command line: decimal digits, without a sign and without leading zeros.
 * @param range the smallest and the largest number
 * @param wanted what to give instead
 * @throws InvalidArgumentError with `wanted`
 */
export function wholeNumber(text: string, [least, most]: readonly [number, number], wanted: string): number {
  const value = /^(?:0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new InvalidArgumentError(wanted);
}

/** No trace has more transitions. */
const MOST_SEQ = 2 ** 32 - 1;

/** The number of a transition, from 1. */
export function seqArgument(text: string): number {
  return wholeNumber(text, [1, MOST_SEQ], "Give the number of a transition, from 1.");
}

/** The same, or 0 for the genesis. */
export function momentArgument(text: string): number {
  return wholeNumber(text, [0, MOST_SEQ], "Give the number of a transition, or 0 for the genesis.");
}

/** The number of a batch, from 1. */
export function batchArgument(text: string): number {
  return wholeNumber(text, [1, MOST_SEQ], "Give the number of a batch, from 1.");
}

/** The number of a block of a chain. */
export function blockArgument(text: string): number {
  return wholeNumber(text, [0, 10 ** 15 - 1], "Give the number of a block.");
}

/** Levels of a map: 1 to 6. */
export function levelsArgument(text: string): number {
  return wholeNumber(text, [1, 6], "Give a number of levels, 1 to 6.");
}

/** A port; 0 for any free one. */
export function portArgument(text: string): number {
  return wholeNumber(text, [0, 65_535], "It is a port, 0 to 65535.");
}
