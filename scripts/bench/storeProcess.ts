/** One start of a long run, in a process of its own: see store.ts. */
import { openBatch } from "../../prover/batches/batchInput.ts";
import { provingPlan } from "../../prover/batches/provingPlan.ts";
import { profileOf } from "../../prover/profiles.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { openCaughtUp } from "../../trace/store/catchUp.ts";
import { openRun } from "../../trace/tracer/appendRun.ts";
import { readSubmission } from "../../verifier/chain/submission.ts";
import { STARTS, type Start } from "./storeStarts.ts";

const [, , what = "", dir = "", withStore = ""] = process.argv;
const store = withStore === "store" ? {} : (false as const);

/** Does the work up to the place where the real work would begin. @returns transitions before that place */
const starts: Record<Start, () => Promise<number> | number> = {
  build() {
    using _lock = lockRun(dir, "bench");
    using built = openCaughtUp(dir);
    return built?.top.last ?? 0;
  },
  async prove() {
    using _lock = lockRun(dir, "bench");
    using open = openCaughtUp(dir, store);
    const plan = await provingPlan(dir, undefined, open);
    const [batch] = plan.batches;
    if (batch === undefined) throw new Error("there is nothing to prove");
    // Of the statement and the parts of the state that the witness needs.
    openBatch(plan.map, batch.transitions, batch.profile, plan.domain);
    return (batch.transitions[0]?.seq ?? 0) - 1;
  },
  async submit() {
    const submission = await readSubmission(dir, store);
    const last = submission.bundles.at(-1);
    const before = submission.bundles.at(-3);
    if (last === undefined || before === undefined) throw new Error("there is nothing to submit");
    const { lastSeq: seq, statement } = before;
    // The head of a chain that lacks the last two batches.
    const roots = submission.rootsFor(seq);
    if (roots.rootAt(seq) !== statement.postRoot) throw new Error("the trace has another root");
    return last.whole().statement.postRoot === last.statement.postRoot ? seq : 0;
  },
  open() {
    using run = openRun(dir, { profiles: [profileOf("wide-40")], store });
    return run.committed;
  },
};

const started = performance.now();
const seq = await starts[STARTS.find((name) => name === what) ?? "open"]();
process.send?.({
  seq,
  seconds: (performance.now() - started) / 1_000,
  processorSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
});
process.disconnect();
