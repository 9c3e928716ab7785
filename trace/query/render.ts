/** Answers as lines of text. Each name stands beside its number, in one line. */
import { type Names, time } from "../describe/names.ts";
import { inOneLine } from "../errors.ts";
import type { CapabilityAnswer } from "./capability.ts";
import type { CapabilityReport } from "./capabilityReport.ts";
import type { FieldDifference } from "./cellFacts.ts";
import type { ResourceAnswer, ResourceEvent } from "./resource.ts";
import type { ResourceReport } from "./resourceReport.ts";
import type { Holdings, Moment, ProgramAnswer, StateReport } from "./state.ts";
import type { TransitionAnswer } from "./transition.ts";
import type { WatchAnswer } from "./watch.ts";
import {
  allowedWords,
  capabilityWords,
  entryWords,
  escrowRightWords,
  madeIn,
  programWords,
  resourceWords,
  watchWords,
} from "./words.ts";

/** Most characters of a field in a line. */
const LONGEST_VALUE = 100;

/** "after transition 12 of 15, 2026-01-01T00:11:00Z". */
export function momentLines({ seq, transitions, at, within }: Moment): string[] {
  const where =
    seq === 0
      ? `in the genesis, before the first of ${transitions} transitions`
      : `after transition ${seq} of ${transitions}, ${time(at)}`;
  if (within === null) return [where];
  return [where, `within the group ${within.first}..${within.last}, which happens whole or not at all`];
}

/** The whole state. */
export function stateLines(state: StateReport, names: Names): string[] {
  const live = state.capabilities.filter(({ status }) => status === "live");
  const over = state.capabilities.filter(({ status }) => status !== "live");
  const capabilities = (all: readonly CapabilityReport[]): string[] => all.map((one) => capabilityWords(one, names));
  return [
    ...momentLines(state),
    ...section(
      "Programs",
      state.programs.flatMap((program) => holdingLines(program, names)),
    ),
    ...section(
      "Escrows",
      state.escrows.flatMap((escrow) => escrowLines(escrow, names)),
    ),
    ...section("Rights", capabilities(live)),
    ...(over.length === 0 ? [] : section("Rights that are over", capabilities(over))),
    ...section(
      "Watches",
      state.watches.map((watch) => watchWords(watch, names)),
    ),
  ].map((line) => inOneLine(line));
}

/** One program. */
export function programLines(answer: ProgramAnswer, names: Names): string[] {
  const watches = (all: ProgramAnswer["watches"]): string[] => all.map((watch) => watchWords(watch, names));
  const rights = (all: readonly CapabilityReport[]): string[] => all.map((one) => capabilityWords(one, names));
  const escrows = (all: readonly ResourceReport[]): string[] => all.flatMap((one) => escrowLines(one, names));
  return [
    ...momentLines(answer),
    ...holdingLines(answer.program, names),
    ...section("In escrow here", escrows(answer.escrowsHeld)),
    ...section("In escrow elsewhere", escrows(answer.escrowsGiven)),
    ...section("Rights given", rights(answer.capabilitiesGiven)),
    ...section("Rights held", rights(answer.capabilitiesHeld)),
    ...section("Its watches", watches(answer.watches)),
    ...section("Watches of others on its slots", watches(answer.watchedBy)),
  ].map((line) => inOneLine(line));
}

/** One resource. */
export function resourceLines(answer: ResourceAnswer, names: Names): string[] {
  const { resource, made, gone, place, claimants, history } = answer;
  const away = gone === null ? "is not there" : `is gone since transition ${gone}`;
  const where = place === null ? [`resource ${resource} ${away}`] : escrowLines(place, names);
  const may = claimants.map(({ program, capability, made: by, from, until }) => {
    const when = `${from === null ? "" : `, from ${time(from)} on`}${until === null ? "" : `, until ${time(until)}`}`;
    return `${names.program(program.program)} may claim it by the capability in ${names.slot(capability.address)}, ${madeIn(by)}${when}`;
  });
  return [
    ...momentLines(answer),
    ...where,
    ...may.map((line) => `  ${line}`),
    madeIn(made),
    ...section(
      "History",
      history.map((event) => eventWords(event, names)),
    ),
  ].map((line) => inOneLine(line));
}

/** One capability. */
export function capabilityLines(answer: CapabilityAnswer, names: Names): string[] {
  const { capability, revoked, line, derived, allows, uses } = answer;
  const rights = (all: readonly CapabilityReport[]): string[] => all.map((one) => capabilityWords(one, names));
  const used = uses.map(
    ({ seq, at, effect, actor }) => `${seq}. ${names.program(actor.program)}: ${effect}, ${time(at)}`,
  );
  return [
    ...momentLines(answer),
    capabilityWords(capability, names),
    ...(revoked === null ? [] : [`revoked in transition ${revoked}`]),
    ...section("Comes from", rights(line)),
    ...section("Lent on", rights(derived)),
    ...section(
      `${names.program(capability.grantee.program)} may now`,
      allows.map((one) => allowedWords(one, names)),
    ),
    ...section("Uses", used),
  ].map((text) => inOneLine(text));
}

/** One watch. */
export function watchLines({ watch, removed, found, asks, ...moment }: WatchAnswer, names: Names): string[] {
  const amount = found === null ? "nothing" : names.amount(BigInt(found.quantity), BigInt(found.kind.kind));
  const said: Readonly<Record<typeof watch.status, string>> = {
    armed: "it waits for that",
    fired: "any program can apply its trigger now",
    spent: "its trigger was applied",
    removed: `removed in transition ${removed}`,
  };
  return (
    [
      ...momentLines(moment),
      watchWords(watch, names),
      `${names.slot(watch.target.address)} holds ${amount}`,
      said[watch.status],
    ]
      .map((line) => inOneLine(line))
      // Never cut short: it is the text that its owner signed.
      .concat(section("Set as", asks))
  );
}

/** The cells of one transition. Its report stands before them. */
export function openedLines({ group, cells }: TransitionAnswer, names: Names): string[] {
  const lines = cells.flatMap(({ column, slot, changes, openedBefore, openedNext }) => {
    const before = openedBefore === 0 ? "the genesis" : `transition ${openedBefore}`;
    const next = openedNext === null ? "no later one" : `transition ${openedNext}`;
    const where = slot.slot === 0 ? `header of ${names.program(slot.program.program)}` : names.slot(slot.address);
    return [
      `${column} ${where}: as ${before} left it, opened next by ${next}`,
      ...fieldLines(changes).map((line) => `  ${line}`),
    ];
  });
  const whole = group === null ? [] : [`in the group ${group.first}..${group.last}, which happens whole or not at all`];
  return [...whole, ...section("Cells", lines)].map((line) => inOneLine(line));
}

/** "quantity: 100 → 70". */
export function fieldLines(fields: readonly FieldDifference[], between = " → "): string[] {
  const text = (value: string | number | null): string =>
    value === null ? "none" : inOneLine(`${value}`, LONGEST_VALUE);
  return fields.map(({ field, first, second }) => `${field}: ${text(first)}${between}${text(second)}`);
}

/** A title and its lines; "none" if there are none. */
export function section(title: string, lines: readonly string[]): string[] {
  return ["", title, ...(lines.length === 0 ? ["  none"] : lines.map((line) => `  ${line}`))];
}

function holdingLines(program: Holdings, names: Names): string[] {
  const owned = program.owns.map((thing) => resourceWords(thing, names));
  const entries = program.entries.map((entry) => entryWords(entry, names));
  return [programWords(program, names), ...[...owned, ...entries].map((line) => `  ${line}`)];
}

function escrowLines(thing: ResourceReport, names: Names): string[] {
  const rights = thing.escrow?.rights ?? [];
  return [resourceWords(thing, names), ...rights.map((right) => `  ${escrowRightWords(right, names)}`)];
}

function eventWords({ seq, at, effect, actor, from, to }: ResourceEvent, names: Names): string {
  const [was, is] = [from, to].map((place) => (place === null ? null : placeWords(place, names)));
  const how = was === null ? `made in ${is}` : is === null ? `gone from ${was}` : `${was} → ${is}`;
  return `${seq}. ${names.program(actor.program)}: ${effect}, ${time(at)}: ${how}`;
}

function placeWords({ slot, quantity, amount, unit, escrow }: ResourceReport, names: Names): string {
  const from = escrow === null ? "" : `, in escrow from ${names.program(escrow.from.program)}`;
  const end = escrow === null || escrow.deadline === null ? "" : ` until ${time(escrow.deadline)}`;
  const held = amount === undefined ? quantity : `${amount} ${unit}`;
  return `${names.slot(slot.address)} (${held}${from}${end})`;
}
