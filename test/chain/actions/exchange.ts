/** Transactions with the exchange and the lender. */
import { WHOLE } from "../deploy.ts";
import type { TokenName, WorldToken } from "../deployed.ts";
import type { Order } from "../outbox.ts";
import { type Action, DEADLINE, type Scene } from "./scene.ts";

/** Tokens of the pairs, and their shares. */
const PAIRS: readonly (readonly [a: TokenName, b: TokenName, shares: TokenName])[] = [
  ["gold", "weth", "goldWeth"],
  ["gold", "silver", "goldSilver"],
  ["silver", "bronze", "silverBronze"],
  ["proxied", "weth", "proxiedWeth"],
  ["loudFee", "gold", "loudFeeGold"],
];
/** Paths that do not touch ether, ways back included. */
const PATHS: readonly (readonly TokenName[])[] = [
  ["gold", "weth"],
  ["gold", "silver"],
  ["silver", "gold"],
  ["gold", "silver", "bronze"],
  ["bronze", "silver", "gold", "weth", "proxied"],
  ["loudFee", "gold"],
  ["gold", "loudFee"],
  ["proxied", "weth", "gold", "loudFee"],
];
const TO_ETHER: readonly (readonly TokenName[])[] = [
  ["gold", "weth"],
  ["proxied", "weth"],
  ["bronze", "silver", "gold", "weth"],
];

function along(scene: Scene, names: readonly TokenName[]): WorldToken[] {
  return names.map((name) => scene.world.tokens[name]);
}

function addresses(path: readonly WorldToken[]): string[] {
  return path.map(({ address }) => address);
}

/** An approval for a contract, mostly of what it needs; sometimes there is none. */
function allowed(scene: Scene, token: WorldToken, owner: string, spender: string, value: bigint): Order[] {
  return scene.once(12) ? [] : [scene.approve(token, owner, spender, value)];
}

/** Less than one whole, or nothing. */
function little(scene: Scene): bigint {
  return scene.once(30) ? 0n : (BigInt(1 + scene.random.below(999)) * WHOLE) / 1_000n;
}

/** Actions by name. */
export const exchangeActions = {
  swap(scene) {
    const { router } = scene.world.contracts;
    const path = along(scene, scene.random.pick(PATHS));
    const [from, value] = [scene.account(), little(scene)];
    // Once in a while the trader asks for more than there is.
    const least = scene.once(15) ? 10_000n * WHOLE : 0n;
    return [
      ...path.slice(0, 1).flatMap((token) => allowed(scene, token, from, router.address, value)),
      scene.call(from, router, "swapExactTokensForTokens", [value, least, addresses(path), scene.someone()]),
    ];
  },

  swapEther(scene) {
    const { router } = scene.world.contracts;
    const path = along(scene, [...scene.random.pick(TO_ETHER)].reverse());
    const args = [0n, addresses(path), scene.someone()];
    return [scene.call(scene.account(), router, "swapExactETHForTokens", args, scene.ether())];
  },

  swapToEther(scene) {
    const { router } = scene.world.contracts;
    const path = along(scene, scene.random.pick(TO_ETHER));
    const [from, value] = [scene.account(), little(scene)];
    // Sometimes the receiver is a contract that takes no ether.
    const to = scene.once(15) ? scene.world.contracts.nft.address : scene.account();
    return [
      ...path.slice(0, 1).flatMap((token) => allowed(scene, token, from, router.address, value)),
      scene.call(from, router, "swapExactTokensForETH", [value, 0n, addresses(path), to]),
    ];
  },

  addLiquidity(scene) {
    const { router } = scene.world.contracts;
    const [a, b] = scene.random.pick(PAIRS);
    const from = scene.account();
    const tokens = along(scene, [a, b]);
    const [first = 0n, second = 0n] = [little(scene), little(scene)];
    const both = tokens.map((token) => scene.approve(token, from, router.address, WHOLE));
    return [...both, scene.call(from, router, "addLiquidity", [...addresses(tokens), first, second, scene.account()])];
  },

  removeLiquidity(scene) {
    const { router } = scene.world.contracts;
    const [a, b, name] = scene.random.pick(PAIRS);
    // The deployer has most of the shares.
    const from = scene.once(2) ? scene.account() : (scene.world.accounts[0] ?? scene.account());
    const shares = little(scene);
    return [
      ...allowed(scene, scene.world.tokens[name], from, router.address, shares),
      scene.call(from, router, "removeLiquidity", [...addresses(along(scene, [a, b])), shares, scene.someone()]),
    ];
  },

  /** Shares are a token too. */
  giveShares(scene) {
    const [, , name] = scene.random.pick(PAIRS);
    const [first = scene.account()] = scene.world.accounts;
    return [scene.call(first, scene.world.tokens[name], "transfer", [scene.account(), little(scene)])];
  },

  async lendingDeposit(scene) {
    const { pool } = scene.world.contracts;
    const { gold } = scene.world.tokens;
    const [from, value] = [scene.account(), scene.amount()];
    if (scene.once(2)) {
      return [...allowed(scene, gold, from, pool.address, value), scene.call(from, pool, "deposit", [value])];
    }
    const signature = await scene.permit("gold", from, pool.address, value);
    return [scene.call(from, pool, "depositWithPermit", [value, DEADLINE, ...signature])];
  },

  borrow(scene) {
    return [scene.call(scene.account(), scene.world.contracts.pool, "borrow", [little(scene)])];
  },

  async repay(scene) {
    const { pool } = scene.world.contracts;
    const from = scene.account();
    const debt = (await scene.view<bigint>(pool, "debts", [from])) ?? 0n;
    const value = debt === 0n ? little(scene) : debt / 2n;
    return [
      ...allowed(scene, scene.world.tokens.silver, from, pool.address, value),
      scene.call(from, pool, "repay", [value]),
    ];
  },

  lendingWithdraw(scene) {
    return [scene.call(scene.account(), scene.world.contracts.pool, "withdraw", [little(scene)])];
  },
} satisfies Record<string, Action>;
