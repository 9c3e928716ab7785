/** How much memory a tracer keeps of a long stream, in a process of its own with `--expose-gc`. */
import { effectStream, streamGenesis } from "../../scripts/bench/tracing.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";

const PROGRAMS = 8;
const asked = [...effectStream(20, PROGRAMS)];
const calls = asked.filter(({ effect }) => effect.effect === "InvokeProgram" && effect.args.length === 0);
const tracer = Tracer.from(streamGenesis(PROGRAMS), { keepGroups: process.argv[2] === "keep" });
for (const { actor, effect, at } of asked) tracer.perform(actor, effect, at);
const { at } = tracer;

function work(turns: number): void {
  for (let i = 0; i < turns; i++) for (const { actor, effect } of calls) tracer.perform(actor, effect, at);
}

/** Bytes of live objects. */
function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

work(20);
const [before, seq] = [heap(), tracer.seq];
work(60);
process.stdout.write(JSON.stringify({ bytes: heap() - before, transitions: tracer.seq - seq }));
