import { Option } from "commander";
import { hasTerminal, saysYes } from "../lib/ask.ts";
import { UsageError } from "../lib/failure.ts";
import { namesOption } from "../lib/namesOption.ts";
import { count } from "../lib/output.ts";
import { profileOption } from "../lib/profileOption.ts";
import { secondsArgument } from "../lib/rpc.ts";
import { secretFileArgument } from "../lib/secretFile.ts";
import { storeNotice } from "../lib/storeNotice.ts";
import { does, verb } from "../lib/verb.ts";

interface Options {
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
    .argument("<dir>", "run directory")
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
    .addOption(profileOption("plan with this profile only; give prove the same"));
  return does<Options>(command, async ({ args: [dir = ""], options, progress }) => {
    const { program, key, validUntil, profile, yes, dryRun, json } = options;
    const asks = yes !== true && dryRun !== true;
    // Fails before any work: no person can answer the question.
    if (asks && (json === true || !hasTerminal())) {
      throw new UsageError(
        "sign asks before it signs, and there is no terminal to ask on; look with --dry-run, then sign with --yes",
      );
    }
    const { readKeyFile } = await import("../../trace/signing/keyFile.ts");
    const { readNames } = await import("../../trace/describe/ownNames.ts");
    const { signingSummary, signRun } = await import("../lib/signRun.ts");
    const { programText } = await import("../../trace/describe/names.ts");
    const { secret } = readKeyFile(key);
    const names = options.names === undefined ? undefined : readNames(options.names);
    progress.say("replaying");
    const store = { onNotice: storeNotice };
    const asked = { program, secret, validUntil, profile, names, store, onProgress: progress.onProgress };
    let printed = false;
    const { report, lines, batches, triggers, agreed } = await signRun(dir, asked, async (shown) => {
      if (!asks) return yes === true;
      progress.stop();
      process.stdout.write(`${shown.lines.join("\n")}\n\n`);
      printed = true;
      const { signed, authority } = shown.report;
      return saysYes(
        `Sign ${count(signed.length, "batch")} for ${programText(shown.report)} with the key ${authority}?`,
      );
    });
    const facts = {
      ...report,
      dir,
      written: agreed && report.signed.length > 0,
      signed: report.signed.map((batch, i) => ({ ...batch, transitions: batches[i] ?? [] })),
      triggers,
    };
    const summary = signingSummary(report, agreed);
    const error = { code: "not-agreed", message: "nothing was signed" };
    return {
      ...(agreed || dryRun === true ? { facts } : { ok: false, facts: { ...facts, error } }),
      lines: [...(printed ? [] : lines), ...summary],
    };
  });
}
