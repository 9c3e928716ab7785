/** One audit of a long run, in a process of its own: see audit.ts. */
import { auditAndKeep } from "../../verifier/audit/audit.ts";
import { readEarlier, writeEarlier } from "../../verifier/audit/earlier.ts";

const [, , dir = "", threads = "1", save = "", since = ""] = process.argv;

const started = performance.now();
const { report, found } = await auditAndKeep(dir, {
  ...{ allowUnproven: true, threads: Number(threads), most: 10, save: save !== "" },
  since: since === "" ? undefined : readEarlier(since),
});
if (save !== "" && found !== undefined) writeEarlier(save, found);
process.send?.({
  ...{ ok: report.ok, root: report.roots.end, replay: report.replay },
  seconds: (performance.now() - started) / 1_000,
  processorSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
});
process.disconnect();
