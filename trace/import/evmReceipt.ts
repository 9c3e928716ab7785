/** What a node says of a transaction beside its call tree, and the comparison of the two. */
import { InvalidInputError } from "../errors.ts";
import { isLocalChain } from "../run/localChains.ts";
import { type Balances, readBalances } from "./evmBalances.ts";
import { asAddress, asBytes, asHash, asNumber, asObject, asWei, type Fields, isAbsent, named } from "./evmFields.ts";
import type { Fork } from "./evmFlow.ts";
import { type Log, readLogs } from "./evmLogs.ts";
import type { NodeFacts } from "./evmNode.ts";

/** A transaction as its chain has it. */
export interface Receipt {
  hash: string;
  blockHash: string;
  sender: string;
  /** Null for a creation. */
  recipient: string | null;
  /** The address that it made, if it made one. */
  created: string | null;
  value: bigint;
  input: string;
  /** Whether it succeeded; null before Byzantium, when receipts did not say. */
  succeeded: boolean | null;
  /** Null if the receipt has no list of them. */
  logs: readonly Log[] | null;
  /** What the sender paid for it, in wei; null if the receipt does not tell the price. */
  fee: bigint | null;
  /** Who gets a share of the fee, and how much; null if the block does not tell. */
  coinbase: string | null;
  share: bigint | null;
  fork: Fork;
  /** Null if the node does not give them; then `noBalances` says why. */
  balances: Balances | null;
  noBalances: string | null;
  /** What does not fit together and yet is no reason to refuse, in sentences. */
  remarks: readonly string[];
}

/** Chains whose headers change with Ethereum's own rules. */
const LIKE_ETHEREUM: ReadonlySet<bigint> = new Set([1n, 5n, 17_000n, 560_048n, 11_155_111n]);
/** When the first public network got the rules of Cancun, in seconds since 1970. */
const FIRST_CANCUN = 1_705_473_120;

/**
 * Reads what a node said of a transaction, and compares it with itself.
 * @throws InvalidInputError naming what contradicts what
 */
export function readReceipt(node: NodeFacts): Receipt {
  const hash = asHash("node.hash", node.hash);
  const transaction = asObject("transaction", node.transaction);
  const receipt = asObject("receipt", node.receipt);
  for (const [what, said] of [
    ["transaction.hash", transaction.hash],
    ["receipt.transactionHash", receipt.transactionHash],
  ] as const) {
    if (asHash(what, said) !== hash) throw new InvalidInputError(what, `is ${said}, but ${hash} was asked for`);
  }
  const blockHash = asHash("receipt.blockHash", receipt.blockHash);
  if (asHash("transaction.blockHash", transaction.blockHash) !== blockHash) {
    throw new InvalidInputError(
      "receipt.blockHash",
      `is ${blockHash}, but the transaction is in ${transaction.blockHash}: ` +
        "the chain was rearranged meanwhile; ask again",
    );
  }
  const sender = asAddress("transaction.from", transaction.from);
  const recipient = isAbsent(transaction.to) ? null : asAddress("transaction.to", transaction.to);
  agree("receipt.from", isAbsent(receipt.from) ? sender : asAddress("receipt.from", receipt.from), sender);
  if (!isAbsent(receipt.to)) agree("receipt.to", asAddress("receipt.to", receipt.to), recipient ?? "nobody");
  const succeeded = statusOf(receipt);
  const { header, remarks } = headerOf(node, blockHash, succeeded);
  const { balances, why } = readBalances(node.balances);
  return {
    ...{ hash, blockHash, sender, recipient, succeeded, remarks, balances },
    created: isAbsent(receipt.contractAddress) ? null : asAddress("receipt.contractAddress", receipt.contractAddress),
    value: asWei("transaction.value", transaction.value) ?? 0n,
    input: asBytes("transaction.input", transaction.input ?? transaction.data),
    logs: isAbsent(receipt.logs) ? null : readLogs("receipt.logs", receipt.logs),
    ...feeOf(receipt, transaction, header),
    coinbase: isAbsent(header?.miner) ? null : asAddress("block.miner", header.miner),
    fork: forkOf(header, asNumber("node.chainId", node.chainId)),
    noBalances: node.noBalances ?? why,
  };
}

function agree(field: string, said: string, expected: string): void {
  if (said !== expected) {
    throw new InvalidInputError(field, `is ${said}, but the transaction's is ${expected}; the node contradicts itself`);
  }
}

function statusOf(receipt: Fields): boolean | null {
  if (isAbsent(receipt.status)) return null;
  const status = asNumber("receipt.status", receipt.status);
  if (status > 1n) throw new InvalidInputError("receipt.status", `is ${status}; it is 0x0 or 0x1`);
  return status === 1n;
}

/**
 * The block that the receipt names. Without it a failed transaction can still be told: it moved nothing in any block.
 */
function headerOf(node: NodeFacts, hash: string, succeeded: boolean | null) {
  const other = isAbsent(node.header) ? "no block" : asHash("block.hash", asObject("block", node.header).hash);
  if (other === hash) return { header: node.header as Fields, remarks: [] };
  const what = `the node gives ${other} for the block of the receipt, ${hash}`;
  if (succeeded !== false) {
    throw new InvalidInputError("block.hash", `${what}: the chain was rearranged meanwhile; ask again`);
  }
  return { header: null, remarks: [`T${what.slice(1)}; the block's time and rules are not known.`] };
}

/** What the sender pays, and what of it the block's coinbase gets: what is above the base fee. */
function feeOf(receipt: Fields, transaction: Fields, header: Fields | null): Pick<Receipt, "fee" | "share"> {
  const amount = (name: string): bigint | null => asWei(`receipt.${name}`, receipt[name]);
  const gas = amount("gasUsed");
  const price = amount("effectiveGasPrice") ?? asWei("transaction.gasPrice", transaction.gasPrice);
  if (gas === null || price === null) return { fee: null, share: null };
  const blobs = (amount("blobGasUsed") ?? 0n) * (amount("blobGasPrice") ?? 0n);
  const base = header === null ? null : (asWei("block.baseFeePerGas", header.baseFeePerGas) ?? 0n);
  // Chains on top of another one pass on what that one costs.
  const fee = gas * price + blobs + (amount("l1Fee") ?? 0n);
  return { fee, share: base === null ? null : gas * (price - base) };
}

/** The rules for self-destructs, by the header's fields. */
function forkOf(header: Fields | null, chainId: bigint): Fork {
  if (header === null) return "unknown";
  const cancun = ["parentBeaconBlockRoot", "blobGasUsed", "excessBlobGas"].some((name) => !isAbsent(header[name]));
  if (cancun) return "since";
  if (LIKE_ETHEREUM.has(chainId) || isLocalChain(chainId)) return "before";
  return isAbsent(header.timestamp) ? "unknown" : forkAt(Number(asNumber("block.timestamp", header.timestamp)));
}

/** The same by the time alone: before the first network had Cancun, none had it. */
export function forkAt(time: number | null): Fork {
  return time !== null && time < FIRST_CANCUN ? "before" : "unknown";
}

/**
 * Compares the transaction's own frame with the transaction.
 * @returns the frame, with the address of what it made if the frame leaves it out
 * @throws InvalidInputError naming the field
 */
export function compareRoot(root: Fields, receipt: Receipt): Fields {
  const { sender, recipient, created, succeeded } = receipt;
  const differs = (field: string, said: string, expected: string): never => {
    const what = `is ${short(said)}, but the transaction's is ${short(expected)}`;
    throw new InvalidInputError(field, `${what}: the call tree is not that of the transaction`);
  };
  const from = asAddress("from", root.from);
  if (from !== sender) differs("from", from, sender);
  const value = asWei("value", root.value) ?? 0n;
  if (value !== receipt.value) differs("value", `${value} wei`, `${receipt.value} wei`);
  const input = asBytes("input", root.input);
  if (input !== receipt.input) differs("input", input, receipt.input);
  const creates = String(root.type).toUpperCase() === "CREATE";
  if (creates !== (recipient === null)) differs("type", String(root.type), creates ? "a call" : "a creation");
  const expected = recipient ?? created;
  if (isAbsent(root.to)) return expected === null ? root : { ...root, to: expected };
  const to = asAddress(named("", "to"), root.to);
  if (expected !== null && to !== expected && succeeded !== false) differs("to", to, expected);
  return root;
}

const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}…` : text);
