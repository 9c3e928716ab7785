import { InvalidArgumentError, Option } from "commander";
import type { SignOptions } from "../../prover/sign.ts";
import { hasTerminal, saysYes } from "../lib/ask.ts";
import { UsageError } from "../lib/failure.ts";
import { namesOption } from "../lib/namesOption.ts";
import { count } from "../lib/output.ts";
import { profileOption } from "../lib/profileOption.ts";
import type { Progress } from "../lib/progress.ts";
import { secondsArgument } from "../lib/rpc.ts";
import { secretFileArgument } from "../lib/secretFile.ts";
import { serverArgument } from "../lib/serverArgument.ts";
import { storeNotice } from "../lib/storeNotice.ts";
import { does, verb } from "../lib/verb.ts";

interface Options {
  server?: string;
  program: string;
  key: string;
  validUntil?: number;
  profile?: string;
  names?: string;
  rewound?: boolean;
  domain?: bigint;
  yes?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

/** `sign`: signs for the effects of a program. */
export function sign() {
  const command = verb("sign", "show a program's effects in every batch that is not proven yet, ask, and sign them")
    .argument("[dir]", "run directory, unless a server has the map")
    .option("--server <url>", "sign for the map of a server, as in https://map.example", serverArgument)
    .requiredOption("--program <name>", "the program, by name or number")
    .requiredOption("--key <file>", "its key file, made by keys new", secretFileArgument)
    .option(
      "--valid-until <seconds>",
      "latest time of a batch proven with the signature, in seconds since 1970; default: in a week",
      secondsArgument,
    )
    .addOption(new Option("--yes", "sign without asking: for scripts"))
    .addOption(new Option("--dry-run", "show what would be signed and write nothing").conflicts("yes"))
    .addOption(namesOption())
    .option("--domain <number>", "with a server: the map's domain; a server of another map is refused", domainArgument)
    .option("--rewound", "with a server: sign although effects that were signed before are gone: they were withdrawn")
    .addOption(profileOption("plan with this profile only; give prove the same"));
  return does<Options>(command, async ({ args: [dir], options, progress }) => {
    const { server, program, key, validUntil, profile, yes, dryRun, json } = options;
    requireOnePlace(dir, options);
    const asks = yes !== true && dryRun !== true;
    // Fails before any work: no person can answer the question.
    if (asks && (json === true || !hasTerminal())) {
      throw new UsageError(
        "sign asks before it signs, and there is no terminal to ask on; look with --dry-run, then sign with --yes",
      );
    }
    const { readKeyFile } = await import("../../trace/signing/keyFile.ts");
    const { readNames } = await import("../../trace/describe/ownNames.ts");
    const { secret } = readKeyFile(key);
    const names = options.names === undefined ? undefined : readNames(options.names);
    const question: Question = { asks, yes: yes === true, printed: false, progress };
    const asked = { program, secret, validUntil, names };
    const { facts, lines, summary, agreed } =
      server === undefined
        ? await inDirectory(dir ?? "", { ...asked, profile }, question)
        : await atServer({ ...asked, server, key, rewound: options.rewound, domain: options.domain }, question);
    const error = { code: "not-agreed", message: "nothing was signed" };
    return {
      ...(agreed || dryRun === true ? { facts } : { ok: false, facts: { ...facts, error } }),
      lines: [...(question.printed ? [] : lines), ...summary],
    };
  });
}

/** How the user is asked. */
interface Question {
  readonly asks: boolean;
  readonly yes: boolean;
  /** Whether the effects are on the terminal already. */
  printed: boolean;
  readonly progress: Progress;
}

interface Outcome {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
  readonly summary: readonly string[];
  readonly agreed: boolean;
}

/** Shows everything, then asks. */
async function agreedTo(question: Question, lines: readonly string[], text: string): Promise<boolean> {
  if (!question.asks) return question.yes;
  question.progress.stop();
  process.stdout.write(`${lines.join("\n")}\n\n`);
  question.printed = true;
  return saysYes(text);
}

const askText = (batches: number, who: string, authority: bigint): string =>
  `Sign ${count(batches, "batch")} for ${who} with the key ${authority}?`;

type Asked = Pick<SignOptions, "program" | "secret" | "validUntil" | "names">;

async function inDirectory(
  dir: string,
  asked: Asked & { profile: string | undefined },
  question: Question,
): Promise<Outcome> {
  const { signingSummary, signRun } = await import("../lib/signRun.ts");
  const { programText } = await import("../../trace/describe/names.ts");
  question.progress.say("replaying");
  const options = { ...asked, store: { onNotice: storeNotice }, onProgress: question.progress.onProgress };
  const { report, lines, batches, triggers, agreed } = await signRun(dir, options, async (shown) => {
    const { signed, authority } = shown.report;
    return agreedTo(question, shown.lines, askText(signed.length, programText(shown.report), authority));
  });
  const facts = {
    ...report,
    dir,
    written: agreed && report.signed.length > 0,
    signed: report.signed.map((batch, i) => ({ ...batch, transitions: batches[i] ?? [] })),
    triggers,
  };
  return { facts, lines, summary: signingSummary(report, agreed), agreed };
}

type AtServer = Asked & { server: string; key: string; rewound: boolean | undefined; domain: bigint | undefined };

async function atServer({ key, ...asked }: AtServer, question: Question): Promise<Outcome> {
  const { signWire, wireSummary } = await import("../lib/signWire.ts");
  const { signedLogsOf } = await import("../../service/client/signedLogs.ts");
  question.progress.say("asking the server");
  const done = await signWire({ ...asked, logs: signedLogsOf(key) }, async ({ report, who, lines }) =>
    agreedTo(question, lines, askText(report.signed.length, who, report.authority)),
  );
  const { report, lines, batches, triggers, agreed } = done;
  const { url, chain, ...rest } = report;
  const facts = {
    ...{ ...rest, server: url, chain: chain ?? null, written: agreed && report.signed.length > 0 },
    signed: report.signed.map(({ effects: _effects, ...batch }, i) => ({ ...batch, transitions: batches[i] ?? [] })),
    triggers,
  };
  return { facts, lines, summary: wireSummary(done, agreed), agreed };
}

/** @throws UsageError unless there is a directory or a server, and what belongs to it */
function requireOnePlace(dir: string | undefined, { server, profile, rewound, domain }: Options): void {
  if ((dir === undefined) === (server === undefined)) {
    throw new UsageError("sign needs one place: name a run directory, or a server with --server URL");
  }
  if (server !== undefined && profile !== undefined) {
    throw new UsageError("--profile is for a run directory: a server has cut its batches already");
  }
  if (server === undefined && (rewound !== undefined || domain !== undefined)) {
    throw new UsageError("--rewound and --domain are for a server; a run directory shows its whole run");
  }
}

function domainArgument(text: string): bigint {
  if (/^(0|[1-9][0-9]{0,77})$/.test(text)) return BigInt(text);
  throw new InvalidArgumentError("It is a decimal number, as status and audit print it.");
}
