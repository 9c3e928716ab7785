/** The answers of a route, for its schema: what it gives, and the errors. */
import type { TSchema } from "typebox";

/** Errors that any route may answer with. */
const ALWAYS = [400, 401, 429, 500, 503] as const;

/** @param errors further statuses of errors */
export function answers<S extends TSchema>(given: S, ...errors: number[]): { 200: S; [status: number]: TSchema } {
  const statuses = [...new Set([...ALWAYS, ...errors])].sort();
  const refs = statuses.map((status) => [status, { $ref: "Error#", description: WORDS[status] }] as const);
  return { ...(Object.fromEntries(refs) as { [status: number]: TSchema }), 200: given };
}

const WORDS: Readonly<Record<number, string>> = {
  400: "the request is wrong",
  401: "the request does not say who asks, or not truly",
  403: "the one who asks may not do that",
  404: "there is no such thing",
  409: "a rule refuses it",
  413: "the body is too long",
  429: "a limit refuses it; Retry-After says when to ask again",
  500: "the server failed",
  503: "the server cannot do that now",
};
