/** Swaps through a router and the pairs of an exchange, and by an aggregator that takes the tokens first. */
import { type CallTree, input } from "./callTree.ts";
import { type Contracts, SELECTOR, WRAPPED } from "./contracts.ts";
import { addressOf, type Draws } from "./draws.ts";
import type { Way } from "./mix.ts";

/** Functions of a well-known router. */
const ROUTES = {
  "ether for tokens": "0x7ff36ab5",
  "tokens for ether": "0x18cbafe5",
  "tokens for tokens": "0x38ed1739",
  "by an aggregator": "0x12aa3caf",
} satisfies Record<Way, string>;

/** Who swaps, and how much at most. */
export interface Swap {
  user: string;
  wei: bigint;
  way: Way;
}

/** The contract, the value and the input of a swap's transaction, and what happens inside. */
export function swapOf(contracts: Contracts, draws: Draws, { user, wei, way }: Swap) {
  const router = addressOf("router", way === "by an aggregator" ? 1 : 0);
  const [token, other] = [contracts.token(), contracts.token()];
  const pair = contracts.pairOf(token);
  const data = input(ROUTES[way], token, user, wei);
  if (way === "ether for tokens") {
    const bought = (): bigint => contracts.quote(pair, WRAPPED, token, wei);
    return {
      ...{ to: router, value: wei, data },
      inside: (tree: CallTree): void => {
        tree.ask(pair, SELECTOR.getReserves);
        contracts.deposit(tree, wei);
        const amount = bought();
        contracts.transfer(tree, WRAPPED, pair, wei);
        contracts.swap(tree, pair, [WRAPPED, token], user, amount);
      },
    };
  }
  const amount = draws.part(contracts.holding(token, user));
  const inside = (tree: CallTree): void => {
    const got = contracts.quote(pair, token, WRAPPED, amount);
    tree.ask(pair, SELECTOR.getReserves);
    if (way === "by an aggregator") {
      contracts.transferFrom(tree, token, user, tree.self, amount);
      tree.ask(token, input(SELECTOR.balanceOf, tree.self));
      contracts.transfer(tree, token, pair, amount);
    } else contracts.transferFrom(tree, token, user, pair, amount);
    if (way === "tokens for ether") {
      contracts.swap(tree, pair, [token, WRAPPED], tree.self, got);
      contracts.withdraw(tree, got);
      tree.call(user, { value: got });
      return;
    }
    if (other === token) {
      contracts.swap(tree, pair, [token, WRAPPED], user, got);
      return;
    }
    const second = contracts.pairOf(other);
    tree.ask(second, SELECTOR.getReserves);
    const bought = contracts.quote(second, WRAPPED, other, got);
    contracts.swap(tree, pair, [token, WRAPPED], second, got);
    const receiver = way === "by an aggregator" ? tree.self : user;
    contracts.swap(tree, second, [WRAPPED, other], receiver, bought);
    if (receiver !== user) contracts.transfer(tree, other, user, bought);
  };
  return { to: router, value: 0n, data, inside };
}
