/** A node of an Ethereum-like chain, asked for whole blocks and for the state at blocks. */
import { EnvironmentError, InvalidInputError } from "../../errors.ts";
import { asAddress, asBytes, asNumber, asWei, isAbsent } from "../evmFields.ts";
import { type Answered, AskFailure, type AskMany, type Refusal } from "./ask.ts";
import { Asker, type AskerOptions } from "./asker.ts";
import { type BlockHeader, contradiction, readHeader } from "./blockHeader.ts";
import { BlockPartsReader, hex } from "./blockParts.ts";
import { type BlockRecord, joinBlock, transactionHashes } from "./blockRecord.ts";
import { addressIn, type ContractCall, callOf, decimalsIn, numberIn, truthIn } from "./contractCalls.ts";
import { textIn } from "./tokenText.ts";
import { isFailedCall, isPruned } from "./words.ts";

export type { Answered, AskMany, Refusal, Request } from "./ask.ts";
export type { BlockHeader, Withdrawal } from "./blockHeader.ts";
export type { BlockRecord, BlockTransaction } from "./blockRecord.ts";

/** What a token says of itself; null where it says nothing readable. */
export interface TokenDescription {
  symbol: string | null;
  name: string | null;
  decimals: number | null;
}

/** Headers kept to compare the times of consecutive blocks. */
const KEPT_HEADERS = 64;
/** Tries to read a block while the chain is rearranged. */
const REARRANGED = 3;
const LONGEST = { symbol: 32, name: 64 } as const;

/** The node does not have a block (yet). */
export class NoSuchBlockError extends InvalidInputError {}

/**
 * A node of an Ethereum-like chain, asked for whole blocks and for the state at blocks.
 *
 *     const node = new ChainNode(askManyAt("http://127.0.0.1:8545"));
 *     const { transactions } = await node.block(100);
 */
export class ChainNode {
  readonly #asker: Asker;
  readonly #parts: BlockPartsReader;
  readonly #seen = new Map<number, BlockHeader>();
  #chainId: bigint | null = null;
  /** The last refusal that left a question about state open; null if there was none. */
  lastRefusal: Refusal | null = null;

  constructor(ask: AskMany, options: AskerOptions = {}) {
    this.#asker = new Asker(ask, options);
    this.#parts = new BlockPartsReader(this.#asker);
  }

  /** The chain's id. @throws EnvironmentError "rpc" if the node does not name it */
  async chainId(): Promise<bigint> {
    if (this.#chainId !== null) return this.#chainId;
    const id = asNumber("eth_chainId", await this.#told("eth_chainId", []));
    this.#chainId = id;
    return id;
  }

  /**
   * The latest block, or the latest safe or final one.
   * @throws EnvironmentError "rpc" if the node names none, as one without finality does
   */
  async head(tag: "latest" | "safe" | "finalized" = "latest"): Promise<BlockHeader> {
    const json = await this.#told("eth_getBlockByNumber", [tag, false]);
    if (isAbsent(json)) throw new EnvironmentError("rpc", `the node names no ${tag} block; ask for another`);
    const { fields: _, ...header } = readHeader(json, null);
    return header;
  }

  /**
   * The header of a block.
   * @throws InvalidInputError if the node has no such block, or its header contradicts others
   */
  async header(number: number): Promise<BlockHeader> {
    const { fields: _, ...header } = await this.#header(number, false);
    return header;
  }

  /**
   * A block with its transactions, their receipts and their call trees. It is read again if the chain is rearranged
   * meanwhile.
   * @throws InvalidInputError if the node has no such block, or its answers contradict each other, naming the field
   * @throws EnvironmentError "rpc" with the node's words if it gives no receipts or no call trees
   */
  async block(number: number): Promise<BlockRecord> {
    const chainId = await this.chainId();
    for (let tried = 1; ; tried++) {
      const header = await this.#header(number, true);
      const hashes = transactionHashes(header);
      try {
        const [receipts, traces] = await Promise.all([
          this.#parts.receipts(header, hashes),
          this.#parts.traces(header, hashes),
        ]);
        return joinBlock({ header, receipts, traces }, chainId);
      } catch (error) {
        const told = error instanceof InvalidInputError || error instanceof EnvironmentError;
        if (tried >= REARRANGED || !told || error instanceof AskFailure) throw error;
        const now = await this.header(number).catch(() => header);
        if (now.hash === header.hash) throw error;
      }
    }
  }

  /** Balances in wei after a block; null where the node does not tell, and then `lastRefusal` says why. */
  async weiOf(addresses: readonly string[], block: number): Promise<(bigint | null)[]> {
    const method = "eth_getBalance";
    const answers = await this.#stateOf(method, addresses, block);
    return answers.map((answer, i) => (answer === null ? null : asWei(`${method} of ${addresses[i]}`, answer)));
  }

  /** True for addresses that have code after a block; null where the node does not tell. */
  async codeAt(addresses: readonly string[], block: number): Promise<(boolean | null)[]> {
    const method = "eth_getCode";
    const answers = await this.#stateOf(method, addresses, block);
    return answers.map((answer, i) =>
      answer === null ? null : asBytes(`${method} of ${addresses[i]}`, answer).length > 2,
    );
  }

  /**
   * Balances of tokens after a block: `balanceOf(address)`, or with an id ERC-1155's `balanceOf(address,uint256)`. Null
   * if the call fails or answers other than 32 bytes.
   */
  async balancesOf(
    asked: readonly { token: string; who: string; id: bigint | null }[],
    block: number,
  ): Promise<(bigint | null)[]> {
    const calls = asked.map(({ token, who, id }) =>
      id === null ? callOf(token, "balanceOf(address)", [who]) : callOf(token, "balanceOf(address,uint256)", [who, id]),
    );
    return (await this.#call(calls, block)).map(numberIn);
  }

  /** Owners of ERC-721 tokens after a block; null if the call fails. */
  async ownersOf(asked: readonly { token: string; id: bigint }[], block: number): Promise<(string | null)[]> {
    const calls = asked.map(({ token, id }) => callOf(token, "ownerOf(uint256)", [id]));
    return (await this.#call(calls, block)).map(addressIn);
  }

  /** ERC-20 allowances after a block; null if the call fails. */
  async allowances(
    asked: readonly { token: string; owner: string; spender: string }[],
    block: number,
  ): Promise<(bigint | null)[]> {
    const calls = asked.map(({ token, owner, spender }) =>
      callOf(token, "allowance(address,address)", [owner, spender]),
    );
    return (await this.#call(calls, block)).map(numberIn);
  }

  /** Whether an operator may move all of an owner's tokens after a block; null if the call fails. */
  async approvedForAll(
    asked: readonly { token: string; owner: string; operator: string }[],
    block: number,
  ): Promise<(boolean | null)[]> {
    const calls = asked.map(({ token, owner, operator }) =>
      callOf(token, "isApprovedForAll(address,address)", [owner, operator]),
    );
    return (await this.#call(calls, block)).map(truthIn);
  }

  /** Who may move an ERC-721 token after a block, the zero address for nobody; null if the call fails. */
  async approved(asked: readonly { token: string; id: bigint }[], block: number): Promise<(string | null)[]> {
    const calls = asked.map(({ token, id }) => callOf(token, "getApproved(uint256)", [id]));
    return (await this.#call(calls, block)).map(addressIn);
  }

  /** What tokens say of themselves at the latest block. The texts are foreign, but in one line and short. */
  async describe(tokens: readonly string[]): Promise<TokenDescription[]> {
    const calls = tokens.flatMap((token) =>
      (["symbol()", "name()", "decimals()"] as const).map((f) => callOf(token, f)),
    );
    const answers = await this.#call(calls, null);
    return tokens.map((_, i) => ({
      symbol: textIn(answers[3 * i], LONGEST.symbol),
      name: textIn(answers[3 * i + 1], LONGEST.name),
      decimals: decimalsIn(answers[3 * i + 2]),
    }));
  }

  /** The node's answer. @throws EnvironmentError "rpc" with its words if it refuses */
  async #told(method: string, params: readonly unknown[]): Promise<unknown> {
    const answer = await this.#asker.one(method, params);
    if ("result" in answer) return answer.result;
    throw new EnvironmentError("rpc", `the node refuses ${method}: ${answer.error}; use another node`);
  }

  async #header(number: number, whole: boolean) {
    checkNumber(number);
    const json = await this.#told("eth_getBlockByNumber", [hex(number), whole]);
    if (isAbsent(json)) {
      throw new NoSuchBlockError(`block ${number}`, "the node has no such block (yet); ask for one up to its head");
    }
    const header = readHeader(json, number);
    const { fields: _, ...facts } = header;
    this.#compareTimes(facts);
    return header;
  }

  /** Refuses times that go backwards between a block and its parent, if both were read. */
  #compareTimes(header: BlockHeader): void {
    const { number, hash } = header;
    const [parent, child] = [this.#seen.get(number - 1), this.#seen.get(number + 1)];
    for (const [earlier, later] of [
      [parent, header],
      [header, child],
    ] as const) {
      if (earlier === undefined || later === undefined || later.parentHash !== earlier.hash) continue;
      if (later.time < earlier.time) {
        const what = `is ${later.time}, before that of its parent, ${earlier.time}`;
        throw contradiction(later.number, "timestamp", what);
      }
    }
    if (this.#seen.get(number)?.hash === hash) return;
    this.#seen.delete(number);
    this.#seen.set(number, header);
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= KEPT_HEADERS) return;
      this.#seen.delete(oldest);
    }
  }

  async #stateOf(method: string, addresses: readonly string[], block: number): Promise<unknown[]> {
    checkNumber(block);
    const at = hex(block);
    const requests = addresses.map((address) => ({ method, params: [asAddress("address", address), at] }));
    const answers = await this.#asker.all(requests);
    return answers.map((answer) => this.#orRefused(method, block, answer));
  }

  /** Calls contracts after a block, or at the latest one. Null for each call that has no answer. */
  async #call(calls: readonly ContractCall[], block: number | null): Promise<unknown[]> {
    if (block !== null) checkNumber(block);
    const method = "eth_call";
    const at = block === null ? "latest" : hex(block);
    const answers = await this.#asker.all(calls.map((call) => ({ method, params: [call, at] })));
    return answers.map((answer) => {
      if ("error" in answer && isFailedCall(answer.error)) return null;
      return this.#orRefused(method, block, answer);
    });
  }

  #orRefused(method: string, block: number | null, answer: Answered): unknown {
    if ("result" in answer && !isAbsent(answer.result)) return answer.result;
    const words = "error" in answer ? answer.error : "its answer is null";
    this.lastRefusal = { method, block, words, pruned: isPruned(words) };
    return null;
  }
}

function checkNumber(number: number): void {
  if (Number.isSafeInteger(number) && number >= 0) return;
  throw new InvalidInputError("block", `${number} is no number of a block: a whole number from 0`);
}
