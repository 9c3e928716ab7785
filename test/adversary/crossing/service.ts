/** What an operator does for a map: takes in what waits at the chain, hands in what it has traced, and dismisses. */
import { remaining } from "../../../trace/crossing/remaining.ts";
import { takeIn } from "../../../trace/crossing/takeIn.ts";
import { recordOf } from "../../../trace/run/traceLines.ts";
import { waitingAtBorder } from "../../../verifier/chain/crossing/border.ts";
import { Wrong } from "./call.ts";
import { dismissalOf } from "./dismissals.ts";
import { disproves } from "./exitModel.ts";
import type { Operator } from "./operator.ts";
import type { Play } from "./play.ts";

/** Where the facts of each feed are shown. */
const WINDOWS = [
  { feed: 0, program: 2, slot: 9 },
  { feed: 1, program: 3, slot: 9 },
];
/** Refusals that an operator may meet without a fault of its own. */
const NO_FAULT = new Set(["TooOld", "MapIsFrozen"]);

/** Takes in what waits at some block, as the client reads it. */
export async function takeInWhatWaits(play: Play, operator: Operator): Promise<void> {
  const { random, world } = play;
  const { which, style, tracer } = operator;
  if (world.map(which).frozen || (style === "slow" && random.below(3) > 0)) return;
  const confirmations = random.pick([1, 1, 2, 5]);
  const mapId = world.mapIds[which] as string;
  const { head, ...all } = await waitingAtBorder(world.registry, mapId, { confirmations, windows: WINDOWS });
  const left = remaining(all, operator.after(head).map(recordOf));
  const waiting = style === "censoring" ? { ...left, requests: [] } : left;
  const taken = takeIn(tracer, waiting, Math.max(world.now, tracer.at));
  play.count(`taken in: ${taken.entered.length + taken.ejected.length + taken.shown.length > 0 ? "some" : "nothing"}`);
}

/** Hands in what is traced. An honest proof is refused only for a reorganisation, its age, or the map's end. */
export async function handIn(play: Play, operator: Operator): Promise<void> {
  const { random, world } = play;
  const map = world.map(operator.which);
  if (operator.style === "slow" && random.below(2) > 0) return;
  if (operator.pending.length > 0) {
    const count = random.below(4) === 0 ? 1 + random.below(operator.pending.length) : operator.pending.length;
    const groups = operator.pending.slice(0, count);
    const { call } = operator.submission(groups, map.submitter, 0n, random.below(3) > 0);
    const answer = await play.make(call);
    if (answer === null) operator.pending = operator.pending.slice(count);
    else {
      if (!operator.stale && !NO_FAULT.has(answer)) throw new Wrong(`an honest batch is refused: ${answer}`);
      operator.rewind();
    }
  }
  if (operator.style === "censoring") return;
  const open = world.map(operator.which).requests;
  for (const [request, each] of [...open].slice(0, 3)) {
    const at = [each.location, each.program * 256].find((cell) => disproves(each, cell, operator.head.words(cell)));
    if (at !== undefined) await play.make(dismissalOf(world, operator, request, at));
  }
}
