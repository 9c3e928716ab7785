/** Runs of programs with and without keys that ask for effects at random, alone and in pairs, into a run directory. */
import { join } from "node:path";
import type { Effect } from "../../trace/effects/effects.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { kindOf } from "../../trace/layout.ts";
import { type GenesisCell, keyedPrograms, openPrograms } from "../../trace/state/genesis.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import { anyEffect } from "./anyEffect.ts";
import { authority } from "./authorities.ts";
import { PROFILE, USUAL_PROFILES } from "./profile.ts";
import { temporaryFolder } from "./provenRun.ts";
import { Random } from "./random.ts";

const START = 1_767_225_600;

/**
 * Programs 1 and 2 have keys, 3 and 4 are open. New ones, joins and new keys come on top of what is asked at random.
 */
function cells(): GenesisCell[] {
  const keyed = keyedPrograms([authority(1), authority(2)], 4);
  const open = openPrograms(4, 4).filter(({ address }) => address >= 3 * 256);
  return [...keyed, ...open];
}

/** @param asked how many effects, or pairs of them, are asked for */
export function keyedRandom(seed: number, asked: number): Scenario {
  return {
    name: `random-${seed}`,
    description: "effects at random",
    genesis: () => ({ levels: PROFILE.levels, cells: cells() }),
    run(tracer) {
      const random = new Random(seed);
      let now = START;
      const attempt = (work: () => void): void => {
        try {
          work();
        } catch (error) {
          if (!(error instanceof TimeBanditsError)) throw error;
        }
      };
      for (let program = 1; program <= 4; program++)
        attempt(() =>
          tracer.perform(program, { effect: "Issue", kind: kindOf(program, 1), quantity: 50n, slot: 1 }, now),
        );
      for (let i = 0; i < asked; i++) {
        now += random.below(2);
        const programs = tracer.map.programs();
        const actor = 1 + random.below(Math.min(programs, 7));
        const peer = 1 + random.below(programs);
        const special: Effect[] = [
          {
            effect: "CreateProgram",
            inbox: 4,
            authority: random.below(2) === 0 ? "open" : authority(1 + random.below(9)),
          },
          { effect: "JoinWith", programs: [{ program: peer, steps: 0 }] },
          { effect: "RotateAuthority", authority: authority(1 + random.below(9)) },
        ];
        const one = (): Effect =>
          random.below(4) === 0
            ? (special[random.below(special.length)] as Effect)
            : anyEffect(random, { actor, now, map: tracer.map });
        // A thing whose kind names its maker comes to a program with a key.
        if (random.below(8) === 0) {
          const [maker, taker] = [1 + random.below(programs), 1 + random.below(2)];
          const slot = 20 + random.below(100);
          const thing = { effect: "Issue", kind: kindOf(maker, 1), quantity: 3n, slot: 12 } as const;
          const to = { program: taker, slot };
          attempt(() => tracer.perform(maker, thing, now));
          attempt(() => tracer.perform(maker, { effect: "EscrowToProgram", from: 12, to, deadline: 0 }, now));
          attempt(() => tracer.perform(taker, { effect: "ClaimFromProgram", from: to, to: "in place" }, now));
        }
        const effects = Array.from({ length: random.below(4) === 0 ? 2 : 1 }, one);
        attempt(() => {
          if (effects.length === 1) tracer.perform(actor, effects[0] as Effect, now);
          else tracer.batch(actor, effects as Exclude<Effect, { effect: "AtomicBatch" }>[], now);
        });
      }
    },
  };
}

/** Such a run in a directory. */
export async function keyedRandomRun(seed: number, asked: number): Promise<string> {
  const dir = join(await temporaryFolder(), "run");
  await runScenario(keyedRandom(seed, asked), { out: dir, profiles: USUAL_PROFILES });
  return dir;
}
