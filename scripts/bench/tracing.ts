/** Measures tracing: a stream of effects into a run directory by commits, beside replay of the same trace. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Effect, ProgramId } from "../../trace/effects/effects.ts";
import { kindOf } from "../../trace/layout.ts";
import { type Genesis, openPrograms } from "../../trace/state/genesis.ts";
import { createRunStream, openRun } from "../../trace/tracer/appendRun.ts";
import type { ProfileBound } from "../../trace/tracer/groupSize.ts";

/** Cost of tracing one stream, and of replaying it. */
export interface TracingResult {
  transitions: number;
  commits: number;
  /** Tracing, in a second of processor time, and in one of the clock. */
  transitionsPerSecond: number;
  transitionsPerClockSecond: number;
  /** The same for opening the run again, which replays it. */
  replayedPerSecond: number;
  replayedPerClockSecond: number;
  /** Processor time of replay, divided by that of tracing. */
  ratioToReplay: number;
}

/** Levels of the stream's map. */
export const STREAM_LEVELS = 3;
/** Programs of the stream's genesis. */
export const STREAM_PROGRAMS = 1_000;
/** First slot that others may deposit into. */
const INBOX = 48;
const START = 1_767_225_600;
/** The program that issues the coin. */
const MINT = 1;
const COIN = kindOf(MINT, 1);
/** Slots of every program: its two entry points, and those for coins. */
const CALL = 1;
const PAY = 2;

/** Effects of a turn, entry points and new programs left out. */
const EFFECTS_PER_TURN = 18;

/** One effect of a stream. */
export interface Asked {
  actor: ProgramId;
  effect: Effect;
  at: number;
}

/** The genesis of a stream. */
export function streamGenesis(programs = STREAM_PROGRAMS): Genesis {
  return { levels: STREAM_LEVELS, cells: openPrograms(programs, INBOX) };
}

/** The effects of a block chain, as an importer asks for them: calls, with and without a coin, and moves of coins. */
export function* effectStream(turns: number, programs = STREAM_PROGRAMS): Generator<Asked> {
  for (let program = 1; program <= programs; program++) yield* entries(program, START);
  let all = programs;
  for (let turn = 0; turn < turns; turn++) {
    const at = START + Math.floor(turn / 16);
    const [a = 0, b = 0, c = 0] = [0, 1, 2].map((i) => 2 + ((turn * 7 + i * 333) % (programs - 1)));
    for (const [actor, effect] of transfers(a, b, c)) yield { actor, effect, at };
    if (turn % 16 !== 15) continue;
    const lent = { scope: "all", subject: 0n, expiry: 0, rights: ["claim"] } as const;
    const slot = 60 + (Math.floor(turn / programs) % 190);
    yield { actor: a, effect: { effect: "DelegateCapability", slot, grantee: b, ...lent }, at };
    yield { actor: a, effect: { effect: "RevokeCapability", slot }, at };
    if (all >= 2 * programs) continue;
    yield { actor: a, effect: { effect: "CreateProgram", inbox: INBOX, authority: "open" }, at };
    yield* entries(++all, at);
  }
}

/** A program's two entry points. */
function* entries(program: ProgramId, at: number): Generator<Asked> {
  const entry = { effect: "DeclareEntry", guarded: false, minimum: 0n } as const;
  yield { actor: program, effect: { ...entry, slot: CALL, name: "call", nargs: 0, accepts: 0n }, at };
  yield { actor: program, effect: { ...entry, slot: PAY, name: "pay", nargs: 1, accepts: COIN }, at };
}

/** Calls between three programs, and a coin that goes from one to the next: eighteen effects, two of two rows. */
function transfers(a: ProgramId, b: ProgramId, c: ProgramId): [ProgramId, Effect][] {
  const call = (program: ProgramId): Effect => ({
    effect: "InvokeProgram",
    program,
    name: "call",
    args: [],
    entry: CALL,
  });
  const claim = (program: ProgramId, slot: number): Effect => ({
    effect: "ClaimFromProgram",
    from: { program, slot },
    to: "in place",
  });
  const escrow = (from: number, program: ProgramId, slot: number): Effect => ({
    effect: "EscrowToProgram",
    from,
    to: { program, slot },
    deadline: 0,
  });
  return [
    [a, call(b)],
    [b, call(c)],
    [c, call(a)],
    [MINT, { effect: "Issue", kind: COIN, quantity: 10n ** 18n, slot: 10 }],
    [MINT, escrow(10, a, 50)],
    [a, claim(a, 50)],
    [a, { effect: "Split", from: 50, to: 11, part: 4n }],
    [a, { effect: "InvokeProgram", program: b, name: "pay", args: [{ from: 11, to: 51 }], entry: PAY }],
    [a, { effect: "Retire", slot: 50 }],
    [b, escrow(51, c, 52)],
    [c, claim(c, 52)],
    [c, { effect: "Split", from: 52, to: 12, part: 1n }],
    [c, { effect: "Split", from: 52, to: 13, part: 1n }],
    [c, { effect: "Merge", from: 13, to: 52 }],
    [c, { effect: "InvokeProgram", program: a, name: "pay", args: [{ from: 12, to: 53 }], entry: PAY }],
    [c, call(b)],
    [c, { effect: "Retire", slot: 52 }],
    [a, { effect: "Retire", slot: 53 }],
  ];
}

/** Traces a stream of about 21 transitions a turn, with a commit after a number of turns, and opens the run again. */
export async function measureTracing(
  turns: number,
  turnsPerCommit: number,
  profiles: readonly ProfileBound[],
): Promise<TracingResult> {
  const folder = await mkdtemp(join(tmpdir(), "timebandits-tracing-"));
  try {
    const dir = join(folder, "run");
    let commits = 0;
    let transitions = 0;
    const traced = timed(() => {
      using run = createRunStream(dir, streamGenesis(), { profiles });
      let asked = 0;
      for (const { actor, effect, at } of effectStream(turns)) {
        run.tracer.perform(actor, effect, at);
        if (++asked % (turnsPerCommit * EFFECTS_PER_TURN) !== 0) continue;
        run.commit();
        commits++;
      }
      run.commit();
      transitions = run.committed;
    });
    const replayed = timed(() => openRun(dir, { profiles }).close());
    return {
      transitions,
      commits: commits + 1,
      transitionsPerSecond: transitions / traced.processor,
      transitionsPerClockSecond: transitions / traced.clock,
      replayedPerSecond: transitions / replayed.processor,
      replayedPerClockSecond: transitions / replayed.clock,
      ratioToReplay: replayed.processor / traced.processor,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The result as a line for people. */
export function tracingText(result: TracingResult): string {
  const { transitions, commits, ratioToReplay } = result;
  const [traced, onClock, replayed] = [
    result.transitionsPerSecond,
    result.transitionsPerClockSecond,
    result.replayedPerSecond,
  ].map((value) => Math.round(value).toLocaleString("en-US"));
  return (
    `tracing: ${transitions} transitions onto the disk in ${commits} commits: ${traced} a processor second ` +
    `(${onClock} a second); replaying them ${replayed}: ${ratioToReplay.toFixed(2)} × replay`
  );
}

/** Seconds that the work takes. */
function timed(work: () => void): { processor: number; clock: number } {
  const [started, now] = [process.cpuUsage(), performance.now()];
  work();
  const { user, system } = process.cpuUsage(started);
  return { processor: (user + system) / 1e6, clock: (performance.now() - now) / 1_000 };
}
