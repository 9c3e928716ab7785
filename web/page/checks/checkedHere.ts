/** What this page has checked, and what it has not, in sentences without their full stops. */
import { count } from "../../../trace/describe/count.ts";
import { toldBy } from "./chainMarks.ts";
import { batchMarks } from "./marks.ts";
import { isForeignKey } from "./problems.ts";
import { replayIn } from "./replayFault.ts";
import { FORGEABLE, isUnderDevelopmentKey, type Standing, standingOf } from "./signatureStanding.ts";
import type { Checks } from "./state.ts";
import { chainPart } from "./strip.ts";

export interface CheckedHere {
  readonly done: readonly string[];
  readonly left: readonly string[];
}

export function checkedHere(checks: Checks): CheckedHere {
  const { report, shown, chain } = checks;
  if (report === undefined) return { done: [], left: ["nothing yet: the check is not over"] };
  const done: string[] = [];
  const left: string[] = [];
  const { replayed, audited } = replayIn(report, shown);
  const all = report.counts.transitions;
  if (audited && replayed > 0) {
    done.push(
      `${count(replayed, "transition")} of ${all} replayed from the genesis: each is allowed by the rules, and gives what its record says`,
    );
  }
  if (!audited) left.push("the trace against the proofs: a file of the run cannot be read");
  else if (replayed < all) left.push(`the ${count(all - replayed, "transition")} behind the fault of the replay`);
  const { batches } = batchMarks(checks);
  const good = batches.filter(({ mark }) => mark.verdict === "good").length;
  if (good > 0) {
    done.push(
      `${count(good, "proof")} of ${batches.length} verified, and their statements compared: roots before and after, and the root over the records`,
    );
  }
  const foreign = report.problems.filter(isForeignKey).length;
  if (foreign > 0) left.push(`${count(foreign, "proof")} under a key that this page does not have; give its file here`);
  const unproven = report.counts.transitions - report.counts.proven;
  if (unproven > 0)
    left.push(`${count(unproven, "transition")} without a valid proof: only the replay speaks for them`);
  const standings = report.signatures.map((one) => standingOf(one, report));
  const number = (wanted: Standing): number => standings.filter((standing) => standing === wanted).length;
  const needed = report.signatures.length;
  if (number("checked") > 0) done.push(`${number("checked")} of ${count(needed, "signature")} verified`);
  if (number("proven") > 0) done.push(`${number("proven")} of ${count(needed, "signature")} covered by a proof`);
  if (number("forgeable") > 0) left.push(`${count(number("forgeable"), "signature")}: ${FORGEABLE}`);
  if (number("missing") > 0) left.push(`${count(number("missing"), "signature")}, of which there is no file`);
  const open = report.programs.filter(({ authority }) => authority === null).length;
  if (open > 0)
    left.push(
      `who acts for ${count(open, "open program")}: without a key nobody signs, and the operator of the map may act in their names`,
    );
  if (chain?.report !== undefined && chain.report !== null) {
    const compared = `the map on its chain compared with the bundles (${toldBy(chain)})`;
    if (chainPart(checks).verdict === "good") done.push(compared);
    else left.push(`${compared}: it does not show that all of these records were accepted`);
    left.push("the node itself: it is believed; ask one of your own");
  } else left.push(notAsked(chain));
  if (isUnderDevelopmentKey(report))
    left.push(
      "whether the proofs are genuine: they are under a development key, under which anyone can forge; they are for tests",
    );
  left.push("names of programs, kinds and slots, and notes: their writers chose them; rely on the numbers");
  left.push("this page's own code: it came from its server; to rely on nobody, run explore from your own installation");
  return { done, left };
}

function notAsked(chain: Checks["chain"]): string {
  const what =
    "whether a chain has accepted the batches, under which keys and terms, and whether this run is the newest";
  if (chain === undefined) return `${what}: no node was asked`;
  return chain.failure === null ? `${what}: the node is being asked` : `${what}: ${chain.failure}`;
}
