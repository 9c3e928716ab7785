/**
 * The books of a chain's addresses: turns calls, transfers and approvals into effects of their programs. It knows what
 * lies in which slot, so it names every slot itself.
 */
import type { Effect, MemorySlot } from "../../effects/effects.ts";
import { kindOf, labelOf } from "../../layout.ts";
import { kindKey, type Standard, type TokenKind, WEI } from "../tokens/kinds.ts";
import type { Account, Till } from "./account.ts";
import type { LedgerHost } from "./host.ts";
import { entryKey, partsOf } from "./parts.ts";
import { Purse } from "./purse.ts";
import { Room } from "./room.ts";

/** First slot for deposits: an address takes whatever comes. */
export const INBOX = 1;
/** Slots promised to a purse of a kind that can be divided, to one that cannot, and to wei. */
const PURSE = 3;
const SINGLE = 1;

export class Ledger {
  host: LedgerHost;
  readonly #accounts = new Map<string, Account>();
  readonly #byProgram = new Map<number, Account>();
  readonly #kinds = new Map<string, bigint>();
  readonly #ofKind = new Map<bigint, TokenKind>();
  readonly #labels = new Map<string, number>();
  /** Contracts of known kinds, also with their standard. */
  readonly #contracts = new Set<string>();
  /** Who holds each token that cannot be divided. */
  readonly #holders = new Map<bigint, Account>();
  /** Approvals that changed since they were last asked for, as owner and key. */
  readonly changed = new Set<string>();
  /** The address that issues wei; undefined while none is needed. */
  #mint: Account | undefined;

  constructor(host: LedgerHost) {
    this.host = host;
  }

  /** Kind of wei; 0 while no program issues it. */
  get wei(): bigint {
    return this.#mint === undefined ? 0n : kindOf(this.#mint.rooms[0].program, 1);
  }
  /** All addresses, in the order in which they entered. */
  get accounts(): IterableIterator<Account> {
    return this.#accounts.values();
  }
  /** All kinds of tokens. */
  get kinds(): ReadonlyMap<bigint, TokenKind> {
    return this.#ofKind;
  }

  /** The address; undefined if it has no program yet. */
  find(address: string): Account | undefined {
    return this.#accounts.get(address);
  }
  /** The address of a program. */
  accountOf(program: number): Account | undefined {
    return this.#byProgram.get(program);
  }
  /** The address. @throws Error if it has no program: callers let it enter first */
  account(address: string): Account {
    const account = this.#accounts.get(address);
    if (account === undefined) throw new Error(`${address} has no program in the map`);
    return account;
  }

  /** Registers a program that exists as the address's first or further one. */
  register(address: string, program: number, name = address): Account {
    const known = this.#accounts.get(address);
    const room = new Room(program);
    this.host.named?.({ program, name });
    known?.rooms.push(room);
    if (known !== undefined) this.#byProgram.set(program, known);
    if (known !== undefined) return known;
    room.promise(PURSE);
    const maps = { purses: new Map(), entries: new Map(), approvals: new Map(), tills: new Map() };
    const account: Account = { address, rooms: [room], ...maps };
    this.#accounts.set(address, account);
    this.#byProgram.set(program, account);
    return account;
  }

  /** Says which address issues wei. */
  issueWeiBy(account: Account): void {
    this.#mint = account;
    this.host.named?.({ kind: this.wei, of: WEI });
  }

  /** Creates a program for a new address. */
  create(creator: Account, address: string): Account {
    return this.register(address, this.#created(creator));
  }

  /** The kind's number; the first time, it gets the next label of its contract's program. */
  kind(of: TokenKind | typeof WEI): bigint {
    if (of === WEI) return this.wei;
    const key = kindKey(of);
    const known = this.#kinds.get(key);
    if (known !== undefined) return known;
    const label = (this.#labels.get(of.token) ?? 0) + 1;
    const kind = kindOf(this.account(of.token).rooms[0].program, label);
    this.knowKind(kind, of);
    this.host.named?.({ kind, of });
    return kind;
  }

  /** The kind's number; undefined if it has none yet. */
  knownKind(of: TokenKind): bigint | undefined {
    return this.#kinds.get(kindKey(of));
  }

  /** Whether any kind of the token's contract has a number, or any of a standard. */
  knowsToken(token: string, standard?: Standard): boolean {
    return this.#contracts.has(standard === undefined ? token : `${token} ${standard}`);
  }

  /** Registers a kind that has its number. */
  knowKind(kind: bigint, of: TokenKind): void {
    this.#contracts.add(of.token).add(`${of.token} ${of.standard}`);
    this.#kinds.set(kindKey(of), kind);
    this.#ofKind.set(kind, of);
    this.#labels.set(of.token, Math.max(labelOf(kind), this.#labels.get(of.token) ?? 0));
  }

  /** Quantity that the address holds. */
  held(address: string, kind: bigint): bigint {
    return this.find(address)?.purses.get(kind)?.sum ?? 0n;
  }

  /** The address that holds an ERC-721 token; undefined if nobody does. */
  holderOf(kind: bigint): Account | undefined {
    const holder = this.#holders.get(kind);
    return (holder?.purses.get(kind)?.coins.length ?? 0) > 0 ? holder : undefined;
  }

  /** The address's holding of a kind. A new one goes to a program with room; wei are always in the first. */
  purse(account: Account, kind: bigint): Purse {
    const known = account.purses.get(kind);
    if (known !== undefined) return known;
    return this.#open(account, kind, kind === this.wei ? account.rooms[0] : this.#roomFor(account, kind));
  }

  /** Registers a resource that lies in a slot already. */
  found(account: Account, room: Room, kind: bigint, slot: MemorySlot, quantity: bigint): void {
    let purse = account.purses.get(kind);
    if (purse === undefined) {
      purse = this.#open(account, kind, room);
      if (kind !== this.wei) room.promise(this.#need(kind));
    }
    purse.found(slot, quantity);
  }

  /**
   * One call, which may pass wei.
   * @returns false if the called program has no slot left for a function that takes wei: only the wei moved then
   */
  invoke(caller: Account, callee: Account, entry: string | bigint, wei: bigint): boolean {
    const declared = this.entry(callee, entry, wei > 0n);
    if (declared === undefined) {
      if (wei > 0n && caller !== callee) this.hand(this.wei, caller, callee, wei);
      return false;
    }
    const args: { from: MemorySlot; to: MemorySlot }[] = [];
    if (wei > 0n) {
      const from = this.purse(caller, this.wei).pay(wei);
      args.push({ from, to: this.purse(callee, this.wei).receive(wei, caller === callee ? from : undefined) });
    }
    const { program } = declared.room;
    const call: Effect = { effect: "InvokeProgram", program, name: entry, args, entry: declared.slot };
    this.host.perform(caller.rooms[0].program, call);
    return true;
  }

  /** The slot of a function, which its program declares at its first call; undefined if there is no slot left. */
  entry(account: Account, name: string | bigint, payable: boolean): Till | undefined {
    const key = entryKey(name, payable);
    const known = account.entries.get(key);
    if (known !== undefined) return known;
    const room = payable ? account.rooms[0] : this.roomWith(account, 1);
    if (!room.has(1)) return undefined;
    room.promise(1);
    const slot = room.slots.take();
    const terms = { nargs: payable ? 1 : 0, accepts: payable ? this.wei : 0n, minimum: 0n, guarded: false };
    this.host.perform(room.program, { effect: "DeclareEntry", slot, name, ...terms });
    const declared = { room, slot };
    account.entries.set(key, declared);
    return declared;
  }

  /** Ownership passes from one address to another: an escrow, and its acceptance in place. */
  hand(kind: bigint, from: Account, to: Account, amount: bigint): void {
    const source = this.purse(from, kind);
    for (const part of partsOf(amount)) this.give(source.room, source.pay(part), kind, to, part);
    this.settle(from, kind);
  }

  /** The resource in a slot of a program becomes another address's. */
  give(room: Room, slot: MemorySlot, kind: bigint, to: Account, amount: bigint): void {
    const purse = this.purse(to, kind);
    const place = { program: purse.room.program, slot: purse.receive(amount) };
    this.host.perform(room.program, { effect: "EscrowToProgram", from: slot, to: place, deadline: 0 });
    this.host.perform(place.program, { effect: "ClaimFromProgram", from: place, to: "in place" });
  }

  /** The kind's issuer makes an amount and hands it over. */
  mint(kind: bigint, to: Account, amount: bigint): void {
    const issuer = this.issuerOf(kind);
    const [room] = issuer.rooms;
    for (const quantity of partsOf(amount)) {
      if (to === issuer && this.purse(to, kind).room === room) {
        const slot = this.purse(to, kind).receive(quantity);
        this.host.perform(room.program, { effect: "Issue", kind, quantity, slot });
        continue;
      }
      const slot = room.slots.take();
      this.host.perform(room.program, { effect: "Issue", kind, quantity, slot });
      this.give(room, slot, kind, to, quantity);
      room.slots.release(slot);
    }
  }

  /** An amount goes back to the kind's issuer, which destroys it. */
  burn(kind: bigint, from: Account, amount: bigint): void {
    const issuer = this.issuerOf(kind);
    if (from !== issuer) this.hand(kind, from, issuer, amount);
    this.retire(kind, issuer, amount);
  }

  /** An address's own program destroys an amount. */
  retire(kind: bigint, from: Account, amount: bigint): void {
    const purse = this.purse(from, kind);
    for (const part of partsOf(amount)) {
      this.host.perform(purse.room.program, { effect: "Retire", slot: purse.pay(part) });
    }
    this.settle(from, kind);
  }

  /** The address whose program issues the kind. */
  issuerOf(kind: bigint): Account {
    const { token } = this.#ofKind.get(kind) ?? {};
    if (token !== undefined) return this.account(token);
    if (this.#mint === undefined) throw new Error("no program issues wei");
    return this.#mint;
  }

  /** Gives an emptied purse's slots back. */
  settle(account: Account, kind: bigint): void {
    const purse = account.purses.get(kind);
    if (purse === undefined || purse.coins.length > 0 || kind === this.wei) return;
    account.purses.delete(kind);
    if (this.#holders.get(kind) === account) this.#holders.delete(kind);
    purse.room.promise(-this.#need(kind));
  }

  /** A program of the address with this many free slots; a new one if there is none. */
  roomWith(account: Account, slots: number, first?: Room): Room {
    const found = [...(first === undefined ? [] : [first]), ...account.rooms].find((room) => room.has(slots));
    if (found !== undefined) return found;
    this.register(account.address, this.#created(account), `${account.address} #${account.rooms.length + 1}`);
    return account.rooms.at(-1) as Room;
  }

  #open(account: Account, kind: bigint, room: Room): Purse {
    const purse = new Purse(room, (effect) => this.host.perform(room.program, effect));
    account.purses.set(kind, purse);
    if (this.#need(kind) === SINGLE) this.#holders.set(kind, account);
    return purse;
  }

  #roomFor(account: Account, kind: bigint): Room {
    const token = this.#ofKind.get(kind)?.token;
    const need = this.#need(kind);
    const room = this.roomWith(account, need, token === undefined ? undefined : account.tills.get(token)?.room);
    room.promise(need);
    return room;
  }

  #need(kind: bigint): number {
    return this.#ofKind.get(kind)?.standard === "ERC-721" ? SINGLE : PURSE;
  }

  #created(creator: Account): number {
    const program = this.host.programs() + 1;
    this.host.perform(creator.rooms[0].program, { effect: "CreateProgram", inbox: INBOX, authority: "open" });
    return program;
  }
}
