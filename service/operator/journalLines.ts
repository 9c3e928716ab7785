/**
 * The lines of `journal.jsonl`: what the operator must remember beside the trace. A later line about the same thing
 * replaces an earlier one.
 */
import type { SignatureFile } from "../../prover/signing/signatureFiles.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { asText, fromText } from "./exactJson.ts";
import type { ProposalStatus } from "./types.ts";

/**
 * A key's word for a group. `authority` is the key that it was given with; 0 for the operator's, for an open program.
 */
export interface Approval {
  readonly program: number;
  readonly authority: bigint;
}

/** A proposal, with all that is known of it. */
export interface ProposalEntry {
  readonly id: string;
  /** The proposal as text: {@link asText}. */
  readonly text: string;
  readonly validUntil: number;
  /** The program that proposed it; 0 for the operator. */
  readonly by: number;
  /** When it is over if it is still open. */
  readonly openUntil: number;
  readonly approvals: readonly Approval[];
  /** Without the programs that are missing. */
  readonly state: Exclude<ProposalStatus, { status: "open" }> | { readonly status: "open" };
}

/** A batch that was cut. */
export interface Cut {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly profile: string;
  /** When it was cut. Signatures are asked for from then on. */
  readonly at: number;
  /** Seconds that the operator had been away by then; absent if none. */
  readonly away?: number | undefined;
}

/** That the operator is there for those who sign. */
export interface Alive {
  readonly at: number;
  /** Seconds in which nobody could sign, in all. */
  readonly away: number;
}

/** A program that let batches lapse. */
export interface Lapse {
  readonly program: number;
  /** How often, less what batches that it signed have taken off. */
  readonly times: number;
  /** When it may propose again. */
  readonly until: number;
  /** When a signed batch took one off last. */
  readonly lowered?: number | undefined;
}

/** That withdrawals gave programs other numbers. */
export interface Renumbered {
  /** How many did. */
  readonly times: number;
  /** The lowest number that ever changed its meaning. */
  readonly from: number;
}

export type JournalLine =
  /** The last transition of the batches whose cuts are not in the journal any more: they are proven. */
  | { readonly base: number }
  | { readonly proposal: ProposalEntry }
  | { readonly cut: Cut }
  | { readonly signature: SignatureFile }
  | { readonly lapse: Lapse }
  | { readonly alive: Alive }
  | { readonly renumbered: Renumbered };

const HEADER = { format: "time-bandits-journal", version: 1 };
const KINDS: ReadonlySet<string> = new Set(["base", "proposal", "cut", "signature", "lapse", "alive", "renumbered"]);

/** The first line, with its line break. */
export function journalHeader(): string {
  return `${asText(HEADER)}\n`;
}

/** A line, with its line break. */
export function journalText(line: JournalLine): string {
  return `${asText(line)}\n`;
}

/**
 * Reads a journal. What a crash left of a last line is dropped.
 * @throws InvalidInputError naming the line that is damaged
 */
export function parseJournal(text: string): JournalLine[] {
  const lines = text.split("\n");
  // After the last line break there is nothing, or the torn beginning of a line.
  lines.pop();
  const [header, ...rest] = lines;
  if (header === undefined || `${header}\n` !== journalHeader()) throw damaged(1, "is no header of this version");
  return rest.map((line, i) => parsed(line, i + 2));
}

function parsed(text: string, number: number): JournalLine {
  let value: unknown;
  try {
    value = fromText(text);
  } catch {
    throw damaged(number, "is no JSON");
  }
  const kinds = typeof value === "object" && value !== null ? Object.keys(value) : [];
  if (kinds.length !== 1 || !KINDS.has(kinds[0] ?? "")) throw damaged(number, "is no line of a journal");
  return value as JournalLine;
}

function damaged(line: number, what: string): InvalidInputError {
  return new InvalidInputError(`journal.jsonl line ${line}`, `${what}; restore the file from a copy`);
}
