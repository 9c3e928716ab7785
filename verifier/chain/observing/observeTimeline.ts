/**
 * An observer's work: it reads a number of another chain's map, as far as that is final, and shows it in its own map.
 * The map that is observed is read from its chain alone. What the observer shows is its own word.
 */
import { continueDirectory } from "../../../prover/continue.ts";
import { accepted, type Observable, type Reading, readingOf } from "../../../trace/crossing/observer/reading.ts";
import { cellsOf, nextEffect, type ShowingWindow, shownIn } from "../../../trace/crossing/observer/window.ts";
import type { Effect } from "../../../trace/effects/effects.ts";
import { InvalidInputError } from "../../../trace/errors.ts";
import type { StoreOptions } from "../../../trace/store/openStore.ts";
import type { Tracer } from "../../../trace/tracer/tracer.ts";
import type { MapFollower } from "../followMap.ts";
import { keepReading, keptReading } from "./shown.ts";

/** Effects that a change of the number takes at most, with what an interruption left. */
const MOST_EFFECTS = 4;

/** What was shown. */
export interface Shown extends Reading {
  /** What the window showed before. */
  readonly before: bigint;
  /** The effects that it took; none if the number is shown already. */
  readonly effects: number;
}

/**
 * What is final of the other map now. It is kept before it is shown, so that nothing older is shown after a crash.
 * @param state path of the file where the last reading is kept
 * @throws EnvironmentError "rpc" if the node is behind what was shown before
 */
export async function readTimeline(follower: MapFollower, asked: Observable, state: string): Promise<Reading> {
  await follower.catchUp();
  const reading = accepted(keptReading(state), readingOf(follower.map, follower.seq, asked));
  keepReading(state, reading);
  return reading;
}

/** Shows a number through a tracer, as the observer. Nothing happens if it is shown already. */
export function showReading(tracer: Tracer, window: ShowingWindow, reading: Reading, at?: number): Shown {
  const before = shownIn(cellsOf(tracer.map, window), window);
  let effects = 0;
  for (;;) {
    const next = nextEffect(cellsOf(tracer.map, window), window, reading.value);
    if (next === undefined) return { ...reading, before, effects };
    tracer.program(window.program).perform(next, at);
    effects++;
  }
}

/**
 * Shows a reading in a run, as transitions behind its end. The observer signs them like any others.
 * @throws RefusedError if the window's slots are taken by something else
 */
export async function showInRun(
  dir: string,
  window: ShowingWindow,
  reading: Reading,
  { at, store }: { readonly at: number; readonly store?: StoreOptions | false | undefined },
): Promise<Shown> {
  let shown: Shown | undefined;
  await continueDirectory(
    dir,
    {
      name: "observe",
      description: "shows a number of another chain's map",
      run(tracer) {
        shown = showReading(tracer, window, reading, Math.max(at, tracer.at));
      },
    },
    store === undefined ? {} : { store },
  );
  return shown as unknown as Shown;
}

/** The part of a map's client that an observer uses. */
export interface WindowClient {
  verifiedCell(program: number, slot: number): Promise<{ readonly cell: ReturnType<Tracer["map"]["cell"]> }>;
  propose(effects: readonly Effect[]): Promise<{ readonly state: { readonly status: string } }>;
}

/**
 * Shows a reading in a map that is served: proposes the observer's effects one after the other. It signs them as it
 * signs all else (`timebandits sign --server`).
 * @throws InvalidInputError "proposal" if the server does not take one
 */
export async function showAtServer(client: WindowClient, window: ShowingWindow, reading: Reading): Promise<Shown> {
  const { program } = window;
  const cells = async () => {
    const [slot, spare] = [
      await client.verifiedCell(program, window.slot),
      await client.verifiedCell(program, window.spare),
    ];
    return { slot: slot.cell, spare: spare.cell };
  };
  const before = shownIn(await cells(), window);
  for (let effects = 0; effects <= MOST_EFFECTS; effects++) {
    const next = nextEffect(await cells(), window, reading.value);
    if (next === undefined) return { ...reading, before, effects };
    const { state } = await client.propose([next]);
    if (state.status !== "accepted")
      throw new InvalidInputError("proposal", `of the observer is ${state.status}; look at it, and run this again`);
  }
  throw new InvalidInputError("window", "changes while it is written; let one observer alone use its slots");
}
