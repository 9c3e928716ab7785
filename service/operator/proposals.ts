/** The proposals that are remembered, by id. */
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { missingFrom } from "./approvals.ts";
import { fromText } from "./exactJson.ts";
import type { JournalLine, ProposalEntry } from "./journalLines.ts";
import type { Proposal, ProposalReport, ProposalStatus } from "./types.ts";

/** Seconds that a proposal is remembered after its `validUntil`: a repeated question is still answered. */
const MARGIN = 3_600;

export class Proposals {
  readonly #entries = new Map<string, ProposalEntry>();
  readonly #open = new Set<string>();

  /** Number of open groups. */
  get openCount(): number {
    return this.#open.size;
  }

  get(id: string): ProposalEntry | undefined {
    return this.#entries.get(id);
  }

  /** Adds a proposal, or replaces what is known of it. */
  put(entry: ProposalEntry): void {
    this.#entries.set(entry.id, entry);
    if (entry.state.status === "open") this.#open.add(entry.id);
    else this.#open.delete(entry.id);
  }

  all(): Iterable<ProposalEntry> {
    return this.#entries.values();
  }

  /** The open groups. */
  open(): ProposalEntry[] {
    return [...this.#open].flatMap((id) => this.#entries.get(id) ?? []);
  }

  /**
   * Forgets what is not needed any more.
   * @param settled the last transition that is never withdrawn
   */
  forget(now: number, settled: number): void {
    for (const [id, { validUntil, state }] of this.#entries) {
      const kept = state.status === "open" || (state.status === "accepted" && state.lastSeq > settled);
      if (!kept && validUntil + MARGIN < now) this.#entries.delete(id);
    }
  }

  lines(): JournalLine[] {
    return [...this.#entries.values()].map((proposal) => ({ proposal }));
  }
}

/** The proposal of an entry. */
export function proposalOf({ text }: ProposalEntry): Proposal {
  return fromText(text) as Proposal;
}

/** What became of it. An open group may miss more approvals than before, if keys have changed. */
export function statusOf(entry: ProposalEntry, map: TimeMap): ProposalStatus {
  if (entry.state.status !== "open") return entry.state;
  return { status: "open", missing: missingFrom(proposalOf(entry), entry.approvals, map) };
}

export function reportOf(entry: ProposalEntry, map: TimeMap): ProposalReport {
  return { proposal: proposalOf(entry), state: statusOf(entry, map) };
}
