/** From whatever was thrown to what the command line says about it and ends with. */
import { CommanderError } from "commander";
import { TimeBanditsError } from "../../trace/errors.ts";
import { withoutSecrets } from "./secrets.ts";

/** 1 refused or invalid, 2 usage, 3 the surroundings. */
export type ExitCode = 1 | 2 | 3;

/** An error as the command line reports it. */
export interface Failure {
  exitCode: ExitCode;
  /** `error` of the JSON object. */
  error: Readonly<Record<string, unknown>> & { code: string; message: string };
}

/** The command line was not understood. */
export class UsageError extends TimeBanditsError {
  constructor(message: string) {
    super("usage", message, 2);
  }
}

/** What fails for lack of something around us, whoever noticed it. */
const SURROUNDINGS = new Set(["EACCES", "EPERM", "ENOSPC", "EROFS", "EMFILE", "EIO", "EDQUOT", "ECONNREFUSED"]);

/** What is refused deep inside, but was a word on the command line. */
const MISNAMED = new Set(["ENGINE_UNKNOWN"]);

export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof TimeBanditsError) {
    const { code, message, exitCode } = thrown;
    return { exitCode: MISNAMED.has(code) ? 2 : exitCode, error: { ...details(thrown), code, message } };
  }
  if (thrown instanceof CommanderError) {
    const message = thrown.code === "commander.help" ? "no command is given" : thrown.message.replace(/^error: /, "");
    // Commander quotes what it does not understand: perhaps a key or a URL in the wrong place.
    return { exitCode: 2, error: { code: "usage", message: withoutSecrets(message) } };
  }
  if (!(thrown instanceof Error)) return { exitCode: 1, error: { code: "unknown", message: String(thrown) } };
  const system = "code" in thrown && typeof thrown.code === "string" ? thrown.code : "";
  if (SURROUNDINGS.has(system)) return { exitCode: 3, error: { code: "system", message: thrown.message } };
  return {
    exitCode: 1,
    error: { code: "unknown", message: `unexpected: ${thrown.message}; set TIMEBANDITS_DEBUG=1 to see where` },
  };
}

/** What programs may want to know beside code and message. */
function details(error: Error): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const name of ["invariant", "field", "reason", "args", "template", "line", "missing"]) {
    const value: unknown = Reflect.get(error, name);
    if (value !== undefined && value !== null) found[name] = value;
  }
  return found;
}
