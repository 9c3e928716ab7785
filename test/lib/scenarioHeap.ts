/** How much memory a long scenario takes whose run is on disk, in a process of its own with `--expose-gc`. */
import { escrowScenario } from "../../scripts/bench/escrows.ts";
import { MOST_KEPT } from "../../trace/tracer/keptGroups.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";

const [out = "", mode = ""] = process.argv.slice(2);
/** At both places as many groups are in memory, if others are dropped. */
const FIRST = 20_000;
const LAST = FIRST + MOST_KEPT;

/** Bytes of live objects. */
function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const measured: number[] = [];
const tracer = await runScenario(escrowScenario("escrows", LAST), {
  ...{ out, commitEvery: 1_000 },
  onGroup([first]) {
    const { seq = 0 } = first ?? {};
    if (seq === FIRST || seq === LAST) measured.push(heap());
  },
});
const [before = 0, after = 0] = measured;
const groups = mode === "ask" ? tracer.groups.length : 0;
process.stdout.write(JSON.stringify({ bytes: after - before, transitions: LAST - FIRST, last: LAST, groups }));
