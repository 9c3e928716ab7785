import { InvalidArgumentError } from "commander";

/** Reads the number of a batch or transition, counted from 1. */
export function numberArgument(text: string): number {
  if (!/^[1-9][0-9]{0,9}$/.test(text)) throw new InvalidArgumentError("It is a whole number from 1 on.");
  return Number(text);
}
