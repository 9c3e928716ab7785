/**
 * Shared code of the verbs at the border of moored maps: sends the calls, or prints them for an account that signs
 * elsewhere. Anybody may send them, so the sender of `--calldata` is asked for with `--from`.
 */
import type { Command } from "commander";
import type { Result } from "ethers";
import type { PrintedCall, Registry, RegistryCall } from "../../verifier/chain/registry.ts";
import { callLines, withCalldata } from "./callLines.ts";
import { UsageError } from "./failure.ts";
import { type Done, pairs } from "./output.ts";
import type { Progress } from "./progress.ts";
import { addressArgument, hashArgument, reading, type SignerOptions, signing, urlArgument, withKey } from "./rpc.ts";
import { verb } from "./verb.ts";

export interface RegistryOptions extends SignerOptions {
  registry: string;
  calldata?: boolean;
  from?: string;
}

export interface CrossingOptions extends RegistryOptions {
  map: string;
}

/** Members of the JSON object, and lines for people. */
export interface Said {
  facts: Readonly<Record<string, unknown>>;
  lines: readonly string[];
}

/** The calls that a verb makes, in sending order. */
export interface CrossingStep {
  calls: readonly RegistryCall[];
  /** What is known before anything is sent. */
  before?: Said;
  /** The event of the last call that tells its result, and what it says. */
  event: string;
  told: (args: Result) => Said;
}

/** A verb over a registry. */
export function registryVerb(name: string, summary: string): Command {
  const command = verb(name, summary)
    .requiredOption("--rpc <url>", "node of the chain", urlArgument)
    .requiredOption("--registry <address>", "address of the registry on that chain", addressArgument)
    .option(
      "--from <address>",
      "with --calldata: the account that sends; the first call is tried out",
      addressArgument,
    );
  return withCalldata(withKey(command));
}

/** A verb over a moored map on a registry. */
export function crossingVerb(name: string, summary: string): Command {
  return registryVerb(name, summary).requiredOption("--map <id>", "the map's id", hashArgument);
}

/**
 * Sends the calls of a step, or prints them.
 * @param step gets the registry and the account that sends: undefined with `--calldata` without `--from`
 * @throws CrossingRefusal if the registry refuses a call
 */
export async function cross(
  options: RegistryOptions,
  progress: Progress,
  step: (registry: Registry, sender: string | undefined) => Promise<CrossingStep>,
): Promise<Done> {
  if (options.from !== undefined && options.calldata !== true)
    throw new UsageError("--from is for --calldata; to send from an account, give its --key");
  progress.say("connecting");
  const { openRegistry, printedCall, rehearse, sendCall } = await import("../../verifier/index.ts");
  const { told } = await import("../../verifier/chain/crossing/receipts.ts");
  const work = options.calldata === true ? reading<Done> : signing<Done>;
  return work(options, async (chain) => {
    const registry = await openRegistry(chain, options.registry);
    const sender = options.calldata === true ? options.from : await chain.signer?.getAddress();
    const { calls, before, event, told: read } = await step(registry, sender);
    const place = { chainId: Number(chain.chainId), registry: registry.address, ...before?.facts };
    if (options.calldata === true) {
      const [first] = calls;
      // Later calls depend on the first, so they cannot be tried out.
      if (first !== undefined && sender !== undefined) await rehearse(registry, first, sender);
      const printed: PrintedCall[] = await Promise.all(calls.map((call) => printedCall(registry, call)));
      const facts = { ...place, sender: sender ?? null, calls: printed, sent: [] };
      return { facts, lines: [...(before?.lines ?? []), ...callLines(printed, sender ?? "any account")] };
    }
    const [last, ...earlier] = [...calls].reverse();
    if (last === undefined) return { facts: { ...place, calls: null, sent: [] }, lines: ["nothing to send"] };
    const sent: Record<string, unknown>[] = [];
    const note = (name: string, outcome: { transactionHash: string; blockNumber: number; gasUsed: bigint }): void => {
      const { transactionHash, blockNumber, gasUsed } = outcome;
      sent.push({ function: name, transactionHash, blockNumber, gasUsed: Number(gasUsed) });
    };
    for (const call of earlier.reverse()) {
      progress.say(`sending ${call.name}`);
      note(call.name, await sendCall(registry, call));
    }
    progress.say(`sending ${last.name}`);
    const { said, ...outcome } = await told(registry, last, event, (args) => ({ said: read(args) }));
    note(last.name, outcome);
    const rows = sent.map(({ function: name, transactionHash }) => [String(name), transactionHash] as const);
    const facts = { ...place, ...said.facts, sender, calls: null, sent };
    return { facts, lines: [...said.lines, ...(before?.lines ?? []), ...pairs(rows)] };
  });
}
