/** Transactions with collections, their market, and the contract of many kinds. */
import { AbiCoder } from "ethers";
import { WHOLE } from "../deploy.ts";
import type { WorldContract } from "../deployed.ts";
import type { Action, Scene } from "./scene.ts";

const SAFE = "safeTransferFrom(address,address,uint256)";
const SAFE_WITH_DATA = "safeTransferFrom(address,address,uint256,bytes)";

interface Held {
  readonly nft: WorldContract;
  readonly id: number;
  /** Its owner at the last block. Mostly one of the accounts. */
  readonly owner: string;
}

/** Some token that an account owned at the last block; undefined if the draw finds none. */
async function held(scene: Scene): Promise<Held | undefined> {
  const nft = scene.random.pick([scene.world.contracts.nft, scene.world.contracts.otherNft]);
  const minted = Number((await scene.view<bigint>(nft, "minted", [])) ?? 0n);
  for (let tries = 0; minted > 0 && tries < 4; tries++) {
    const id = scene.random.below(minted);
    const owner = (await scene.view<string>(nft, "ownerOf", [id]))?.toLowerCase();
    if (owner !== undefined && scene.world.accounts.includes(owner)) return { nft, id, owner };
  }
  return undefined;
}

/** A kind, and an amount of it. */
function some(scene: Scene): [id: number, value: number] {
  return [scene.random.below(4), 1 + scene.random.below(scene.once(10) ? 10_000 : 10)];
}

/** Actions by name. */
export const nftActions = {
  nftMint(scene) {
    const { nft, otherNft } = scene.world.contracts;
    return [scene.call(scene.account(), scene.random.pick([nft, otherNft]), "mint", [scene.account()])];
  },

  async nftTransfer(scene) {
    const found = await held(scene);
    if (found === undefined) return [];
    const { nft, id, owner } = found;
    const from = scene.once(10) ? scene.account() : owner;
    return [scene.call(from, nft, scene.once(2) ? "transferFrom" : SAFE, [owner, scene.someone(), id])];
  },

  /** The vault gives it on at once, to the address in the data. */
  async nftThroughVault(scene) {
    const found = await held(scene);
    if (found === undefined) return [];
    const { nft, id, owner } = found;
    const data = AbiCoder.defaultAbiCoder().encode(["address"], [scene.account()]);
    return [scene.call(owner, nft, SAFE_WITH_DATA, [owner, scene.world.contracts.vault.address, id, data])];
  },

  async nftApprove(scene) {
    const found = await held(scene);
    if (found === undefined) return [];
    const { nft, id, owner } = found;
    const spender = scene.account();
    const approval = scene.call(owner, nft, "approve", [spender, id]);
    if (scene.once(3)) return [approval];
    return [approval, scene.call(spender, nft, "transferFrom", [owner, scene.account(), id])];
  },

  async nftOperator(scene) {
    const found = await held(scene);
    if (found === undefined) return [];
    const { nft, id, owner } = found;
    const operator = scene.account();
    return [
      scene.call(owner, nft, "setApprovalForAll", [operator, !scene.once(4)]),
      scene.call(operator, nft, "transferFrom", [owner, scene.account(), id]),
    ];
  },

  async nftBurn(scene) {
    const found = scene.once(3) ? await held(scene) : undefined;
    return found === undefined ? [] : [scene.call(found.owner, found.nft, "burn", [found.id])];
  },

  async nftSale(scene) {
    const { market } = scene.world.contracts;
    const found = await held(scene);
    if (found === undefined) return [];
    const { nft, id, owner } = found;
    const price = (BigInt(1 + scene.random.below(1_000)) * WHOLE) / 10_000n;
    const operator = scene.call(owner, nft, "setApprovalForAll", [market.address, true]);
    const offer = scene.call(owner, market, "list", [nft.address, id, price]);
    const paid = scene.once(10) ? price - 1n : price;
    const sale = scene.call(scene.account(), market, "buy", [nft.address, id], paid);
    return scene.once(12) ? [offer, sale] : [operator, offer, sale];
  },

  multiMint(scene) {
    const { multi } = scene.world.contracts;
    return [scene.call(scene.account(), multi, "mint", [scene.someone(), ...some(scene)])];
  },

  multiTransfer(scene) {
    const { multi } = scene.world.contracts;
    const from = scene.account();
    return [scene.call(from, multi, "safeTransferFrom", [from, scene.someone(), ...some(scene), "0x"])];
  },

  multiBatch(scene) {
    const { multi } = scene.world.contracts;
    const from = scene.account();
    const pairs = Array.from({ length: scene.random.below(4) }, () => some(scene));
    const ids = pairs.map(([id]) => id);
    const values = pairs.map(([, value]) => value);
    const minted = pairs.map((pair) => scene.call(from, multi, "mint", [from, ...pair]));
    return [...minted, scene.call(from, multi, "safeBatchTransferFrom", [from, scene.someone(), ids, values, "0x"])];
  },

  multiOperator(scene) {
    const { multi } = scene.world.contracts;
    const [owner, operator] = [scene.account(), scene.account()];
    return [
      scene.call(owner, multi, "setApprovalForAll", [operator, !scene.once(4)]),
      scene.call(operator, multi, "safeTransferFrom", [owner, scene.account(), 1, 1, "0x"]),
    ];
  },

  multiBurn(scene) {
    return [scene.call(scene.account(), scene.world.contracts.multi, "burn", some(scene))];
  },
} satisfies Record<string, Action>;
