/** Compares the tokens of a transaction's block with the chain, so that a single transaction is read as a block is. */
import { checkTokens } from "./blocks/tokenChecks.ts";
import { asList, asNumber, isAbsent, isObject } from "./evmFields.ts";
import { readLogs } from "./evmLogs.ts";
import { type Ask, NodeAnswer } from "./evmNode.ts";
import { ChainNode } from "./node/chainNode.ts";
import { tokenEvents } from "./tokens/events.ts";
import { ZERO } from "./tokens/kinds.ts";
import { TokenBook } from "./tokens/tokenBook.ts";

/**
 * Adds to a node's answer what `balanceOf` says of the tokens that the transaction's block moves, before and after it.
 * The answer stays as it is where the node gives no receipts of the block, or no state at it.
 * @throws InvalidInputError if a receipt is malformed
 */
export async function withTokens(answer: NodeAnswer, ask: Ask): Promise<NodeAnswer> {
  const { node } = answer;
  if (isAbsent(answer.block)) return answer;
  const block = Number(asNumber("block", answer.block));
  const receipts = await ask("eth_getBlockReceipts", [`0x${block.toString(16)}`]).catch(() => null);
  if (!Array.isArray(receipts) || block === 0) return answer;
  const transfers = receipts.flatMap((receipt, i) => {
    if (!isObject(receipt)) return [];
    const field = `receipts[${i}].logs`;
    return readLogs(field, asList(field, receipt.logs, "logs")).flatMap(tokenEvents);
  });
  const chain = new ChainNode(async (requests) =>
    Promise.all(
      requests.map(async ({ method, params }) => {
        try {
          return { result: await ask(method, params) };
        } catch (error) {
          return { error: error instanceof Error ? error.message : String(error) };
        }
      }),
    ),
  );
  const [probe] = await chain.weiOf([ZERO], block - 1);
  if (probe === null) return answer;
  const tokens = new TokenBook();
  tokens.compared = true;
  const moved = transfers.filter((event) => event.type === "transfer");
  await checkTokens(chain, block, moved, tokens, { held: () => undefined, holder: () => undefined });
  return new NodeAnswer(answer.result, answer.block, answer.timestamp, { ...node, tokens });
}
