/** Signing a run directory, told in words: for the verb and the demonstration. */
import { type SignOptions, type SignReport, signDirectory } from "../../prover/sign.ts";
import { emptyManifest, type Manifest } from "../../trace/manifest.ts";
import { Names, time } from "../../verifier/audit-names.ts";
import { storyOf } from "../../verifier/audit-story.ts";
import { transitionLines } from "../../verifier/audit-text.ts";

/**
 * Signs, and tells what was signed.
 * @throws InvalidInputError as {@link signDirectory}
 */
export async function signRun(dir: string, options: SignOptions): Promise<{ report: SignReport; story: string[] }> {
  // One reading for all of it: a manifest that is exchanged meanwhile is not what gets signed.
  let names = new Names(emptyManifest(""));
  const accept = async (manifest: Manifest): Promise<void> => {
    names = new Names(manifest);
  };
  const report = await signDirectory(dir, { ...options, accept });
  const story = report.signed.flatMap(({ firstSeq, lastSeq, validUntil, transitions }) => [
    `batch ${firstSeq}..${lastSeq}, to be proven with times until ${time(validUntil)}:`,
    ...transitions.flatMap((t) => transitionLines(storyOf(t, names, null))),
  ]);
  return { report, story };
}
