/** What the map's contract fixes, and who has power over the map; unknown without a node. */
import { count } from "../../../trace/describe/count.ts";
import { time } from "../../../trace/describe/time.ts";
import type { ChainReport } from "../../../verifier/audit/chain.ts";
import type { VerifierReport } from "../../../verifier/map/mapReport.ts";
import type { RunFacts } from "../../work/history/desk.ts";
import type { ChainCheck } from "../checks/chainCheck.ts";
import { toldBy } from "../checks/chainMarks.ts";
import { sentenceOf } from "../checks/replayFault.ts";
import type { Checks } from "../checks/state.ts";
import { lasting } from "./lasting.ts";
import type { TrustPart } from "./trustPart.ts";

const QUESTIONS = {
  head: "Has a chain accepted this run?",
  submit: "Who may submit batches?",
  keys: "Under which keys are proofs accepted?",
  notice: "Who may change that, and with what notice?",
  data: "Who keeps the data?",
  stop: "What happens if the operator stops?",
} as const;

/** What only the chain can tell. */
const UNKNOWN = [
  "whether it has accepted this run",
  "who may submit",
  "under which keys",
  "who may change that, and with what notice",
  "who keeps the data",
] as const;

export function chainParts(checks: Checks, facts: RunFacts): TrustPart[] {
  const { chain } = checks;
  if (chain?.report !== undefined && chain.report !== null)
    return [headPart(checks, chain, chain.report), ...mapParts(chain.report, chain.code === "same")];
  const isNone = facts.chain === null;
  const because = [whyUnknown(chain, facts), `so it is not known: ${UNKNOWN.join("; ")}`];
  const question = "What does the map's contract say?";
  const unknown: TrustPart = {
    question,
    answer: isNone ? "there is no map on a chain" : "unknown",
    verdict: "open",
    because,
  };
  return [isNone ? { ...unknown, because: because.slice(0, 1) } : unknown, stopPart(undefined)];
}

function whyUnknown(chain: Checks["chain"], facts: RunFacts): string {
  if (facts.chain === null)
    return "the manifest names no map on a chain: the proofs, if there are any, are for a local domain that no registry accepts";
  const where = `the manifest names a map on chain ${facts.chain.chainId}, registry ${facts.chain.registry}`;
  if (chain === undefined) return `${where}; no node was asked`;
  return chain.failure === null ? `${where}; the node is being asked` : `${where}; ${chain.failure}`;
}

function headPart({ report }: Checks, chain: ChainCheck, { head, accepted, block, blockTime }: ChainReport): TrustPart {
  const wrong = chain.problems.filter(({ kind, field }) => kind === "wrong" && !field.startsWith("verifier"));
  const all = report?.counts.transitions ?? 0;
  const because = [
    `as of block ${block}, ${time(blockTime)}, ${toldBy(chain)}`,
    "the page believes the node; it cannot know whether that chain and that registry are the ones you mean",
    `${count(accepted.length, "batch")} accepted; root, number and time of each were compared with the bundles here`,
    ...(head.seq < all ? [`${count(all - head.seq, "transition")} of this run not submitted yet`] : []),
    ...wrong.map((one) => `${one.where}: ${sentenceOf(one)}`),
  ];
  const values = [["root of the head", head.root]] as const;
  const answer = head.seq === 0 ? "nothing yet" : `up to transition ${head.seq} of ${all}`;
  // It rests on the node, so it is never green.
  const verdict = wrong.length > 0 ? "bad" : "open";
  return { question: QUESTIONS.head, answer, verdict, because, values };
}

function mapParts(report: ChainReport, isKnownCode: boolean): TrustPart[] {
  return [submitPart(report), keysPart(report), noticePart(report, isKnownCode), dataPart(report), stopPart(report)];
}

function submitPart({ submitters, owner, pendingOwner }: ChainReport): TrustPart {
  const because = [
    "a submitter cannot move the head without a valid proof, and cannot act for a program that has a key",
    "it can order, delay or refuse transitions",
  ];
  return {
    ...{ question: QUESTIONS.submit, verdict: "open", because },
    answer: submitters.length === 0 ? "nobody" : count(submitters.length, "account"),
    values: [
      ...submitters.map((account) => ["submitter", account] as const),
      ["owner of the map", owner],
      ...(pendingOwner === null ? [] : [["offered to", pendingOwner] as const]),
    ],
  };
}

function keysPart({ verifiers }: ChainReport): TrustPart {
  const live = verifiers.filter(({ status }) => status !== "disabled");
  const foreign = live.some(({ key }) => key === "another");
  const because = [
    ...verifiers.map(verifierText),
    "whoever knows the secret of a key can forge proofs under it; no check of a key shows who does",
  ];
  const sorts = new Set(live.map(({ kind }) => (kind === "ceremony" ? "of a ceremony" : `${kind} key`)));
  const answer =
    live.length === 0 ? "none: no proof is accepted" : `${count(live.length, "key")}: ${[...sorts].join(", ")}`;
  const values = verifiers.map(({ profile, keyHash }) => [`key of ${profile}`, keyHash] as const);
  return { question: QUESTIONS.keys, answer, verdict: foreign ? "bad" : "open", because, values };
}

function verifierText({ profile, status, enabledFrom, key }: VerifierReport): string {
  const when = {
    active: `active since ${time(enabledFrom)}`,
    pending: `announced, active from ${time(enabledFrom)} on`,
    disabled: "disabled",
  }[status];
  const whose = {
    same: "it is the key that this page carries",
    another: "it is NOT the key that this page carries: its makers may be able to forge",
    "not compared": "this page carries no key of that profile, so it was not compared",
  }[key];
  return `${profile}, ${when}: ${whose}`;
}

function noticePart({ owner, terms, verifiers }: ChainReport, isKnownCode: boolean): TrustPart {
  const pending = verifiers.filter(({ status }) => status === "pending").length;
  const notice = lasting(terms.verifierDelay);
  const because = [
    `the owner may add a key, which is announced and active ${notice} later; it may disable keys and submitters at once, which can halt the map`,
    "it cannot move the head without a proof, change the terms, or shorten a notice",
    ...(pending > 0
      ? [`${count(pending, "key")} announced and not active yet: look at it before its notice ends`]
      : []),
    isKnownCode
      ? "the registry's code is the one of this version: it has no upgrade and no administrator"
      : "the registry's code is NOT the one of this version: it may do anything",
  ];
  const verdict = isKnownCode ? "open" : "bad";
  return {
    question: QUESTIONS.notice,
    answer: `the owner, ${notice} ahead`,
    verdict,
    because,
    values: [["owner", owner]],
  };
}

function dataPart({ terms }: ChainReport): TrustPart {
  if (terms.dataPolicy === "chain") {
    const because = [
      "every row is published in the call that proves it, and the proof shows that it is the proven one",
      "from the genesis and the chain's events, anyone can compute the state: rebuild does",
    ];
    return { question: QUESTIONS.data, answer: "the chain", verdict: "good", because };
  }
  const because = [
    "the chain keeps roots, counts and times; nobody can compute the state from them",
    ...(terms.dataPolicy === "operator"
      ? ["if the operator withholds the trace, nobody else can go on with the map"]
      : []),
    "this copy of the run is enough to check it, and to go on from it: keep it",
  ];
  return { question: QUESTIONS.data, answer: `the ${terms.dataPolicy}`, verdict: "open", because };
}

/** Lags from here on are no bound. */
const NO_BOUND = 2 ** 39;

function stopPart(report: ChainReport | undefined): TrustPart {
  const because = [
    "what is proven stays; signed effects that are not proven have not happened",
    "a stopped operator cannot take anything; nor can anybody move anything until another one goes on",
    ...(report === undefined
      ? []
      : [lagText(report), `another account can submit only if the owner allows it: ${report.owner}`]),
  ];
  return { question: QUESTIONS.stop, answer: "the map stands still", verdict: "open", because };
}

function lagText({ terms: { maxLag } }: ChainReport): string {
  if (maxLag >= NO_BOUND) return "a batch may arrive at any age";
  return `a batch that arrives more than ${lasting(maxLag)} after its first transition is refused, and has to be traced again`;
}
