/** A node's data on a transaction beside its call tree, and the comparison of the two. */
import { InvalidInputError } from "../errors.ts";
import { isLocalChain } from "../run/localChains.ts";
import { type Balances, readBalances } from "./evmBalances.ts";
import { asAddress, asBytes, asHash, asNumber, asObject, asWei, type Fields, isAbsent, named } from "./evmFields.ts";
import type { Fork } from "./evmFlow.ts";
import { type Log, readLogs } from "./evmLogs.ts";
import type { NodeFacts } from "./evmNode.ts";

/** A transaction, as on its chain. */
export interface Receipt {
  hash: string;
  blockHash: string;
  sender: string;
  /** Null for a creation. */
  recipient: string | null;
  /** The created address, if any. */
  created: string | null;
  value: bigint;
  input: string;
  /** Whether it succeeded; null before Byzantium, when receipts had no status. */
  succeeded: boolean | null;
  /** Null if the receipt has no list of them. */
  logs: readonly Log[] | null;
  /** The fee that the sender paid, in wei; null if the receipt has no price. */
  fee: bigint | null;
  /** The recipient of a share of the fee, and the share; null if the block does not tell. */
  coinbase: string | null;
  share: bigint | null;
  fork: Fork;
  /** Null if the node does not give them; then `noBalances` says why. */
  balances: Balances | null;
  noBalances: string | null;
  /** Sentences on contradictions that are no reason to refuse. */
  remarks: readonly string[];
}

/** Chains whose headers follow Ethereum's own rules. */
const LIKE_ETHEREUM: ReadonlySet<bigint> = new Set([1n, 5n, 17_000n, 560_048n, 11_155_111n]);
/** When the first public network got the rules of Cancun, in seconds since 1970. */
const FIRST_CANCUN = 1_705_473_120;

/**
 * Reads a node's data on a transaction, and checks that they agree.
 * @throws InvalidInputError naming the fields that contradict each other
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

/** The block that the receipt names. A failed transaction needs no block: it moved nothing in any. */
function headerOf(node: NodeFacts, hash: string, succeeded: boolean | null) {
  const other = isAbsent(node.header) ? "no block" : asHash("block.hash", asObject("block", node.header).hash);
  if (other === hash) return { header: node.header as Fields, remarks: [] };
  const what = `the node gives ${other} for the block of the receipt, ${hash}`;
  if (succeeded !== false) {
    throw new InvalidInputError("block.hash", `${what}: the chain was rearranged meanwhile; ask again`);
  }
  return { header: null, remarks: [`T${what.slice(1)}; the block's time and rules are not known.`] };
}

/** The sender's fee, and the coinbase's share of it: the part above the base fee. */
function feeOf(receipt: Fields, transaction: Fields, header: Fields | null): Pick<Receipt, "fee" | "share"> {
  const amount = (name: string): bigint | null => asWei(`receipt.${name}`, receipt[name]);
  const gas = amount("gasUsed");
  const price = amount("effectiveGasPrice") ?? asWei("transaction.gasPrice", transaction.gasPrice);
  if (gas === null || price === null) return { fee: null, share: null };
  const blobs = (amount("blobGasUsed") ?? 0n) * (amount("blobGasPrice") ?? 0n);
  const base = header === null ? null : (asWei("block.baseFeePerGas", header.baseFeePerGas) ?? 0n);
  // Rollups pass on the cost of their base chain.
  const fee = gas * price + blobs + (amount("l1Fee") ?? 0n);
  return { fee, share: base === null ? null : gas * (price - base) };
}

/** The rules for self-destructs, by the header's fields. */
export function forkOf(header: Fields | null, chainId: bigint): Fork {
  if (header === null) return "unknown";
  const cancun = ["parentBeaconBlockRoot", "blobGasUsed", "excessBlobGas"].some((name) => !isAbsent(header[name]));
  if (cancun) return "since";
  if (LIKE_ETHEREUM.has(chainId) || isLocalChain(chainId)) return "before";
  return isAbsent(header.timestamp) ? "unknown" : forkAt(Number(asNumber("block.timestamp", header.timestamp)));
}

/** The rules by time alone: no network had Cancun before the first one did. */
export function forkAt(time: number | null): Fork {
  return time !== null && time < FIRST_CANCUN ? "before" : "unknown";
}

/**
 * Compares the transaction's own frame with the transaction.
 * @returns the frame, with the created address if the frame leaves it out
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
