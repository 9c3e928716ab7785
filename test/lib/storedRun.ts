/** Runs with stores, and every question about them asked twice. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { historyOf } from "../../trace/query/index.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { openCaughtUp } from "../../trace/store/catchUp.ts";
import { readableStore } from "../../trace/store/openStore.ts";
import { StoredRun } from "../../trace/store/storedHistory.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import { answersOf } from "./asked.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-asked-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let made = 0;

/** A folder that the test removes. */
export const freshRun = (): string => join(scratch, `run-${++made}`);

/** Traces a scenario, and makes the store of its run. */
export async function storedRun(scenario: Scenario, segment = 4): Promise<string> {
  const dir = freshRun();
  await runScenario(scenario, { out: dir });
  makeStore(dir, segment);
  return dir;
}

/** Makes the store of a run, however small. */
export function makeStore(dir: string, segment = 4): void {
  using _lock = lockRun(dir, "test");
  using store = openCaughtUp(dir, { least: 0, segment });
  expect(store?.top.last).toBeGreaterThan(0);
}

/**
 * Asks every question of the store and of a replay, and compares the answers.
 * @param every transitions between two moments after which the state is asked for
 * @returns the number of questions
 */
export function compareAnswers(dir: string, every: number): number {
  const replayed = replayDirectory(dir);
  const told = historyOf(replayed, replayed.manifest);
  const moments = [0, undefined, ...told.transitions.flatMap(({ seq }) => (seq % every === 0 ? [seq] : []))];
  using store = readableStore(dir);
  if (store === undefined) throw new Error("there is no store");
  const run = new StoredRun(dir, store);
  const history = run.history(run.manifest);
  const [slow, fast] = [answersOf(told, told, moments), answersOf(told, history, moments)];
  for (const [question, answer] of slow) expect(fast.get(question), question).toEqual(answer);
  expect(run.torn).toBe(replayed.trace.torn);
  run.requireSound();
  return slow.size;
}
