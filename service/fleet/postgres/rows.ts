/** Rows of the table of wanted batches, read. */
import { type Bundle, bundleFrom } from "../../../prover/bundles/bundle.ts";
import { PUBLIC_INPUTS, type PublicInputs } from "../../../trace/commitment/commit.ts";
import type { SetAside, WantedProof } from "../proofSource.ts";
import type { Failure, TakenBatch } from "../workQueue.ts";

/** A row of the table, as far as it is read here. */
export interface Row {
  id: string;
  first_seq: string;
  last_seq: string;
  profile: string;
  statement: string[];
  work: Buffer;
  attempt: number;
  lease: string | null;
  failures: Failure[];
  bundle: string | null;
}

export function wantedFrom({ id, first_seq, last_seq, profile, statement, work }: Row): WantedProof {
  const words = Object.fromEntries(PUBLIC_INPUTS.map((name, i) => [name, BigInt(statement[i] ?? 0)])) as PublicInputs;
  return { id, firstSeq: Number(first_seq), lastSeq: Number(last_seq), profile, statement: words, work };
}

export function takenFrom(row: Row): TakenBatch {
  return { ...wantedFrom(row), attempt: row.attempt, lease: row.lease ?? "", failures: row.failures };
}

export function asideOf(id: string, failures: readonly Failure[]): SetAside {
  return { id, reasons: failures.map(({ worker, reason }) => `${worker}: ${reason}`) };
}

export function bundleIn(text: string): Bundle {
  return bundleFrom("kept bundle", JSON.parse(text));
}
