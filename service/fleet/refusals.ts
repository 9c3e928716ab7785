/** What the dispatcher tells workers that it sends away. */
import { TimeBanditsError } from "../../trace/errors.ts";

/** Why a worker is sent away. The codes are part of the protocol between worker and server. */
export type RefusalCode =
  | "badWorker"
  | "otherVersion"
  | "otherCircuit"
  | "setAside"
  | "tooManyLeases"
  | "wrongProof"
  | "malformed";

/** A worker, or what it handed in, is refused. */
export class WorkerRefusedError extends TimeBanditsError {
  readonly reason: RefusalCode;

  constructor(reason: RefusalCode, message: string) {
    super(reason, message);
    this.reason = reason;
  }
}
