/**
 * Whom and what a reader of this run relies on, question by question. What the page does not know it says. Grey means
 * that somebody is relied on, or that it is unknown; green that nobody is; red that something is wrong.
 */
import { count } from "../../../trace/describe/count.ts";
import { programText } from "../../../trace/describe/programRef.ts";
import type { RunFacts } from "../../work/history/desk.ts";
import { type Checks, marksOf, NOBODY, OPEN_ACTOR } from "../checks/marks.ts";
import { foreignKeyText, isForeignKey, problemsOf } from "../checks/problems.ts";
import { isWholeReplay, replayIn, sentenceOf } from "../checks/replayFault.ts";
import { isUnderDevelopmentKey, standingOf } from "../checks/signatureStanding.ts";
import { chainParts } from "./chainParts.ts";
import type { TrustPart } from "./trustPart.ts";

export function trustParts(checks: Checks, facts: RunFacts): TrustPart[] {
  const { report } = checks;
  if (report === undefined) return [];
  return [proofPart(checks), ...chainParts(checks, facts), openPart(checks), unsignedPart(checks), namesPart(checks)];
}

function proofPart(checks: Checks): TrustPart {
  const { report } = checks;
  const unknown = report?.problems.find(isForeignKey);
  const foreign = unknown && `${unknown.where}: ${foreignKeyText(unknown)}`;
  const question = "Do proofs show that the rules were kept?";
  const { transitions = 0, proven = 0 } = report?.counts ?? {};
  const keys = report?.keys ?? [];
  const values = keys.map(({ profile, hash }): [string, string] => [`key of ${profile}`, hash]);
  const how =
    "the page verified each proof itself; a proof without the right witness cannot be made, unless its key's secret is known";
  if (proven === 0) {
    const because = [
      "the page replayed the trace by the rules; that shows this trace is allowed, and not that it is the only one",
    ];
    const answer = (report?.batches.length ?? 0) === 0 ? "there are no proofs" : "no proof was verified here";
    return { question, answer, verdict: "open", because: [...because, ...(foreign === undefined ? [] : [foreign])] };
  }
  const wrong = problemsOf({ ...checks, chain: undefined }).find(({ kind }) => kind === "wrong");
  if (wrong !== undefined)
    return {
      question,
      answer: "something is wrong",
      verdict: "bad",
      because: [`${wrong.where}: ${sentenceOf(wrong)}`],
      values,
    };
  const of = `${proven} of ${count(transitions, "transition")} proven`;
  const origins = [...new Set(keys.map(({ profile, says }) => `${profile}: ${says}`))];
  if (report !== undefined && isUnderDevelopmentKey(report))
    return { question, answer: `${of}, under a development key`, verdict: "open", because: [how, ...origins], values };
  const known = keys.every(({ kind }) => kind === "ceremony");
  return {
    question,
    answer: of,
    verdict: known && proven === transitions ? "good" : "open",
    because: [how, ...origins],
    values,
  };
}

/** Programs listed in a sentence. */
const LISTED = 12;

function openPart(checks: Checks): TrustPart {
  const { report } = checks;
  const question = "Who may act in a program's name?";
  const programs = report?.programs ?? [];
  const open = programs.filter(({ authority }) => authority === null);
  if (programs.length === 0)
    return {
      question,
      answer: "unknown",
      verdict: "open",
      because: ["the trace could not be replayed, so nobody knows the keys"],
    };
  if (open.length === 0) {
    const doubt = whyUnsure(checks);
    if (doubt !== undefined) {
      const answer = "every program has a key, but its use was not shown";
      return { question, answer, verdict: "open", because: [doubt] };
    }
    const because = [
      "each effect enters its program's log, and a signature over every log was checked: its file, or a proof that covers it",
    ];
    return { question, answer: "only the holder of its key", verdict: "good", because };
  }
  const rest = open.length > LISTED ? ` and ${open.length - LISTED} more` : "";
  const named = open.slice(0, LISTED).map(programText).join(", ");
  const because = [
    `${named}${rest}: no key protects ${open.length === 1 ? "it" : "them"}, so anybody may act in ${open.length === 1 ? "its name" : "their names"}, through the operator`,
    "a program with a key acts only with its signature",
  ];
  return { question, answer: `${open.length} of ${count(programs.length, "program")} open`, verdict: "open", because };
}

function unsignedPart(checks: Checks): TrustPart {
  const { report, shown } = checks;
  const question = "Were acts left unsigned?";
  const askers = shown?.askers ?? new Int32Array();
  const acts = askers.reduce((sum, asker) => sum + (asker === OPEN_ACTOR ? 1 : 0), 0);
  const standings = report?.signatures.map((one) => standingOf(one, report)) ?? [];
  const missing = standings.filter((standing) => standing === "missing");
  const signed = standings.filter((standing) => standing === "checked" || standing === "proven").length;
  const doubt = whyUnsure(checks);
  const because = [
    ...(acts > 0
      ? [`${count(acts, "transition")} of ${askers.length} by open programs: nobody signed, and nobody can`]
      : []),
    ...(missing.length > 0
      ? [`${count(missing.length, "signature")} of programs with a key ${missing.length === 1 ? "is" : "are"} missing`]
      : []),
    ...(signed > 0 ? [`${count(signed, "signature")} ${signed === 1 ? "is" : "are"} there, and checked`] : []),
  ];
  if (acts === 0 && doubt !== undefined && missing.length === 0)
    return { question, answer: "unknown", verdict: "open", because: [...because, doubt] };
  if (acts === 0 && missing.length === 0) return { question, answer: "no", verdict: "good", because };
  if (acts === 0) return { question, answer: "yes, as far as there is no signature here", verdict: "open", because };
  return { question, answer: `${count(acts, "unsigned act")}`, verdict: "open", because };
}

/** Why it is not sure that each act of a program with a key was signed; undefined if this page has checked that. */
function whyUnsure(checks: Checks): string | undefined {
  const { report, shown } = checks;
  if (report === undefined || shown === undefined) return "the check is not over yet";
  if (!isWholeReplay(report, replayIn(report, shown)) || shown.askers.length < report.counts.transitions)
    return "the trace was not replayed to its end, so not all signatures were compared";
  const wrong = report.problems.find(
    ({ kind, where, field }) => (kind === "wrong" && where.startsWith("signatures/")) || field === "batches",
  );
  if (wrong !== undefined) return `${wrong.where}: ${sentenceOf(wrong)}`;
  for (const [i, asker] of shown.askers.entries()) {
    if (asker === OPEN_ACTOR || asker === NOBODY) continue;
    const { verdict, why } = marksOf(i + 1, checks).signature;
    if (verdict !== "good") return `transition ${i + 1}: ${why}`;
  }
  return undefined;
}

function namesPart({ report }: Checks): TrustPart {
  const because = [
    `names come from ${report?.names.from ?? "manifest.json"}, which its writer chose; no proof covers them`,
    "a function's name is different: its hash is its selector, and this page compared them",
    ...(report?.blocks === undefined
      ? []
      : [
          `which program is which address, and what is of which block, says blocks.jsonl up to ${report.blocks.to ?? "no block"}; no proof covers it`,
        ]),
  ];
  return { question: "Are the names right?", answer: "rely on the numbers", verdict: "open", because };
}
