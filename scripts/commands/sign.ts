import { count, pairs } from "../lib/output.ts";
import { profileOption } from "../lib/profileOption.ts";
import { secondsArgument } from "../lib/rpc.ts";
import { secretFileArgument } from "../lib/secretFile.ts";
import { does, verb } from "../lib/verb.ts";

interface Options {
  program: string;
  key: string;
  validUntil?: number;
  profile?: string;
}

/** `sign`: a program's consent to what it did. */
export function sign() {
  const command = verb("sign", "sign for a program what it did, in every batch that is not proven yet")
    .argument("<dir>", "run directory")
    .requiredOption("--program <name>", "the program, by its name in the manifest or by number")
    .requiredOption("--key <file>", "its key file, as keys new makes it", secretFileArgument)
    .option(
      "--valid-until <seconds>",
      "time that no batch proven with it may go beyond, since 1970; by default in a week",
      secondsArgument,
    )
    .addOption(profileOption("the only size of batches to plan with, if prove will be given it too"));
  return does<Options>(command, async ({ args: [dir = ""], options, progress }) => {
    const { readKeyFile } = await import("../lib/keyFile.ts");
    const { signRun } = await import("../lib/signRun.ts");
    const { program, key, validUntil, profile } = options;
    const { secret } = readKeyFile(key);
    progress.say("replaying");
    const { onProgress } = progress;
    const { report, story } = await signRun(dir, { program, secret, validUntil, profile, onProgress });
    const { signed, before, otherKeys, stillMissing, name } = report;
    const who = name === null ? `program ${report.program}` : `${name} (program ${report.program})`;
    const lines = [
      ...story,
      `${count(signed.length, "batch")} signed for ${who}${before === 0 ? "" : `, ${before} before`}`,
      ...(otherKeys === 0 ? [] : [`${count(otherKeys, "batch")} need another key of ${who}`]),
      stillMissing === 0
        ? "no other signature is missing: the run can be proven"
        : `${count(stillMissing, "signature")} of other programs are still missing`,
      ...pairs([
        ["authority", report.authority],
        ["domain", report.domain === 0n ? "local" : report.domain],
      ]),
    ];
    const facts = {
      ...report,
      dir,
      signed: signed.map(({ transitions, ...batch }) => ({ ...batch, transitions: transitions.map(({ seq }) => seq) })),
    };
    return { facts, lines };
  });
}
