/** Scenes of the example `two-chains` without chains: set up once, and played with stops. */
import { MAPS, type Scene, type SceneOptions, type Strategy, type Tracers } from "../../examples/two-chains/scenes.ts";
import type { Sight } from "../../trace/crossing/deal/deal.ts";
import { endingsOf } from "../../trace/crossing/deal/outcome.ts";
import { MOORED_GENESIS } from "../../trace/state/genesis.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { authority } from "./authorities.ts";
import { type Base, baseOf, play, type Stop, TICK, TIMES } from "./twoMaps.ts";

/** When the scenes begin, in seconds since 1970. */
export const START = 1_790_000_000;
/** Ticks in which the goods are to be put in. */
const FILLING = 4;

/** A scene that is set up, and can be played many times. */
export interface SetUp {
  readonly scene: Scene;
  readonly bases: Readonly<Record<string, Base>>;
}

/** Sets a scene up in two maps. @param more options in place of the usual ones */
export function setUp(
  build: (tracers: Tracers, options: SceneOptions) => Scene,
  more: Partial<SceneOptions> = {},
): SetUp {
  const [A, B] = MAPS.map(() => Tracer.from(MOORED_GENESIS, { clock: () => START })) as [Tracer, Tracer];
  let secrets = 1n;
  const scene = build(
    { A, B },
    {
      fillBefore: START + FILLING * TICK,
      times: { A: TIMES, B: TIMES },
      secret: () => secrets++,
      key: () => authority(1),
      ...more,
    },
  );
  return { scene, bases: { A: baseOf(A), B: baseOf(B) } };
}

/** A stop from one tick on, for some ticks. */
export const stopAt = (on: string, tick: number, ticks: number, lost: boolean): Stop => ({
  ...{ on, from: START + tick * TICK, until: START + (tick + ticks) * TICK, lost },
});

/** Plays a scene to its end. @param people in place of those of the scene */
export function played(
  { scene, bases }: SetUp,
  stop?: Stop,
  people: readonly Strategy[] = Object.values(scene.people()),
): Record<string, Sight> {
  const last = Math.max(...scene.deals.flatMap(({ locks }) => locks.map(({ lock }) => lock.deadline)));
  return play(bases, people, { from: START, until: last + 12 * TICK, stop });
}

/** For each deal, whose its things are: `r` its receiver's, `g` its giver's, in capitals if it is in hand. */
export function outcome({ scene }: SetUp, sights: Record<string, Sight>): string {
  const letter = ({ whose, inHand }: ReturnType<typeof endingsOf>[number]): string =>
    inHand ? whose.charAt(0).toUpperCase() : whose.charAt(0);
  return scene.deals.map((deal) => endingsOf(deal, sights).map(letter).join("")).join(" ");
}
