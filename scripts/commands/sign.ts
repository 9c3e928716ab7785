import { InvalidArgumentError, Option } from "commander";
import { hasTerminal, saysYes } from "../lib/ask.ts";
import { UsageError } from "../lib/failure.ts";
import { namesOption } from "../lib/namesOption.ts";
import { count, type Done } from "../lib/output.ts";
import { profileOption } from "../lib/profileOption.ts";
import type { Progress } from "../lib/progress.ts";
import { secondsArgument } from "../lib/rpc.ts";
import { secretFileArgument } from "../lib/secretFile.ts";
import { serverArgument } from "../lib/serverArgument.ts";
import { storeNotice } from "../lib/storeNotice.ts";
import { does, verb } from "../lib/verb.ts";

interface Options {
  server?: string;
  rewound?: boolean;
  domain?: bigint;
  program: string;
  key: string;
  validUntil?: number;
  profile?: string;
  names?: string;
  yes?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

/** `sign`: signs for the effects of a program. */
export function sign() {
  const command = verb("sign", "show a program's effects in every batch that is not proven yet, ask, and sign them")
    .argument("[dir]", "run directory; or --server")
    .option(
      "--server <url>",
      "sign at this server: what is signed is computed again from what it shows",
      serverArgument,
    )
    .requiredOption("--program <name>", "the program, by name or number")
    .requiredOption("--key <file>", "its key file, made by keys new", secretFileArgument)
    .option(
      "--valid-until <seconds>",
      "latest time of a batch proven with the signature, in seconds since 1970; default: in a week",
      secondsArgument,
    )
    .option(
      "--domain <number>",
      "with --server: the map's domain, if you know it; another one is refused",
      domainArgument,
    )
    .option(
      "--rewound",
      "with --server: sign also where the log that was signed last is gone, as after a withdrawal of others",
    )
    .addOption(new Option("--yes", "sign without asking: for scripts"))
    .addOption(new Option("--dry-run", "show what would be signed and write nothing").conflicts("yes"))
    .addOption(namesOption())
    .addOption(profileOption("plan with this profile only; give prove the same"));
  return does<Options>(command, async ({ args: [dir], options, progress }) => {
    const { server, yes, dryRun, json } = options;
    if ((dir === undefined) === (server === undefined)) throw new UsageError("give a run directory, or --server URL");
    // Fails before any work: no person can answer the question.
    if (yes !== true && dryRun !== true && (json === true || !hasTerminal())) {
      throw new UsageError(
        "sign asks before it signs, and there is no terminal to ask on; look with --dry-run, then sign with --yes",
      );
    }
    return server === undefined ? inDirectory(dir ?? "", options, progress) : atServer(server, options, progress);
  });
}

/** Signs the batches of a run directory. */
async function inDirectory(dir: string, options: Options, progress: Progress): Promise<Done> {
  const { program, key, validUntil, profile } = options;
  const { readKeyFile } = await import("../../trace/signing/keyFile.ts");
  const { signingSummary, signRun } = await import("../lib/signRun.ts");
  const { programText } = await import("../../trace/describe/names.ts");
  const { secret } = readKeyFile(key);
  const names = await ownNames(options);
  progress.say("replaying");
  const store = { onNotice: storeNotice };
  const asked = { program, secret, validUntil, profile, names, store, onProgress: progress.onProgress };
  const question = asking(options, progress);
  const { report, lines, batches, triggers, agreed } = await signRun(dir, asked, (shown) =>
    question.ask(shown.lines, shown.report.signed.length, programText(shown.report), shown.report.authority),
  );
  const facts = {
    ...report,
    dir,
    written: agreed && report.signed.length > 0,
    signed: report.signed.map((batch, i) => ({ ...batch, transitions: batches[i] ?? [] })),
    triggers,
  };
  return answer(options, { agreed, facts, lines, summary: signingSummary(report, agreed), printed: question.printed });
}

/** Signs what a server asks for. */
async function atServer(server: string, options: Options, progress: Progress): Promise<Done> {
  const { program, key, validUntil, domain, rewound } = options;
  const { readKeyFile } = await import("../../trace/signing/keyFile.ts");
  const { signWire, wireSummary } = await import("../lib/signWire.ts");
  const { signedLogsFile } = await import("../lib/signedLogs.ts");
  const { secret } = readKeyFile(key);
  const names = await ownNames(options);
  progress.say("asking the server");
  const asked = { server, program, secret, logs: signedLogsFile(key), names, domain, validUntil, rewound };
  const question = asking(options, progress);
  const shown = await signWire(asked, ({ lines, who, signing: { report } }) =>
    question.ask(lines, report.signed.length, who, report.authority),
  );
  const { agreed, lines, triggers } = shown;
  const facts = { ...shown.facts, server, written: agreed && shown.signing.report.signed.length > 0, triggers };
  return answer(options, { agreed, facts, lines, summary: wireSummary(shown, agreed), printed: question.printed });
}

async function ownNames({ names }: Options) {
  if (names === undefined) return undefined;
  const { readNames } = await import("../../trace/describe/ownNames.ts");
  return readNames(names);
}

/** Shows what would be signed, and asks, unless the command line has the answer. */
function asking({ yes, dryRun }: Options, progress: Progress) {
  return {
    printed: false,
    async ask(lines: readonly string[], batches: number, who: string, authority: bigint): Promise<boolean> {
      if (yes === true || dryRun === true) return yes === true;
      progress.stop();
      process.stdout.write(`${lines.join("\n")}\n\n`);
      this.printed = true;
      return saysYes(`Sign ${count(batches, "batch")} for ${who} with the key ${authority}?`);
    },
  };
}

interface Answered {
  agreed: boolean;
  facts: Record<string, unknown>;
  lines: readonly string[];
  summary: readonly string[];
  printed: boolean;
}

function answer({ dryRun }: Options, { agreed, facts, lines, summary, printed }: Answered): Done {
  const error = { code: "not-agreed", message: "nothing was signed" };
  return {
    ...(agreed || dryRun === true ? { facts } : { ok: false, facts: { ...facts, error } }),
    lines: [...(printed ? [] : lines), ...summary],
  };
}

/** A number of the field. */
function domainArgument(text: string): bigint {
  if (/^(0|[1-9][0-9]{0,76})$/.test(text)) return BigInt(text);
  throw new InvalidArgumentError("It is the domain as a decimal number, as sign and audit show it.");
}
