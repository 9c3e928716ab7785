/** Transactions with tokens: transfers, approvals, permits, wrapping, and what dishonest tokens do. */
import { hexlify, MaxUint256, toBeHex } from "ethers";
import { TOKEN_NAMES, type TokenName } from "../deployed.ts";
import { type Action, DEADLINE, type Scene } from "./scene.ts";

/** All with `transfer` and `transferFrom`. */
const MOVING = TOKEN_NAMES.filter((name) => name !== "impostor");
/** These have permits. */
const PERMITTING = ["gold", "silver", "bronze"] as const;

function moving(scene: Scene) {
  return scene.token(...MOVING);
}

function amountOf(scene: Scene, name: string): bigint {
  return name === "huge" ? scene.random.bits(195) : scene.amount();
}

/** Actions by name. */
export const tokenActions = {
  transfer(scene) {
    const token = moving(scene);
    return [scene.call(scene.account(), token, "transfer", [scene.someone(), amountOf(scene, token.name)])];
  },

  transferToSelf(scene) {
    const account = scene.account();
    return [scene.call(account, moving(scene), "transfer", [account, scene.amount()])];
  },

  transferToNobody(scene) {
    return [scene.call(scene.account(), scene.token("gold", "weth"), "transfer", [toBeHex(0, 20), scene.amount()])];
  },

  approve(scene) {
    const { router, pool, reverter } = scene.world.contracts;
    const spender = scene.once(3) ? scene.random.pick([router, pool, reverter]).address : scene.account();
    const value = scene.random.pick([scene.amount(), MaxUint256, 0n, scene.amount()]);
    return [scene.approve(moving(scene), scene.account(), spender, value)];
  },

  /** Mostly of what is left of an allowance; sometimes more than that, or without one. */
  async transferFrom(scene) {
    if (scene.once(8)) {
      return [scene.call(scene.account(), moving(scene), "transferFrom", [scene.account(), scene.someone(), 1n])];
    }
    for (let tries = 0; scene.allowances.length > 0 && tries < 6; tries++) {
      const { token, owner, spender } = scene.random.pick(scene.allowances);
      const left = (await scene.view<bigint>(token, "allowance", [owner, spender])) ?? 0n;
      const has = (await scene.view<bigint>(token, "balanceOf", [owner])) ?? 0n;
      const most = left < has ? left : has;
      if (most === 0n) continue;
      const value = scene.once(6) ? most + 1n : most / BigInt(1 + scene.random.below(9));
      return [scene.call(spender, token, "transferFrom", [owner, scene.someone(), value])];
    }
    return [];
  },

  approveAndTransferFrom(scene) {
    const token = moving(scene);
    const [owner, spender, value] = [scene.account(), scene.account(), amountOf(scene, token.name)];
    // Sometimes it is too little, and sometimes some is left for later.
    const allowance = scene.random.pick([value, value, value / 2n, MaxUint256]);
    return [
      scene.approve(token, owner, spender, allowance),
      scene.call(spender, token, "transferFrom", [owner, scene.someone(), value]),
    ];
  },

  /** Anybody brings the owner's signature. */
  async permit(scene) {
    const name: TokenName & (typeof PERMITTING)[number] = scene.random.pick(PERMITTING);
    const [owner, spender, value] = [scene.account(), scene.account(), scene.amount()];
    const signature = await scene.permit(name, owner, spender, value);
    const token = scene.world.tokens[name];
    const args = [owner, spender, value, DEADLINE, ...signature];
    scene.allowances.push({ token, owner, spender });
    return [
      scene.call(scene.account(), token, "permit", args),
      scene.call(spender, token, "transferFrom", [owner, scene.someone(), value]),
    ];
  },

  burn(scene) {
    return [scene.call(scene.account(), scene.token("gold", "silver", "bronze", "huge"), "burn", [scene.amount()])];
  },

  wrap(scene) {
    const { weth } = scene.world.tokens;
    const [from, value] = [scene.account(), scene.ether()];
    return [scene.once(3) ? { from, to: weth.address, value } : scene.call(from, weth, "deposit", [], value)];
  },

  unwrap(scene) {
    return [scene.call(scene.account(), scene.world.tokens.weth, "withdraw", [scene.amount() / 100n])];
  },

  rebase(scene) {
    return [scene.call(scene.account(), scene.world.tokens.rebasing, "rebase", [1 + scene.random.below(20)])];
  },

  pretend(scene) {
    const { lying } = scene.world.tokens;
    return [scene.call(scene.account(), lying, "pretend", [scene.account(), scene.someone(), scene.amount()])];
  },

  whisper(scene) {
    return [scene.call(scene.account(), scene.world.tokens.lying, "whisper", [scene.someone(), scene.amount()])];
  },

  impostor(scene) {
    const { random } = scene;
    const { impostor } = scene.world.tokens;
    const data = hexlify(Uint8Array.from({ length: random.below(70) }, () => random.below(256)));
    const claim = [scene.account(), scene.someone(), scene.amount()];
    return [
      random.pick([
        scene.call(scene.account(), impostor, "pretend", claim),
        scene.call(scene.account(), impostor, "pretendNft", claim),
        scene.call(scene.account(), impostor, "babble", [1 + random.below(4), data]),
      ]),
    ];
  },
} satisfies Record<string, Action>;
