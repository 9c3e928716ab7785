/** Signs a run directory: shows everything first, and signs exactly what it showed. For the verb and its tests. */
import { openSigning, type Signing, type SignOptions, type SignReport } from "../../prover/sign.ts";
import { Names, programText, quoted, time } from "../../trace/describe/names.ts";
import { differenceText, misnamed } from "../../trace/describe/ownNames.ts";
import { selectorsIn, type TriggerFacts, triggerFacts } from "../../trace/describe/triggeredRows.ts";
import { authorityAsked } from "../../trace/machine/rowShape.ts";
import { transitionLines } from "../../verifier/audit/render.ts";
import { storyOf, type TransitionReport } from "../../verifier/audit/transitionReport.ts";
import { count, pairs, plural } from "./output.ts";

/** The content of the signatures, in words and as data. */
export interface Shown {
  report: SignReport;
  lines: string[];
  /** The effects of each batch of `report.signed`, in the same order. */
  batches: TransitionReport[][];
  triggers: TriggerFacts;
}

/**
 * Reads the run once, shows the effects to sign, and signs them if `agree` says yes. Does not ask if there is nothing
 * to sign.
 * @param agree gets what would be signed; nothing is written before it says yes
 * @returns what was shown, and whether it was agreed to
 * @throws InvalidInputError, RefusedError, ForeignMapError as {@link openSigning}
 */
export async function signRun(
  dir: string,
  options: SignOptions,
  agree: (shown: Shown) => Promise<boolean> = async () => true,
): Promise<Shown & { agreed: boolean }> {
  const signing = await openSigning(dir, options);
  const shown = shownOf(signing);
  const nothing = signing.report.signed.length === 0;
  const agreed = nothing || (await agree(shown));
  if (agreed && !nothing) await signing.write();
  return { ...shown, agreed };
}

function shownOf(signing: Signing): Shown {
  const { report, triggers, names: used } = signing;
  const names = new Names(used.tables);
  const batches = report.signed.map(({ transitions }) => transitions.map((t) => storyOf(t, { names, triggers }, null)));
  const lines = report.signed.length === 0 ? [] : beforeBatches(signing, names);
  for (const [i, { firstSeq, lastSeq, validUntil, transitions }] of report.signed.entries()) {
    const whole = transitions.some(({ actor }) => actor !== report.program) ? ", with their whole groups" : "";
    const open = transitions.filter((t) => t.actor === report.program && authorityAsked(t) === 0n).length;
    const unasked = open === 0 ? "" : `; ${open} of them from when it was open, which its log also covers`;
    const whose = `effects of ${names.program(report.program)}${whole}${unasked}`;
    lines.push(
      `batch ${firstSeq}..${lastSeq}, to be proven with times until ${time(validUntil)}: ${whose}`,
      ...(batches[i] ?? []).flatMap(transitionLines),
    );
  }
  const all = report.signed.flatMap(({ transitions }) => transitions);
  return { report, lines, batches, triggers: triggerFacts(all, triggers) };
}

/** The genesis and map that the signatures are bound to, and the source of the names shown. */
function beforeBatches({ report, manifest, triggers, names: used }: Signing, names: Names): string[] {
  const { chain } = manifest;
  const place =
    chain === undefined
      ? "of a run without a map on a chain"
      : `of map ${chain.mapId}, chain ${chain.chainId}, registry ${chain.registry}`;
  const { signed, unsettled } = report;
  const selectors = selectorsIn(
    signed.flatMap(({ transitions }) => transitions),
    triggers,
  );
  const from = used.own ? `your file ${quoted(used.from)}` : "manifest.json, as its writer chose them";
  return [
    `signed for: the run that begins with the root ${report.genesisRoot}, domain ${report.domain}, ${place}`,
    `names come from ${from}; proofs cover only the numbers beside them`,
    ...used.differences.map((difference) => `  - ${differenceText(difference)}`),
    ...misnamed(selectors, used.tables).map((wrong) => `  - ${used.from} ${wrong}`),
    ...(unsettled.length === 0 ? [] : ["made or rekeyed in batches that are not proven yet, so not final:"]),
    ...unsettled.map(({ program, how, seq, by, authority }) => {
      const inBatches =
        how === "made"
          ? `made by ${names.program(by)} in transition ${seq}`
          : `took this key in transition ${seq}; its loans, issues and watches under an earlier key STAND`;
      return `  - ${names.programWithKey(program, authority)}, ${inBatches}`;
    }),
  ];
}

/** The result in sentences. @param agreed whether the signatures were written */
export function signingSummary(report: SignReport, agreed: boolean): string[] {
  const { signed, before, otherKeys, stillMissing } = report;
  const who = programText(report);
  const earlier = before === 0 ? "" : `, ${before} before`;
  const lines = [
    `${count(signed.length, "batch")} ${agreed ? "signed" : "NOT signed"} for ${who}${earlier}`,
    ...(otherKeys === 0 ? [] : [`${count(otherKeys, "batch")} ${plural(otherKeys, "needs")} another key of ${who}`]),
  ];
  if (stillMissing > 0)
    lines.push(`${count(stillMissing, "signature")} of other programs ${plural(stillMissing, "is")} still missing`);
  else if (agreed) lines.push("no other signature is missing: the run can be proven");
  return [...lines, ...pairs([["authority", report.authority]])];
}
