/** Errors as answers: one form, a status for each sort, and nothing of the inside. */
import { EnvironmentError, InvalidInputError, inOneLine, RefusedError, TimeBanditsError } from "../../trace/errors.ts";

/** An error that the server itself answers with. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;
  /** Whole seconds after which to ask again. */
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, message: string, more: { field?: string; retryAfter?: number } = {}) {
    super(message);
    this.name = "HttpError";
    this.status = status;
    this.code = code;
    this.field = more.field;
    this.retryAfter = more.retryAfter;
  }

  /** The status, by the name that the HTTP library and its plugins know. */
  get statusCode(): number {
    return this.status;
  }
}

/** The error for what does not exist. */
export function notFound(what: string): HttpError {
  return new HttpError(404, "not-found", `there is no ${what}`);
}

/** The answer to an error. */
export interface ErrorReply {
  readonly status: number;
  readonly retryAfter?: number;
  readonly body: { readonly error: { code: string; message: string; field?: string; invariant?: string } };
}

/** Messages for the statuses that the HTTP library refuses with. Its own would quote what it was sent. */
const REFUSALS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ["invalid", "the request is not understood; see /openapi.json"],
  404: ["not-found", "there is no such path; see /openapi.json"],
  408: ["timeout", "the request did not arrive in time; send it again"],
  413: ["too-large", "the body is too long; send less in one request"],
  414: ["too-large", "the path is too long"],
  415: ["invalid", "the body must be JSON: send content-type application/json"],
  431: ["too-large", "the headers are too long"],
};

/** What to answer to a thrown value. */
export function replyTo(thrown: unknown): ErrorReply {
  if (thrown instanceof HttpError) {
    const { status, code, message, field, retryAfter } = thrown;
    return {
      status,
      ...(retryAfter === undefined ? {} : { retryAfter }),
      body: { error: { code, message: inOneLine(message), ...(field === undefined ? {} : { field }) } },
    };
  }
  if (thrown instanceof RefusedError) {
    return { status: 409, body: { error: { code: "refused", message: thrown.message, invariant: thrown.invariant } } };
  }
  if (thrown instanceof InvalidInputError) {
    return { status: 400, body: { error: { code: "invalid", message: thrown.message, field: thrown.field } } };
  }
  // What ails the surroundings is the operator's business: paths and addresses are in such a message.
  if (thrown instanceof EnvironmentError) return unavailable();
  if (thrown instanceof TimeBanditsError) {
    return { status: 400, body: { error: { code: thrown.code, message: thrown.message } } };
  }
  return ofLibrary(thrown) ?? internal();
}

function unavailable(): ErrorReply {
  const message = "the server cannot do that now; ask again later, and ask the operator if it lasts";
  return { status: 503, retryAfter: 5, body: { error: { code: "unavailable", message } } };
}

function internal(): ErrorReply {
  const message = "the server failed; its operator finds the reason in the log";
  return { status: 500, body: { error: { code: "internal", message } } };
}

/** A refusal by the HTTP library: a schema that does not fit, a body that is no JSON. */
function ofLibrary(thrown: unknown): ErrorReply | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { statusCode, validation, validationContext } = thrown as {
    statusCode?: unknown;
    validation?: readonly { instancePath?: string; message?: string }[];
    validationContext?: string;
  };
  const [fault] = validation ?? [];
  if (fault !== undefined) {
    const field = `${validationContext ?? "request"}${(fault.instancePath ?? "").replaceAll("/", ".")}`;
    const message = inOneLine(`${field} ${fault.message ?? "is wrong"}`, 300);
    return { status: 400, body: { error: { code: "invalid", message, field: inOneLine(field, 200) } } };
  }
  const refusal = typeof statusCode === "number" ? (REFUSALS[statusCode] ?? other(statusCode)) : undefined;
  if (refusal === undefined) return undefined;
  const [code, message] = refusal;
  return { status: statusCode as number, body: { error: { code, message } } };
}

function other(status: number): readonly [string, string] | undefined {
  return status >= 400 && status < 500 ? ["invalid", "the request is refused"] : undefined;
}
