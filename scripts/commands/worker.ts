/** `worker`: proves batches of a server, on any machine. */
import { readFileSync } from "node:fs";
import { InvalidInputError } from "../../trace/errors.ts";
import { stopsItself, whenInterrupted } from "../lib/interruption.ts";
import { requireNewNode } from "../lib/newNode.ts";
import { count } from "../lib/output.ts";
import { engineOption } from "../lib/profileOption.ts";
import { secretFileArgument } from "../lib/secretFile.ts";
import { serverArgument } from "../lib/serverArgument.ts";
import { does, verb } from "../lib/verb.ts";
import { jobsArgument } from "./prove.ts";

interface Options {
  server: string;
  name?: string;
  engine?: string;
  jobs?: number;
  once?: boolean;
  token?: string;
  quiet?: boolean;
}

export function worker() {
  const command = verb("worker", "prove batches of a server until Ctrl-C; it needs no secret, and no trust")
    .requiredOption("--server <url>", "server to work for, as in https://map.example:8080", serverArgument)
    .option("--name <name>", "the worker's name; default: the machine's, with a random part")
    .addOption(engineOption())
    .option(
      "--jobs <n>",
      "batches in work at the same time; default: 2 on a machine with two or more cores",
      jobsArgument,
    )
    .option("--once", "end after one batch")
    .option("--token <file>", "file that holds the server's worker token, if it asks for one", secretFileArgument);
  return does<Options>(command, async ({ options, progress }) => {
    requireNewNode("worker");
    const { runWorker } = await import("../../service/worker/runWorker.ts");
    const { server, name, engine, jobs, once, token } = options;
    const done = { accepted: 0, late: 0, failed: 0, givenBack: 0 };
    const signal = stopsItself("the proof at hand");
    whenInterrupted(() => "the server gives the worker's batch to another one");
    const remark = (text: string): void => {
      if (options.quiet !== true) process.stderr.write(`timebandits: ${text}\n`);
    };
    let away = "";
    progress.say("waiting for a batch");
    await runWorker({
      ...{ server, name, engine, jobs, once, signal },
      token: token === undefined ? undefined : tokenIn(token),
      onEvent: (event) => {
        if (event.type in done) done[event.type as keyof typeof done]++;
        const reason = event.type === "away" ? event.reason : "";
        // Once is enough, however often it is tried.
        if (reason !== "" && reason !== away) remark(`${reason}; trying again`);
        away = reason;
        if (event.type === "away") return;
        if (event.type === "failed") remark(`batch ${event.id} failed: ${event.reason}`);
        else progress.say(`batch ${event.id}: ${event.type}; ${count(done.accepted, "proof")} accepted`);
      },
    });
    const lines = [
      `${count(done.accepted, "proof")} accepted, ${done.late} late, ${done.failed} failed, ${done.givenBack} given back`,
    ];
    return { facts: { server, ...done }, lines };
  });
}

function tokenIn(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new InvalidInputError(file, "cannot be read; name the file that holds the worker token", { cause: error });
  }
}
