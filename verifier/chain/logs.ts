/** Reads events of a contract in ranges of blocks that a node accepts. */
import type { Filter, JsonRpcApiProvider, Log } from "ethers";
import { isError } from "ethers";
import { EnvironmentError } from "../../trace/errors.ts";
import { nodeWords } from "./errors.ts";
import { AnswerTooLate, AnswerTooLong } from "./node.ts";

/** Most questions asked. At ten a second they take a quarter of an hour. */
const MOST_QUESTIONS = 10_000;
/** Number of late answers after which a node counts as dead. */
const SLOW_ANSWERS = 3;

/**
 * All events of a filter in blocks `first` to `last`. A range is halved if the node refuses it, or its answer is too
 * long or too late. After an answer the next range is twice as long.
 * @throws EnvironmentError "rpc" if a node gives too few blocks at a time to finish; else the node's last error
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
      // Stays below a refused length: a node's limit on blocks does not change.
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
 * Whether a shorter range may get an answer: the node refused, answered at too great length, or did not answer in time.
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
