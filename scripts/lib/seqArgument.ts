import { InvalidArgumentError } from "commander";

/** The number of a transition, from 1. */
export function seqArgument(value: string): number {
  return seqFrom(value, 1, "give the number of a transition, from 1");
}

/** The same, or 0 for the genesis. */
export function momentArgument(value: string): number {
  return seqFrom(value, 0, "give the number of a transition, or 0 for the genesis");
}

function seqFrom(value: string, least: number, wanted: string): number {
  const seq = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(seq) || seq < least) throw new InvalidArgumentError(wanted);
  return seq;
}
