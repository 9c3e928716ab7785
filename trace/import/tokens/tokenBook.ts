/** Which transfers are imported: counts them, and says of each one that is not why. */
import { MOST_WEI } from "../evmFlow.ts";
import type { TransferEvent } from "./events.ts";
import { kindKey, ZERO } from "./kinds.ts";
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
  /** Whether the tokens were compared with `balanceOf`. */
  compared = false;
  /** Why a token's transfers are refused, by contract. */
  readonly refused = new Map<string, string>();
  /** Contracts whose deposits and withdrawals are no transfers. */
  readonly unwrapped = new Set<string>();
  /** Kinds of which address 0 keeps what it gets in the block at hand: of all transfers, or of those from nobody. */
  readonly zeroKeeps = new Map<string, "all" | "minted">();
  readonly counts: TokenCounts = { transfers: 0, imported: 0, refused: 0 };
  /** Number of refused transfers, by reason. */
  readonly reasons: Record<string, number> = {};

  /** @param known takes over what another book knows of tokens, but not its counts */
  constructor(known?: TokenBook) {
    if (known === undefined) return;
    this.compared = known.compared;
    for (const [token, why] of known.refused) this.refused.set(token, why);
    for (const token of known.unwrapped) this.unwrapped.add(token);
    for (const [kind, keeps] of known.zeroKeeps) this.zeroKeeps.set(kind, keeps);
  }

  /** The step with address 0 as a holder, where the token keeps what is sent there. */
  withZero(step: Step): Step {
    if (step.type === "frame" || step.event.type !== "transfer") return step;
    const event = this.zeroed(step.event);
    return event === step.event ? step : { ...step, event };
  }

  /** The same for a transfer. */
  zeroed(event: TransferEvent): TransferEvent {
    if (this.zeroKeeps.size === 0 || event.to !== null || event.wrapped) return event;
    const keeps = this.zeroKeeps.get(kindKey(event.kind));
    if (keeps === undefined || (keeps === "minted" && event.from !== null)) return event;
    return { ...event, to: ZERO };
  }

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

  /** Refuses the token of a quantity that the map cannot hold: a balance without it would be wrong. */
  lookAtAmount(step: Step): void {
    if (step.type === "frame" || step.event.type !== "transfer") return;
    const { kind, amount } = step.event;
    if (amount > MOST_WEI && !this.refused.has(kind.token)) this.refused.set(kind.token, REASONS.huge);
  }

  /**
   * Tells wrapped coins from other contracts with events of that name, where no node can be asked: a wrapped coin also
   * transfers, and every deposit comes with its amount in wei.
   */
  settleWrapped(steps: readonly Step[]): void {
    const transfers = new Set<string>();
    const wrapped = new Set<string>();
    for (const step of steps) {
      if (step.type === "frame" || step.event.type !== "transfer") continue;
      const { kind, amount, from } = step.event;
      if (!step.event.wrapped) transfers.add(kind.token);
      else wrapped.add(kind.token);
      if (step.event.wrapped && from === null && step.wei !== amount) this.unwrapped.add(kind.token);
    }
    for (const token of wrapped) if (!transfers.has(token)) this.unwrapped.add(token);
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
