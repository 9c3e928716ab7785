/**
 * Refused effects of a scenario, above all use after transfer: a program names a slot for a resource that it has given
 * away.
 */

import type { Effect, Place } from "../effects/effects.ts";
import type { RefusedError } from "../errors.ts";
import { address as addressOf, SLOTS } from "../layout.ts";
import { Machine } from "../machine/machine.ts";
import type { Transition } from "../machine/transition.ts";
import { unpackCell } from "../state/cells.ts";
import { type Genesis, mapOf } from "../state/genesis.ts";
import { Tracer } from "../tracer/tracer.ts";
import type { TracerOptions } from "../tracer/tracerOptions.ts";
import { type Checked, type Finding, inOrder, joined, Telling } from "./finding.ts";

/** An effect that was refused. */
export interface Refusal {
  actor: number;
  effect: Effect;
  error: RefusedError;
  /** The last transition before it. */
  after: number;
}

/** A tracer that remembers its refusals, even if the scenario catches them. */
export class RefusalTracer extends Tracer {
  readonly refusals: Refusal[] = [];

  /** A tracer at the beginning of a trace. @throws InvalidInputError if the genesis is not a sound state */
  static begin(genesis: Genesis, options: TracerOptions): RefusalTracer {
    return new RefusalTracer(new Machine(mapOf(genesis)), options);
  }

  override perform(actor: number, effect: Effect, at?: number): Transition[] {
    const after = this.seq;
    try {
      return super.perform(actor, effect, at);
    } catch (error) {
      if (error instanceof Error && error.name === "RefusedError") {
        this.refusals.push({ actor, effect, error: error as RefusedError, after });
      }
      throw error;
    }
  }
}

/** @param ended the refusal that ended the scenario; it caught the others */
export function findRefusals(checked: Checked, refusals: readonly Refusal[], ended: unknown): Finding[] {
  const telling = new Telling(checked.manifest);
  const transitions = checked.groups.flat();
  const found: Finding[] = [];
  for (const refusal of refusals) {
    const fatal = refusal.error === ended;
    const used = placesOf(refusal.actor, refusal.effect)
      .map((address) => journeyFrom(address, transitions.slice(0, refusal.after)))
      .find((journey) => journey.length > 0);
    if (used !== undefined) found.push(afterTransfer(refusal, used, fatal, telling));
    else if (fatal) found.push(refused(refusal, telling));
  }
  return found;
}

function afterTransfer(
  { actor, effect, error }: Refusal,
  journey: readonly Transition[],
  fatal: boolean,
  telling: Telling,
): Finding {
  const { names } = telling;
  const [left, last] = [journey[0] as Transition, journey.at(-1) as Transition];
  const went = joined(journey.map((t) => telling.transition(t)));
  const where =
    last.effect === "Retire" || last.effect === "Merge"
      ? "it no longer exists"
      : `it lies in ${names.slot(last.destination || last.source)} now`;
  const recalls = last.effect === "EscrowToProgram" && last.actor === actor;
  return {
    id: "use-after-transfer",
    severity: fatal ? "error" : "warning",
    message: `${names.program(actor)} asks for ${effect.effect} of a resource that has left ${names.slot(left.source)} (${error.invariant}): ${went}; ${where}`,
    transitions: journey.map(({ seq }) => seq),
    programs: inOrder([actor, ...journey.map((t) => t.actor)]),
    suggestion: recalls
      ? "It is in escrow and not claimed yet: take it back first (RevokeResource; with a deadline, from then on)."
      : `Leave it alone once it is given away, or let ${names.program(left.actor)} wait before it does so. Keep the place that an effect returns, and use that.`,
  };
}

function refused({ actor, effect, error, after }: Refusal, { names }: Telling): Finding {
  return {
    id: "refused",
    severity: "error",
    message: `${names.program(actor)}'s ${effect.effect} is refused, and the scenario ends: ${error.message}`,
    transitions: after === 0 ? [] : [after],
    programs: [actor],
    suggestion: "Do what the message asks for; the transition is the last one before the refusal.",
  };
}

/** The slots that an effect takes something from. */
function placesOf(actor: number, effect: Effect): number[] {
  const own = (slot: number): Place => ({ program: actor, slot });
  const named = ((): Place[] => {
    switch (effect.effect) {
      case "Retire":
        return [own(effect.slot)];
      case "EscrowToProgram":
      case "Split":
        return [own(effect.from)];
      case "Merge":
        return [own(effect.from), own(effect.to)];
      case "ClaimFromProgram":
      case "RevokeResource":
        return [effect.from];
      case "InvokeProgram":
        return effect.args.map(({ from }) => own(from));
      default:
        return [];
    }
  })();
  if (effect.effect === "AtomicBatch") return effect.effects.flatMap((inner) => placesOf(actor, inner));
  return named.filter(({ slot }) => slot > 0 && slot < SLOTS).map(({ program, slot }) => addressOf(program, slot));
}

/**
 * The transitions that moved the slot's last resource away, and on from there; none if the slot is full or was never
 * used.
 */
function journeyFrom(address: number, transitions: readonly Transition[]): Transition[] {
  const last = transitions.findLast((t) =>
    [t.columns.S, t.columns.D].some((opened) => opened.address === address && changed(t, address)),
  );
  if (last === undefined || last.columns.S.address !== address) return [];
  const [before, after] = [unpackCell(last.columns.S.before), unpackCell(last.columns.S.after)];
  if (before.type !== "resource" || after.type !== "empty") return [];
  const carried = transitions.filter(
    ({ seq, columns }) =>
      seq > last.seq &&
      [columns.S, columns.D].some(({ before: found }) => holdsId(found, before.id)) &&
      columns.S.address !== 0,
  );
  return [
    last,
    ...carried.filter(
      (t) => t.effect !== "Check" && t.effect !== "WatchResource" && t.effect !== "Unwatch" && t.effect !== "Split",
    ),
  ];
}

function changed(t: Transition, address: number): boolean {
  if (t.effect === "Check" || t.effect === "WatchResource" || t.effect === "Unwatch") return false;
  const opened = t.columns.S.address === address ? t.columns.S : t.columns.D;
  return unpackCell(opened.before).type !== unpackCell(opened.after).type;
}

function holdsId(words: Parameters<typeof unpackCell>[0], id: bigint): boolean {
  const cell = unpackCell(words);
  return cell.type === "resource" && cell.id === id;
}
