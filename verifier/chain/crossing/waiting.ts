/** What an open deposit or request waits for, and who may do what about it. Times are seconds since 1970. */
import type { Deposit } from "./deposits.ts";
import type { ExitRequest } from "./requests.ts";

/** The map's terms that time depends on. */
export interface Clocks {
  readonly maxLag: number;
  readonly patience: number;
  readonly frozen: boolean;
  /** The block's time. */
  readonly now: number;
}

/**
 * What a deposit waits for. `entry`: a transition that enters it, until the deadline. `arrival`: a batch that may be on
 * its way. `refund`: anybody may send it back.
 */
export type DepositWait = "entry" | "arrival" | "refund";

/** What a deposit waits for, and from when on it may be refunded. */
export function depositWait(
  { deadline }: Pick<Deposit, "deadline">,
  { maxLag, frozen, now }: Clocks,
): { readonly waits: DepositWait; readonly refundFrom: number } {
  const refundFrom = deadline + maxLag + 1;
  if (frozen || now >= refundFrom)
    return { waits: "refund", refundFrom: frozen ? Math.min(now, refundFrom) : refundFrom };
  return { waits: now <= deadline ? "entry" : "arrival", refundFrom };
}

/**
 * Where a request stands. `operator`: a submitter answers it. `late`: anybody may. `freezable`: anybody may freeze the
 * map. `over`: the map is frozen; anybody may give the fee back.
 */
export type RequestStage = "operator" | "late" | "freezable" | "over";

/** Where a request stands, since when it is late, and from when on the map may be frozen for it. */
export function requestStage(
  { time }: Pick<ExitRequest, "time">,
  { patience, frozen, now }: Clocks,
): { readonly stage: RequestStage; readonly lateFrom: number; readonly freezeFrom: number } {
  const [lateFrom, freezeFrom] = [time + patience + 1, time + 2 * patience + 1];
  const stage = frozen ? "over" : now >= freezeFrom ? "freezable" : now >= lateFrom ? "late" : "operator";
  return { stage, lateFrom, freezeFrom };
}
