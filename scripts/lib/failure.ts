/** Turns a thrown value into the command line's message and exit code. */
import { CommanderError } from "commander";
import { inOneLine, TimeBanditsError } from "../../trace/errors.ts";
import { failedSurroundings, systemCode } from "../../trace/run/systemErrors.ts";
import { withoutSecrets } from "./secrets.ts";

/** 1: refused or invalid. 2: usage. 3: the environment (node, disk, memory). */
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

/** System errors for a path that does not exist or is of another type. */
const WRONG_NAMES: Readonly<Record<string, string>> = {
  EISDIR: "is a folder; name a file",
  ENOTDIR: "is inside something that is not a folder; name another path",
  ENOENT: "does not exist; name an existing file or folder",
  ENAMETOOLONG: "has a name that is too long; choose a shorter one",
  ELOOP: "is a link that leads back to itself; name its target",
};

/** A JavaScript engine's messages for too little memory or address space. */
const NO_MEMORY = /\bout of memory\b|could not allocate memory|array buffer allocation failed/i;

/** Codes of inner errors that are usage errors here: their cause is a word on the command line. */
const MISNAMED = new Set(["ENGINE_UNKNOWN"]);

export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Error && NO_MEMORY.test(thrown.message)) return noMemory();
  if (thrown instanceof TimeBanditsError) {
    const { code, message, exitCode } = thrown;
    return { exitCode: MISNAMED.has(code) ? 2 : exitCode, error: { ...details(thrown), code, message } };
  }
  if (thrown instanceof CommanderError) {
    const message = thrown.code === "commander.help" ? "no command is given" : thrown.message.replace(/^error: /, "");
    // Commander quotes unknown arguments, which may be a key or a URL in the wrong place.
    return { exitCode: 2, error: { code: "usage", message: withoutSecrets(message) } };
  }
  if (!(thrown instanceof Error)) return { exitCode: 1, error: { code: "unknown", message: String(thrown) } };
  return (
    systemFailure(thrown) ?? {
      exitCode: 1,
      error: { code: "unknown", message: `unexpected: ${thrown.message}; set TIMEBANDITS_DEBUG=1 to see where` },
    }
  );
}

function noMemory(): Failure {
  const message =
    "there is too little memory or address space; allow more (ulimit -v unlimited), or prove with --jobs 1";
  return { exitCode: 3, error: { code: "memory", message } };
}

/** The failure for a system error, with the file that it concerns. */
function systemFailure(thrown: Error): Failure | undefined {
  const { path, dest } = thrown as { path?: unknown; dest?: unknown };
  const about = [dest, path].find((name): name is string => typeof name === "string");
  const reason = failedSurroundings(thrown);
  if (reason !== undefined) {
    return {
      exitCode: 3,
      error: { code: "system", message: inOneLine(about === undefined ? reason : `${about}: ${reason}`) },
    };
  }
  const wrong = WRONG_NAMES[systemCode(thrown)];
  if (wrong === undefined) return undefined;
  return { exitCode: 1, error: { code: "invalid", message: inOneLine(`${about ?? "a path"}: ${wrong}`) } };
}

/** Further members of the JSON error, for programs. */
function details(error: Error): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const name of ["invariant", "field", "reason", "args", "template", "line", "missing"]) {
    const value: unknown = Reflect.get(error, name);
    if (value !== undefined && value !== null) found[name] = value;
  }
  return found;
}
