/**
 * Opens a run, and shows it before all of it is replayed: a long run takes a minute, and a person wants to look at its
 * beginning meanwhile.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { BLOCKS_FILE } from "../../../trace/import/blocks/blockLines.ts";
import { replaySteps } from "./asFar.ts";
import { Desk } from "./desk.ts";

/** How the replay gets on. */
export interface Growing {
  /** A desk over what was replayed so far. */
  readonly onDesk: (desk: Desk) => void;
  /** The part of the trace that was read, from 0 to 1. */
  readonly onShare: (share: number) => void;
}

/** When something is shown and told, in milliseconds. */
export interface Pace {
  /** The first desk comes after that time, each further one after twice the time of the one before. */
  readonly first: number;
  /** The longest piece of work before questions get their turn. */
  readonly piece: number;
  readonly now: () => number;
}

const PACE: Pace = { first: 1_500, piece: 40, now: () => performance.now() };

/**
 * Replays the run. A desk over a part of it comes now and then, the last one over all of it is returned.
 * An import has no such parts: what it says of its blocks is compared with all of the trace.
 * @throws InvalidInputError if the genesis cannot be read
 */
export async function grow(dir: string, { onDesk, onShare }: Growing, pace: Pace = PACE): Promise<Desk> {
  const inParts = !existsSync(join(dir, BLOCKS_FILE));
  const steps = replaySteps(dir);
  const begun = pace.now();
  let [due, paused] = [begun + pace.first, begun];
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return new Desk(dir, value);
    const now = pace.now();
    if (now - paused < pace.piece) continue;
    const run = value();
    if (inParts && now >= due && run.groups.length > 0) {
      onDesk(new Desk(dir, run));
      due = pace.now() + (now - begun);
    }
    onShare(run.share);
    await turn();
    paused = pace.now();
  }
}

/** Lets the questions that have come meanwhile be answered. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}
