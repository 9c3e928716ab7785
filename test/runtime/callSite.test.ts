/** The file and line of a caller are read from the stacks of every Node, and are never a place of Node itself. */
import { expect, test } from "vitest";
import { callerIn } from "../../trace/effects/callSite.ts";

const ours = new URL("../../trace/runtime/scenario.ts", import.meta.url).pathname;

const STACKS: [string, string[], string | undefined][] = [
  ["a frame with a name", ["at lend (/home/user/loan.ts:12:3)"], "loan.ts:12"],
  ["a frame without a name", ["at /home/user/loan.ts:12:3"], "loan.ts:12"],
  ["a frame after an await", ["at async /home/user/loan.ts:12:3"], "loan.ts:12"],
  ["a frame after an await, with a name", ["at async Broker.lend (/home/user/loan.ts:12:3)"], "loan.ts:12"],
  ["a file address", ["at async file:///home/a%20user/loan.ts:12:3"], "loan.ts:12"],
  ["a folder with a space", ["at lend (/home/a user/loan.ts:12:3)"], "loan.ts:12"],
  ["a path of Windows", ["at lend (C:\\users\\a\\loan.ts:12:3)"], "loan.ts:12"],
  ["ours, then the caller", [`at scenario (${ours}:48:9)`, "at /home/user/loan.ts:12:3"], "loan.ts:12"],
  ["Node's queue, then the caller", ["at x (node:internal/process/task_queues:65:5)", "at /a/b.ts:1:1"], "b.ts:1"],
  ["Node's queue alone", ["at process.processTicksAndRejections (node:internal/process/task_queues:65:5)"], undefined],
  ["Node's queue without a name", ["at node:internal/process/task_queues:65:5"], undefined],
  ["ours and Node's", [`at round (${ours}:48:9)`, "at async node:internal/main/worker_thread:5:1"], undefined],
  ["native code", ["at Array.map (<anonymous>)", "at new Promise (<anonymous>)"], undefined],
];

test.each(STACKS)("%s", (_, frames, site) => {
  expect(callerIn(["Error: ", ...frames.map((frame) => `    ${frame}`)].join("\n"))).toBe(site);
});
