/** Events of a contract, asked for in stretches of blocks that a node is willing to answer. */
import type { Filter, JsonRpcApiProvider, Log } from "ethers";
import { isError } from "ethers";
import { EnvironmentError } from "../../trace/errors.ts";
import { nodeWords } from "./errors.ts";
import { AnswerTooLate, AnswerTooLong } from "./node.ts";

/** More questions than this are not asked: at ten a second they would take a quarter of an hour. */
const MOST_QUESTIONS = 10_000;
/** How often a node may be too slow before it is taken for dead. */
const SLOW_ANSWERS = 3;

/**
 * All events of a filter in blocks `first` to `last`. A stretch that the node refuses, or whose answer is too long or
 * too late, is halved; after an answer the next one is twice as long.
 * @throws EnvironmentError "rpc" if a node gives so few blocks at a time that asking would never end; else what the
 *   node last said
 */
export async function logsBetween(
  provider: JsonRpcApiProvider,
  filter: Pick<Filter, "address" | "topics">,
  first: number,
  last: number,
): Promise<Log[]> {
  const logs: Log[] = [];
  let most = Math.max(1, last - first + 1);
  let refused = Number.POSITIVE_INFINITY;
  let slow = 0;
  for (let from = first; from <= last; ) {
    const to = Math.min(last, from + most - 1);
    try {
      logs.push(...(await provider.getLogs({ ...filter, fromBlock: from, toBlock: to })));
      from = to + 1;
      // Not up to what was refused already: limits on blocks do not move.
      if (most * 2 < refused) most *= 2;
    } catch (error) {
      const length = to - from + 1;
      const late = error instanceof AnswerTooLate;
      if (length === 1 || !mayTakeLess(error) || (late && ++slow === SLOW_ANSWERS)) throw error;
      refused = length;
      most = Math.ceil(length / 2);
      if ((last - from + 1) / most > MOST_QUESTIONS) throw tooFew(most, last - from + 1, error);
    }
  }
  return logs;
}

/**
 * Whether a shorter stretch may be answered: the node has said something that is no answer, or too much, or has not
 * yet.
 */
function mayTakeLess(error: unknown): boolean {
  if (error instanceof AnswerTooLong || error instanceof AnswerTooLate) return true;
  return nodeWords(error) !== undefined && !isError(error, "UNSUPPORTED_OPERATION");
}

function tooFew(most: number, blocks: number, cause: unknown): EnvironmentError {
  const said = nodeWords(cause);
  return new EnvironmentError(
    "rpc",
    `the node gives fewer than ${most * 2} blocks of events at a time, and the map has ${blocks}` +
      `${said === undefined ? "" : ` (it says: ${said})`}; use another node`,
    { cause },
  );
}
