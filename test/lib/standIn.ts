/** A node in front of a real one, or alone, that gives a test's answers. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request. */
export interface Question {
  readonly method: string;
  readonly params: readonly unknown[];
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** The answer: a result, an error, or a raw response. With undefined the node behind answers. */
export type Reply =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string } }
  | { readonly status: number; readonly body: string; readonly headers?: Record<string, string> }
  | ((response: ServerResponse) => void)
  | undefined;

export interface StandIn extends AsyncDisposable {
  /** Without a path. */
  readonly url: string;
  /** All requests so far, by method. */
  readonly asked: Question[];
}

export async function standIn(
  reply: (question: Question) => Reply | Promise<Reply>,
  behind?: string,
): Promise<StandIn> {
  const asked: Question[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString();
    const { id, method, params } = JSON.parse(body) as { id: unknown; method: string; params: unknown[] };
    const question = { method, params, path: request.url ?? "", headers: request.headers };
    asked.push(question);
    const answer = await reply(question);
    if (typeof answer === "function") return answer(response);
    if (answer !== undefined && "status" in answer) {
      response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
      return response.end(answer.body);
    }
    response.writeHead(200, { "content-type": "application/json" });
    if (answer !== undefined) return response.end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
    const headers = { "content-type": "application/json" };
    const real = await fetch(behind ?? "http://nowhere.invalid", { method: "POST", headers, body });
    return response.end(await real.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url, asked, [Symbol.asyncDispose]: close };
}
