/** The proposals that are remembered, by id. */
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { actorsOf, missingOf } from "./approvals.ts";
import { fromText } from "./exactJson.ts";
import type { JournalLine, ProposalEntry } from "./journalLines.ts";
import type { OpenPage, Proposal, ProposalReport, ProposalStatus } from "./types.ts";

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
    const before = this.#entries.get(entry.id);
    this.#entries.set(entry.id, entry);
    if (entry.state.status !== "open") {
      this.#open.delete(entry.id);
      return;
    }
    this.#open.add(entry.id);
    const known = before?.text === entry.text ? parsed.get(before) : undefined;
    if (known !== undefined) parsed.set(entry, known);
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

/** What the text of an entry says. */
interface Parsed {
  readonly proposal: Proposal;
  /** In rising order. */
  readonly actors: readonly number[];
}

/** What was parsed of open groups. Anybody may ask for all of them, as often as they like. */
const parsed = new WeakMap<ProposalEntry, Parsed>();

function parsedOf(entry: ProposalEntry): Parsed {
  const known = parsed.get(entry);
  if (known !== undefined) return known;
  const proposal = fromText(entry.text) as Proposal;
  const found = { proposal, actors: actorsOf(proposal) };
  // The others are many, and are asked for rarely.
  if (entry.state.status === "open") parsed.set(entry, found);
  return found;
}

/** The proposal of an entry. */
export function proposalOf(entry: ProposalEntry): Proposal {
  return parsedOf(entry).proposal;
}

/** What became of it. An open group may miss more approvals than before, if keys have changed. */
export function statusOf(entry: ProposalEntry, map: TimeMap): ProposalStatus {
  if (entry.state.status !== "open") return entry.state;
  return { status: "open", missing: missingOf(parsedOf(entry).actors, entry.approvals, map) };
}

export function reportOf(entry: ProposalEntry, map: TimeMap): ProposalReport {
  return { proposal: proposalOf(entry), state: statusOf(entry, map) };
}

/** Open groups that wait for a program; all without a program. */
export function openReports(
  proposals: Proposals,
  map: TimeMap,
  program: number | undefined,
  { after = "", most = Number.POSITIVE_INFINITY }: OpenPage = {},
): ProposalReport[] {
  const waits = (entry: ProposalEntry): boolean =>
    program === undefined ||
    (parsedOf(entry).actors.includes(program) && missingOf([program], entry.approvals, map).length > 0);
  const entries = proposals.open().filter(({ id }) => id > after);
  const reports: ProposalReport[] = [];
  for (const entry of entries.sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (reports.length >= most) break;
    if (waits(entry)) reports.push(reportOf(entry, map));
  }
  return reports;
}
