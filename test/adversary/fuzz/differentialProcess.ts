/** A process of the fuzzer: one run after the other, until its parent ends it. */
import { fuzzOnce, type RunTask } from "./differential.ts";

process.on("message", async (task: RunTask) => {
  process.send?.(await fuzzOnce(task));
});
