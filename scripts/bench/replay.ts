/** Measures replay of a trace: reading, applying, and comparing it with the root of the state at every checkpoint. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kindOf } from "../../trace/layout.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { openPrograms } from "../../trace/state/genesis.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";

/** Cost of replaying one trace. */
export interface ReplayResult {
  transitions: number;
  /** Of them in groups of several rows. */
  grouped: number;
  /** At which the root was recomputed. */
  checkpoints: number;
  /** Of processor time. */
  seconds: number;
  transitionsPerSecond: number;
}

const PROGRAMS = 64;
const INBOX = 32;
const START = 1_767_225_600;

/**
 * At least this number of transitions: programs issue, escrow, claim and retire, one effect at a time or two at once.
 */
export function mixedTrace(transitions: number): Scenario {
  return {
    name: "mixed",
    description: "single and grouped effects in turns",
    genesis: () => ({ levels: 3, cells: openPrograms(PROGRAMS, INBOX) }),
    run(tracer) {
      for (let turn = 0; tracer.seq < transitions; turn++) work(tracer, turn);
    },
  };
}

/** One turn of three programs: thirteen transitions, six of them in groups. */
function work(tracer: Tracer, turn: number): void {
  const at = START + turn;
  const [a, b, c] = [0, 1, 2].map((i) => tracer.program(1 + ((turn * 7 + i * 5) % PROGRAMS)));
  if (a === undefined || b === undefined || c === undefined) return;
  const kind = kindOf(a.id, 1);
  const issue = (slot: number) => ({ effect: "Issue", kind, quantity: 100n, slot }) as const;
  const alone = a.escrowToProgram({ from: a.issue({ kind, quantity: 100n, slot: 1 }, at).slot, to: b.id }, at);
  b.retire({ slot: b.claimFromProgram({ from: alone, to: 2 }, at).slot }, at);
  a.atomicBatch([issue(3), issue(4)], at);
  const [forB, forC] = [b, c].map(({ id }) => ({ program: id, slot: INBOX + 1 }));
  if (forB === undefined || forC === undefined) return;
  a.atomicBatch(
    [
      { effect: "EscrowToProgram", from: 3, to: forB, deadline: 0 },
      { effect: "EscrowToProgram", from: 4, to: forC, deadline: 0 },
    ],
    at,
  );
  b.claimFromProgram({ from: forB, to: 5 }, at);
  c.claimFromProgram({ from: forC, to: 5 }, at);
  b.atomicBatch(
    [
      { effect: "Retire", slot: 5 },
      { ...issue(6), kind: kindOf(b.id, 1) },
    ],
    at,
  );
  b.retire({ slot: 6 }, at);
  c.retire({ slot: 5 }, at);
}

/** Traces a number of transitions into a run directory, and replays it. */
export async function measureReplay(transitions: number): Promise<ReplayResult> {
  const folder = await mkdtemp(join(tmpdir(), "timebandits-replay-"));
  try {
    const out = join(folder, "run");
    await runScenario(mixedTrace(transitions), { out });
    let checkpoints = 0;
    const started = process.cpuUsage();
    const { trace } = replayDirectory(out, { onCheckpoint: () => checkpoints++ });
    const { user, system } = process.cpuUsage(started);
    const seconds = (user + system) / 1e6;
    const { length } = trace.records;
    return {
      transitions: length,
      grouped: trace.records.filter(({ group }) => group !== 0).length,
      checkpoints,
      seconds,
      transitionsPerSecond: length / seconds,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
