/**
 * A run in which three programs ask for effects at random, alone and in pairs, on a map that the small circuit can
 * prove.
 */
import type { Effect } from "../../trace/effects/effects.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { Machine } from "../../trace/machine/machine.ts";
import type { Genesis } from "../../trace/state/genesis.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { anyEffect } from "./anyEffect.ts";
import { GOLD, genesisWith, resource, SILVER } from "./build.ts";
import { SMALL } from "./circuit.ts";
import { came, ETH, mooredWith, PRICE } from "./moored.ts";
import { Random } from "./random.ts";
import { stateOf } from "./state.ts";

/** Three programs with something to begin with: of a moored map one that is open, one with a key, and the chain. */
export function randomBeginning(levels: number, moored: boolean): Genesis {
  const common = { programs: 3, inbox: 4, levels };
  if (!moored) return genesisWith({ ...common, cells: [resource([1, 1], GOLD, 50n), resource([2, 1], SILVER, 50n)] });
  const cells = [came([2, 4], ETH, 1, 50n), came([3, 4], PRICE, 2, 50n), resource([2, 1], SILVER, 50n)];
  return mooredWith({ ...common, cells, keys: { 3: 3 } });
}

/**
 * @param asked how many effects, or pairs of them, are asked for; most are refused
 */
export function randomRun(seed: number, asked: number, moored = false): { genesis: Genesis; tracer: Tracer } {
  const random = new Random(seed);
  const genesis = randomBeginning(SMALL.levels, moored);
  const tracer = new Tracer(new Machine(stateOf(genesis)), { profiles: [SMALL] });
  let now = 100;
  for (let i = 0; i < asked; i++) {
    now += random.below(2);
    const asker = { actor: 1 + random.below(3), now, map: tracer.map };
    const effects = Array.from({ length: random.below(4) === 0 ? 2 : 1 }, () => anyEffect(random, asker));
    const [first] = effects;
    try {
      if (effects.length === 1) tracer.perform(asker.actor, first as Effect, now);
      else tracer.batch(asker.actor, effects as Exclude<Effect, { effect: "AtomicBatch" }>[], now);
    } catch (error) {
      if (!(error instanceof TimeBanditsError)) throw error;
    }
  }
  return { genesis, tracer };
}
