/** A process that appends to a run and its store until it is killed. */
import { existsSync } from "node:fs";
import { effectStream, streamGenesis } from "../../scripts/bench/tracing.ts";
import { createRunStream, openRun } from "../../trace/tracer/appendRun.ts";
import { PROFILE } from "./profile.ts";

const [, , dir = "", turn = "0"] = process.argv;
const options = { profiles: [PROFILE], store: { least: 0, segment: 30 } };
const PROGRAMS = 8;

using run = existsSync(dir) ? openRun(dir, options) : createRunStream(dir, streamGenesis(PROGRAMS), options);
process.send?.("open");
let done = 0;
for (const { actor, effect, at } of effectStream(100_000, PROGRAMS)) {
  try {
    run.tracer.perform(actor, effect, Math.max(at, run.tracer.at));
  } catch {
    // What the process before it left may be in the way of this effect.
  }
  if (++done % (5 + Number(turn)) === 0) run.commit();
}
