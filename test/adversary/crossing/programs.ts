/** What the programs of a map do with what they have, through the real tracer. */
import type { Effect } from "../../../trace/effects/effects.ts";
import { TimeBanditsError } from "../../../trace/errors.ts";
import { CHAIN, programOf, slotOf } from "../../../trace/layout.ts";
import { anyEffect } from "../../lib/anyEffect.ts";
import { authority } from "../../lib/authorities.ts";
import type { Operator } from "./operator.ts";
import { recipient } from "./people.ts";
import type { Play } from "./play.ts";
import { assetsIn } from "./solvent.ts";
import { DAY } from "./world.ts";

/** Programs that everybody can deposit to. */
const MOST = 7;
const INBOX = 4;

/** The programs with which a map begins. */
export function begin({ world }: Play, { tracer }: Operator): void {
  for (const key of [2, 3, 4])
    tracer.program(CHAIN).createProgram({ inbox: INBOX, authority: authority(key) }, world.now);
}

/** Something that a program does, or is refused. */
export function programsAct(play: Play, operator: Operator): void {
  const { random, world } = play;
  const { tracer } = operator;
  if (world.map(operator.which).frozen) return;
  const at = Math.max(world.now, tracer.at);
  if (tracer.map.programs() < 4) begin(play, operator);
  try {
    if (random.below(2) === 0) {
      const actor = random.pick([2, 3]);
      tracer.perform(actor, anyEffect(random, { actor, now: at, map: tracer.map }), at);
    } else {
      const [actor, effect] = deal(play, operator, at);
      tracer.perform(actor, effect, at);
    }
    play.count("effect: done");
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
    play.count("effect: refused");
  }
}

function deal(play: Play, { tracer }: Operator, now: number): [number, Effect] {
  const { random } = play;
  const there = assetsIn(tracer.map);
  const chosen = there[random.below(there.length)];
  if (chosen === undefined || random.below(14) === 0) {
    if (tracer.map.programs() < MOST && random.below(2) === 0)
      return [CHAIN, { effect: "CreateProgram", inbox: INBOX, authority: authority(random.below(6) + 1) }];
    return [2 + random.below(3), { effect: "RotateAuthority", authority: authority(random.below(6) + 1) }];
  }
  const { holder, location, escrowFrom, quantity, label } = chosen;
  const [slot, from] = [slotOf(location), { program: programOf(location), slot: slotOf(location) }];
  const free = (program: number, first = 1): number => tracer.freeSlot(program, first);
  if (escrowFrom !== 0) {
    if (random.below(2) === 0) return [escrowFrom, { effect: "RevokeResource", from, to: free(escrowFrom) }];
    const to = random.below(3) === 0 ? "in place" : free(holder);
    return [holder, { effect: "ClaimFromProgram", from, to }];
  }
  switch (random.below(7)) {
    case 0:
      return [holder, { effect: "Retire", slot, recipient: BigInt(recipient(play)) }];
    case 1:
      return [holder, { effect: "Split", from: slot, to: free(holder), part: random.bits(90) % (quantity + 2n) }];
    case 2: {
      const other = there.find((each) => each !== chosen && each.holder === holder && each.label === label);
      return [holder, { effect: "Merge", from: slot, to: slotOf(other?.location ?? location) }];
    }
    default: {
      const program = 2 + random.below(Math.max(1, tracer.map.programs() - 1));
      const deadline = random.below(3) === 0 ? 0 : now + random.pick([30, 3_600, DAY, 4 * DAY, 40 * DAY]);
      return [holder, { effect: "EscrowToProgram", from: slot, to: { program, slot: free(program, INBOX) }, deadline }];
    }
  }
}
