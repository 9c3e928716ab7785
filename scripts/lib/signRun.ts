/** Signing a run directory, told in words: for the verb and the demonstration. */
import { type SignOptions, type SignReport, signDirectory } from "../../prover/sign.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { emptyManifest, type Manifest } from "../../trace/manifest.ts";
import { Names, time } from "../../verifier/audit-names.ts";
import { storyOf } from "../../verifier/audit-story.ts";
import { transitionLines } from "../../verifier/audit-text.ts";

/**
 * Signs, and tells what was signed.
 * @throws InvalidInputError as {@link signDirectory}; also if the manifest's domain is not that of the map that it names, because a
 *   signature would then be good for a map that the signer does not know of
 */
export async function signRun(dir: string, options: SignOptions): Promise<{ report: SignReport; story: string[] }> {
  // One reading for all of it: a manifest that is exchanged meanwhile is not what gets signed.
  let names = new Names(emptyManifest(""));
  const accept = async (manifest: Manifest): Promise<void> => {
    await requireOwnDomain(manifest);
    names = new Names(manifest);
  };
  const report = await signDirectory(dir, { ...options, accept });
  const story = report.signed.flatMap(({ firstSeq, lastSeq, validUntil, transitions }) => [
    `batch ${firstSeq}..${lastSeq}, to be proven with times until ${time(validUntil)}:`,
    ...transitions.flatMap((t) => transitionLines(storyOf(t, names, null))),
  ]);
  return { report, story };
}

async function requireOwnDomain({ chain }: Manifest): Promise<void> {
  if (chain === undefined) return;
  const { domainOf } = await import("../../verifier/chain.ts");
  const domain = domainOf(chain.chainId, chain.registry.toLowerCase(), chain.mapId);
  if (domain === chain.domain) return;
  throw new InvalidInputError(
    "manifest.json chain domain",
    `is ${chain.domain}, but that of the map on chain ${chain.chainId} is ${domain}; ask for the run as it was created`,
  );
}
