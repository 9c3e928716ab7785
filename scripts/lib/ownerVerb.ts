/**
 * Shared code of the verbs for a map's owner: sends a call, or prints it for an account that signs elsewhere.
 */
import type { Command } from "commander";
import type { MapState, PrintedCall, Registry, RegistryCall } from "../../verifier/chain/registry.ts";
import { callLines, withCalldata } from "./callLines.ts";
import { type Done, pairs } from "./output.ts";
import type { Progress } from "./progress.ts";
import { addressArgument, hashArgument, reading, type SignerOptions, signing, urlArgument, withKey } from "./rpc.ts";
import { verb } from "./verb.ts";

export interface OwnerOptions extends SignerOptions {
  registry: string;
  map: string;
  calldata?: boolean;
}

/** The calls that a verb makes. */
export interface OwnerStep {
  calls: readonly RegistryCall[];
  /** The account that must send them. */
  sender: string;
}

/** A verb over a map on a chain. */
export function ownerVerb(name: string, summary: string): Command {
  const command = verb(name, summary)
    .requiredOption("--rpc <url>", "node of the chain", urlArgument)
    .requiredOption("--registry <address>", "address of the registry on that chain", addressArgument)
    .requiredOption("--map <id>", "the map's id", hashArgument);
  return withCalldata(withKey(command));
}

/** A transaction that was sent. */
interface Sent {
  function: string;
  transactionHash: string;
  blockNumber: number;
  gasUsed: number;
}

/**
 * Sends the calls of a step, or prints them.
 * @param said the result sentence for the map as it is afterwards
 * @throws ChainRefusal if the registry refuses a call
 */
export async function take(
  options: OwnerOptions,
  progress: Progress,
  step: (registry: Registry, map: MapState) => Promise<OwnerStep>,
  said: (map: MapState) => string,
): Promise<Done> {
  progress.say("connecting");
  const { openRegistry, printedCall, readMap, rehearse, sendCall } = await import("../../verifier/index.ts");
  const work = options.calldata === true ? reading<Done> : signing<Done>;
  return work(options, async (chain) => {
    const registry = await openRegistry(chain, options.registry);
    const { calls, sender } = await step(registry, await readMap(registry, options.map));
    const place = { chainId: Number(chain.chainId), registry: registry.address, map: options.map };
    if (options.calldata === true) {
      const [only, more] = calls;
      // Of several calls, the later ones depend on the first, so they cannot be tried out.
      if (only !== undefined && more === undefined) await rehearse(registry, only, sender);
      const printed: PrintedCall[] = await Promise.all(calls.map((call) => printedCall(registry, call)));
      return { facts: { ...place, sender, calls: printed, sent: [] }, lines: callLines(printed, sender) };
    }
    const sent: Sent[] = [];
    for (const call of calls) {
      progress.say(`sending ${call.name}`);
      const { transactionHash, blockNumber, gasUsed } = await sendCall(registry, call);
      sent.push({ function: call.name, transactionHash, blockNumber, gasUsed: Number(gasUsed) });
    }
    const after = await readMap(registry, options.map);
    const { owner, pendingOwner, verifiers } = after;
    const facts = { ...place, calls: null, sent, owner, pendingOwner, verifiers };
    const rows = sent.map(({ function: name, transactionHash }) => [name, transactionHash] as const);
    return { facts, lines: [said(after), ...pairs([["map", options.map], ...rows])] };
  });
}
