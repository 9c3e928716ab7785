import { existsSync } from "node:fs";
import { InvalidInputError } from "../../trace/errors.ts";
import { unwritable } from "../../trace/run/runDirectory.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import { keysIn, type VerificationKeyOptions, verificationKeyOption } from "../lib/keyOption.ts";
import { seqArgument } from "../lib/numberArgument.ts";
import { storeNotice } from "../lib/storeNotice.ts";
import { does, verb } from "../lib/verb.ts";

interface Options extends VerificationKeyOptions {
  out?: string;
}

/** `prove-record`: shows one transition of a proven run to a reader who does not have the run. */
export function proveRecordCommand() {
  const command = verb("prove-record", "write one transition of a proven run, with its proof, to a file of its own")
    .argument("<dir>", "run directory")
    .argument("<seq>", "number of the transition", seqArgument)
    .option("--out <file>", "file to write; default: print the record")
    .addOption(verificationKeyOption());
  return does<Options>(command, async ({ args: [dir = "", seq = ""], options, progress }) => {
    const { proveRecord } = await import("../../verifier/records/records.ts");
    const { recordText } = await import("../../verifier/records/recordFile.ts");
    const { out } = options;
    if (out !== undefined && existsSync(out)) throw new InvalidInputError(out, "exists already; name another file");
    const keys = await keysIn(options);
    progress.say("opening the record");
    const text = recordText(await proveRecord(dir, Number(seq), { keys, store: { onNotice: storeNotice } }));
    if (out === undefined) return { facts: { dir, record: JSON.parse(text) as object }, lines: [text.trimEnd()] };
    write(out, text);
    const lines = [`record of transition ${seq} written to ${out}`, "its reader sees the cells of that transition"];
    return { facts: { dir, seq: Number(seq), out }, lines };
  });
}

/** Writes the file. Never replaces an existing one. */
function write(path: string, text: string): void {
  try {
    writeWhole(path, text, { replace: false });
  } catch (error) {
    throw unwritable(path, error, "name a file in a folder that exists");
  }
}
