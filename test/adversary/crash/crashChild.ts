/**
 * The process that the crash tests kill. It does one long piece of work and says `ready` when it begins. Arguments: the
 * work and its folder.
 */
import { join } from "node:path";
import { developmentKey } from "../../../prover/keys/development.ts";
import { proveDirectory } from "../../../prover/prove.ts";
import type { Progress } from "../../../scripts/lib/progress.ts";
import { runScenario } from "../../../trace/tracer/runScenario.ts";
import { createOnChain } from "../../../verifier/chain/publish.ts";
import { connect } from "../../../verifier/chain/registry.ts";
import { submitRun } from "../../../verifier/chain/submitRun.ts";
import { chain as poseidonChain } from "../../prover/circuits.ts";
import { longScenario } from "./crashes.ts";

const SILENT: Progress = { say: () => undefined, onProgress: () => undefined, stop: () => undefined };
const [, , what = "", dir = "", url = "", registry = "", seed = "0"] = process.argv;

const WORK: Readonly<Record<string, () => Promise<unknown>>> = {
  trace: () => runScenario(longScenario(Number(seed)), { out: join(dir, "run") }),
  keys: async () => {
    // The circuit comes from the shared cache. The key goes into a cache of its own.
    const circuit = await poseidonChain(8);
    process.env.TIMEBANDITS_CACHE = dir;
    process.stdout.write("ready\n");
    await developmentKey(circuit);
  },
  prove: () => proveDirectory(dir),
  create: async () => createOnChain(dir, await connect(url), { registry }, SILENT),
  submit: async () => submitRun(dir, await connect(url), registry, SILENT),
};

if (what !== "keys") process.stdout.write("ready\n");
await WORK[what]?.();
process.exit(0);
