/**
 * Two maps whose chains and operators may stop, with parties that do what the library tells them. Nothing is proven:
 * the rules are the tracer's. What was traced is final at the next tick, unless the map stands still.
 */
import type { Strategy } from "../../examples/two-chains/scenes.ts";
import { carryOut } from "../../trace/crossing/deal/carryOut.ts";
import type { MapTimes } from "../../trace/crossing/deal/deadlines.ts";
import type { Move, Sight } from "../../trace/crossing/deal/deal.ts";
import { RefusedError } from "../../trace/errors.ts";
import { Machine } from "../../trace/machine/machine.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";

/** Seconds between two ticks. */
export const TICK = 600;
/** A chain is final after a tick, and both survive a stop of an hour. */
export const TIMES: MapTimes = { lag: 3_600, final: TICK, stop: 3_600 };

/** When a map stands still, and whether its operator loses what was not final. */
export interface Stop {
  readonly on: string;
  readonly from: number;
  readonly until: number;
  readonly lost: boolean;
  /** Seconds for which the operator of that map keeps back what it has traced, before it submits it. Default: 0. */
  readonly held?: number;
}

/** A map at the end of its setting up. */
export interface Base {
  readonly map: TimeMap;
  readonly seq: number;
  readonly at: number;
}

export const baseOf = ({ map, seq, at }: Tracer): Base => ({ map, seq, at });

class MapModel {
  readonly #stop: Stop | undefined;
  #final: Base;
  #live: Tracer;
  #rows: Transition[] = [];
  #pending: Transition[] = [];
  #time = 0;

  constructor(base: Base, stop: Stop | undefined) {
    this.#stop = stop;
    this.#final = { ...base, map: base.map.clone() };
    this.#live = this.#tracer();
  }

  #tracer(): Tracer {
    const { map, seq, at } = this.#final;
    return new Tracer(new Machine(map.clone(), seq, at), { onGroup: (group) => this.#pending.push(...group) });
  }

  stands(now: number): boolean {
    return this.#stop !== undefined && now >= this.#stop.from && now < this.#stop.until;
  }

  /** What was traced becomes final, if the registry still takes it. */
  settle(now: number): void {
    if (this.stands(now)) return;
    const { held = 0, until = 0 } = this.#stop ?? {};
    const traced = this.#pending[0]?.at ?? now;
    // What is in a block before a stop is final after it, however long that took.
    const arrived = held === 0 ? now : this.stands(traced + held) ? until : traced + held;
    const waits = held > 0 && now <= arrived && this.#pending.length > 0;
    const old = this.#pending.some(({ at }) => arrived - at > TIMES.lag);
    const lost = this.#stop?.lost === true && now >= until && this.#time < until;
    this.#time = now;
    if (waits) return;
    if (old || lost) this.#live = this.#tracer();
    else if (this.#pending.length > 0) {
      const { map, seq, at } = this.#live;
      this.#final = { map: map.clone(), seq, at };
      this.#rows.push(...this.#pending);
    }
    this.#pending = [];
  }

  /** What everybody sees; of a map that stands still, what was there before. */
  sight(): Sight {
    return { now: this.#time, map: this.#final.map, rows: this.#rows };
  }

  ask(move: Move, now: number): void {
    if (this.stands(now)) return;
    try {
      carryOut(this.#live, move, now);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
    }
  }
}

/** Lets time pass. @returns what is final at the end */
export function play(
  bases: Readonly<Record<string, Base>>,
  strategies: readonly Strategy[],
  { from, until, stop }: { from: number; until: number; stop?: Stop | undefined },
): Record<string, Sight> {
  const maps = Object.entries(bases).map(
    ([name, base]) => [name, new MapModel(base, stop?.on === name ? stop : undefined)] as const,
  );
  for (let now = from; now <= until; now += TICK) {
    for (const [, map] of maps) map.settle(now);
    const sights = Object.fromEntries(maps.map(([name, map]) => [name, map.sight()]));
    for (const strategy of strategies)
      for (const move of strategy(sights)) maps.find(([name]) => name === move.on)?.[1].ask(move, now);
  }
  return Object.fromEntries(maps.map(([name, map]) => [name, map.sight()]));
}
