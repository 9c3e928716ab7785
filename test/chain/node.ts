/** Questions to a node, as plain JSON-RPC: what an independent witness of the chain asks. */

/** One question. */
export interface Question {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** The node's own error: its code, its message, and its data if any. */
export class NodeError extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(method: string, error: RpcError) {
    super(`${method}: ${error.message}`);
    this.code = error.code;
    this.data = error.data;
  }
}

interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}
interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: RpcError;
}

/** How many questions one request holds. */
const BATCH = 500;

/** A node at a URL. */
export class Node {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Asks one question. The caller names the answer's type. @throws NodeError */
  async ask<T>(method: string, ...params: readonly unknown[]): Promise<T> {
    const answer = await this.#post<Answer>({ jsonrpc: "2.0", id: 0, method, params });
    if (answer.error !== undefined) throw new NodeError(method, answer.error);
    return answer.result as T;
  }

  /** Asks many questions. A question that fails has the answer `NodeError`. */
  async askAll<T>(questions: readonly Question[]): Promise<(T | NodeError)[]> {
    const answers: (T | NodeError)[] = [];
    for (let start = 0; start < questions.length; start += BATCH) {
      const part = questions.slice(start, start + BATCH);
      const got = await this.#post<Answer[]>(part.map((each, id) => ({ jsonrpc: "2.0", id, ...each })));
      for (const { id, result, error } of got) {
        const method = part[id]?.method ?? "";
        answers[start + id] = error === undefined ? (result as T) : new NodeError(method, error);
      }
    }
    return answers;
  }

  async #post<T>(body: unknown): Promise<T> {
    const headers = { "content-type": "application/json" };
    const response = await fetch(this.url, { method: "POST", headers, body: JSON.stringify(body) });
    return (await response.json()) as T;
  }
}
