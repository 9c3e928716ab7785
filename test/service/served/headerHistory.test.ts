/** Headers of all times, as a replay has them: with a store and without, in this thread and in another. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { HeaderHistory } from "../../../service/served/headerHistory.ts";
import { HistoryThread } from "../../../service/served/historyThread.ts";
import { address, kindOf } from "../../../trace/layout.ts";
import { openPrograms } from "../../../trace/state/genesis.ts";
import { createRunStream } from "../../../trace/tracer/appendRun.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A run of three programs, and the headers after each transition. */
function grown(store: false | { least: number; segment: number }) {
  const dir = mkdtempSync(join(tmpdir(), "timebandits-history-"));
  folders.push(dir);
  using run = createRunStream(dir, { levels: 2, cells: openPrograms(2, 16) }, { store });
  const headers: (readonly (object | undefined)[])[] = [];
  const note = (): void => {
    headers[run.tracer.seq] = [1, 2, 3].map((program) => {
      const cell = run.tracer.map.cell(address(program, 0));
      return cell.type === "program" ? cell : undefined;
    });
  };
  note();
  for (let n = 0; n < 60; n++) {
    if (n === 20) run.tracer.perform(1, { effect: "CreateProgram", inbox: 9, authority: "open" });
    else run.tracer.perform(1 + (n % 2), { effect: "Issue", kind: kindOf(1 + (n % 2), 1), quantity: 1n, slot: n + 1 });
    note();
    if (n % 10 === 9) run.commit();
  }
  return { dir, headers };
}

test.each([
  ["without a store", false],
  ["with a store", { least: 0, segment: 10 }],
] as const)("every header after every transition is that of the replay, %s", async (_, store) => {
  const { dir, headers } = grown(store);
  using history = new HeaderHistory(dir);
  await using thread = new HistoryThread(dir);
  // From the end, as a log is read.
  for (let seq = headers.length - 1; seq >= 0; seq--) {
    for (const program of [1, 2, 3]) {
      expect(history.at(program, seq)).toEqual(headers[seq]?.[program - 1]);
      if (seq % 7 === 0) expect(await thread.at(program, seq)).toEqual(headers[seq]?.[program - 1]);
    }
  }
  expect(history.at(9, 60)).toBeUndefined();
});

test("a thread says why it cannot tell, and goes on", async () => {
  const { dir, headers } = grown(false);
  await using thread = new HistoryThread(dir);
  await expect(thread.at(1, 1_000)).rejects.toThrow(/upTo: is 1000/);
  expect(await thread.at(1, 5)).toEqual(headers[5]?.[0]);
  thread.clear();
  expect(await thread.at(1, 60)).toEqual(headers[60]?.[0]);
});
