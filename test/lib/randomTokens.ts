/**
 * Random blocks of tokens on a canned chain, which answers what really happened. Some tokens keep their word, some do
 * not.
 */
import type { Answers } from "./claimedChain.ts";
import { claimedChain, says } from "./claimedChain.ts";
import { address, type FakeNode, type FakeTransaction, type Json, MINER } from "./fakeChainNode.ts";
import type { Random } from "./random.ts";

const ZERO = address(0);
const TRANSFER_FROM = "0x23b872dd";
const [GAS, TIP] = [210_000n, 63_000n];
export const HONEST = [0x70, 0x71, 0x72, 0x73].map(address);
export const HOSTILE = [0x80, 0x81, 0x82].map(address);
const PEOPLE = [0xa1, 0xa2, 0xa3, 0xa4].map(address);

/** What everybody has: amounts by token, address and id; owners; approvals. */
class State {
  readonly wei = new Map<string, bigint>();
  readonly amounts = new Map<string, bigint>();
  readonly owners = new Map<string, string>();
  readonly approvals = new Map<string, bigint>();
  readonly single = new Map<string, string>();

  copy(): State {
    const copy = new State();
    for (const name of ["wei", "amounts", "approvals"] as const) for (const [k, v] of this[name]) copy[name].set(k, v);
    for (const name of ["owners", "single"] as const) for (const [k, v] of this[name]) copy[name].set(k, v);
    return copy;
  }
}

/** A chain with random blocks, and the state after each. */
export interface RandomTokens {
  node: FakeNode;
  states: readonly State[];
}

export function randomTokens(random: Random, blocks: number): RandomTokens {
  const world = new World(random);
  const states = [world.state.copy()];
  const lists: FakeTransaction[][] = [];
  for (let i = 0; i < blocks; i++) {
    lists.push(world.block());
    states.push(world.state.copy());
  }
  const at = (block: number): State => states[block] as State;
  const answers: Answers = {
    wei: (who, block) => at(block).wei.get(who) ?? 0n,
    balance: (token, who, id, block) => at(block).amounts.get(`${token} ${who} ${id}`) ?? 0n,
    owner: (token, id, block) => at(block).owners.get(`${token} ${id}`) ?? null,
    allowance: (token, owner, spender, block) => at(block).approvals.get(`${token} ${owner} ${spender}`) ?? 0n,
    forAll: (token, owner, operator, block) => at(block).approvals.get(`${token} ${owner} ${operator} all`) === 1n,
    approved: (token, id, block) => at(block).single.get(`${token} ${id}`) ?? ZERO,
  };
  return { node: claimedChain(lists, answers), states };
}

class World {
  readonly state = new State();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
    for (const who of PEOPLE) this.state.wei.set(who, 10n ** 18n);
  }

  block(): FakeTransaction[] {
    return Array.from({ length: this.#random.below(5) }, () => this.#transaction());
  }

  #transaction(): FakeTransaction {
    const random = this.#random;
    const [from, token] = [random.pick(PEOPLE), random.pick([...HONEST, ...HOSTILE])];
    const value = BigInt(random.below(3) * 1000);
    this.#pay(from, -value - GAS);
    this.#pay(MINER, TIP);
    this.#pay(token, value);
    const logs: Json[] = [];
    for (let i = random.below(8); i > 0; i--) logs.push(...this.#act(token, from));
    return { from, to: token, value, logs, input: random.below(2) === 0 ? TRANSFER_FROM : "0x" };
  }

  #pay(who: string, wei: bigint): void {
    this.state.wei.set(who, (this.state.wei.get(who) ?? 0n) + wei);
  }

  /** What a token does for a caller. A hostile one forgets its events or its balances at times. */
  #act(token: string, caller: string): Json[] {
    const random = this.#random;
    const hostile = HOSTILE.includes(token);
    const honestly = !hostile || random.below(40) > 0;
    const before = honestly ? undefined : this.state.copy();
    const kind = hostile ? random.below(4) : HONEST.indexOf(token);
    const logs = [
      () => this.#amounts(token, caller, null),
      () => this.#single(token, caller),
      () => this.#amounts(token, caller, random.below(3)),
      () => (random.below(2) === 0 ? this.#amounts(token, caller, null) : this.#wrap(token, caller)),
    ][kind]?.();
    if (before === undefined || logs === undefined) return logs ?? [];
    if (random.below(2) === 0) return [];
    for (const name of ["amounts", "owners"] as const) {
      this.state[name].clear();
      for (const [k, v] of before[name]) (this.state[name] as Map<string, unknown>).set(k, v);
    }
    return logs;
  }

  #add(token: string, who: string, id: number | null, amount: bigint): void {
    if (who === ZERO) return;
    const key = `${token} ${who} ${id}`;
    this.state.amounts.set(key, (this.state.amounts.get(key) ?? 0n) + amount);
  }

  #amounts(token: string, caller: string, id: number | null): Json[] {
    const random = this.#random;
    const says1 = (from: string, to: string, amount: bigint): Json =>
      id === null ? says.transfer(token, from, to, amount) : says.multi(token, caller, from, to, id, amount);
    const { approvals } = this.state;
    const by = id === null ? caller : `${caller} all`;
    const givers = PEOPLE.filter((who) => (approvals.get(`${token} ${who} ${by}`) ?? 0n) > 0n);
    const owner = random.pick(givers.length > 0 && random.below(2) === 0 ? givers : PEOPLE);
    const to = random.pick([...PEOPLE, token, ZERO]);
    const key = `${token} ${owner} ${by}`;
    const has = this.state.amounts.get(`${token} ${owner} ${id}`) ?? 0n;
    const most = owner === caller || id !== null ? has : smaller(has, approvals.get(key) ?? 0n);
    const amount = random.below(4) === 0 ? most : BigInt(random.below(Number(most) + 1));
    switch (random.below(5)) {
      case 0: {
        const made = BigInt(random.below(1000) + 1);
        this.#add(token, owner, id, made);
        return [says1(ZERO, owner, made)];
      }
      case 1: {
        const allowed = BigInt(random.below(3) === 0 ? 0 : random.below(500));
        const spender = random.pick(PEOPLE);
        if (id !== null) {
          approvals.set(`${token} ${caller} ${spender} all`, allowed > 0n ? 1n : 0n);
          return [says.forAll(token, caller, spender, allowed > 0n)];
        }
        approvals.set(`${token} ${caller} ${spender}`, allowed);
        return [says.approval(token, caller, spender, allowed)];
      }
      default: {
        const logs: Json[] = [];
        if (owner !== caller) {
          const allowed = approvals.get(key) ?? 0n;
          if (id !== null ? allowed === 0n : allowed < amount) return [];
          if (id === null) approvals.set(key, allowed - amount);
          if (id === null && random.below(2) === 0) logs.push(says.approval(token, owner, caller, allowed - amount));
        }
        this.#add(token, owner, id, -amount);
        this.#add(token, to, id, amount);
        return [...logs, says1(owner, to, amount)];
      }
    }
  }

  #wrap(token: string, caller: string): Json[] {
    const has = this.state.amounts.get(`${token} ${caller} null`) ?? 0n;
    const amount = BigInt(this.#random.below(50) + 1);
    if (this.#random.below(2) === 0) {
      this.#add(token, caller, null, amount);
      return [says.deposit(token, caller, amount)];
    }
    if (has < amount) return [];
    this.#add(token, caller, null, -amount);
    return [says.withdrawal(token, caller, amount)];
  }

  #single(token: string, caller: string): Json[] {
    const random = this.#random;
    const { owners, single, approvals } = this.state;
    const [id, to] = [random.below(5), random.pick([...PEOPLE, ZERO])];
    const key = `${token} ${id}`;
    const owner = owners.get(key);
    if (owner === undefined) {
      if (to === ZERO) return [];
      owners.set(key, to);
      this.#add(token, to, null, 1n);
      return [says.single(token, ZERO, to, id)];
    }
    const allowed = (approvals.get(`${token} ${owner} ${caller} all`) ?? 0n) === 1n;
    switch (random.below(4)) {
      case 0: {
        const operator = random.pick(PEOPLE);
        const given = random.below(2);
        approvals.set(`${token} ${caller} ${operator} all`, BigInt(given));
        return [says.forAll(token, caller, operator, given === 1)];
      }
      case 1: {
        if (caller !== owner && !allowed) return [];
        const spender = random.pick([...PEOPLE, ZERO]);
        single.set(key, spender);
        return [says.approvalOne(token, owner, spender, id)];
      }
      default: {
        if (caller !== owner && !allowed && single.get(key) !== caller) return [];
        single.set(key, ZERO);
        if (to === ZERO) owners.delete(key);
        else owners.set(key, to);
        this.#add(token, owner, null, -1n);
        this.#add(token, to, null, 1n);
        const cleared = random.below(2) === 0 ? [says.approvalOne(token, owner, ZERO, id)] : [];
        return [...cleared, says.single(token, owner, to, id)];
      }
    }
  }
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
