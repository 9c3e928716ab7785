/**
 * The effects that a program may ask for, in the words of the concurrency model. Each effect lowers to one or more rows
 * (docs/reference/protocol.md, section 4). The program that asks is always the actor.
 */
import type { Condition, Right } from "../layout.ts";

/** Number of a program, from 1. */
export type ProgramId = number;
/** Slot within a program's memory, 1..255. */
export type MemorySlot = number;
/** A cell: program and slot. */
export interface Place {
  program: ProgramId;
  slot: MemorySlot;
}

/** Makes a program. Its number is the next free one. */
export interface CreateProgram {
  effect: "CreateProgram";
  /** First slot that others may deposit into, 1..256; 256 = none. */
  inbox: number;
  /**
   * The key that must sign for the program (y coordinate of a Baby Jubjub key). `open`: no signature is needed; only an
   * open program may ask for this.
   */
  authority: "open" | bigint;
}
/** Makes `quantity` of a kind that the actor issues, in its own slot. */
export interface Issue {
  effect: "Issue";
  /** One of the actor's own kinds. */
  kind: bigint;
  /** At least 1. */
  quantity: bigint;
  /** Own empty slot to put it in. */
  slot: MemorySlot;
}
/**
 * Destroys a resource that the actor owns outright. In a moored map, an asset of the chain is paid out by it: the
 * registry credits the recipient when the proof is accepted.
 */
export interface Retire {
  effect: "Retire";
  /** Own slot that holds it. */
  slot: MemorySlot;
  /** Of an asset: the chain's address that is paid, as a number. 0 by default, which no asset takes. */
  recipient?: bigint;
}
/** Declares a function that others may call. */
export interface DeclareEntry {
  effect: "DeclareEntry";
  /** Own empty slot for the declaration. */
  slot: MemorySlot;
  /** The function's name, or its selector: the name's hash. */
  name: string | bigint;
  /** Number of resources that a call passes. */
  nargs: number;
  /** Kind of every argument; 0 if there are none. */
  accepts: bigint;
  /** Least sum of their quantities. */
  minimum: bigint;
  /** True: only holders of a capability with the right `invoke`. */
  guarded: boolean;
}
/**
 * Puts a resource into another program's memory. The giver can take it back until it is claimed (from `deadline` on, if
 * there is one).
 */
export interface EscrowToProgram {
  effect: "EscrowToProgram";
  /** Own slot that holds the resource. */
  from: MemorySlot;
  /** Empty slot of the other program, at or above its inbox. */
  to: Place;
  /** When it can be taken back, in seconds since 1970; 0 = at any time until it is claimed. */
  deadline: number;
}
/** Takes a resource out of `from`: one's own escrow, or another program's by capability. */
export interface ClaimFromProgram {
  effect: "ClaimFromProgram";
  /** Slot that holds the resource. */
  from: Place;
  /** Own slot to put it in; `in place` only for an escrow in one's own memory. */
  to: MemorySlot | "in place";
  /** The capability that allows it, when `from` is another program's. */
  by?: Place;
}
/** Takes back an unclaimed escrow of the actor. */
export interface RevokeResource {
  effect: "RevokeResource";
  /** Slot that holds the escrow, in the other program's memory. */
  from: Place;
  /** Own empty slot to put it in. */
  to: MemorySlot;
}
/** Calls a declared entry; every argument becomes the target's, or nothing happens. */
export interface InvokeProgram {
  effect: "InvokeProgram";
  /** The program that declares the entry. */
  program: ProgramId;
  /** Name of the function, or its selector. */
  name: string | bigint;
  /** Own slots that hold the arguments, and where in the target's memory each goes. */
  args: readonly { from: MemorySlot; to: MemorySlot }[];
  /** The capability, in the target's memory, that a guarded entry asks for. */
  by?: Place;
  /** The entry's slot, when the same function is declared more than once. */
  entry?: MemorySlot;
}
/**
 * Lets `grantee` use some rights over the actor's slots, or lends on rights that the actor has by a capability of
 * another program.
 */
export interface DelegateCapability {
  effect: "DelegateCapability";
  /** Own slot for the capability. */
  slot: MemorySlot;
  /** The program that may use it. */
  grantee: ProgramId;
  /** `claim`: take the resource there; `invoke`: call the entry there; `watch`: watch the slot; `delegate`: lend on. */
  rights: readonly Right[];
  /**
   * The one cell that the capability covers (it may lie in another's memory while escrowed there). `all`: every own
   * slot, or all that the capability in `by` covers.
   */
  scope: Place | "all";
  /** Id of the one resource that it covers; 0 = any. */
  subject: bigint;
  /** Seconds since 1970; 0 = never ends. */
  expiry: number;
  /** The capability with the right `delegate` to lend on. The new one may be narrower, never wider. */
  by?: Place;
}
/** Changes the key that must sign for the actor, from the next batch on. It is the actor's last effect in its batch. */
export interface RotateAuthority {
  effect: "RotateAuthority";
  /** y coordinate of a Baby Jubjub key. */
  authority: bigint;
}
/** Ends a capability, and all capabilities derived from it, at once. */
export interface RevokeCapability {
  effect: "RevokeCapability";
  /** Own slot that holds the capability. */
  slot: MemorySlot;
}
/** Empties an own slot that holds a capability, an entry point, or a watch that is fired or spent. */
export interface Clear {
  effect: "Clear";
  /** The slot. */
  slot: MemorySlot;
}
/** Watches a slot; when the condition holds after a change, the watch fires and its trigger may be applied. */
export interface WatchResource {
  effect: "WatchResource";
  /** Own slot for the watch. */
  slot: MemorySlot;
  /** The slot that is watched. */
  target: Place;
  /**
   * `above` or `below` the threshold after a change, `arrival` in the empty slot, `departure` that leaves it empty, any
   * `change`.
   */
  condition: Condition;
  /** Kind it looks at; 0 = any. */
  kind: bigint;
  /** The quantity for `above` and `below`; 0 for the others. */
  threshold: bigint;
  /**
   * Effects to apply, as the actor, once fired. They are lowered to rows now, so everything they name must exist now.
   */
  trigger: readonly Effect[];
  /**
   * The digest of a trigger that is kept secret, in place of `trigger`, which is then empty. Whoever knows the effects
   * behind it can have them applied once the watch has fired, and shows them by that.
   */
  sealed?: bigint;
  /** The capability with the right `watch`, when the slot is another program's. */
  by?: Place;
}
/** Takes an armed watch away. */
export interface Unwatch {
  effect: "Unwatch";
  /** Own slot that holds the watch. */
  slot: MemorySlot;
}
/** Several effects at once, or none; no slot may be touched twice. */
export interface AtomicBatch {
  effect: "AtomicBatch";
  /** The effects, in their order. */
  effects: readonly Single[];
}
/**
 * Waits for other programs: refused until each has made `steps` own effects. Then the actor's clock is above theirs.
 */
export interface JoinWith {
  effect: "JoinWith";
  /** Each program, and the number of own effects it must have made. */
  programs: readonly { program: ProgramId; steps: number }[];
}
/** Divides a resource: `part` goes to the slot `to` under a new id. */
export interface Split {
  effect: "Split";
  /** Own slot that holds the resource. */
  from: MemorySlot;
  /** Own empty slot for the part. */
  to: MemorySlot;
  /** Quantity of the part: at least 1, and less than the whole. */
  part: bigint;
}
/** Adds the resource in `from` to the one of the same kind in `to`. */
export interface Merge {
  effect: "Merge";
  /** Own slot that holds the resource to add. It is empty afterwards. */
  from: MemorySlot;
  /** Own slot that holds the resource to add it to. */
  to: MemorySlot;
}

/**
 * Lets in what the registry holds for the map: a deposit, or a fact of a feed. Only the chain asks for it, program 1 of
 * a moored map.
 */
export interface Enter {
  effect: "Enter";
  /** Slot of the receiver, at or above its inbox. Empty; or, for a fact, with the last fact of the same kind. */
  to: Place;
  /** Id of the resource: 2^61 and the number that the registry gave. */
  id: bigint;
  /** Kind of the chain's: an asset or a fact. */
  kind: bigint;
  /** What the registry holds, or what the feed said. */
  quantity: bigint;
}
/**
 * Takes an asset out of the map, wherever it lies, because its holder or its giver has asked the registry for it. Only
 * the chain asks for it, program 1 of a moored map.
 */
export interface Eject {
  effect: "Eject";
  /** Slot that holds the asset. */
  from: Place;
  /** The program that has asked. */
  program: ProgramId;
}

/** An effect that is not a batch of others. */
export type Single = Exclude<Effect, AtomicBatch>;

/** All effects. */
export type Effect =
  | CreateProgram
  | Issue
  | Retire
  | DeclareEntry
  | EscrowToProgram
  | ClaimFromProgram
  | RevokeResource
  | InvokeProgram
  | DelegateCapability
  | RotateAuthority
  | RevokeCapability
  | Clear
  | WatchResource
  | Unwatch
  | AtomicBatch
  | JoinWith
  | Split
  | Merge
  | Enter
  | Eject;
