/** Signs a run directory: shows everything first, and signs exactly what it showed. For the verb and its tests. */
import { openSigning, type Signing, type SignOptions, type SignReport } from "../../prover/sign.ts";
import { Names, programText, quoted } from "../../trace/describe/names.ts";
import { differenceText, misnamed } from "../../trace/describe/ownNames.ts";
import { selectorsIn, type TriggerFacts, triggerFacts } from "../../trace/describe/triggeredRows.ts";
import { authorityAsked } from "../../trace/machine/rowShape.ts";
import { transitionLines } from "../../verifier/audit/render.ts";
import { storyOf, type TransitionReport } from "../../verifier/audit/transitionReport.ts";
import { count, plural } from "./output.ts";
import { authorityLine, batchHead, effectsOf, namesFrom, signedCount, signedFor } from "./signText.ts";

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
    const open = transitions.filter((t) => t.actor === report.program && authorityAsked(t) === 0n).length;
    const unasked = open === 0 ? "" : `; ${open} of them from when it was open, which its log also covers`;
    const whose = effectsOf(names.program(report.program), report.program, transitions);
    lines.push(
      batchHead({ firstSeq, lastSeq, validUntil }, `${whose}${unasked}`),
      ...(batches[i] ?? []).flatMap(transitionLines),
    );
  }
  const all = report.signed.flatMap(({ transitions }) => transitions);
  return { report, lines, batches, triggers: triggerFacts(all, triggers) };
}

/** The genesis and map that the signatures are bound to, and the source of the names shown. */
function beforeBatches({ report, manifest, triggers, names: used }: Signing, names: Names): string[] {
  const { signed, unsettled } = report;
  const selectors = selectorsIn(
    signed.flatMap(({ transitions }) => transitions),
    triggers,
  );
  const from = used.own ? `your file ${quoted(used.from)}` : "manifest.json, as its writer chose them";
  return [
    signedFor({ ...report, chain: manifest.chain }),
    namesFrom(from),
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
  const lines = signedCount({ signed: signed.length, otherKeys, before }, who, agreed);
  if (stillMissing > 0)
    lines.push(`${count(stillMissing, "signature")} of other programs ${plural(stillMissing, "is")} still missing`);
  else if (agreed) lines.push("no other signature is missing: the run can be proven");
  return [...lines, ...authorityLine(report.authority)];
}
