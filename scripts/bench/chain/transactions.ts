/** Draws the transactions of the simulated chain, each with its call tree, and carries them out. */
import { CallTree, input } from "./callTree.ts";
import { allowanceOf, balanceOf, type ChainState, ENDLESS, ownerOf, weiOf } from "./chainState.ts";
import { Contracts, SELECTOR, UnapprovedError, WRAPPED } from "./contracts.ts";
import { addressOf, Draws } from "./draws.ts";
import { MIX, type Sort } from "./mix.ts";
import { swapOf } from "./swaps.ts";

/** A transaction that was carried out. */
export interface Done {
  sort: Sort;
  from: string;
  to: string;
  failed: boolean;
  gas: number;
  tree: CallTree;
}

/** What a transaction is going to do. */
interface Plan {
  to: string;
  value?: bigint;
  data?: string;
  gas: number;
  inside?: (tree: CallTree) => void;
}

const ETHER = 10n ** 18n;
const MARKET = addressOf("router", 2);
/** Functions of contracts of other sorts are these numbers and those after them. */
const OTHER = 0xabc00000;

export class Transactions {
  readonly #state: ChainState;
  readonly #draws: Draws;
  readonly contracts: Contracts;
  #newcomers = 0;
  #collectibles = 0;

  constructor(state: ChainState, seed: number) {
    this.#state = state;
    this.#draws = new Draws(seed);
    this.contracts = new Contracts(state, this.#draws);
    this.contracts.code.add(MARKET);
  }

  /** The next transaction. */
  next(): Done {
    const sort = this.#draws.share(MIX.shares);
    const from = this.#user();
    const plan = this.#plan(sort, from);
    const failed = sort !== "payment" && this.#draws.percent(MIX.failing);
    try {
      return this.#carriedOut(sort, from, plan, failed);
    } catch (error) {
      if (!(error instanceof UnapprovedError)) throw error;
      this.#state.undo();
      return this.#carriedOut("approval", from, this.#approval(from, error.token, error.spender), false);
    }
  }

  #carriedOut(sort: Sort, from: string, { to, value, data, gas, inside }: Plan, failed: boolean): Done {
    this.#state.begin();
    const tree = new CallTree(this.#state, from, to, { value: value ?? 0n, input: data ?? "0x" });
    inside?.(tree);
    if (failed) {
      this.#state.undo();
      tree.fail();
    }
    return { sort, from, to, failed, gas, tree };
  }

  #plan(sort: Sort, from: string): Plan {
    const { contracts } = this;
    const draws = this.#draws;
    const wei = draws.part(this.#state.get(weiOf(from)));
    switch (sort) {
      case "payment":
        return this.#payment(wei);
      case "token transfer": {
        const [token, to] = [contracts.token(), this.#recipient()];
        const amount = draws.part(contracts.holding(token, from));
        const data = input(SELECTOR.transfer, to, amount);
        return { to: token, data, gas: 55_000, inside: (tree) => contracts.send(tree, token, from, to, amount) };
      }
      case "swap":
        return { gas: 180_000, ...swapOf(contracts, draws, { user: from, wei, way: draws.share(MIX.swaps) }) };
      case "approval":
        return this.#approval(from, contracts.token(), addressOf("router", draws.below(2)));
      case "collectible":
        return this.#collectible(from, wei);
      case "wrapping": {
        const gas = 45_000;
        const inside = (tree: CallTree): void => contracts.wrap(tree, from, wei);
        return { to: WRAPPED, value: wei, data: input(SELECTOR.deposit), gas, inside };
      }
      case "other call":
        return this.#otherCall(wei);
    }
  }

  #payment(wei: bigint): Plan {
    return { to: this.#recipient(), value: wei, gas: 21_000 };
  }

  #approval(owner: string, token: string, spender: string): Plan {
    const amount = this.#draws.percent(MIX.endless) ? ENDLESS : this.contracts.holding(token, owner);
    const inside = (tree: CallTree): void => {
      this.#state.set(allowanceOf(token, owner, spender), amount);
      tree.log("approval", [owner, spender], amount);
    };
    return { to: token, data: input(SELECTOR.approve, spender, amount), gas: 46_000, inside };
  }

  /** Half of them are made, half are bought from somebody on a market that the seller approved. */
  #collectible(from: string, wei: bigint): Plan {
    const token = addressOf("collection", this.#draws.rank(MIX.collections));
    this.contracts.code.add(token);
    const id = BigInt(++this.#collectibles);
    const give = (tree: CallTree, seller: string | null): void => {
      this.#state.set(ownerOf(token, id), BigInt(from));
      this.#state.move(seller === null ? null : balanceOf(token, seller), balanceOf(token, from), 1n);
      tree.log("transfer", [seller ?? `0x${"0".repeat(40)}`, from, hexWord(id)]);
    };
    if (this.#draws.percent(50)) {
      const data = input("0xa0712d68", 1n);
      return { to: token, value: wei, data, gas: 90_000, inside: (tree) => give(tree, null) };
    }
    const seller = this.#user();
    this.#state.open(ownerOf(token, id), BigInt(seller));
    this.#state.open(allowanceOf(token, seller, MARKET), 1n);
    if (this.#state.open(balanceOf(token, seller), 20n) === 0n) return this.#payment(wei);
    const inside = (tree: CallTree): void => {
      tree.call(token, { input: input(SELECTOR.transferFrom, seller, from, id) }, () => give(tree, seller));
      tree.call(seller, { value: wei - wei / 40n });
    };
    return { to: MARKET, value: wei, data: input("0xfb0f3ee1", token, id), gas: 150_000, inside };
  }

  /** Calls among contracts without tokens: one in three reads, one in ten passes ether on. */
  #otherCall(wei: bigint): Plan {
    const draws = this.#draws;
    const contract = (): string => {
      const address = addressOf("contract", draws.rank(MIX.contracts));
      this.contracts.code.add(address);
      return address;
    };
    const selector = (): string => `0x${(OTHER + draws.below(4)).toString(16)}`;
    const value = draws.percent(30) ? wei : 0n;
    let left = Math.floor(MIX.mostCalls ** draws.unit());
    const work = (tree: CallTree, depth: number, mine: bigint): void => {
      while (left > 0) {
        left--;
        const data = input(selector(), wei);
        const passes = draws.percent(10) ? mine : 0n;
        mine -= passes;
        if (draws.percent(33)) tree.ask(contract(), data);
        else {
          const deeper = depth < 6 && draws.percent(50);
          tree.call(contract(), { input: data, value: passes }, () =>
            deeper ? work(tree, depth + 1, passes) : undefined,
          );
          if (!deeper && depth > 0) return;
        }
      }
    };
    const to = contract();
    return { to, value, data: input(selector(), wei), gas: 120_000, inside: (tree) => work(tree, 0, value) };
  }

  /** A user of the chain, with ether. */
  #user(): string {
    const user = addressOf("user", this.#draws.rank(MIX.users));
    this.#state.open(weiOf(user), 10n * ETHER);
    return user;
  }

  #recipient(): string {
    return this.#draws.percent(MIX.newcomers) ? addressOf("newcomer", ++this.#newcomers) : this.#user();
  }
}

const hexWord = (n: bigint): string => `0x${n.toString(16).padStart(64, "0")}`;
