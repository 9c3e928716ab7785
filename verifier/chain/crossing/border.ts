/** What waits at a moored map's border, for its operator: as of the last block that has enough confirmations. */
import type { AtTheBorder, Showing } from "../../../trace/crossing/takeIn.ts";
import { blockAt } from "../ask.ts";
import { type Confirmations, confirmedBlock, usualConfirmations } from "../confirm.ts";
import type { Registry } from "../contract.ts";
import { readMap } from "../state.ts";
import { type CrossingHistory, historyAt } from "./history.ts";
import { requestPlace } from "./requests.ts";

/** A slot of a program in which the operator shows the facts of a feed. */
export interface Window {
  readonly feed: number;
  readonly program: number;
  readonly slot: number;
}

/** Which block counts, and where facts are shown. */
export interface BorderOptions {
  /** By default those of `usualConfirmations`. What is taken in must not be dropped by a reorganisation. */
  readonly confirmations?: Confirmations | undefined;
  readonly windows?: readonly Window[] | undefined;
}

/** What waits, and the last transition that the registry had then. */
export interface Waiting extends AtTheBorder {
  readonly head: number;
}

/**
 * Open deposits, open requests, and the newest fresh observation for each window.
 * @throws NotMooredError; ChainRefusal UnknownMap; EnvironmentError as `crossingHistory`
 *
 * @example
 * const { deposits, requests } = await waitingAtBorder(registry, mapId);
 */
export async function waitingAtBorder(
  registry: Registry,
  mapId: string,
  { confirmations, windows = [] }: BorderOptions = {},
): Promise<Waiting> {
  const { chain } = registry;
  const wanted = confirmations ?? usualConfirmations(chain.chainId);
  const block = await blockAt(chain.provider, await confirmedBlock(chain.provider, wanted));
  const pinned = { ...registry, at: block.number };
  const map = await readMap(pinned, mapId);
  const history = await historyAt(pinned, map);
  return {
    head: map.seq,
    deposits: history.deposits.filter(({ end }) => end === "open"),
    requests: history.requests.map(({ request, authority, id, time }) => {
      return { request, ...requestPlace(request), authority, id, time };
    }),
    showings: windows.flatMap((window) => showingIn(history, window, block.timestamp)),
  };
}

/** The newest observation of the window's feed, if it is still fresh. */
function showingIn({ observations, feeds }: CrossingHistory, window: Window, now: number): Showing[] {
  const { feed, ...place } = window;
  const fresh = feeds[feed]?.fresh;
  const newest = observations.findLast((each) => each.feed === feed);
  if (fresh === undefined || newest === undefined || newest.time + fresh < now) return [];
  const { number, quantity, time } = newest;
  return [{ observation: { number, feed, quantity, time, freshUntil: time + fresh }, window: place }];
}
