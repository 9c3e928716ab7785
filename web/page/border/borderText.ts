/** What crossed the border, feeds and windows in sentences. */
import { programText } from "../../../trace/describe/programRef.ts";
import type { FeedReport } from "../../../verifier/map/crossingReport.ts";
import type { Crossed, Window } from "../../work/history/border.ts";
import { timeText } from "../frame/timeText.ts";
import { lasting } from "../trust/lasting.ts";
import { amountText } from "./amounts.ts";

/** What a transition brought over the border, in a sentence without its full stop. */
export function crossedText({ sort, number, label, quantity, program, slot, recipient, resource }: Crossed): string {
  const who = programText(program);
  switch (sort) {
    case "entered":
      return `deposit ${number} came in: ${amountText(quantity, label)} for ${who}, into slot ${slot.slot}`;
    case "shown":
      return `observation ${number} of feed ${label} was shown to ${who}: ${quantity}, in slot ${slot.slot}`;
    case "retired":
      return `${who} took out ${amountText(quantity, label)}, to ${recipient ?? "nobody"}`;
    case "ejected":
      return `${amountText(quantity, label)}, resource ${resource}, was taken out of slot ${slot.slot} of ${programText(slot.program)}, as ${who} had asked`;
  }
}

/** A feed, its last observation, and who may do what. */
export function feedText({ feed, contract, data, shift, offset, fresh, last }: FeedReport): string {
  const how = `Feed ${feed} asks contract ${contract} with ${data}, adds ${offset}, and cuts ${shift} bits off`;
  const may = "anybody may observe it";
  if (last === null) return `${how}. It was not observed yet: ${may}.`;
  const until = `a transition may show it until ${timeText(last.time + fresh)}`;
  return `${how}. Observation ${last.number} of ${timeText(last.time)} is ${last.quantity}: ${until}, ${lasting(fresh)} later. Then it has to be observed again: ${may}.`;
}

/** A slot that shows what a feed said. */
export function windowText({ slot, feed, quantity, number }: Window, at: number): string {
  return `Slot ${slot.slot} of ${programText(slot.program)} shows ${quantity}, observation ${number} of feed ${feed}, after transition ${at} of this run.`;
}
