/** Bodies: JSON, read strictly, with its bytes kept for the signature over them. */
import type { FastifyRequest } from "fastify";
import { parseFreeJson } from "../../trace/run/strictJson.ts";
import type { App } from "./context.ts";
import { HttpError } from "./errors.ts";

/** Deepest nesting of a body. An effect within triggers within triggers is nested four levels for each. */
const DEEPEST = 100;
const NO_BODY = new Uint8Array(0);
const bodies = new WeakMap<FastifyRequest, Uint8Array>();

/** The bytes of a request's body. */
export function bytesOf(request: FastifyRequest): Uint8Array {
  return bodies.get(request) ?? NO_BODY;
}

/**
 * Takes JSON, and nothing else.
 * @param onBody called with the length of every body; it may throw to refuse it
 */
export function takeJson(app: App, onBody: (request: FastifyRequest, bytes: number) => void): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (request: FastifyRequest, bytes: Buffer) => {
      onBody(request, bytes.length);
      bodies.set(request, bytes);
      return parsed(bytes);
    },
  );
}

function parsed(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new HttpError(400, "invalid", "the body is not UTF-8", { field: "body" });
  }
  if (depthOf(text) > DEEPEST) {
    throw new HttpError(400, "invalid", `the body is nested more than ${DEEPEST} deep`, { field: "body" });
  }
  try {
    return parseFreeJson("body", text);
  } catch {
    throw new HttpError(400, "invalid", "the body is not JSON, or has a member twice", { field: "body" });
  }
}

/** Deepest nesting of a JSON text. */
function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  for (let at = 0, quoted = false; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character === "\\") at++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "[" || character === "{") deepest = Math.max(deepest, ++depth);
    else if (character === "]" || character === "}") depth--;
  }
  return deepest;
}
