/**
 * What the operator of a moored map owes to those at its border: lets open deposits in, shows facts, and takes out what
 * open requests ask for.
 */
import { keyIn, placeAddress } from "../effects/found.ts";
import { RefusedError } from "../errors.ts";
import { assetKind, CHAIN, ENTRY_ID, FACT_LABEL, NO_INBOX, programOf, slotOf } from "../layout.ts";
import type { Tracer } from "../tracer/tracer.ts";
import { isEntitled } from "./entitled.ts";
import type { Observation, OpenDeposit, OpenRequest } from "./entries.ts";

/** A fact, and the window in which it is to be shown. */
export interface Showing {
  readonly observation: Observation;
  readonly window: { readonly program: number; readonly slot: number };
}

/** What waits at the border. */
export interface AtTheBorder {
  readonly deposits: readonly OpenDeposit[];
  readonly requests: readonly OpenRequest[];
  readonly showings?: readonly Showing[];
}

/** Why something was not done. */
export interface LeftWaiting {
  readonly what: "deposit" | "request" | "fact";
  /** Number of the deposit or observation; name of the request. */
  readonly name: bigint;
  readonly why: string;
}

/** What was done. */
export interface TakenIn {
  /** Deposits that are in the map now. */
  readonly entered: readonly bigint[];
  /** Requests that are answered. */
  readonly ejected: readonly bigint[];
  /** Facts that are shown. */
  readonly shown: readonly bigint[];
  readonly waiting: readonly LeftWaiting[];
}

/**
 * Lets in and takes out what the rules and the registry allow at this time; the rest waits, and the result says why. A
 * request is answered first, because the map is late if it is not.
 *
 * @param tracer of a moored map, at its end
 * @param border without what the run has taken in already
 * @param at time of the transitions, in seconds since 1970
 *
 * @example
 * const { waiting } = takeIn(tracer, { deposits, requests }, now);
 */
export function takeIn(tracer: Tracer, { deposits, requests, showings = [] }: AtTheBorder, at: number): TakenIn {
  const [entered, ejected, shown, waiting] = [[], [], [], []] as [bigint[], bigint[], bigint[], LeftWaiting[]];
  const attempt = (what: LeftWaiting["what"], name: bigint, done: bigint[], work: () => string | undefined): void => {
    const why = refusalOf(work);
    if (why === undefined) done.push(name);
    else waiting.push({ what, name, why });
  };
  for (const request of requests) attempt("request", request.request, ejected, () => takeOut(tracer, request, at));
  for (const deposit of deposits) attempt("deposit", deposit.number, entered, () => letIn(tracer, deposit, at));
  for (const showing of showings)
    attempt("fact", showing.observation.number, shown, () => show(tracer, showing, showings, at));
  return { entered, ejected, shown, waiting };
}

function refusalOf(work: () => string | undefined): string | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof RefusedError) return error.message;
    throw error;
  }
}

/** Why the deposit cannot enter now; undefined if it has. */
function letIn(tracer: Tracer, deposit: OpenDeposit, at: number): string | undefined {
  const { program, authority, number } = deposit;
  const key = keyIn(tracer.map, program);
  if (key === undefined) return `program ${program} does not exist yet`;
  if (key !== authority) return `program ${program} has another key than its payer named`;
  if (at < deposit.entered) return `it arrived at ${deposit.entered}, and it is ${at}`;
  if (at > deposit.deadline) return `its deadline ${deposit.deadline} has passed; its payer gets it back`;
  const { inbox } = tracer.program(program).header();
  if (inbox >= NO_INBOX) return `program ${program} takes no deposits`;
  const slot = deposit.slot === 0 ? tracer.freeSlot(program, inbox) : deposit.slot;
  tracer
    .program(CHAIN)
    .enter(
      { to: { program, slot }, id: ENTRY_ID + number, kind: assetKind(deposit.label), quantity: deposit.quantity },
      at,
    );
  return undefined;
}

/** Why what is asked for cannot leave; undefined if it has. The registry dismisses a request by the same reasons. */
function takeOut(
  tracer: Tracer,
  { location, program, authority, id, time }: OpenRequest,
  at: number,
): string | undefined {
  const key = keyIn(tracer.map, program);
  if (key !== authority) return `program ${program} does not have the key that signed; dismiss it`;
  const cell = tracer.map.cell(location);
  if (cell.type !== "resource" || cell.id !== id) return `resource ${id} is not there; dismiss it`;
  if (!isEntitled(program, { holder: programOf(location), ...cell }, time))
    return `program ${program} was not entitled to it at ${time}; dismiss it`;
  tracer.program(CHAIN).eject({ from: { program: programOf(location), slot: slotOf(location) }, program }, at);
  return undefined;
}

/** Why the fact cannot be shown now; undefined if it is. */
function show(
  tracer: Tracer,
  { observation, window }: Showing,
  all: readonly Showing[],
  at: number,
): string | undefined {
  const { number, feed, quantity, time, freshUntil } = observation;
  if (at < time || at > freshUntil) return `it may be shown from ${time} to ${freshUntil}, and it is ${at}`;
  const there = tracer.map.cell(placeAddress(window));
  const id = ENTRY_ID + number;
  const kind = assetKind(FACT_LABEL + feed);
  if (there.type === "resource" && there.id === id) return undefined;
  // A node that lags behind, or more confirmations than the last time. The registry refuses to go back, in any window.
  const isNewer = (showing: Showing): boolean => {
    const cell = tracer.map.cell(placeAddress(showing.window));
    return cell.type === "resource" && cell.kind === kind && cell.id > id;
  };
  if (all.some(isNewer)) return "a newer number of this feed is shown already";
  tracer.program(CHAIN).enter({ to: window, id, kind, quantity }, at);
  return undefined;
}
