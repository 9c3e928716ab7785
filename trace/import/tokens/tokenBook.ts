/** Which transfers are imported: counts them, and says of each one that is not why. */
import { MOST_WEI } from "../evmFlow.ts";
import type { TransferEvent } from "./events.ts";
import type { Step } from "./steps.ts";

/** Numbers of token transfers: `transfers` = `imported` + `refused`. */
export interface TokenCounts {
  transfers: number;
  imported: number;
  refused: number;
}

/** Reasons for which a single transfer is left out. */
export const REASONS = {
  huge: "token quantity beyond 128 bits",
  nothing: "token transfer of nothing",
  oneself: "token transfer to oneself",
  refused: "transfer of a refused token",
} as const;

export class TokenBook {
  /** Why a token's transfers are refused, by contract. */
  readonly refused = new Map<string, string>();
  /** Contracts whose deposits and withdrawals are no transfers. */
  readonly unwrapped = new Set<string>();
  readonly counts: TokenCounts = { transfers: 0, imported: 0, refused: 0 };
  /** Number of refused transfers, by reason. */
  readonly reasons: Record<string, number> = {};

  /**
   * Whether a step is imported. Counts it if it is a transfer.
   * @param step frames and approvals of tokens that are not refused always are
   */
  admits(step: Step): boolean {
    if (step.type === "frame") return true;
    const { event } = step;
    if (event.type === "approval") return !this.refused.has(event.token);
    if (!this.isTransfer(event)) return false;
    const reason = this.why(event);
    this.count(reason);
    return reason === null;
  }

  /** False for a deposit or withdrawal of a contract for which these are no transfers. */
  isTransfer({ kind, wrapped }: TransferEvent): boolean {
    return !(wrapped && this.unwrapped.has(kind.token));
  }

  /** Why a transfer cannot be imported; null if it can. */
  why({ kind, from, to, amount }: TransferEvent): string | null {
    if (this.refused.has(kind.token)) return REASONS.refused;
    if (amount === 0n) return REASONS.nothing;
    if (from === to) return REASONS.oneself;
    return null;
  }

  /**
   * Looks at a step before any is admitted. A quantity that the map cannot hold refuses its token: a balance without it
   * would be wrong. A deposit or withdrawal that no wei go with is no transfer.
   */
  look(step: Step): void {
    if (step.type === "frame" || step.event.type !== "transfer") return;
    const { kind, amount, wrapped, from } = step.event;
    if (amount > MOST_WEI && !this.refused.has(kind.token)) this.refused.set(kind.token, REASONS.huge);
    if (wrapped && from === null && step.wei !== amount) this.unwrapped.add(kind.token);
  }

  /** Counts a transfer. */
  count(reason: string | null): void {
    this.counts.transfers++;
    if (reason === null) {
      this.counts.imported++;
      return;
    }
    this.counts.refused++;
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
  }
}
