/** What the random transactions draw from: the world, random choices, and what earlier ones left behind. */
import { concat, HDNodeWallet, Interface, MaxUint256, Mnemonic, Signature, toBeHex, toQuantity } from "ethers";
import type { CompiledContracts } from "../../../contracts/compiler.ts";
import type { Random } from "../../lib/random.ts";
import { WHOLE } from "../deploy.ts";
import type { TokenName, WorldContract, WorldToken } from "../deployed.ts";
import { NodeError } from "../node.ts";
import type { Delegation, Order } from "../outbox.ts";
import { MNEMONIC, type World } from "../world.ts";

/** Makes the transactions of one kind. None if the chain offers no chance for it. */
export type Action = (scene: Scene) => Promise<readonly Order[]> | readonly Order[];

/** An allowance that was given once. It may be used up since. */
export interface Allowance {
  readonly token: WorldContract;
  readonly owner: string;
  readonly spender: string;
}

/** Latest time of a permit, in Unix seconds. */
export const DEADLINE = 4_000_000_000n;

const PERMIT = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};
/** Tokens with permits, and the names in their domains. */
const PERMITTING = { gold: "Gold", silver: "Silver", bronze: "Bronze" } as const;

/** Everything that an action needs. */
export class Scene {
  readonly world: World;
  readonly random: Random;
  readonly allowances: Allowance[] = [];
  /** Contracts that can end themselves. */
  readonly mortals: string[] = [];
  /** An account that sends nothing itself, and lets others run code as its own. */
  readonly #smart: HDNodeWallet;
  readonly #compiled: CompiledContracts;
  readonly #signers = new Map<string, HDNodeWallet>();
  /** Permits signed since the last block, by token and owner. */
  readonly #signed = new Map<string, number>();

  constructor(world: World, random: Random, compiled: CompiledContracts) {
    this.world = world;
    this.random = random;
    this.#compiled = compiled;
    const root = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(MNEMONIC), "m/44'/60'/0'/0");
    for (const [index, account] of world.accounts.entries()) this.#signers.set(account, root.deriveChild(index));
    this.#smart = root.deriveChild(world.accounts.length);
  }

  /** A block was mined: the chain tells the nonces of permits again. */
  mined(): void {
    this.#signed.clear();
  }

  /** Whether something happens that happens once in so many times. */
  once(times: number): boolean {
    return this.random.below(times) === 0;
  }

  /** One of the node's accounts. */
  account(): string {
    return this.random.pick(this.world.accounts);
  }

  /** An address that nobody has used. */
  stranger(): string {
    return toBeHex(this.random.bits(160), 20);
  }

  /** Who gets something: mostly an account, sometimes a stranger or a contract. */
  someone(): string {
    const { contracts, tokens, treasury } = this.world;
    if (this.once(8)) return this.stranger();
    if (this.once(12))
      return this.random.pick([contracts.vault, contracts.forwarder, tokens.gold, tokens.weth]).address;
    return this.once(20) ? treasury : this.account();
  }

  /** The address of the account that may have code. */
  get smart(): string {
    return this.#smart.address.toLowerCase();
  }

  /** Gives this account the code of a contract, or takes it away if that is the zero address. */
  delegation(address: string): Delegation {
    const sign = (nonce: number) => {
      const signed = this.#smart.authorizeSync({ address, nonce, chainId: this.world.chainId });
      const { r, s, yParity } = signed.signature;
      const numbers = { chainId: toQuantity(signed.chainId), nonce: toQuantity(nonce), yParity: toQuantity(yParity) };
      return { ...numbers, address, r, s };
    };
    return { authority: this.smart, sign };
  }

  token(...names: readonly TokenName[]): WorldToken {
    return this.world.tokens[this.random.pick(names)];
  }

  /** An amount: mostly less than five wholes, sometimes nothing, one unit, or more than anybody has. */
  amount(): bigint {
    if (this.once(25)) return 0n;
    if (this.once(25)) return 1n;
    if (this.once(40)) return MaxUint256 - 1n;
    return (BigInt(1 + this.random.below(5_000)) * WHOLE) / 1_000n + BigInt(this.random.below(1_000_000));
  }

  /** A small amount of ether. */
  ether(): bigint {
    return this.once(20) ? 0n : BigInt(1 + this.random.below(1_000_000_000)) * 1_000_000_000n;
  }

  /** A call of a contract. */
  call(from: string, target: WorldContract, name: string, args: readonly unknown[], value = 0n): Order {
    return { from, to: target.address, data: target.abi.encodeFunctionData(name, args), value };
  }

  /** An approval, remembered for those who may use it. */
  approve(token: WorldContract, owner: string, spender: string, value: bigint): Order {
    if (this.world.accounts.includes(spender)) this.allowances.push({ token, owner, spender });
    return this.call(owner, token, "approve", [spender, value]);
  }

  /** What the chain answers to a call of a view now; undefined if it reverts. */
  async view<T>(target: WorldContract, name: string, args: readonly unknown[]): Promise<T | undefined> {
    const data = target.abi.encodeFunctionData(name, args);
    try {
      const answer = await this.world.node.ask<string>("eth_call", { to: target.address, data }, "latest");
      return target.abi.decodeFunctionResult(name, answer)[0];
    } catch (error) {
      if (error instanceof NodeError) return undefined;
      throw error;
    }
  }

  /** A permit with the owner's signature. @returns the arguments v, r and s */
  async permit(name: keyof typeof PERMITTING, owner: string, spender: string, value: bigint) {
    const token = this.world.tokens[name];
    const key = `${name} ${owner}`;
    const signed = this.#signed.get(key) ?? 0;
    this.#signed.set(key, signed + 1);
    const nonce = ((await this.view<bigint>(token, "nonces", [owner])) ?? 0n) + BigInt(signed);
    const domain = {
      name: PERMITTING[name],
      version: "1",
      chainId: this.world.chainId,
      verifyingContract: token.address,
    };
    const signer = this.#signers.get(owner);
    if (signer === undefined) throw new Error(`${owner} is not one of the node's accounts`);
    const message = { owner, spender, value, nonce, deadline: DEADLINE };
    const { v, r, s } = Signature.from(await signer.signTypedData(domain, PERMIT, message));
    return [v, r, s] as const;
  }

  /** The code that creates a contract of test/chain/contracts/, with its arguments. */
  code(contract: string, ...args: readonly unknown[]): string {
    const built = this.#compiled.get(contract);
    if (built === undefined) throw new Error(`no source in test/chain/contracts/ holds ${contract}`);
    return concat([built.bytecode, new Interface(built.abi).encodeDeploy(args)]);
  }

  /** A contract of test/chain/contracts/ at an address. */
  at(contract: string, address: string): WorldContract {
    return { contract, address: address.toLowerCase(), abi: new Interface(this.#compiled.get(contract)?.abi ?? []) };
  }
}
