/**
 * What tasks ask of the kernel. Everything is plain data, so that a task may be anywhere: in this thread or in another one.
 * Objects (channels, locks, tasks, actors, calls) have names that the asking task chose, "task/number".
 */
import type { Effect, Place, ProgramId } from "../effects.ts";
import type { Data } from "./values.ts";
import type { BodyRef } from "./workers/packets.ts";

/** Name of something that the kernel keeps for tasks. */
export type Handle = string;

/** A resource as its owner's task knows it. */
export interface Held {
  /** What the kernel calls it while this program has it. */
  ref: number;
  program: ProgramId;
  kind: bigint;
  /** What its kind is called. */
  name: string;
  id: bigint;
  quantity: bigint;
}

/** What goes from one program to another. */
export interface Message {
  /** Resources that move, by reference. */
  owned: readonly number[];
  /** The data, with `{ $owned: i }` where the i-th resource was. */
  shape: Data;
  /** Whether there is anything in the shape beside resources: then the trace commits to it. */
  data: boolean;
}
/** The same on arrival. */
export interface Arrived {
  owned: readonly Held[];
  shape: Data;
}

/** A message and the channel that it goes into. */
export interface Sending {
  channel: Handle;
  message: Message;
}

/** How a supervised actor goes on after a failure. */
export interface Supervision {
  /** `restart`: with a new instance; `stop`: whoever waits is told; `escalate`: the run fails. */
  strategy: "restart" | "stop" | "escalate";
  /** Restarts before it stops. */
  restarts: number;
}

/** A clause of a contract as it was checked. */
export interface ContractCheck {
  name: string;
  part: "requires" | "ensures";
  clause: string;
  held: boolean;
}

export interface Asks {
  // Programs and resources.
  perform: { effect: Effect };
  issue: { kind: string; quantity: bigint };
  retire: { owned: number };
  split: { owned: number; part: bigint };
  merge: { from: number; into: number };
  escrow: { owned: number; to: ProgramId | Place; deadline: number };
  claim: { from: Place; by?: Place; inPlace: boolean };
  revoke: { from: Place };
  adopt: { slot: number };
  sleep: { seconds: number };
  // Tasks.
  spawn: { handle: Handle; name: string; body: BodyRef; separate: boolean; message: Message };
  join: { task: Handle };
  started: { task: Handle };
  now: Record<never, never>;
  end: { result?: Message; error?: unknown };
  // Channels.
  channel: { handle: Handle; name: string; capacity: number };
  send: { sends: readonly Sending[] };
  recv: { channel: Handle; most: number };
  select: { channels: readonly Handle[]; otherwise: boolean; seconds: number | undefined };
  close: { channel: Handle };
  // Locks and barriers.
  lock: { handle: Handle; name: string; permits: number; guards: number | undefined };
  acquire: { lock: Handle; grant: Handle; permits: number };
  release: { grant: Handle; held: number | undefined };
  barrier: { handle: Handle; name: string; parties: number };
  arrive: { barrier: Handle };
  // Exchanges.
  exchange: { handle: Handle; name: string };
  trade: {
    exchange: Handle;
    message: Message;
    wants: { kind: bigint; quantity: bigint } | undefined;
    seconds: number | undefined;
  };
  // Actors.
  actor: { handle: Handle; name: string; body: number; supervision: Supervision; message: Message };
  call: { handle: Handle; actor: Handle; method: string; message: Message };
  answer: { call: Handle };
  cancel: { call: Handle };
  stop: { actor: Handle };
  next: Record<never, never>;
  reply: { call: Handle; result?: Message; error?: unknown };
  // Records.
  contract: ContractCheck;
}
export type Op = keyof Asks;
export type Ask = { [K in Op]: { op: K } & Asks[K] }[Op];

/** What the kernel answers; posts (spawn, channel, release, …) are not answered. */
export interface Answers {
  perform: { seqs: readonly number[]; place: Place | undefined };
  issue: Held;
  retire: undefined;
  split: { part: Held; rest: bigint };
  merge: bigint;
  escrow: Place;
  claim: Held;
  revoke: Held;
  adopt: Held;
  sleep: undefined;
  join: Arrived;
  started: { program: ProgramId };
  now: number;
  send: undefined;
  recv: readonly Arrived[];
  select: { index: number; message: Arrived } | "otherwise" | "late";
  acquire: Held | undefined;
  arrive: number;
  trade: Arrived;
  answer: Arrived;
  cancel: { cancelled: boolean; returned: readonly Held[] };
  next: { call: Handle; method: string; message: Arrived; restart: boolean };
}
/** Asks that wait for an answer. */
export type Question = keyof Answers;
