/**
 * What a transaction did, in order: its frames, and between them the events of the tokens, each where it was logged.
 */
import type { FlowStep } from "../evmFlow.ts";
import type { Frame } from "../evmFrames.ts";
import { type Log, sameLogs } from "../evmLogs.ts";
import { type TokenEvent, type TransferEvent, tokenEvents } from "./events.ts";
import { ASKING, spenderOf } from "./spender.ts";

/** A frame with the wei that it moves, or an event. */
export type Step =
  | { type: "frame"; step: FlowStep }
  | {
      type: "event";
      event: TokenEvent;
      /** Path of the frame that logged it. */
      path: string;
      /** The address that called the token's contract. */
      caller: string;
      /** The function that it called. */
      entry: string;
      /** Wei that came with the call. */
      wei: bigint;
    };

/** The steps of a transaction. */
export interface Steps {
  steps: readonly Step[];
  /** Number of events whose place among the calls is not known; they stand at the end of their frame. */
  unplaced: number;
}

/** The contract that an event tells of. */
export function tokenOf(event: TokenEvent): string {
  return event.type === "transfer" ? event.kind.token : event.token;
}

/** The transfers among steps. */
export function transfersIn(steps: readonly Step[]): TransferEvent[] {
  return steps.flatMap((step) => (step.type === "event" && step.event.type === "transfer" ? [step.event] : []));
}

/** The address whose code context a frame runs in. */
export function contextOf({ type, from, to }: Frame): string | null {
  return type === "DELEGATECALL" || type === "CALLCODE" ? from : to;
}

/** A frame that has begun, and the number of its logs that were told. */
interface Open {
  frame: Frame;
  logs: readonly Log[];
  told: number;
}

/**
 * @param frames all frames in the order in which they began
 * @param flow the frames that took effect, with their wei
 * @param receiptLogs the receipt's logs: they count where the call tree has none, or others
 */
export function stepsOf(
  frames: readonly Frame[],
  flow: readonly FlowStep[],
  receiptLogs: readonly Log[] | null,
): Steps {
  const moved = new Map(flow.map((step) => [step.frame.path, step]));
  const done = frames.flatMap(({ fate, logs }) => (fate === "done" ? logs : []));
  const shown = receiptLogs === null || sameLogs(done, receiptLogs);
  const logs = shown ? new Map(frames.map(({ path, logs }) => [path, logs])) : placed(frames, receiptLogs ?? []);
  const steps: Step[] = [];
  let unplaced = shown ? 0 : (receiptLogs ?? []).filter((log) => tokenEvents(log).length > 0).length;
  const open: Open[] = [];
  const calls = callsOf(frames);
  const tell = (top: Open | undefined, before: number): void => {
    for (let next = top?.logs[top.told]; top !== undefined && next !== undefined; next = top.logs[top.told]) {
      if ((next.position ?? Number.POSITIVE_INFINITY) > before) return;
      top.told++;
      const events = tokenEvents(next);
      if (shown && next.position === null && hasCalls.has(top.frame.path)) unplaced += events.length;
      for (const event of events)
        steps.push({ type: "event", event, path: top.frame.path, ...callOf(calls, top.frame) });
    }
  };
  const hasCalls = new Set(frames.map(({ path }) => parentOf(path)));
  for (const frame of frames) {
    while (open.length > 0 && !isBelow(frame.path, open.at(-1)?.frame.path ?? "")) tell(open.pop(), Infinity);
    tell(open.at(-1), indexOf(frame.path));
    const step = moved.get(frame.path);
    if (step !== undefined) steps.push({ type: "frame", step });
    open.push({ frame, logs: frame.fate === "done" ? (logs.get(frame.path) ?? []) : [], told: 0 });
  }
  while (open.length > 0) tell(open.pop(), Infinity);
  return { steps: usedFirst(steps), unplaced };
}

/**
 * Puts a transfer before the event that tells what it leaves of its approval. Many tokens write the rest of an
 * allowance, or clear the approval of an ERC-721 token, right before the transfer that uses it.
 */
function usedFirst(steps: readonly Step[]): Step[] {
  const sorted = [...steps];
  for (let i = 0; i + 1 < sorted.length; i++) {
    const [first, second] = [sorted[i] as Step, sorted[i + 1] as Step];
    if (!isRest(first, second)) continue;
    sorted[i++] = second;
    sorted[i] = first;
  }
  return sorted;
}

/** Whether an approval only tells what the transfer after it leaves: the spender called, who cannot approve. */
function isRest(approval: Step, transfer: Step): boolean {
  if (approval.type === "frame" || transfer.type === "frame" || approval.path !== transfer.path) return false;
  const [rest, moved] = [approval.event, transfer.event];
  if (rest.type !== "approval" || moved.type !== "transfer") return false;
  const { token, standard, id } = moved.kind;
  if (rest.token !== token || rest.owner !== moved.from) return false;
  if (rest.covers === "one") return standard === "ERC-721" && rest.id === id && rest.amount === 0n;
  if (rest.covers !== "amount" || standard !== "ERC-20" || !ASKING.has(transfer.entry)) return false;
  return rest.spender === spenderOf(moved, transfer.caller);
}

/** Puts each log of a receipt into a frame of its contract: the first one that is not before the log before it. */
function placed(frames: readonly Frame[], logs: readonly Log[]): Map<string, Log[]> {
  const places = new Map<string, Log[]>();
  const running = new Map<string | null, { at: number[]; passed: number }>();
  frames.forEach((frame, i) => {
    const context = contextOf(frame);
    const list = running.get(context) ?? { at: [], passed: 0 };
    if (frame.fate === "done") list.at.push(i);
    running.set(context, list);
  });
  let from = 0;
  for (const log of logs) {
    const list = running.get(log.address) ?? { at: [], passed: 0 };
    while ((list.at[list.passed] ?? from) < from) list.passed++;
    const next = list.at[list.passed];
    const { path } = frames[next ?? list.at[0] ?? 0] as Frame;
    from = next ?? from;
    const there = places.get(path) ?? [];
    there.push({ ...log, position: null });
    places.set(path, there);
  }
  return places;
}

/** For each frame, the call that entered its contract: the frame itself, or the one that a delegate call is below. */
function callsOf(frames: readonly Frame[]): Map<string, Frame> {
  const calls = new Map<string, Frame>();
  for (const frame of frames) {
    const above = calls.get(parentOf(frame.path));
    calls.set(frame.path, frame.type === "DELEGATECALL" && above !== undefined ? above : frame);
  }
  return calls;
}

function callOf(calls: ReadonlyMap<string, Frame>, frame: Frame): { caller: string; entry: string; wei: bigint } {
  const { from, entry, value, type } = calls.get(frame.path) ?? frame;
  return { caller: from, entry, wei: type === "CALL" ? (value ?? 0n) : 0n };
}

const isBelow = (path: string, above: string): boolean => above === "" || path.startsWith(`${above}.`);
const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf("."), 0));
/** Number of calls that the frame around it had made before. */
const indexOf = (path: string): number => Number(/\[(\d+)\]$/.exec(path)?.[1] ?? 0);
