/** Scenarios of escrows and claims among many programs: each effect a group by itself, or two in a group. */
import type { Place } from "../../trace/effects/effects.ts";
import { kindOf } from "../../trace/layout.ts";
import { openPrograms } from "../../trace/state/genesis.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";

/** Programs; each makes a coin, which goes from hand to hand. */
const PROGRAMS = 200;
/** First slot that others may deposit into. */
const INBOX = 16;
/** Differs from turn to turn, so that all meet all. */
const STEP = 7;

/** What a scenario does again and again. */
type Turn = (tracer: Tracer, coins: Place[], turn: number) => void;

/** A coin is escrowed to a program, which claims it: two groups of one row. */
const passed: Turn = (tracer, coins, turn) => {
  const which = turn % PROGRAMS;
  const coin = coins[which] as Place;
  const to = 1 + ((coin.program + STEP * turn) % PROGRAMS);
  if (to === coin.program) return;
  const from = tracer.program(coin.program).escrowToProgram({ from: coin.slot, to });
  coins[which] = tracer.program(to).claimFromProgram({ from });
};

/** Two programs escrow their coins to each other, and then claim them: two groups of two rows. */
const swapped: Turn = (tracer, coins, turn) => {
  const first = turn % PROGRAMS;
  const second = (first + 1 + ((STEP * turn) % (PROGRAMS - 1))) % PROGRAMS;
  const [a, b] = [coins[first] as Place, coins[second] as Place];
  if (a.program === b.program) return;
  const free = ({ program }: Place, from?: number): Place => ({ program, slot: tracer.freeSlot(program, from) });
  const escrowed = [free(b, INBOX), free(a, INBOX)] as const;
  tracer.together([
    [a.program, { effect: "EscrowToProgram", from: a.slot, to: escrowed[0], deadline: 0 }],
    [b.program, { effect: "EscrowToProgram", from: b.slot, to: escrowed[1], deadline: 0 }],
  ]);
  const claimed = [free(b), free(a)] as const;
  tracer.together([
    [b.program, { effect: "ClaimFromProgram", from: escrowed[0], to: claimed[0].slot }],
    [a.program, { effect: "ClaimFromProgram", from: escrowed[1], to: claimed[1].slot }],
  ]);
  [coins[first], coins[second]] = claimed;
};

const TURNS = { escrows: passed, swaps: swapped } as const;
export type Workload = keyof typeof TURNS;
export const WORKLOADS = Object.keys(TURNS) as readonly Workload[];

/** The scenario, with about so many transitions. */
export function escrowScenario(workload: Workload, transitions: number): Scenario {
  return {
    name: workload,
    description: "escrows and claims among 200 programs",
    genesis: () => ({ levels: 3, cells: openPrograms(PROGRAMS, INBOX) }),
    run: (tracer) => runEscrows(workload, tracer, transitions),
  };
}

/** The same on any tracer. @param between called after each turn */
export function runEscrows(workload: Workload, tracer: Tracer, transitions: number, between = () => {}): void {
  const coins = Array.from({ length: PROGRAMS }, (_, i) =>
    tracer.program(i + 1).issue({ kind: kindOf(i + 1, 1), quantity: 1n }),
  );
  for (let turn = 0; tracer.seq < transitions; turn++) {
    TURNS[workload](tracer, coins, turn);
    between();
  }
}
