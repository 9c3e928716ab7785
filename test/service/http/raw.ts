/** Requests as a hostile client sends them: signed by hand, with anything in them altered. */
import { connect } from "node:net";
import { authorizationText } from "../../../service/wire/authorization.ts";
import { signRequest } from "../../../trace/signing/request.ts";
import { secretOf } from "../../lib/authorities.ts";
import type { Served } from "./servers.ts";

export interface Signed {
  readonly program: number;
  readonly target: string;
  readonly body: string;
  readonly expires: number;
  readonly nonce: bigint;
  readonly domain: bigint;
  /** Number of the test key. */
  readonly key: number;
}

let nonces = 0n;

/** An `Authorization` header for `POST /v1/triggers`, unless something else is given. */
export async function authorization(served: Served, more: Partial<Signed> = {}): Promise<string> {
  const { domain, instance } = (await (await fetch(`${served.url}/v1/domain`)).json()) as Record<string, string>;
  const program = more.program ?? 1;
  const signed = {
    ...{ program, target: "POST /v1/triggers", body: "", expires: Math.floor(Date.now() / 1_000) + 60 },
    ...{ nonce: (BigInt(`0x${instance}`) << 64n) | ++nonces, domain: BigInt(domain ?? 0), key: program },
    ...more,
  };
  const { key, body, ...statement } = signed;
  const signature = await signRequest(secretOf(key), { ...statement, body: new TextEncoder().encode(body) });
  return authorizationText({ ...statement, signature });
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly error: { code: string; message: string; field?: string; invariant?: string };
}

/** Sends a request, and reads the error of its answer. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const json = (await response.json().catch(() => ({}))) as { error?: Answer["error"] };
  return { status: response.status, headers: response.headers, error: json.error ?? { code: "", message: "" } };
}

/** Sends bytes as they are, and reads the first line of the answer, or "" if the connection is just closed. */
export async function send(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return await new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let answer = "";
    socket.setEncoding("utf8").on("data", (part: string) => {
      answer += part;
      if (answer.includes("\r\n")) socket.destroy();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer.split("\r\n")[0] ?? ""));
    socket.write(text, () => undefined);
  });
}
