/** The frames of a transaction, once its receipt has said whether it succeeded. */
import { InvalidInputError } from "../errors.ts";
import type { Answer } from "./evmAnswer.ts";
import { type Frame, readFrames } from "./evmFrames.ts";
import { compareRoot, type Receipt } from "./evmReceipt.ts";

/**
 * The frames, checked against the receipt's status.
 * @throws InvalidInputError if tree and receipt contradict each other
 */
export function framesOf({ root }: Answer, receipt: Receipt | null): { frames: Frame[]; remarks: string[] } {
  if (receipt === null) return { frames: readFrames(root), remarks: [] };
  const frames = readFrames(compareRoot(root, receipt));
  const failed = frames[0]?.fate === "reverted";
  if (receipt.succeeded === true && failed) {
    throw new InvalidInputError(
      "error",
      `the call tree says that the transaction failed (${frames[0]?.error}), its receipt that it succeeded; ` +
        "the node contradicts itself",
    );
  }
  if (receipt.succeeded !== false || failed) return { frames, remarks: [] };
  return {
    frames: readFrames(root, "status 0x0 in the receipt"),
    remarks: [
      "The receipt says that the transaction failed (status 0x0), the call tree does not: nothing of it happened.",
    ],
  };
}
