/** All that has crossed the border of a moored map since its creation, from the registry's events and state. */
import type { LogDescription } from "ethers";
import type { Observation } from "../../../trace/crossing/entries.ts";
import { BITS } from "../../../trace/layout.ts";
import { oddAnswer } from "../ask.ts";
import type { Registry } from "../contract.ts";
import { eventsSince } from "../events.ts";
import { type MapState, pinned, readMap } from "../state.ts";
import type { Feed } from "../terms.ts";
import { type Asset, assetOf, purse } from "./assets.ts";
import { type Deposit, depositIn, isOpenDeposit } from "./deposits.ts";
import { feedsIn } from "./feeds.ts";
import { requireMooring } from "./mooring.ts";
import { addressIn, numberOf, wordOf } from "./numbers.ts";
import { type Observed, observationIn } from "./observations.ts";
import { type ExitRequest, isOpenRequest, requestIn } from "./requests.ts";

/** Questions that are asked at the same time. */
const TOGETHER = 8;

/** What left the map: the registry owes it to an account. */
export interface Credit {
  readonly recipient: string;
  readonly label: number;
  readonly quantity: bigint;
  /** Number of the transition that took it out; 2^32 times the cell's address if it left a frozen map. */
  readonly cause: bigint;
}

/** What crossed the border of one map. */
export interface CrossingHistory {
  /** All deposits, by number: open, entered or refunded. */
  readonly deposits: readonly (Deposit & { readonly end: "open" | "entered" | "refunded" })[];
  readonly observations: readonly Observation[];
  /** The open requests, the oldest first. */
  readonly requests: readonly ExitRequest[];
  readonly credits: readonly Credit[];
  /** What the map has of each asset. */
  readonly purses: readonly (Asset & { readonly quantity: bigint })[];
  readonly feeds: readonly Feed[];
  /** The request that nobody answered, if the map is frozen. */
  readonly frozenBy: bigint | null;
}

const EVENTS = [
  ...["MapMoored", "Deposited", "DepositEntered", "DepositRefunded", "Observed", "Credited"],
  ...["ExitRequested", "ExitAnswered", "ExitDismissed", "FeeReclaimed", "MapFrozen"],
] as const;

/** What the events tell, before it is compared with the state. */
interface Told {
  readonly deposits: Map<bigint, CrossingHistory["deposits"][number]>;
  readonly observations: Map<bigint, Observed>;
  readonly requests: Map<bigint, ExitRequest>;
  readonly credits: Credit[];
  readonly purses: Map<number, bigint>;
  feeds: readonly Feed[];
  frozenBy: bigint | null;
}

/**
 * Reads what has crossed a moored map's border, all as of one block. What is open, and each purse, is compared with the
 * registry's state.
 * @throws NotMooredError if the map is not moored; ChainRefusal UnknownMap
 * @throws EnvironmentError if the node leaves out events, or gives events that the state contradicts
 *
 * @example
 * const { deposits } = await crossingHistory(registry, mapId);
 * const waiting = deposits.filter(({ end }) => end === "open");
 */
export async function crossingHistory(registry: Registry, mapId: string): Promise<CrossingHistory> {
  const at = registry.at === undefined ? await pinned(registry) : registry;
  return historyAt(at, await readMap(at, mapId));
}

/** The same for a map that was read already, from the same block. */
export async function historyAt(registry: Registry, map: MapState): Promise<CrossingHistory> {
  const { mapId } = map;
  const { entries, frozen } = requireMooring(map);
  const told: Told = {
    ...{ deposits: new Map(), observations: new Map(), requests: new Map(), credits: [], purses: new Map() },
    ...{ feeds: [], frozenBy: null },
  };
  for (const { event } of await eventsSince(registry, mapId, EVENTS)) {
    if (String(event.args.mapId).toLowerCase() !== mapId.toLowerCase())
      throw oddAnswer(`event of the registry: it is of map ${event.args.mapId}`);
    note(told, event);
  }
  // One counter for both, without gaps.
  for (let number = 1n; number <= entries; number++)
    if (!told.deposits.has(number) && !told.observations.has(number)) throw leftOut(`entry ${number}`, mapId);
  if (told.deposits.size + told.observations.size !== entries) throw leftOut("an end of the entries", mapId);
  if (frozen !== (told.frozenBy !== null)) throw leftOut("MapFrozen", mapId);
  await compared(registry, mapId, told);
  return {
    ...{ deposits: [...told.deposits.values()], observations: shownUntil(told) },
    ...{ requests: [...told.requests.values()], credits: told.credits, feeds: told.feeds, frozenBy: told.frozenBy },
    purses: await inTurn([...told.purses], async ([label, quantity]) => ({
      ...(await assetOf(registry, label)),
      quantity,
    })),
  };
}

/** The deposits of a map that are still open. Throws as {@link crossingHistory} does. */
export async function openDeposits(registry: Registry, mapId: string): Promise<Deposit[]> {
  const { deposits } = await crossingHistory(registry, mapId);
  return deposits.flatMap(({ end, ...deposit }) => (end === "open" ? [deposit] : []));
}

/** The requests to leave a map that are still open, the oldest first. Throws as {@link crossingHistory} does. */
export async function openRequests(registry: Registry, mapId: string): Promise<ExitRequest[]> {
  return [...(await crossingHistory(registry, mapId)).requests];
}

/** The observations of a map, the oldest first. Throws as {@link crossingHistory} does. */
export async function observations(registry: Registry, mapId: string): Promise<Observation[]> {
  return [...(await crossingHistory(registry, mapId)).observations];
}

function note(told: Told, { name, args }: LogDescription): void {
  const what = `event ${name}`;
  switch (name) {
    case "MapMoored":
      told.feeds = feedsIn(args.feeds);
      return;
    case "Deposited": {
      const deposit = depositIn(args);
      told.deposits.set(deposit.number, { ...deposit, end: "open" });
      return;
    }
    case "DepositEntered":
    case "DepositRefunded":
      ended(told, wordOf(what, args.number, 61), name === "DepositEntered" ? "entered" : "refunded");
      return;
    case "Observed": {
      const observation = observationIn(args);
      told.observations.set(observation.number, observation);
      return;
    }
    case "Credited": {
      const credit = {
        recipient: addressIn(what, args.recipient),
        label: numberOf(what, args.label, 31),
        quantity: wordOf(what, args.quantity, BITS.quantity),
        cause: wordOf(what, args.cause),
      };
      told.credits.push(credit);
      moved(told, credit.label, -credit.quantity);
      return;
    }
    case "ExitRequested": {
      const request = requestIn(args);
      told.requests.set(request.request, request);
      return;
    }
    case "ExitAnswered":
    case "ExitDismissed":
    case "FeeReclaimed":
      told.requests.delete(wordOf(what, args.request));
      return;
    case "MapFrozen":
      told.frozenBy = wordOf(what, args.request);
      return;
  }
}

function shownUntil({ observations: seen, feeds }: Told): Observation[] {
  return [...seen.values()].map((each) => {
    const feed = feeds[each.feed];
    if (feed === undefined) throw oddAnswer(`event Observed: the map has no feed ${each.feed}`);
    return { ...each, freshUntil: each.time + feed.fresh };
  });
}

function ended(told: Told, number: bigint, end: "entered" | "refunded"): void {
  const deposit = told.deposits.get(number);
  if (deposit?.end !== "open") throw oddAnswer(`history of deposit ${number}: it ends twice, or never was`);
  told.deposits.set(number, { ...deposit, end });
  if (end === "entered") moved(told, deposit.label, deposit.quantity);
}

function moved({ purses }: Told, label: number, quantity: bigint): void {
  purses.set(label, (purses.get(label) ?? 0n) + quantity);
}

/** @throws EnvironmentError if the registry's state is another than the events tell */
async function compared(registry: Registry, mapId: string, { deposits, requests, purses }: Told): Promise<void> {
  const open = [...deposits.values()].filter(({ end }) => end === "open");
  const there = await inTurn(open, (deposit) => isOpenDeposit(registry, mapId, deposit));
  if (there.includes(false)) throw leftOut("the end of a deposit", mapId);
  const asked = await inTurn([...requests.values()], (request) => isOpenRequest(registry, mapId, request));
  if (asked.includes(false)) throw leftOut("the answer to a request", mapId);
  const held = await inTurn([...purses.keys()], (label) => purse(registry, mapId, label));
  if ([...purses.values()].some((quantity, i) => quantity !== held[i])) throw leftOut("what moved an asset", mapId);
}

function leftOut(what: string, mapId: string) {
  return oddAnswer(`history of map ${mapId}: events and state differ in ${what}, so none`);
}

/** Asks about each, a few at the same time. */
export async function inTurn<T, R>(list: readonly T[], question: (each: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (let from = 0; from < list.length; from += TOGETHER)
    answers.push(...(await Promise.all(list.slice(from, from + TOGETHER).map(question))));
  return answers;
}
