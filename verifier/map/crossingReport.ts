/** What crosses the border of a moored map, for a reader: what is held, what waits, what is late, and who may act. */

import { ENTRY_ID, programOf } from "../../trace/layout.ts";
import type { Problem } from "../bundleSequence.ts";
import type { BlockFacts } from "../chain/ask.ts";
import type { Registry } from "../chain/contract.ts";
import { ETHER } from "../chain/crossing/assets.ts";
import { type CrossingHistory, historyAt } from "../chain/crossing/history.ts";
import { factLabel } from "../chain/crossing/observations.ts";
import { type Solvency, solvency } from "../chain/crossing/solvency.ts";
import {
  type Clocks,
  type DepositWait,
  depositWait,
  type RequestStage,
  requestStage,
} from "../chain/crossing/waiting.ts";
import type { MapState } from "../chain/state.ts";

/** A quantity of an asset. Quantities are decimal texts in the smallest unit. */
export interface Held {
  label: number;
  /** The token; null for ether. */
  token: string | null;
  quantity: string;
}

/** A deposit that has not entered. */
export interface OpenDeposit extends Held {
  number: string;
  /** The id that it will have in the map. */
  id: string;
  payer: string;
  program: number;
  slot: number;
  authority: string;
  deadline: number;
  entered: number;
  waits: DepositWait;
  /** Time from which anybody may refund it, in seconds since 1970. */
  refundFrom: number;
}

/** A request to leave that is not answered. */
export interface OpenRequest {
  request: string;
  recipient: string;
  /** Address of the asset's cell, the program that holds it, and the one that wants to leave. */
  location: number;
  holder: number;
  program: number;
  authority: string;
  id: string;
  time: number;
  head: number;
  fee: string;
  stage: RequestStage;
  /** Times from which anybody may answer it, and from which anybody may freeze the map. */
  lateFrom: number;
  freezeFrom: number;
}

/** A number of the chain that the map may show. */
export interface FeedReport {
  feed: number;
  contract: string;
  data: string;
  shift: number;
  offset: string;
  fresh: number;
  /** The label of its facts: their kind is 2^32 + label. */
  fact: number;
  /** The last observation; null if there is none. */
  last: { number: string; quantity: string; time: number } | null;
}

/** All of it, as of one block. */
export interface CrossingReport {
  purses: Held[];
  deposits: OpenDeposit[];
  requests: OpenRequest[];
  feeds: FeedReport[];
  /** The request that nobody answered, if the map is frozen. */
  frozenBy: string | null;
  /** The registry's balance of each asset, and what it owes at least, from the events since `since`. */
  solvency: { label: number; token: string | null; balance: string | null; owes: string; covered: boolean }[];
  since: number;
}

/**
 * Reads what crosses a moored map's border.
 * @param registry as of the block
 * @throws EnvironmentError; NotMooredError
 */
export async function crossingReport(
  registry: Registry & { readonly at: number },
  map: MapState,
  block: BlockFacts,
): Promise<CrossingReport> {
  const history = await historyAt(registry, map);
  const { patience = 0, frozen = false } = map.mooring ?? {};
  const clocks: Clocks = { maxLag: map.maxLag, patience, frozen, now: block.timestamp };
  const funds = await solvency(registry, map.createdIn);
  const tokens = new Map(funds.map(({ label, token }) => [label, token]));
  return {
    purses: history.purses.map(({ label, token, quantity }) => ({ label, token, quantity: quantity.toString() })),
    deposits: openDepositsOf(history, clocks, tokens),
    requests: openRequestsOf(history, clocks),
    feeds: feedsOf(history),
    frozenBy: history.frozenBy?.toString() ?? null,
    solvency: funds.map(fundsOf),
    since: map.createdIn,
  };
}

function openDepositsOf(
  { deposits }: CrossingHistory,
  clocks: Clocks,
  tokens: ReadonlyMap<number, string | null>,
): OpenDeposit[] {
  return deposits
    .filter(({ end }) => end === "open")
    .map(({ end: _, number, quantity, authority, ...deposit }) => ({
      ...{ ...deposit, number: number.toString() },
      ...{ id: (ENTRY_ID + number).toString(), token: tokens.get(deposit.label) ?? null },
      ...{ quantity: quantity.toString(), authority: authority.toString() },
      ...depositWait(deposit, clocks),
    }));
}

function openRequestsOf({ requests }: CrossingHistory, clocks: Clocks): OpenRequest[] {
  return requests.map(({ request, recipient, location, program, authority, id, fee, time, head }) => ({
    ...{ request: request.toString(), recipient, location, holder: programOf(location), program },
    ...{ authority: authority.toString(), id: id.toString(), time, head, fee: fee.toString() },
    ...requestStage({ time }, clocks),
  }));
}

function feedsOf({ feeds, observations }: CrossingHistory): FeedReport[] {
  return feeds.map(({ target, data, shift, offset, fresh }, feed) => {
    const last = observations.filter((each) => each.feed === feed).at(-1);
    const seen =
      last === undefined ? null : { number: `${last.number}`, quantity: `${last.quantity}`, time: last.time };
    return { feed, contract: target, data, shift, offset: offset.toString(), fresh, fact: factLabel(feed), last: seen };
  });
}

function fundsOf({ label, token, balance, owes, covered }: Solvency): CrossingReport["solvency"][number] {
  return { label, token, balance: balance?.toString() ?? null, owes: owes.toString(), covered };
}

/** Reasons not to rely on the map: a registry that lacks what it owes, a frozen map, and requests that are late. */
export function crossingProblems({ solvency: funds, requests, frozenBy }: CrossingReport): Problem[] {
  const problems: Problem[] = [];
  for (const { label, balance, owes, covered } of funds) {
    // Anybody may list and deposit a token that breaks its word: that hurts its holders only, and is told in its line.
    if (covered || label !== ETHER) continue;
    const message = `is ${balance} wei, and the registry owes ${owes} or more; do not rely on it`;
    problems.push({ kind: "wrong", where: "registry", field: "balance", message });
  }
  if (frozenBy !== null) {
    const message = `is frozen, as request ${frozenBy} was not answered; leave with exit, take deposits back with refund`;
    problems.push({ kind: "unfinished", where: "map", field: "map", message });
  }
  for (const { request, stage, lateFrom } of requests) {
    if (stage !== "late" && stage !== "freezable") continue;
    const message = `is late since ${lateFrom}: its operator does not answer who wants to leave`;
    problems.push({ kind: "unfinished", where: "map", field: `request ${request}`, message });
  }
  return problems;
}
