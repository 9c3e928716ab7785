/**
 * Asks: requests of tasks to the kernel. They are plain data, so a task can run in this thread or in another. The
 * asking task names the objects (channels, locks, tasks, actors, calls): "task/number".
 */
import type { Effect, Place, ProgramId } from "../effects/effects.ts";
import type { Condition, Right } from "../layout.ts";

/** Name of an object that the kernel keeps for tasks. */
export type Handle = string;

/** A task's function: one that its worker keeps under a number, or the export of a module. */
export type BodyRef = number | { readonly module: string; readonly name: string };

/** Plain data: JSON's values, and integers of any size. */
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
  /** The kernel's reference while this program has it. */
  ref: number;
  program: ProgramId;
  kind: bigint;
  /** Its kind's name. */
  name: string;
  id: bigint;
  quantity: bigint;
}

/** A message from one program to another. */
export interface Message {
  /** Resources that move, by reference. */
  owned: readonly number[];
  /** The data, with `{ $owned: i }` where the i-th resource was. */
  shape: Data;
  /** Whether the shape holds anything beside resources; if so, the trace commits to it. */
  data: boolean;
}
/** The same on arrival. */
export interface Arrived {
  owned: readonly Held[];
  shape: Data;
}

/** A message and its channel. */
export interface Sending {
  channel: Handle;
  message: Message;
}

/**
 * A capability: its slot and, if known, the transition that made it, so that a later capability in the slot is not
 * mistaken for it.
 */
export interface RightRef {
  readonly place: Place;
  /** Number of the transition; unknown for a capability made by an effect. */
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
/** A slot: by its place, or by an own resource in it; without either, the slot that the capability in `by` covers. */
export type About = Place | number | undefined;

/** State of a watch: it waits; its condition came true; its trigger was applied too. */
export type WatchState = "armed" | "fired" | "spent";

/** How a supervised actor goes on after a failure. */
export interface Supervision {
  /** `restart`: with a new instance; `stop`: its waiting callers get an error; `escalate`: the run fails. */
  strategy: "restart" | "stop" | "escalate";
  /** Restarts before it stops. */
  restarts: number;
}

/** The check of a contract's clause. */
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
   * Its program: `new` = created for it, `own` = the asking one, `before` = the one of that name from before the run
   * continued.
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

/** The kernel's answers; posts (spawn, channel, release, …) have none. */
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
