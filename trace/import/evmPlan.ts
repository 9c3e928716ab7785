/**
 * Turns the frames of a call tree into a genesis and each program's effects. A dry run first finds facts that the tree
 * implies but does not show: opening balances and entry points.
 */

import type { CreateProgram, DeclareEntry, Effect, MemorySlot } from "../effects/effects.ts";
import { selectorOf } from "../effects/selector.ts";
import { InvalidInputError } from "../errors.ts";
import { address, GENESIS_ID, kindOf, NO_INBOX, SLOTS } from "../layout.ts";
import type { Cell } from "../state/cells.ts";
import { type Genesis, type GenesisCell, openPrograms } from "../state/genesis.ts";
import { type Flow, type FlowStep, MOST_WEI } from "./evmFlow.ts";
import { Purse } from "./evmPurse.ts";

/** An effect, and the program that asks for it. */
export interface Asked {
  program: number;
  effect: Effect;
}

/** The plan of a call tree. */
export interface FramePlan {
  genesis: Genesis;
  steps: readonly Asked[];
  /**
   * Addresses by program number, from 1. If wei is moved, the last program of the genesis issues it and is no address.
   */
  programs: readonly string[];
  /** The kind of wei; 0 if none is moved. */
  wei: bigint;
  /** Functions that the genesis declares. */
  entries: readonly { address: string; entry: string; payable: boolean }[];
  /** The least opening balance of each address that makes every transfer possible. */
  openings: ReadonlyMap<string, bigint>;
  /** Addresses that a frame creates although they had taken part before, or had spent wei that no frame sent them. */
  known: readonly string[];
}

/** Name of the program that issues wei. */
export const ISSUER = "ethereum";

/** An address while its program is being planned. */
interface Account {
  address: string;
  program: number;
  /** False if it exists from the beginning. */
  created: boolean;
  purse: Purse;
  entries: Map<string, MemorySlot>;
  slots: number;
  /** First slot that another program puts something into. */
  inbox: number;
  /** For a created program: the effect that makes it, and the functions that it declares right afterwards. */
  creation: CreateProgram | null;
  declared: Asked[];
}

/**
 * @param flow the frames that happened, in the order in which they began, and their wei
 * @param sender the transaction's sender: its program always exists
 * @throws InvalidInputError if a program would need more than 255 slots
 */
export function planFrames({ steps, remains, openings }: Flow, sender: string, levels: number): FramePlan {
  const { order, created, known } = whoIsThere(steps, sender, openings);
  const before = order.filter((one) => !created.has(one));
  const names = [...before, ...(openings.size > 0 ? [ISSUER] : []), ...order.filter((one) => created.has(one))];
  const wei = openings.size > 0 ? kindOf(before.length + 1, 1) : 0n;
  const numbers = new Map(names.map((name, i) => [name, i + 1]));
  const planner = new Planner(numbers, created, wei);
  const money = [...openings].flatMap(([who, quantity]) => planner.open(who, quantity));
  for (const step of steps) planner.play(step);
  for (const burn of remains) planner.retire(burn.address, burn.wei);
  const cells: GenesisCell[] = [...openPrograms(names.length - created.size, NO_INBOX), ...money];
  return { ...planner.finish(levels, cells), programs: names, wei, openings, known };
}

/** All addresses in order of appearance, and those that the transaction creates. */
function whoIsThere(steps: readonly FlowStep[], sender: string, openings: ReadonlyMap<string, bigint>) {
  const seen = new Set([sender]);
  const created = new Set<string>();
  const known: string[] = [];
  for (const { frame } of steps) {
    const { type, from, to } = frame;
    seen.add(from);
    if (to === null) continue;
    if (type === "CREATE" || type === "CREATE2") {
      if (seen.has(to) || openings.has(to)) known.push(to);
      else created.add(to);
    }
    seen.add(to);
  }
  return { order: [...seen], created, known };
}

/** Splits an amount into parts that each fit into a resource. */
function partsOf(wei: bigint): bigint[] {
  const parts = Array.from({ length: Number(wei / MOST_WEI) }, () => MOST_WEI);
  return wei % MOST_WEI === 0n ? parts : [...parts, wei % MOST_WEI];
}

class Planner {
  readonly #accounts = new Map<string, Account>();
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #created: ReadonlySet<string>;
  readonly #wei: bigint;
  readonly #entries: { account: Account; entry: string; payable: boolean; slot: MemorySlot }[] = [];
  /** Steps in order; the declarations of a created program are filled in later. */
  readonly #steps: Asked[][] = [];
  /** The frame under way, for messages. */
  #path = "";

  constructor(numbers: ReadonlyMap<string, number>, created: ReadonlySet<string>, wei: bigint) {
    this.#numbers = numbers;
    this.#created = created;
    this.#wei = wei;
  }

  /** Gives an address its opening balance: one resource, or several if one cannot hold it. */
  open(who: string, quantity: bigint): GenesisCell[] {
    const account = this.#account(who);
    const cells: GenesisCell[] = [];
    for (const part of partsOf(quantity)) {
      const slot = account.purse.receive(part);
      const id = GENESIS_ID + BigInt(address(account.program, slot));
      const cell: Cell = {
        type: "resource",
        watch: 0,
        kind: this.#wei,
        escrowFrom: 0,
        quantity: part,
        id,
        deadline: 0,
        seq: 0,
      };
      cells.push({ address: address(account.program, slot), cell });
    }
    return cells;
  }

  /** One frame: makes the program if the frame does, then calls it. */
  play({ frame, moved, burnt }: FlowStep): void {
    this.#path = frame.path;
    const caller = this.#account(frame.from);
    const callee = this.#account(frame.to ?? frame.from);
    const creates = frame.type === "CREATE" || frame.type === "CREATE2";
    if (creates && callee.created && callee.creation === null) {
      callee.creation = { effect: "CreateProgram", inbox: NO_INBOX, authority: "open" };
      this.#steps.push([{ program: caller.program, effect: callee.creation }], callee.declared);
      // Its constructor shows as a call only if it gets value.
      if (moved === 0n) return;
    }
    const payable = moved > 0n;
    const entry = this.#entry(callee, frame.entry, payable);
    const args = payable ? [this.#transfer(caller, callee, moved)] : [];
    const name = entryName(frame.entry);
    this.#ask(caller, { effect: "InvokeProgram", program: callee.program, name, args, entry });
    this.retire(frame.from, burnt);
  }

  /** Destroys wei of an address. */
  retire(who: string, wei: bigint): void {
    const account = this.#account(who);
    for (const part of partsOf(wei)) this.#ask(account, { effect: "Retire", slot: account.purse.pay(part) });
  }

  /** Prepares a resource of the value and a slot for it; the call itself moves it. */
  #transfer(caller: Account, callee: Account, value: bigint): { from: MemorySlot; to: MemorySlot } {
    const from = caller.purse.pay(value);
    const to = callee.purse.receive(value, caller === callee ? from : undefined);
    if (caller !== callee) callee.inbox = Math.min(callee.inbox, to);
    return { from, to };
  }

  /** The genesis with its entry points, and the steps. Every slot is known by now. */
  finish(levels: number, cells: GenesisCell[]): Pick<FramePlan, "genesis" | "steps" | "entries"> {
    for (const { account, entry, payable, slot } of this.#entries) {
      const cell: Cell = {
        type: "entry",
        nargs: payable ? 1 : 0,
        guard: 0,
        accepts: payable ? this.#wei : 0n,
        minimum: 0n,
        selector: selectorOf(entryName(entry)),
        seq: 0,
      };
      cells.push({ address: address(account.program, slot), cell });
    }
    for (const { program, created, creation, inbox } of this.#accounts.values()) {
      if (creation !== null) creation.inbox = inbox;
      const header = created ? undefined : cells[program - 1]?.cell;
      if (header?.type === "program") header.inbox = inbox;
    }
    cells.sort((a, b) => a.address - b.address);
    const entries = this.#entries.map(({ account, entry, payable }) => ({ address: account.address, entry, payable }));
    return { genesis: { levels, cells }, steps: this.#steps.flat(), entries };
  }

  #ask(account: Account, effect: Effect): void {
    this.#steps.push([{ program: account.program, effect }]);
  }

  #account(who: string): Account {
    const found = this.#accounts.get(who);
    if (found !== undefined) return found;
    const account: Account = {
      address: who,
      program: this.#numbers.get(who) ?? 0,
      created: this.#created.has(who),
      purse: new Purse(
        () => this.#slot(account),
        (effect) => this.#ask(account, effect),
      ),
      entries: new Map(),
      slots: 0,
      inbox: NO_INBOX,
      creation: null,
      declared: [],
    };
    this.#accounts.set(who, account);
    return account;
  }

  /** The next unused slot. Low slots first: they lie near the top of the program's own tree. */
  #slot(account: Account): MemorySlot {
    account.slots++;
    if (account.slots >= SLOTS) {
      const field = this.#path === "" ? "call tree" : this.#path;
      throw new InvalidInputError(
        field,
        `${account.address} has more functions and balances than the 255 slots of a program`,
      );
    }
    return account.slots;
  }

  /** The slot of a function; declared by the genesis, or by the program itself if it is created. */
  #entry(account: Account, entry: string, payable: boolean): MemorySlot {
    const key = `${entry} ${payable}`;
    const known = account.entries.get(key);
    if (known !== undefined) return known;
    const slot = this.#slot(account);
    account.entries.set(key, slot);
    if (account.created) {
      const terms = { nargs: payable ? 1 : 0, accepts: payable ? this.#wei : 0n, minimum: 0n, guarded: false };
      const effect: DeclareEntry = { effect: "DeclareEntry", slot, name: entryName(entry), ...terms };
      account.declared.push({ program: account.program, effect });
    } else {
      this.#entries.push({ account, entry, payable, slot });
    }
    return slot;
  }
}

/** A selector stands for itself, as a number; other functions go by name. */
export function entryName(entry: string): string | bigint {
  return entry.startsWith("0x") ? BigInt(entry) : entry;
}
