/** A registry's events about a map since its creation. */
import type { Interface, Log } from "ethers";
import { type Span, unpackSpan } from "../../trace/commitment/commit.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { latestNumber, oddAnswer } from "./ask.ts";
import { type Registry, read, registryAbi } from "./contract.ts";
import { chainError } from "./errors.ts";
import { logsBetween } from "./logs.ts";
import { isSubmitter } from "./state.ts";

/** Number of accounts that are asked for at the same time. */
const TOGETHER = 8;

/** One accepted batch. */
export interface AdvancedEvent {
  readonly mapId: string;
  /** Number of the batch's last transition. */
  readonly seq: number;
  readonly keyHash: string;
  readonly preRoot: bigint;
  readonly postRoot: bigint;
  readonly traceRoot: bigint;
  readonly span: Span;
  readonly transactionHash: string;
  readonly blockNumber: number;
}

/** A map's history, from the registry's events. */
export interface MapHistory {
  /** Every batch that the registry has accepted, in order. */
  readonly advanced: readonly AdvancedEvent[];
  /** Every account that was ever allowed or forbidden to submit, with the last decision. */
  readonly submitters: ReadonlyMap<string, boolean>;
}

/**
 * The batch that a log tells of; undefined for any other log.
 * @throws EnvironmentError if the registry would not say so
 */
export function parseAdvanced(abi: Interface, registry: Registry, log: Log): AdvancedEvent | undefined {
  if (log.address !== registry.address) return undefined;
  try {
    return advancedOf(abi, log);
  } catch (error) {
    throw oddAnswer("event of the registry", error);
  }
}

function advancedOf(abi: Interface, log: Log): AdvancedEvent | undefined {
  const event = abi.parseLog(log);
  if (event?.name !== "Advanced") return undefined;
  const { mapId, firstSeq, vkeyHash, preRoot, postRoot, traceRoot, span: packed } = event.args;
  const span = unpackSpan(BigInt(packed));
  if (BigInt(firstSeq) !== BigInt(span.firstSeq)) throw new RangeError("its topic has another number than its span");
  return {
    mapId: String(mapId),
    seq: span.firstSeq + span.count - 1,
    keyHash: String(vkeyHash),
    preRoot: BigInt(preRoot),
    postRoot: BigInt(postRoot),
    traceRoot: BigInt(traceRoot),
    span,
    transactionHash: log.transactionHash,
    blockNumber: log.blockNumber,
  };
}

/**
 * All events of the registry about a map, up to the block whose state is read.
 * @throws EnvironmentError if the node does not give them, or no longer has the first ones
 */
export async function historyOf(registry: Registry, mapId: string): Promise<MapHistory> {
  const submitters = new Map<string, boolean>();
  const advanced: AdvancedEvent[] = [];
  for (const { log, event, abi } of await eventsSince(registry, mapId, ["Advanced", "SubmitterSet"])) {
    if (event.name === "SubmitterSet") submitters.set(String(event.args.submitter), Boolean(event.args.allowed));
    const batch = parseAdvanced(abi, registry, log);
    if (batch !== undefined) advanced.push(batch);
  }
  return { advanced, submitters };
}

/** A batch of a moored map, with its rows as published: 0x and the bytes of `packRows`. */
export interface PublishedBatch {
  readonly event: AdvancedEvent;
  readonly rows: string;
}

/**
 * What a moored map has published since its creation.
 * @throws EnvironmentError if the node leaves out events
 */
export async function publishedBatches(
  registry: Registry,
  mapId: string,
): Promise<{ readonly creator: string; readonly salt: string; readonly batches: readonly PublishedBatch[] }> {
  const advanced: AdvancedEvent[] = [];
  const rows = new Map<number, string>();
  let [creator, salt] = ["", ""];
  for (const { log, event, abi } of await eventsSince(registry, mapId, ["Advanced", "RowsPublished"])) {
    if (event.name === "MapCreated") [creator, salt] = [String(event.args.owner), String(event.args.salt)];
    const batch = parseAdvanced(abi, registry, log);
    if (batch !== undefined) advanced.push(batch);
    if (event.name === "RowsPublished") rows.set(Number(event.args.firstSeq), String(event.args.rows));
  }
  const batches = advanced.map((event): PublishedBatch => {
    const published = rows.get(event.span.firstSeq);
    if (published === undefined)
      throw oddAnswer(`list of rows of map ${mapId}: no rows from ${event.span.firstSeq} on`);
    return { event, rows: published };
  });
  return { creator, salt, batches };
}

/** Every batch that the registry has accepted for a map, in order. */
export async function advancedEvents(registry: Registry, mapId: string): Promise<AdvancedEvent[]> {
  return [...(await historyOf(registry, mapId)).advanced];
}

/** The accounts that may submit proofs: those of the history, each checked with the state. @throws EnvironmentError */
export async function submittersNow(registry: Registry, mapId: string, { submitters }: MapHistory): Promise<string[]> {
  const allowed = [...submitters].filter(([, last]) => last).map(([account]) => account);
  for (let from = 0; from < allowed.length; from += TOGETHER) {
    const some = allowed.slice(from, from + TOGETHER);
    const answers = await Promise.all(some.map((account) => isSubmitter(registry, mapId, account)));
    // Events and state belong to the same contract and block, so they must agree.
    if (answers.includes(false))
      throw oddAnswer(`list of submitters of map ${mapId}: events and state differ, so none`);
  }
  return allowed;
}

/**
 * A map's events of some names, and its creation, in order.
 * @throws EnvironmentError if the node does not give them, or no longer has the first one
 */
export async function eventsSince(registry: Registry, mapId: string, names: readonly string[]) {
  const abi = await registryAbi();
  const createdIn = Number((await read(registry, "getMap", [mapId]))[0].createdIn);
  const last = registry.at ?? (await latestNumber(registry.chain.provider));
  const topics = [["MapCreated", ...names].map((name) => abi.getEvent(name)?.topicHash ?? ""), mapId];
  const logs = await logsOf(registry, topics, createdIn, last);
  const events = logs.flatMap((log) => {
    const event = log.address === registry.address ? parsed(abi, log) : null;
    return event === null ? [] : [{ log, event, abi }];
  });
  if (events.some(({ event }) => event.name === "MapCreated")) return events;
  throw new EnvironmentError(
    "rpc",
    `the node does not give the events of block ${createdIn}, where the map was created; name a node with all events`,
  );
}

function parsed(abi: Interface, log: Log) {
  try {
    return abi.parseLog(log);
  } catch (error) {
    throw oddAnswer("event of the registry", error);
  }
}

async function logsOf({ chain, address }: Registry, topics: (string | string[])[], from: number, to: number) {
  try {
    return await logsBetween(chain.provider, { address, topics }, from, to);
  } catch (error) {
    throw chainError(error);
  }
}
