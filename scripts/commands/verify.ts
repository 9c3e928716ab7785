import { InvalidInputError } from "../../trace/errors.ts";
import { UsageError } from "../lib/failure.ts";
import { keysIn, type VerificationKeyOptions, verificationKeyOption } from "../lib/keyOption.ts";
import { count, EMPTY, pairs, plural } from "../lib/output.ts";
import { noAnswer, problemLines } from "../lib/problems.ts";
import { addressArgument, type RpcOptions, reading, rpcTimeoutOption, urlArgument } from "../lib/rpc.ts";
import { does, verb } from "../lib/verb.ts";

interface Options extends VerificationKeyOptions, Partial<RpcOptions> {
  registry?: string;
}

/** The keys that the run's map accepts on its chain; undefined without `--rpc`. */
async function keysOnChain(dir: string, { rpc, registry, rpcTimeout, key }: Options) {
  if ((rpc === undefined) !== (registry === undefined)) throw new UsageError("--rpc and --registry go together");
  if (rpc === undefined || registry === undefined) return undefined;
  if (key !== undefined) throw new UsageError("--key and --rpc both choose the verification keys: give one of them");
  const { parseManifest } = await import("../../trace/run/manifest.ts");
  const { pathIn, textAt } = await import("../../trace/run/runDirectory.ts");
  const { keysOfMap } = await import("../../verifier/keyReports.ts");
  const entry = parseManifest(textAt(pathIn(dir, "manifest"))).chain;
  if (entry === undefined) {
    throw new InvalidInputError(
      "manifest.json chain",
      "is missing: the run has no map on a chain; verify without --rpc",
    );
  }
  const asked = { rpc, ...(rpcTimeout === undefined ? {} : { rpcTimeout }) };
  return await reading(asked, (chain) => keysOfMap(chain, registry, entry));
}

/** `verify`: verifies the proofs alone. */
export function verify() {
  const command = verb("verify", "verify the proofs of a run without reading its trace")
    .argument("<dir>", "run directory")
    .addOption(verificationKeyOption())
    .option("--rpc <url>", "node of the map's chain: verifies with the keys that the map accepts", urlArgument)
    .option("--registry <address>", "address of the registry on that chain", addressArgument)
    .addOption(rpcTimeoutOption());
  return does<Options>(command, async ({ args, options, progress }) => {
    const { localDomain } = await import("../../trace/commitment/commit.ts");
    const { verifyDirectory } = await import("../../verifier/index.ts");
    const keys = (await keysOnChain(args[0] ?? "", options)) ?? (await keysIn(options));
    progress.say("verifying");
    const report = await verifyDirectory(args[0] ?? "", { keys, onProgress: progress.onProgress });
    const { ok, batches, problems, proven, unproven } = report;
    const all = unproven === null ? "" : ` of ${unproven.lastSeq}`;
    const head =
      proven === null
        ? `nothing to verify: ${EMPTY}`
        : `${count(batches.length, "batch")} valid, ${proven.transitions}${all} ${plural(unproven?.lastSeq ?? proven.transitions, "transition")} proven`;
    const roots =
      proven === null
        ? []
        : pairs([
            ["from root", proven.preRoot],
            ["to root", proven.postRoot],
            [
              "domain",
              proven.domain === `${localDomain(BigInt(proven.preRoot))}` ? `local (${proven.domain})` : proven.domain,
            ],
          ]);
    const lines = ok ? [head, ...roots, ...report.notes] : ["not valid:", ...problemLines(problems), ...report.notes];
    return { ok, facts: { dir: args[0], ...report, ...(ok ? {} : noAnswer("not-valid", problems)) }, lines };
  });
}
