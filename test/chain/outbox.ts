/** Sends transactions without waiting for each, and mines them together. */
import { getCreateAddress, toQuantity } from "ethers";
import type { Node } from "./node.ts";

/** An account's signature that lets it run a contract's code as its own (EIP-7702). */
export interface Delegation {
  /** It sends no transactions itself. */
  readonly authority: string;
  /** @returns the entry of the transaction's list */
  readonly sign: (nonce: number) => Readonly<Record<string, string>>;
}

/** A transaction of one of the node's own accounts. Without `to` it creates a contract. */
export interface Order {
  readonly from: string;
  readonly to?: string;
  readonly data?: string;
  /** In wei. */
  readonly value?: bigint;
  readonly gas?: number;
  /** The transaction's type: 0, 1 or 2. Default: 2. */
  readonly type?: number;
  /** What the block's proposer gets for each unit of gas, in wei. Default: one thousand million. */
  readonly tip?: bigint;
  /** Makes the transaction one of type 4. */
  readonly delegation?: Delegation;
}

/** What a receipt says that the harness needs. */
export interface MinedReceipt {
  readonly transactionHash: string;
  readonly status: string;
  readonly from: string;
  readonly to: string | null;
  readonly contractAddress: string | null;
}

const GWEI = 1_000_000_000n;
const GAS = 700_000;
/** More than the base fee ever is on the test chain, which starts with one thousand million. */
const HIGHEST_FEE = 10n * GWEI;

/** Transactions that wait for their block. The next nonces are known here, so none waits for another. */
export class Outbox {
  readonly #node: Node;
  readonly #nonces = new Map<string, number>();

  constructor(node: Node) {
    this.#node = node;
  }

  /** Sends one. It waits in the node for {@link mine}. @returns its hash */
  async send(order: Order): Promise<string> {
    const { from, to, data, value = 0n, gas = GAS, tip = GWEI, delegation } = order;
    const type = delegation === undefined ? (order.type ?? 2) : 4;
    const nonce = await this.nonce(from);
    const fees =
      type >= 2
        ? { maxFeePerGas: toQuantity(HIGHEST_FEE), maxPriorityFeePerGas: toQuantity(tip) }
        : { gasPrice: toQuantity(GWEI + tip), ...(type === 1 ? { accessList: [] } : {}) };
    const hash = await this.#node.ask<string>("eth_sendTransaction", {
      from,
      ...(to === undefined ? {} : { to }),
      ...(data === undefined ? {} : { data }),
      value: toQuantity(value),
      gas: toQuantity(gas),
      nonce: toQuantity(nonce),
      type: toQuantity(type),
      ...fees,
      ...(delegation === undefined ? {} : { authorizationList: [await this.#signed(delegation)] }),
    });
    this.#nonces.set(from, nonce + 1);
    return hash;
  }

  /** A signed delegation counts as one of the account's transactions. */
  async #signed({ authority, sign }: Delegation): Promise<Readonly<Record<string, string>>> {
    const nonce = await this.nonce(authority);
    this.#nonces.set(authority, nonce + 1);
    return sign(nonce);
  }

  /** Sends the creation of a contract. @returns the address that it will have */
  async create(from: string, data: string, value = 0n, gas = 4_000_000): Promise<string> {
    const nonce = await this.nonce(from);
    await this.send({ from, data, value, gas });
    return getCreateAddress({ from, nonce });
  }

  /** The next nonce of an account, those that wait counted. */
  async nonce(from: string): Promise<number> {
    const known = this.#nonces.get(from);
    if (known !== undefined) return known;
    const asked = Number(await this.#node.ask<string>("eth_getTransactionCount", from, "latest"));
    this.#nonces.set(from, asked);
    return asked;
  }

  /** Mines all that was sent, in the order sent. @returns the receipts of the block */
  async mine(): Promise<readonly MinedReceipt[]> {
    await this.#node.ask("evm_mine");
    return this.#node.ask<MinedReceipt[]>("eth_getBlockReceipts", "latest");
  }

  /** Mines, where everything has to succeed. @throws Error if a transaction failed */
  async mineAll(): Promise<void> {
    for (const { status, transactionHash, to } of await this.mine()) {
      if (status !== "0x1") throw new Error(`the transaction ${transactionHash} to ${to ?? "nobody"} failed`);
    }
  }
}
