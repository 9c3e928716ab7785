/** The work of one thread of an audit: one piece of the trace, from a state that the store claims to its end. */
import { EnvironmentError, InvalidInputError, TimeBanditsError } from "../../../trace/errors.ts";
import { TriggerIndex, type TriggerPlaces } from "../../../trace/run/triggerIndex.ts";
import { type Genesis, mapOf } from "../../../trace/state/genesis.ts";
import { Look } from "./look.ts";
import type { Part, Place, Wanted } from "./part.ts";
import { type GivenState, stateAt, stateBehind } from "./states.ts";
import { type Walked, walk } from "./walk.ts";

/** What all pieces of a trace have in common. */
export interface PieceSetup {
  dir: string;
  path: string;
  genesis: Genesis;
  wanted: Wanted;
  triggers: TriggerPlaces;
  /** Bytes of the trace. */
  bytes: number;
}

/** A piece between two places. */
export interface PieceTask {
  /** Undefined for the beginning of the trace. */
  from: Place | undefined;
  /** Whether its root is believed, so that the store's last state before the place will do. */
  isKnown?: boolean;
  /** Bytes of the trace up to the end of the piece. */
  bytes: number;
}

/** What became of a piece: what was found, with the place behind it; or why it was not looked at to its end. */
export type PieceAnswer =
  | { begin: Place; parts: [Part, Place | null][]; end: Place; header: Walked["header"] }
  | { failed: string };

/** Gives the state of a place, and a way to close it. */
export type StateGiver = (place: Place) => GivenState;

/** Looks at a piece. Whatever is wrong with it is only said to be wrong: a replay in order finds where. */
export function lookAtPiece(setup: PieceSetup, task: PieceTask, states?: StateGiver): PieceAnswer {
  const { dir, path, genesis, wanted } = setup;
  const { from, bytes, isKnown = false } = task;
  const index = new TriggerIndex(path, setup.triggers);
  try {
    const stored = (place: Place): GivenState | undefined =>
      isKnown ? stateBehind({ dir, path, genesis, index }, place) : stateAt(dir, genesis, place);
    const begins = from === undefined ? { map: mapOf(genesis), close: () => undefined } : (states ?? stored)(from);
    if (begins === undefined) return { failed: `the store has no state from which transition ${from?.seq} is reached` };
    const { map, close } = begins;
    try {
      const begin = { seq: 0, bytes: 0, at: 0, ...from, root: map.root(), programs: map.programs() };
      if (from !== undefined && (begin.root !== from.root || begin.programs !== from.programs))
        return { failed: `the state after transition ${from.seq} is not the one that was claimed` };
      const look = new Look(wanted, index.rows, begin.seq, () => map.root());
      const parts: [Part, Place | null][] = [];
      const onPart = (part: Part, place: Place | null): number => parts.push([part, place]);
      const after = from === undefined ? undefined : { ...from, earlier: index.before(from.bytes) };
      const walked = walk({ path, map, after, bytes, mark: wanted.proven, look, onPart });
      const end = parts.at(-1)?.[1];
      const whole = walked.safe.bytes === bytes && walked.safe.seq === walked.records && !walked.torn;
      if (walked.broken !== undefined) return { failed: walked.broken.message };
      if (end == null || !whole) return { failed: `byte ${bytes} of the trace is not behind a whole group` };
      if (look.isOpen) {
        // Bundles whose range goes on in the next piece.
        const beyond = { ...end, earlier: index.before(end.bytes) };
        const rest = walk({ path, map, after: beyond, bytes: setup.bytes, look, onPart, finishing: true });
        if (rest.broken !== undefined) return { failed: rest.broken.message };
      }
      return { begin, parts, end, header: walked.header };
    } finally {
      close();
    }
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
    return { failed: reasonOf(error) };
  }
}

function reasonOf(error: TimeBanditsError): string {
  return error instanceof InvalidInputError || error instanceof EnvironmentError ? error.message : String(error);
}
