/** A thread that looks at pieces of a trace, one after the other, until it is terminated. */
import { serve } from "../../../trace/pool/jobLoop.ts";
import { lookAtPiece, type PieceAnswer, type PieceSetup, type PieceTask } from "./pieceTask.ts";

await serve((setup: PieceSetup) => (task: PieceTask): PieceAnswer | { crashed: string } => {
  try {
    return lookAtPiece(setup, task);
  } catch (error) {
    return { crashed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
});
