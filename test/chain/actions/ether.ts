/** Transactions with ether, and those that create contracts, end them, or fail. */
import { getCreate2Address, keccak256, toBeHex, ZeroHash } from "ethers";
import { WHOLE } from "../deploy.ts";
import type { Order } from "../outbox.ts";
import type { Action, Scene } from "./scene.ts";

function salt(scene: Scene): string {
  return toBeHex(scene.random.bits(256), 32);
}

/** A contract that can end itself, at an address that the salt decides. */
function mortal(scene: Scene): { code: string; salt: string; address: string } {
  const code = scene.code("Suicidal");
  const chosen = salt(scene);
  const address = getCreate2Address(scene.world.contracts.create2.address, chosen, keccak256(code));
  return { code, salt: chosen, address };
}

function endCall(scene: Scene, address: string, beneficiary: string): string {
  return scene.at("Suicidal", address).abi.encodeFunctionData("end", [beneficiary]);
}

/** Actions by name. */
export const etherActions = {
  pay(scene) {
    return [{ from: scene.account(), to: scene.account(), value: scene.ether(), gas: 21_000 }];
  },

  payStranger(scene) {
    return [{ from: scene.account(), to: scene.stranger(), value: scene.ether(), gas: 21_000 }];
  },

  /** The contract takes no ether. */
  payUnwilling(scene) {
    const { nft, market, factory } = scene.world.contracts;
    return [{ from: scene.account(), to: scene.random.pick([nft, market, factory]).address, value: scene.ether() }];
  },

  split(scene) {
    return [{ from: scene.account(), to: scene.world.contracts.splitter.address, value: scene.ether() }];
  },

  forward(scene) {
    const { splitter, ...contracts } = scene.world.contracts;
    const forwarder = scene.random.pick([contracts.forwarder, contracts.wallet]);
    const { weth, gold } = scene.world.tokens;
    const [from, value] = [scene.account(), scene.ether()];
    const [to, data] = scene.random.pick([
      [scene.stranger(), "0x"],
      [splitter.address, "0x"],
      [weth.address, weth.abi.encodeFunctionData("deposit", [])],
      // Fails: the forwarder has no gold, and gold takes no ether.
      [gold.address, gold.abi.encodeFunctionData("transfer", [from, 1n])],
    ]);
    return [scene.call(from, forwarder, "forward", [to, data], value)];
  },

  /** What an inner call moved is undone, and its failure is caught. */
  undone(scene) {
    const { reverter } = scene.world.contracts;
    const token = scene.token("gold", "silver", "weth", "proxied");
    const [from, value] = [scene.account(), scene.ether()];
    return [
      scene.approve(token, from, reverter.address, WHOLE),
      scene.call(from, reverter, "attempt", [token.address, scene.account(), 5n, scene.once(2)], value),
    ];
  },

  /** An account lets a contract's code run as its own, or ends that. Somebody else pays for it. */
  delegate(scene) {
    const { forwarder, vault } = scene.world.contracts;
    const code = scene.random.pick([forwarder.address, forwarder.address, vault.address, toBeHex(0, 20)]);
    const order = { from: scene.account(), to: scene.smart, value: scene.ether(), delegation: scene.delegation(code) };
    return [order];
  },

  /** Fails if the account has other code now, and does nothing if it has none. */
  forwardDelegated(scene) {
    const account = scene.at("Forwarder", scene.smart);
    return [scene.call(scene.account(), account, "forward", [scene.someone(), "0x"], scene.ether())];
  },

  outOfGas(scene) {
    const call = scene.call(scene.account(), scene.token("gold", "weth"), "transfer", [scene.account(), 1n]);
    return [{ ...call, gas: 25_000 }];
  },

  createMortal(scene) {
    const { create2 } = scene.world.contracts;
    const { code, salt: chosen, address } = mortal(scene);
    scene.mortals.push(address);
    return [scene.call(scene.account(), create2, "create", [code, chosen], scene.ether())];
  },

  payMortal(scene) {
    if (scene.mortals.length === 0) return [];
    return [{ from: scene.account(), to: scene.random.pick(scene.mortals), value: scene.ether() }];
  },

  /** Its ether goes to somebody, or stays: its code stays too. */
  end(scene) {
    if (scene.mortals.length === 0) return [];
    const address = scene.random.pick(scene.mortals);
    const beneficiary = scene.once(4) ? address : scene.someone();
    return [{ from: scene.account(), to: address, data: endCall(scene, address, beneficiary) }];
  },

  /** It ends in the transaction that creates it. What it leaves to itself is lost. */
  createAndEnd(scene) {
    const { create2 } = scene.world.contracts;
    const { code, salt: chosen, address } = mortal(scene);
    const data = endCall(scene, address, scene.once(3) ? address : scene.someone());
    return [scene.call(scene.account(), create2, "createAndCall", [code, chosen, data], scene.ether())];
  },

  stillborn(scene) {
    const data = scene.code("Stillborn", scene.someone());
    return [{ from: scene.account(), data, value: scene.ether(), gas: 500_000 }];
  },

  /** A contract that an account creates, with its own token. */
  createToken(scene) {
    if (!scene.once(3)) return [];
    const data = scene.code("Token", `Late ${scene.random.below(1_000)}`, scene.amount());
    return [{ from: scene.account(), data, gas: 3_000_000 }];
  },

  /** The creation fails: the address is taken, or the code refuses ether. */
  createInVain(scene) {
    const { create2 } = scene.world.contracts;
    const refused: Order = { from: scene.account(), data: scene.code("Vault"), value: 1n, gas: 2_000_000 };
    const twice = scene.call(scene.account(), create2, "create", [scene.code("Vault"), ZeroHash]);
    return [scene.once(2) ? refused : { ...twice, gas: 1_500_000 }];
  },
} satisfies Record<string, Action>;
