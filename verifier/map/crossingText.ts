/** What crosses the border of a moored map, in lines for people. */
import { count } from "../../trace/describe/count.ts";
import { time } from "../../trace/describe/names.ts";
import { assetText } from "../chain/crossing/assets.ts";
import type { CrossingReport, FeedReport, Held, OpenDeposit, OpenRequest } from "./crossingReport.ts";

/** Purses, open deposits, open requests, feeds and the registry's means, a line each. */
export function crossingLines({ purses, deposits, requests, feeds, solvency, since }: CrossingReport): string[] {
  return [
    ...(purses.length === 0 ? ["no asset has entered the map"] : purses.map((held) => `purse: ${heldText(held)}`)),
    ...(deposits.length === 0 ? ["no deposit is open"] : deposits.map(depositLine)),
    ...(requests.length === 0 ? ["no request to leave is open"] : requests.flatMap(requestLines)),
    ...feeds.map(feedLine),
    ...solvency.map(({ label, token, balance, owes, covered }) => {
      const asset = assetText({ label, token });
      if (balance === null) return `means: ${asset}: the token tells no balance; owed by the events: ${owes} or more`;
      const verdict = covered ? "covers" : "does NOT cover";
      return `means: ${asset}: the registry's ${balance} ${verdict} the ${owes} that it owes by the events since block ${since}`;
    }),
  ];
}

function heldText({ quantity, label, token }: Held): string {
  return `${quantity} of ${assetText({ label, token })}`;
}

function depositLine({
  number,
  program,
  slot,
  authority,
  payer,
  deadline,
  waits,
  refundFrom,
  ...held
}: OpenDeposit): string {
  const to = `program ${program}${slot === 0 ? "" : `, slot ${slot}`}, key ${authority}`;
  const wait = {
    entry: `waits for a transition that enters it, until ${time(deadline)}; refund from ${time(refundFrom)} on`,
    arrival: `its deadline has passed, but a batch may be on its way; anybody may refund it from ${time(refundFrom)} on`,
    refund: `anybody may refund it to ${payer} now (refund --number ${number})`,
  }[waits];
  return `deposit ${number}: ${heldText(held)} by ${payer} for ${to}; ${wait}`;
}

function requestLines({ request, recipient, program, holder, id, time: asked, fee, ...more }: OpenRequest): string[] {
  const { stage, lateFrom, freezeFrom } = more;
  const what = `resource ${id}, held by program ${holder}`;
  const next = {
    operator: `a submitter answers it (an Eject, or dismiss); late from ${time(lateFrom)} on`,
    late: `LATE since ${time(lateFrom)}: anybody may answer it; anybody may freeze the map from ${time(freezeFrom)} on`,
    freezable: `LATE since ${time(lateFrom)}: anybody may answer it, or freeze the map now (freeze --request ${request})`,
    over: `the map is frozen: anybody may give its fee back (reclaim --request ${request})`,
  }[stage];
  return [
    `request ${request}: program ${program} asks for ${what}, to ${recipient}, since ${time(asked)}, fee ${fee} wei`,
    `  ${next}`,
  ];
}

function feedLine({ feed, contract, fresh, fact, last }: FeedReport): string {
  const seen =
    last === null ? "not observed yet" : `last ${last.quantity} at ${time(last.time)} (number ${last.number})`;
  return `feed ${feed}: contract ${contract}, shown for ${count(fresh, "second")}, label ${fact}; ${seen}`;
}
