import { keysIn, type VerificationKeyOptions, verificationKeyOption } from "../lib/keyOption.ts";
import { batchArgument } from "../lib/numberArgument.ts";
import { count } from "../lib/output.ts";
import { does, verb } from "../lib/verb.ts";

interface Options extends VerificationKeyOptions {
  out: string;
  batch?: number;
}

/** `export`: writes proofs in the files that plain snarkjs reads. */
export function exportCommand() {
  const command = verb("export", "write verification_key.json, public.json and proof.json for plain snarkjs")
    .argument("<dir>", "run directory")
    .requiredOption("--out <folder>", "folder for the files; without --batch, each batch gets a folder inside it")
    .option("--batch <number>", "export only this batch, counted from 1", batchArgument)
    .addOption(verificationKeyOption());
  return does<Options>(command, async ({ args: [dir = ""], options, progress }) => {
    const { exportDirectory, SNARKJS_FILES } = await import("../../verifier/snarkjsFiles.ts");
    const { out, batch } = options;
    const keys = await keysIn(options);
    progress.say("verifying");
    const batches = await exportDirectory(dir, { out, batch, keys });
    const [first] = batches;
    const files = SNARKJS_FILES.map((name) => `${first?.folder}/${name}`);
    const lines = [
      `${count(batches.length, "batch")} verified and exported`,
      ...batches.map(({ firstSeq, lastSeq, folder, keyKind }) => `${firstSeq}..${lastSeq}: ${folder} (${keyKind} key)`),
      `check one with: npx snarkjs groth16 verify ${files.join(" ")}`,
    ];
    return { facts: { dir, out, batches }, lines };
  });
}
