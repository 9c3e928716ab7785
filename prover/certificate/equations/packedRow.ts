/** The words that the machine packs a row into, made by running `packRow` on names. */
import { BITS } from "../../../trace/layout.ts";
import { SHAPES } from "../../../trace/machine/rowShape.ts";
import type { RowName } from "../../../trace/machine/transition.ts";
import { everyWay } from "./explore.ts";
import { type Linear, plus } from "./linear.ts";
import { type LinearWords, machineFor } from "./paths.ts";
import { linearOf } from "./runtime.ts";
import { Sum } from "./values.ts";
import { named, rangeOf, rowNamed } from "./variables.ts";

const TRANSITION = "trace/machine/transition.ts";
const HALF = BITS.id / 2;

type Pack = (row: Readonly<Record<string, unknown>>) => readonly unknown[];

/** The words of a row of this sort, as sums of the variables of its fields. */
export function wordsOfRow(effect: RowName): LinearWords {
  const row = rowNamed(effect, SHAPES[effect].argument);
  const argument = row.argument as Readonly<Record<string, unknown>>;
  const { into } = argument;
  // A row has the lower half of a merge's target beside the whole.
  const [low, high] = [named("row.argument.into.low", HALF), named("row.argument.into.high", HALF)];
  const halves = new Sum(plus(low, high, 1n << BigInt(HALF)));
  const given = into === undefined ? row : { ...row, argument: { ...argument, into: halves } };
  const whole = (word: Linear): Linear => {
    const by = word.terms.get("row.argument.into.high");
    return by === undefined
      ? word
      : plus(plus(word, halves.linear, -by >> BigInt(HALF)), linearOf(into), by >> BigInt(HALF));
  };
  const [words, ...others] = everyWay(rangeOf, (way) => {
    const packRow = machineFor(way, undefined)(TRANSITION).packRow as Pack;
    return packRow(given).map((word) => whole(linearOf(word))) as unknown as LinearWords;
  });
  if (words === undefined || others.length > 0) throw new Error(`a ${effect} is not packed in one way`);
  return words;
}
