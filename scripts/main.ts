/** The command line, `timebandits`. Started by timebandits.mjs on a Node that runs TypeScript. */
import { CommanderError } from "commander";
import { commandLine } from "./commandLine.ts";
import { failureOf } from "./lib/failure.ts";
import { askedToStop, interruptionText } from "./lib/interruption.ts";
import { endWhenNobodyReads, SCHEMA_VERSION, toJson } from "./lib/output.ts";
import { withoutSecrets } from "./lib/secrets.ts";

/** Exit code after Ctrl-C. */
const INTERRUPTED = 130;
/** Time for threads and sockets to end once the work is done, in milliseconds. */
const LINGER_MS = 2_000;

async function main(argv: readonly string[]): Promise<void> {
  const program = commandLine(argv);
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (thrown) {
    if (!askedForHelp(thrown)) report(thrown, argv);
  }
}

function report(thrown: unknown, argv: readonly string[]): void {
  const { exitCode, error } = failureOf(thrown);
  process.exitCode = exitCode;
  if (process.env.TIMEBANDITS_DEBUG && thrown instanceof Error) {
    // Commander quotes unknown arguments.
    const stack = thrown instanceof CommanderError ? withoutSecrets(String(thrown.stack)) : thrown.stack;
    process.stderr.write(`${stack}\n`);
  }
  if (argv.includes("--json")) process.stdout.write(`${toJson({ schemaVersion: SCHEMA_VERSION, ok: false, error })}\n`);
  else process.stderr.write(`timebandits: ${error.message}\n`);
}

/** Commander throws for `--help` and `--version` as well. */
function askedForHelp(thrown: unknown): boolean {
  return thrown instanceof Error && "exitCode" in thrown && "code" in thrown && thrown.exitCode === 0;
}

endWhenNobodyReads();
process.on("SIGINT", () => {
  if (askedToStop()) return;
  // Finished work is already on disk: traces group by group, proofs file by file.
  process.stderr.write(`\ntimebandits: ${interruptionText()}\n`);
  process.exit(INTERRUPTED);
});
process.on("uncaughtException", (thrown) => {
  // From a stream or a thread without a handler: the process cannot continue.
  report(thrown, process.argv.slice(2));
  process.exit();
});
await main(process.argv.slice(2));
setTimeout(() => process.exit(), LINGER_MS).unref();
