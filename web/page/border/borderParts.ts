/**
 * What waits at the border of a moored map, and who may do what about it, in sentences. What the chain said is told
 * beside what the run says, so that a reader sees where they part.
 */
import { programText } from "../../../trace/describe/programRef.ts";
import type { ChainReport } from "../../../verifier/audit/chain.ts";
import type { OpenDeposit, OpenRequest } from "../../../verifier/map/crossingReport.ts";
import type { Answer, RunBorder } from "../../work/history/border.ts";
import type { Verdict } from "../checks/state.ts";
import { timeText } from "../frame/timeText.ts";
import { amountText } from "./amounts.ts";

/** Something that waits. */
export interface Waiting {
  readonly name: string;
  /** What it is, in a few words. */
  readonly what: string;
  /** Facts, each with what it is. */
  readonly facts: readonly (readonly [what: string, value: string])[];
  /** Who may do what about it, and until when: sentences. */
  readonly may: readonly string[];
  /** What the run says of it. */
  readonly run: { readonly verdict: Verdict; readonly text: string };
}

/** Names of programs, and how their keys stand in the run. */
type Around = Pick<RunBorder, "parties" | "crossed"> & {
  readonly programs: readonly { readonly program: number; readonly name: string | null }[];
};

export function depositPart(deposit: OpenDeposit, around: Around): Waiting {
  const { number, payer, program, slot, authority, entered, deadline, label, token, quantity } = deposit;
  const place = slot === 0 ? "any slot from its inbox on" : `slot ${slot}`;
  return {
    name: `Deposit ${number}`,
    what: amountText(quantity, label, token),
    facts: [
      ["paid by", payer],
      ["for", `${nameOf(program, around)}, ${place}`],
      ["under the key", authority],
      ["since", timeText(entered)],
      ["until", timeText(deadline)],
      ["its id in the map", deposit.id],
    ],
    may: depositSentences(deposit),
    run: depositInRun(deposit, around),
  };
}

function depositSentences({ waits, entered, deadline, refundFrom }: OpenDeposit): string[] {
  const back = "send it back to its payer, with refund, and withdraw-funds pays it out";
  if (waits === "refund") return [`Anybody may ${back}: it enters no more.`];
  const later = `From ${timeText(refundFrom)} on anybody may ${back}.`;
  if (waits === "arrival") {
    return [
      `Its deadline has passed. It enters only by a transition of ${timeText(deadline)} or before, which may be on its way.`,
      later,
    ];
  }
  return [
    `It waits for the map's operator, who lets it in by a transition of ${timeText(entered)} to ${timeText(deadline)}.`,
    later,
  ];
}

function depositInRun({ number, program, authority, waits }: OpenDeposit, around: Around): Waiting["run"] {
  const there = around.crossed.find((one) => one.sort === "entered" && one.number === number);
  if (there !== undefined) {
    return {
      verdict: "open",
      text: `transition ${there.seq} of this run lets it in; the chain has not accepted that yet`,
    };
  }
  const own = around.parties.find(({ program: one }) => one.program === program);
  const no = (why: string): Waiting["run"] => ({
    verdict: "open",
    text: `as this run stands, it cannot enter: ${why}`,
  });
  if (own === undefined) return no(`${nameOf(program, around)} is not there, or has no key`);
  if (own.authority !== authority) return no(`${nameOf(program, around)} has another key than its payer named`);
  if (waits === "refund") return { verdict: "open", text: "this run does not let it in" };
  return { verdict: "open", text: "this run does not let it in yet; nothing of the program or its key is in the way" };
}

/** @param answer what the run says of it, and after which transition; undefined until it is known */
export function requestPart(
  request: OpenRequest,
  { answer, at }: { readonly answer: Answer | undefined; readonly at: number },
  around: Around,
): Waiting {
  const { program, holder, location, id, recipient, authority, time, fee } = request;
  return {
    name: `${nameOf(program, around)} asks to leave`,
    what: withWhat(id, answer),
    facts: [
      ["it lies in", `slot ${location % 256} of ${nameOf(holder, around)}`],
      ["to be paid", recipient],
      ["signed by the key", authority],
      ["since", timeText(time)],
      ["fee for who answers", amountText(fee, 1)],
      ["request", request.request],
    ],
    may: requestSentences(request),
    run: requestInRun(answer, at),
  };
}

function withWhat(id: string, answer: Answer | undefined): string {
  const { there = null } = answer ?? {};
  return there === null
    ? `with resource ${id}`
    : `with ${amountText(there.quantity, there.label)}, resource ${id}, by this run`;
}

function requestSentences({ stage, lateFrom, freezeFrom }: OpenRequest): string[] {
  const answer =
    "answer it: by an Eject that pays it (take-in, prove, submit --late), or by dismiss if it is not entitled";
  const freeze = "freeze the map, which ends it: all who are entitled then leave";
  if (stage === "over")
    return ["The map is frozen, so nobody answers it. Anybody may give its fee back to the recipient, with reclaim."];
  if (stage === "freezable")
    return [`LATE since ${timeText(lateFrom)}: anybody may ${answer}.`, `Anybody may ${freeze}, now.`];
  if (stage === "late")
    return [
      `LATE since ${timeText(lateFrom)}: anybody may ${answer}.`,
      `From ${timeText(freezeFrom)} on anybody may ${freeze}.`,
    ];
  return [
    `Its operator answers by ${timeText(lateFrom - 1)}.`,
    `From ${timeText(lateFrom)} on anybody may ${answer}.`,
    `From ${timeText(freezeFrom)} on anybody may ${freeze}.`,
  ];
}

function requestInRun(answer: Answer | undefined, at: number): Waiting["run"] {
  if (answer === undefined) return { verdict: "open", text: "not compared with this run" };
  const by = `by this run after transition ${at}`;
  const dismissed = (why: string): Waiting["run"] => ({ verdict: "open", text: `${by}, ${why}: dismiss answers it` });
  switch (answer.by) {
    case "eject":
      return { verdict: "open", text: `${by}, it lies there and its asker was entitled to it: an Eject answers it` };
    case "another key":
      return dismissed("the program has another key now");
    case "not there":
      return dismissed("no such resource lies there");
    case "not entitled":
      return dismissed("its asker was not entitled to it when it asked");
  }
}

/** What is wrong with the keys under which the map takes exits and cells, for ever. */
export function keyLines(report: Pick<ChainReport, "mooring"> | null): string[] {
  return (report?.mooring?.keys ?? []).flatMap(({ circuit, keyHash, key, kind }) => {
    const of = `The map takes proofs of ${circuit} under`;
    if (key !== "same")
      return `${of} the key ${keyHash}, which is not the one that this page carries: whoever knows its secret can forge them.`;
    return kind === "development" ? `${of} a development key: anybody can forge them.` : [];
  });
}

/** A purse by the chain, and what the run holds of that asset at the same head. */
export interface PurseLine {
  readonly asset: number;
  readonly token: string | null | undefined;
  /** By the chain; undefined if no node told it. */
  readonly purse: string | undefined;
  readonly run: string;
  readonly pieces: number;
  readonly verdict: Verdict;
  readonly text: string;
}

/**
 * @param purses as the chain has them; undefined if no node told
 * @param isSameHead whether the run was looked at after the very transition that is the chain's head
 */
export function purseLines(
  purses: readonly { readonly label: number; readonly token: string | null; readonly quantity: string }[] | undefined,
  { held }: Pick<RunBorder, "held">,
  isSameHead: boolean,
): PurseLine[] {
  const labels = new Set([...(purses ?? []), ...held].map(({ label }) => label));
  return [...labels]
    .sort((a, b) => a - b)
    .map((label) => {
      const own = held.find((one) => one.label === label);
      const told = purses?.find((one) => one.label === label);
      const run = own?.quantity ?? "0";
      const purse = purses === undefined ? undefined : (told?.quantity ?? "0");
      const line = { asset: label, token: told?.token, purse, run, pieces: own?.pieces ?? 0 };
      if (purse === undefined) return { ...line, verdict: "open", text: "no node was asked for the purse" };
      if (!isSameHead) return { ...line, verdict: "open", text: "not compared: the run is not at the chain's head" };
      if (purse === run) return { ...line, verdict: "open", text: "the node and this run agree" };
      return { ...line, verdict: "bad", text: "the node and this run do NOT agree" };
    });
}

/** "A (program 3)". */
export function nameOf(program: number, { programs }: Pick<Around, "programs">): string {
  return programText(programs.find((one) => one.program === program) ?? { program, name: null });
}
