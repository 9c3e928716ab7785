/**
 * The report on a verified record, as data and in words. It uses the record's numbers and the reader's own names.
 */
import { rangeOf } from "../../prover/bundles/bundle.ts";
import type { KeyReport } from "../../prover/keyReport.ts";
import { type Names, time } from "../../trace/describe/names.ts";
import { sentenceOf } from "../../trace/describe/sentence.ts";
import { address } from "../../trace/layout.ts";
import { factsOf, type RowFacts } from "../../trace/machine/rowFacts.ts";
import { opensPeer } from "../../trace/machine/rowShape.ts";
import { contentOf } from "../../trace/machine/rules/step.ts";
import { COLUMNS, type Columns, type RowName, type Transition } from "../../trace/machine/transition.ts";
import { type Cell, EMPTY_WORDS, unpackCell } from "../../trace/state/cells.ts";
import { rightOf } from "../audit/authorization.ts";
import type { InclusionProof } from "../audit/inclusion.ts";
import type { Acceptance } from "./acceptance.ts";
import type { VerifiedRecord } from "./records.ts";

/** One cell that the transition opened, as found. */
export interface FoundCell {
  /** program · 256 + slot. */
  address: number;
  /** The transition that last opened it; 0 is the genesis. */
  seq: number;
  /** Its content in a few words. */
  says: string;
}

/** A verified record for `--json`. Field elements are decimal texts, times are seconds since 1970. */
export interface RecordReport {
  seq: number;
  at: number;
  /** The record closes its group. */
  last: boolean;
  effect: RowName;
  /** The request, as a sentence without its full stop. */
  says: string;
  /** The right that allowed it, from the cells as found. */
  right: string;
  row: RowFacts;
  found: FoundCell[];
  batch: { profile: string; firstSeq: number; lastSeq: number; preRoot: string; postRoot: string };
  map: { genesisRoot: string; domain: string; chainId: string | null; registry: string | null; mapId: string | null };
  key: KeyReport;
  /** True if the key is a development key: anyone can forge such a proof, so the record shows nothing. */
  developmentKey: boolean;
  /** The registry's facts; null if it was not asked. */
  acceptance: Acceptance | null;
  /** Questions that the record leaves open, in sentences without their full stop. */
  notChecked: readonly string[];
}

/**
 * The report on a verified record.
 * @param names the reader's names for numbers
 * @throws InvalidInputError if the words are not cells. Only a proof under a development key can cover such words
 */
export function recordReport(verified: VerifiedRecord, names: Names): RecordReport {
  const { record, key, acceptance, notChecked } = verified;
  const { inclusion, bundle, map } = record;
  const { seq, at, last, row } = inclusion;
  const { profile, statement } = bundle;
  const { firstSeq, lastSeq } = rangeOf(bundle);
  const transition = transitionOf(inclusion);
  const found = COLUMNS.map((column) => transition.columns[column])
    .filter((opened) => opened.address !== 0)
    .map((opened): FoundCell => {
      const cell = unpackCell(opened.before);
      return { address: opened.address, seq: cell.seq, says: `${names.slot(opened.address)}: ${told(cell)}` };
    });
  return {
    ...{ seq, at, last, effect: row.effect, says: sentenceOf(row, names), right: rightOf(transition, names) },
    ...{ row: factsOf(row), found },
    batch: { profile, firstSeq, lastSeq, preRoot: `${statement.preRoot}`, postRoot: `${statement.postRoot}` },
    map: {
      ...{ genesisRoot: `${map.genesisRoot}`, domain: `${statement.domain}` },
      chainId: map.chain === undefined ? null : `${map.chain.chainId}`,
      ...{ registry: map.chain?.registry ?? null, mapId: map.chain?.mapId ?? null },
    },
    ...{ key, developmentKey: key.kind === "development", acceptance, notChecked },
  };
}

/** The report for people, a line each. */
export function recordLines(report: RecordReport): string[] {
  const { seq, at, says, right, found, batch, map, key, acceptance, notChecked } = report;
  const place =
    map.chainId === null ? "on no chain" : `chain ${map.chainId}, registry ${map.registry}, map ${map.mapId}`;
  const worth = report.developmentKey ? ", but shows NOTHING: its key is a development key" : "";
  return [
    `the record of transition ${seq} is valid${worth}`,
    `  ${time(at)}: ${says}`,
    `  by right: ${right}`,
    ...found.map(
      ({ seq: since, says: what }) => `  found ${what}, since ${since === 0 ? "genesis" : `transition ${since}`}`,
    ),
    `batch ${batch.firstSeq}..${batch.lastSeq} of ${batch.profile}`,
    `from root ${batch.preRoot} to root ${batch.postRoot}`,
    `map: ${place}; domain ${map.domain}`,
    `key ${key.hash} is ${key.says}`,
    ...(acceptance === null ? [] : [acceptanceLine(acceptance)]),
    "not checked:",
    ...notChecked.map((what) => `  - ${what}`),
  ];
}

function acceptanceLine({ transaction, acceptedIn, head, block }: Acceptance): string {
  const now = `as of block ${block} the head is at transition ${head.seq}`;
  return `the registry accepted the batch in ${transaction}, block ${acceptedIn}; ${now}`;
}

/** A cell in a few words. For a program's header: its key, steps and clock. */
function told(cell: Cell): string {
  if (cell.type !== "program") return contentOf(cell);
  const key = cell.authority === 0n ? "open" : `key ${cell.authority}`;
  return `its header (${key}, ${cell.steps} steps, clock ${cell.clock})`;
}

/**
 * The transition as far as a record holds it. The cells as left, the clock and the group are not in it; they follow
 * from the rules.
 */
function transitionOf({ seq, at, last, row, found }: InclusionProof): Transition {
  const addresses: Record<keyof Columns, number> = {
    A: address(row.actor, 0),
    B: opensPeer(row) ? address(row.peer, 0) : 0,
    ...{ S: row.source, D: row.destination, X: row.authority },
  };
  const opened = (column: keyof Columns) => ({
    ...{ address: addresses[column], before: found[column], after: EMPTY_WORDS },
  });
  const columns = { A: opened("A"), B: opened("B"), S: opened("S"), D: opened("D"), X: opened("X") };
  const unknown = { group: 0, clock: 0, parents: [0, 0, 0, 0, 0] as const, triggered: false };
  return { ...row, ...unknown, seq, at, last, columns };
}
