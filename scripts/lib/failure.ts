/** From whatever was thrown to what the command line says about it and ends with. */
import { CommanderError } from "commander";
import { inOneLine, TimeBanditsError } from "../../trace/errors.ts";
import { failedSurroundings, systemCode } from "../../trace/run/systemErrors.ts";
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

/** What a system says of a name that leads to nothing, or to something of another sort. */
const WRONG_NAMES: Readonly<Record<string, string>> = {
  EISDIR: "is a folder; name a file",
  ENOTDIR: "lies in no folder; name another place",
  ENOENT: "is not there; name what is",
  ENAMETOOLONG: "is too long a name; choose a shorter one",
  ELOOP: "is a link that leads round in a circle; name what it should lead to",
};

/** What an engine of JavaScript says where there is too little memory or room for addresses. */
const NO_MEMORY = /\bout of memory\b|could not allocate memory|array buffer allocation failed/i;

/** What is refused deep inside, but was a word on the command line. */
const MISNAMED = new Set(["ENGINE_UNKNOWN"]);

export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Error && NO_MEMORY.test(thrown.message)) return noMemory();
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
  return (
    systemFailure(thrown) ?? {
      exitCode: 1,
      error: { code: "unknown", message: `unexpected: ${thrown.message}; set TIMEBANDITS_DEBUG=1 to see where` },
    }
  );
}

function noMemory(): Failure {
  const message =
    "there is too little memory, or too little room for addresses; allow more (ulimit -v unlimited), or prove with --jobs 1";
  return { exitCode: 3, error: { code: "memory", message } };
}

/** What the system would not do, told of the file that it was about. */
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
  return { exitCode: 1, error: { code: "invalid", message: inOneLine(`${about ?? "what was named"}: ${wrong}`) } };
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
