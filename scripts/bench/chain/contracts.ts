/** What contracts of the simulated chain do when they are called: tokens, a wrapped coin, pairs of an exchange. */
import { type CallTree, input } from "./callTree.ts";
import { allowanceOf, balanceOf, type ChainState, ENDLESS, weiOf } from "./chainState.ts";
import { addressOf, type Draws } from "./draws.ts";
import { MIX } from "./mix.ts";

export const SELECTOR = {
  transfer: "0xa9059cbb",
  transferFrom: "0x23b872dd",
  approve: "0x095ea7b3",
  balanceOf: "0x70a08231",
  getReserves: "0x0902f1ac",
  swap: "0x022c0d9f",
  deposit: "0xd0e30db0",
  withdraw: "0x2e1a7d4d",
} as const;

/** Hashes of events that are no token's: the importer looks at them and takes nothing. */
const SYNC = "0x1c411e9a96e071241c2f21f7726b17ae89e3cab4c78be50e062b03a9fffbbad1";
const SWAP = "0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822";

/** The wrapped coin: the first token. */
export const WRAPPED = addressOf("token", 0);
const ETHER = 10n ** 18n;
/** What a pair holds of each of its tokens at first. */
const POOL = 10n ** 6n * ETHER;

/** A number of three digits or fewer that stands for the address. */
const digest = (address: string): number => Number.parseInt(address.slice(-6), 16) % 1_000;
const isProxy = (token: string): boolean => token !== WRAPPED && digest(token) < 10 * MIX.proxies;

/** The address of the pair of a token and the wrapped coin. */
export const pairAddress = (token: string): string =>
  `0x${(BigInt(token) ^ BigInt(addressOf("pair", 0))).toString(16).padStart(40, "0")}`;

export class Contracts {
  readonly #state: ChainState;
  readonly #draws: Draws;
  /** Addresses with code. */
  readonly code = new Set<string>();

  constructor(state: ChainState, draws: Draws) {
    this.#state = state;
    this.#draws = draws;
    for (const token of [WRAPPED, addressOf("router", 0), addressOf("router", 1)]) this.code.add(token);
    state.open(weiOf(WRAPPED), 3n * POOL);
  }

  /** A token that is not the wrapped coin. */
  token(): string {
    const token = addressOf("token", 1 + this.#draws.rank(MIX.tokens));
    this.code.add(token);
    return token;
  }

  /** The pair of a token and the wrapped coin. */
  pairOf(token: string): string {
    const pair = pairAddress(token);
    this.code.add(pair);
    for (const each of [token, WRAPPED]) this.#state.open(balanceOf(each, pair), POOL);
    return pair;
  }

  /** What an owner has of a token: something, if it never had any before. */
  holding(token: string, owner: string): bigint {
    return this.#state.open(balanceOf(token, owner), 1_000n * ETHER);
  }

  /** Runs a token's code, which may be another contract's. */
  #inside(tree: CallTree, token: string, data: string, work: () => void): void {
    if (!isProxy(token)) {
      work();
      return;
    }
    const code = addressOf("code", digest(token));
    this.code.add(code);
    tree.call(code, { type: "DELEGATECALL", input: data }, work);
  }

  /** The running frame, or the transaction itself, sends what it holds. */
  send(tree: CallTree, token: string, from: string, to: string, amount: bigint): void {
    this.#inside(tree, token, input(SELECTOR.transfer, to, amount), () => {
      this.#state.move(balanceOf(token, from), balanceOf(token, to), amount);
      tree.log("transfer", [from, to], amount);
    });
  }

  /** A contract calls `transfer`. */
  transfer(tree: CallTree, token: string, to: string, amount: bigint): void {
    const from = tree.self;
    tree.call(token, { input: input(SELECTOR.transfer, to, amount) }, () => this.send(tree, token, from, to, amount));
  }

  /** A contract calls `transferFrom`. The owner approved it some time before. */
  transferFrom(tree: CallTree, token: string, owner: string, to: string, amount: bigint): void {
    const key = allowanceOf(token, owner, tree.self);
    const allowed = this.#state.open(key, this.#draws.percent(MIX.endless) ? ENDLESS : amount);
    if (allowed < amount) throw new UnapprovedError(token, tree.self);
    const data = input(SELECTOR.transferFrom, owner, to, amount);
    tree.call(token, { input: data }, () => {
      if (allowed < ENDLESS) this.#state.set(key, allowed - amount);
      this.send(tree, token, owner, to, amount);
    });
  }

  /** Ether becomes wrapped ether of the caller. */
  deposit(tree: CallTree, amount: bigint): void {
    const who = tree.self;
    const data = input(SELECTOR.deposit);
    tree.call(WRAPPED, { value: amount, input: data }, () => this.wrap(tree, who, amount));
  }

  wrap(tree: CallTree, who: string, amount: bigint): void {
    this.#state.move(null, balanceOf(WRAPPED, who), amount);
    tree.log("deposit", [who], amount);
  }

  /** Wrapped ether of the caller becomes ether. */
  withdraw(tree: CallTree, amount: bigint): void {
    const who = tree.self;
    tree.call(WRAPPED, { input: input(SELECTOR.withdraw, amount) }, () => this.unwrap(tree, who, amount));
  }

  unwrap(tree: CallTree, who: string, amount: bigint): void {
    this.#state.move(balanceOf(WRAPPED, who), null, amount);
    tree.call(who, { value: amount });
    tree.log("withdrawal", [who], amount);
  }

  /** What a pair gives for an amount, by the product of its reserves. */
  quote(pair: string, given: string, wanted: string, amount: bigint): bigint {
    const [x, y] = [this.#state.get(balanceOf(given, pair)), this.#state.get(balanceOf(wanted, pair))];
    return (amount * y) / (x + amount);
  }

  /** A pair swaps: it sends, looks at its balances, and tells of it. */
  swap(tree: CallTree, pair: string, [given, wanted]: readonly [string, string], to: string, amount: bigint): void {
    tree.call(pair, { input: input(SELECTOR.swap, amount, 0n, to) }, () => {
      this.transfer(tree, wanted, to, amount);
      for (const token of [wanted, given]) {
        const data = input(SELECTOR.balanceOf, pair);
        tree.ask(token, data, () => this.#inside(tree, token, data, () => undefined));
      }
      tree.log(SYNC, [], amount, amount);
      tree.log(SWAP, [tree.self, to], amount, 0n, 0n, amount);
    });
  }
}

/** The owner's approval is used up: it has to approve first. */
export class UnapprovedError extends Error {
  readonly token: string;
  readonly spender: string;
  constructor(token: string, spender: string) {
    super(`${spender} may not take ${token}`);
    this.token = token;
    this.spender = spender;
  }
}
