/**
 * What tasks ask of the kernel. Everything is plain data, so that a task may be anywhere: in this thread or in another
 * one. Objects (channels, locks, tasks, actors, calls) have names that the asking task chose, "task/number".
 */
import type { Effect, Place, ProgramId } from "../effects/effects.ts";
import type { Condition, Right } from "../layout.ts";

/** Name of something that the kernel keeps for tasks. */
export type Handle = string;

/** Which function a task starts with: one that its worker keeps under a number, or the export of a module. */
export type BodyRef = number | { readonly module: string; readonly name: string };

/** Data with gaps: what JSON has, and integers of any size. */
export type Data =
  | null
  | undefined
  | boolean
  | number
  | string
  | bigint
  | readonly Data[]
  | { readonly [name: string]: Data };

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

/**
 * A capability: where it lies, and the transition that made it where that is known, so that it is never taken for
 * another.
 */
export interface RightRef {
  readonly place: Place;
  /** Number of the transition; unknown for what was made by an effect. */
  readonly made: number | undefined;
}
/** A capability as it was lent. */
export interface Lent extends RightRef {
  readonly made: number;
  readonly grantee: ProgramId;
  readonly rights: readonly Right[];
  readonly scope: Place | "all";
  /** Seconds since 1970; 0 = never ends. */
  readonly until: number;
}
/**
 * A slot: by its place, or as that of a resource of one's own; without either, the one that the capability in `by` is
 * about.
 */
export type About = Place | number | undefined;

/** What has become of a watch: it waits; its condition came true; its trigger was applied as well. */
export type WatchState = "armed" | "fired" | "spent";

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
  claim: { claims: readonly { from: Place | undefined; by: RightRef | undefined }[] };
  revoke: { from: Place };
  adopt: { slot: number };
  holdings: Record<never, never>;
  place: { owned: number };
  reserve: Record<never, never>;
  unreserve: { place: Place };
  sleep: { seconds: number };
  // Rights, watches and entries.
  lend: {
    about: About | "all";
    grantee: ProgramId;
    rights: readonly Right[];
    until: number | undefined;
    by: RightRef | undefined;
  };
  withdraw: { right: RightRef };
  watch: {
    about: About;
    condition: Condition;
    kind: bigint;
    threshold: bigint;
    trigger: readonly Effect[];
    by: RightRef | undefined;
  };
  fired: { watch: number };
  unwatch: { watch: number };
  declare: { name: string; nargs: number; accepts: bigint; minimum: bigint; guarded: boolean };
  undeclare: { name: string; place: Place };
  // Tasks.
  /**
   * In a program that is created for it, in the asking one, or in one of that name that the run had before it went on.
   */
  spawn: { handle: Handle; name: string; body: BodyRef; program: "new" | "own" | "before"; message: Message };
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
  claim: readonly Held[];
  revoke: Held;
  adopt: Held;
  holdings: readonly Held[];
  place: Place;
  reserve: Place;
  unreserve: undefined;
  lend: Lent;
  withdraw: undefined;
  watch: { watch: number; place: Place };
  fired: boolean;
  unwatch: WatchState;
  declare: Place;
  undeclare: undefined;
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
