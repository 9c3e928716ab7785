/** What the verbs that record runs share: a node's call tree, and the facts of a run. */
import { EnvironmentError } from "../../trace/errors.ts";
import { type Ask, askForCalls, type NodeAnswer } from "../../trace/import/evmNode.ts";
import { withTokens } from "../../trace/import/evmTokens.ts";
import { openProgramsIn } from "../../trace/run/programsIn.ts";
import { FILES, pathIn } from "../../trace/run/runDirectory.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import type { Chain } from "../../verifier/chain/registry.ts";

/**
 * Asks a node for the call tree of a transaction, and for data to compare the tree with.
 * @throws InvalidInputError if the node does not know the transaction
 * @throws EnvironmentError with the node's own message if it does not answer
 */
export async function callTreeOf({ provider, chainId }: Chain, hash: string): Promise<NodeAnswer> {
  const ask: Ask = async (method, params) => {
    try {
      return await provider.send(method, [...params]);
    } catch (error) {
      throw new EnvironmentError("rpc", `the node does not answer ${method}: ${wordsOf(error)}`, { cause: error });
    }
  };
  return withTokens(await askForCalls(ask, hash, chainId), ask);
}

/** The message of the node's own error, if there is one. Ethers wraps it into an error of its own. */
function wordsOf(error: unknown): string {
  const said = member(error, "error") ?? member(member(error, "info"), "error");
  const words = member(said, "message") ?? member(error, "shortMessage") ?? member(error, "message");
  return typeof words === "string" ? words : String(error);
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/**
 * The facts that every verb reports about a traced run, whose trace is on disk.
 * @param groups their number, if the caller has it
 */
export function runFacts(dir: string, tracer: Tracer, groups = tracer.groups.length) {
  const { manifest, map } = tracer;
  return {
    dir,
    scenario: manifest.scenario,
    profiles: manifest.profiles,
    programs: map.programs(),
    open: openProgramsIn(pathIn(dir, "trace"), map),
    transitions: tracer.seq,
    groups,
    root: tracer.root(),
    files: Object.keys(FILES).map((file) => pathIn(dir, file as keyof typeof FILES)),
  };
}
