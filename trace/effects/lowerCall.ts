/** Lowers a call to its rows: the entry point that it names, and a Pass for each argument. */

import { InvalidInputError, RefusedError } from "../errors.ts";
import { kindText, SLOTS } from "../layout.ts";
import { rowOf } from "../machine/rowShape.ts";
import { contentOf, slotName } from "../machine/rules/step.ts";
import type { Row } from "../machine/transition.ts";
import type { View } from "../state/timeMap.ts";
import type { InvokeProgram } from "./effects.ts";
import { keyBound, placeAddress, thingAt } from "./found.ts";
import { selectorOf } from "./selector.ts";

/** The rows of a call. @throws RefusedError if there is no such entry point, or it takes other arguments */
export function invocation(view: View, actor: number, effect: InvokeProgram): Row[] {
  const selector = selectorOf(effect.name);
  const slot = effect.entry ?? entrySlot(view, effect.program, selector, String(effect.name));
  const authority = placeAddress({ program: effect.program, slot });
  const entry = view.cell(authority);
  if (entry.type !== "entry" || entry.selector !== selector) {
    const found = entry.type === "entry" ? "another function" : contentOf(entry);
    throw new RefusedError(
      "invocation-causal",
      `${slotName(authority)} holds ${found}, not the entry point "${effect.name}"`,
    );
  }
  if (effect.args.length !== entry.nargs) {
    throw new RefusedError(
      "invocation-causal",
      `"${effect.name}" takes ${entry.nargs} arguments, not ${effect.args.length}; pass exactly those`,
    );
  }
  const terms = { nargs: entry.nargs, guard: entry.guard };
  const common = { peer: effect.program, authority, kind: entry.accepts };
  const source = effect.by === undefined ? 0 : placeAddress(effect.by);
  const rows = [rowOf("InvokeProgram", actor, { ...common, source, argument: { selector, ...terms } })];
  for (const { from, to } of effect.args) {
    const source = placeAddress({ program: actor, slot: from });
    const thing = thingAt(view, source);
    if (thing.kind !== entry.accepts) {
      throw new RefusedError(
        "invocation-causal",
        `"${effect.name}" accepts ${kindText(entry.accepts)}, but ${slotName(source)} holds ${kindText(thing.kind)}`,
      );
    }
    const destination = placeAddress({ program: effect.program, slot: to });
    const argument = { ...terms, ...keyBound(view, actor, effect.program) };
    rows.push(rowOf("Pass", actor, { ...common, source, destination, ...thing, argument }));
  }
  return rows;
}

/** The slot of the one entry point with the selector. */
function entrySlot(view: View, program: number, selector: bigint, name: string): number {
  const slots: number[] = [];
  for (let slot = 1; slot < SLOTS; slot++) {
    const cell = view.cell(placeAddress({ program, slot }));
    if (cell.type === "entry" && cell.selector === selector) slots.push(slot);
  }
  const [first] = slots;
  if (first === undefined) {
    throw new RefusedError(
      "invocation-causal",
      `program ${program} declares no entry point "${name}" in this snapshot; it must declare it first`,
    );
  }
  if (slots.length > 1)
    throw new InvalidInputError("entry", `"${name}" is declared in slots ${slots.join(", ")}; say which`);
  return first;
}
