/** Asks for a block's receipts and call trees. What a node does not give at once is asked for one by one. */
import { EnvironmentError, InvalidInputError } from "../../errors.ts";
import { isAbsent, isObject } from "../evmFields.ts";
import { type Answered, AskFailure } from "./ask.ts";
import type { Asker } from "./asker.ts";
import { type BlockHeader, ofBlock } from "./blockHeader.ts";
import { isPruned, isUnknownMethod, isUnknownOption } from "./words.ts";

const NEXT = "use a node that traces, with debug_traceTransaction and the state of that block, such as an archive node";

export class BlockPartsReader {
  readonly #asker: Asker;
  /** Methods that the node does not offer. They are not asked again. */
  readonly #unknown = new Set<string>();
  #withLog = true;

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  /**
   * The receipts of a block, in the order of its transactions.
   * @throws InvalidInputError if the node has no receipt for one of the transactions
   * @throws EnvironmentError with the node's words if it refuses them
   */
  async receipts({ number }: BlockHeader, hashes: readonly string[]): Promise<readonly unknown[]> {
    if (hashes.length === 0) return [];
    const answer = await this.#atOnce("eth_getBlockReceipts", [hex(number)]);
    if (answer !== null && "result" in answer && Array.isArray(answer.result)) return answer.result;
    const method = "eth_getTransactionReceipt";
    const answers = await this.#asker.all(hashes.map((hash) => ({ method, params: [hash] })));
    return answers.map((one, i) => {
      if ("error" in one) throw refused(method, number, one.error, "use another node");
      if (isAbsent(one.result)) {
        throw new InvalidInputError(
          ofBlock(number, `receipts[${i}]`),
          `the node has no receipt of ${hashes[i]}; ask again, or another node`,
        );
      }
      return one.result;
    });
  }

  /**
   * The call trees of a block, in the order of its transactions: `{ txHash?, result }` each.
   * @throws EnvironmentError with the node's words if it does not trace, or keeps the state no more
   */
  async traces(header: BlockHeader, hashes: readonly string[]): Promise<readonly unknown[]> {
    if (hashes.length === 0) return [];
    for (const [method, name] of [
      ["debug_traceBlockByHash", header.hash],
      ["debug_traceBlockByNumber", hex(header.number)],
    ] as const) {
      const answer = await this.#traced(method, name);
      if (answer === null || !("result" in answer) || !Array.isArray(answer.result)) continue;
      return this.#filled(header, hashes, answer.result);
    }
    const none = hashes.map((txHash) => ({ txHash }));
    return this.#filled(header, hashes, none);
  }

  /** The list, with trees asked for one by one where it has none. */
  async #filled(header: BlockHeader, hashes: readonly string[], list: readonly unknown[]): Promise<readonly unknown[]> {
    if (list.length !== hashes.length) return list;
    const missing = list.flatMap((item, i) =>
      isObject(item) && isAbsent(item.type) && isAbsent(item.result) ? [i] : [],
    );
    if (missing.length === 0) return list;
    const method = "debug_traceTransaction";
    const ask = (some: readonly number[]) =>
      this.#asker.all(some.map((i) => ({ method, params: [hashes[i], this.#tracer()] })));
    let answers = await ask(missing);
    if (answers.some((one) => this.#dropsOption(one))) answers = await ask(missing);
    const filled = [...list];
    answers.forEach((one, n) => {
      if ("error" in one) throw refused(method, header.number, one.error, NEXT);
      const at = missing[n] as number;
      filled[at] = { ...(list[at] as object), result: one.result };
    });
    return filled;
  }

  async #traced(method: string, name: string): Promise<Answered | null> {
    const answer = await this.#atOnce(method, [name, this.#tracer()]);
    if (answer === null || !this.#dropsOption(answer)) return answer;
    return this.#atOnce(method, [name, this.#tracer()]);
  }

  /** The answer for a whole block; null if there is none, but may be for each transaction. */
  async #atOnce(method: string, params: readonly unknown[]): Promise<Answered | null> {
    if (this.#unknown.has(method)) return null;
    try {
      const answer = await this.#asker.one(method, params);
      if ("error" in answer && isUnknownMethod(answer.error)) this.#unknown.add(method);
      return answer;
    } catch (error) {
      if (error instanceof AskFailure && (error.kind === "fewer" || error.kind === "late")) return null;
      throw error;
    }
  }

  #tracer(): object {
    return { tracer: "callTracer", ...(this.#withLog ? { tracerConfig: { withLog: true } } : {}) };
  }

  /** True if the node refused `withLog`, which is then left out from now on. */
  #dropsOption(answer: Answered): boolean {
    if (!this.#withLog || !("error" in answer) || !isUnknownOption(answer.error)) return false;
    this.#withLog = false;
    return true;
  }
}

/** A number as JSON-RPC wants it. */
export function hex(number: number): string {
  return `0x${number.toString(16)}`;
}

/** The error for a refusal without which there is no block. */
export function refused(method: string, number: number, words: string, next: string): EnvironmentError {
  const why = isPruned(words) ? "the node keeps the state no more" : "the node refuses";
  return new EnvironmentError("rpc", `${method} for block ${number}: ${why} (it says: ${words}); ${next}`);
}
