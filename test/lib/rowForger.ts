/**
 * Builds witnesses past the machine: any rows over a real map, with every cell, digest and node consistent, so that
 * they are refused only for the rule that they break. The words that a row leaves are computed as in the circuit
 * (circuits/row/left.circom, section 17), from the row's inputs.
 */

import { type BatchSignals, batchInput } from "../../prover/batches/batchInput.ts";
import { contextAfter, firstContext, type RowInput, rowInput } from "../../prover/batches/rowInput.ts";
import type { Profile } from "../../prover/profiles.ts";
import type { SignatureBook, WantedSignature } from "../../prover/signing/signatures.ts";
import { address, FIELD } from "../../trace/layout.ts";
import { groupDigest } from "../../trace/machine/machine.ts";
import { COLUMNS, logLaneOf, opOf, type Row, type Transition } from "../../trace/machine/transition.ts";
import { EMPTY_WORDS, unpackCell, type Words } from "../../trace/state/cells.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { signedBy } from "./authorities.ts";
import { completed } from "./completed.ts";

/** One row to forge. */
export interface Forged {
  row: Row;
  /** Time; by default that of the row before. */
  at?: number;
  /** Inputs to replace. The words that the row leaves follow from them. */
  inputs?: RowInput;
  /** Words to claim as found instead of those in the map: a stale read. */
  found?: Partial<Record<(typeof COLUMNS)[number], Words>>;
  /** Clock to claim. */
  clock?: number;
  /** Cells to open instead of those that the row names. */
  elsewhere?: Partial<Record<(typeof COLUMNS)[number], number>>;
  /** The row for the machine, if the forged row hides something. */
  machine?: Row;
}

const mod = (n: bigint): bigint => ((n % FIELD) + FIELD) % FIELD;
const seqOf = (words: Words, header: boolean): number => Number((words[0] >> (header ? 80n : 131n)) & 0xffffffffn);

/** Forges batches over a copy of a map. */
export class RowForger {
  readonly #pre: TimeMap;
  readonly #map: TimeMap;
  readonly #transitions: Transition[] = [];
  readonly #replaced = new Map<number, RowInput>();
  readonly #seq: number;
  #at: number;

  /** @param seq number of the last transition of the map */
  constructor(map: TimeMap, at = 1000, seq = 0) {
    this.#pre = map.clone();
    this.#map = map.clone();
    this.#at = at;
    this.#seq = seq;
  }

  /** Words of a cell as forged so far. */
  words(at: number): Words {
    return this.#map.words(at);
  }

  /**
   * Appends one group. Keys of peers and ids that are merged into are filled in, unless a row names its own.
   * @param close whether the last row closes it
   * @param own its digest, if the rows' inputs give another one than the rows
   */
  group(asked: readonly Forged[], close = true, own?: bigint): this {
    const rows = asked.map((forged) => ({ ...forged, row: completed(forged.row, (at) => this.#map.words(at)) }));
    const digest =
      own ??
      groupDigest(
        rows.map((f) => f.row),
        (program) => logLaneOf(this.#map.words(address(program, 0))),
      );
    const first = this.#seq + this.#transitions.length + 1;
    const triggered = rows[0]?.row.effect === "Trigger";
    let before = firstContext(this.#at);
    rows.forEach((forged, i) => {
      const { row } = forged;
      const found = (column: (typeof COLUMNS)[number], at: number): Words =>
        forged.found?.[column] ?? (at === 0 ? EMPTY_WORDS : this.#map.words(at));
      const addresses = {
        A: address(row.actor, 0),
        B: row.peer === 0 || row.peer === row.actor || row.effect === "Lineage" ? 0 : address(row.peer, 0),
        S: row.source,
        D: row.destination,
        X: row.authority,
        ...forged.elsewhere,
      };
      const opened = (column: (typeof COLUMNS)[number]) => {
        const before = found(column, addresses[column]);
        return { address: addresses[column], before, after: before };
      };
      const columns = { A: opened("A"), B: opened("B"), S: opened("S"), D: opened("D"), X: opened("X") };
      const clockOf = (words: Words): number => Number((words[0] >> 44n) & 0xffffffffn);
      const at = forged.at ?? this.#at;
      const t: Transition = {
        ...row,
        seq: first + i,
        group: rows.length > 1 ? first : 0,
        at,
        clock: forged.clock ?? 1 + Math.max(clockOf(columns.A.before), clockOf(columns.B.before)),
        parents: [
          seqOf(columns.A.before, true),
          seqOf(columns.B.before, true),
          seqOf(columns.S.before, false),
          seqOf(columns.D.before, false),
          seqOf(columns.X.before, row.effect === "CreateProgram"),
        ],
        last: close && i === rows.length - 1,
        triggered,
        columns,
      };
      const input = {
        ...rowInput(this.#tolerant(t), before, digest),
        ...forged.inputs,
      };
      if (forged.inputs !== undefined) this.#replaced.set(this.#transitions.length, forged.inputs);
      const left = wordsLeft(input, t.seq, input.digest as bigint, triggered);
      COLUMNS.forEach((column, c) => {
        const cell = columns[column];
        if (cell.address === 0) return;
        cell.after = left[c] as Words;
        this.#map.write(cell.address, cell.after);
      });
      before = contextAfter(before, row, at);
      this.#at = at;
      this.#transitions.push(t);
    });
    return this;
  }

  /** rowInput reads whole cells. Forged words that are not a cell are read as an empty cell. */
  #tolerant(t: Transition): Transition {
    const columns = { ...t.columns };
    for (const column of COLUMNS) {
      try {
        unpackCell(columns[column].before);
      } catch {
        columns[column] = { ...columns[column], before: EMPTY_WORDS };
      }
    }
    return { ...t, columns };
  }

  /** The log of a program as forged so far. */
  log(program: number): bigint {
    return this.#map.words(address(program, 0))[2];
  }

  /**
   * Inputs of the circuit for all forged rows.
   * @param wanted entries of the signature table, instead of those that the rows need
   */
  build(
    profile: Profile,
    domain = 7n,
    book: SignatureBook = signedBy(domain),
    wanted?: WantedSignature[],
  ): BatchSignals {
    const { input } = batchInput(this.#pre.clone(), this.#transitions, profile, domain, book, wanted);
    for (const [i, inputs] of this.#replaced) {
      for (const [name, value] of Object.entries(inputs)) (input[name] as (bigint | bigint[])[])[i] = value;
    }
    for (const [name, value] of Object.entries(input)) input[name] = reduced(value) as bigint[];
    return input;
  }
}

type Nested = bigint | readonly Nested[];
function reduced(value: Nested): Nested {
  return typeof value === "bigint" ? mod(value) : value.map(reduced);
}

const ranksOf = (bits: readonly bigint[]): bigint => bits.reduce((sum, bit, i) => sum + (bit << BigInt(i)), 0n);

/** The rank that is set, removed or checked, and its bit; both are 0 if there is none. */
function rankOf(rank: readonly bigint[], turn: readonly bigint[]): { number: bigint; bit: bigint } {
  const about = rank.map((is, i) => is + (turn[i] ?? 0n) + (turn[rank.length + i] ?? 0n));
  const sum = (weight: (i: bigint) => bigint): bigint => about.reduce((all, is, i) => all + is * weight(BigInt(i)), 0n);
  return { number: sum((i) => i), bit: sum((i) => 1n << i) };
}

/** The words that a row leaves in its five cells, in the circuit's own arithmetic. */
export function wordsLeft(input: RowInput, seqNumber: number, digest: bigint, triggered: boolean): Words[] {
  const n = (name: string): bigint => input[name] as bigint;
  const list = (name: string): bigint[] => input[name] as bigint[];
  const is = (...ops: Row["effect"][]): bigint =>
    ops.reduce((sum, effect) => sum + (list("is")[opOf({ effect })] ?? 0n), 0n);
  const seq = BigInt(seqNumber);
  const SEQ = 1n << 131n;
  const HEADER = 1n << 80n;
  const MIDDLE = 1n << 130n;
  const HIGH = 1n << 194n;
  const self = n("actor") === n("peer") ? 1n : 0n;
  const inPlace = n("inPlace");
  const effect = 1n - is("Check", "Trigger", "Lineage");
  const signed = triggered ? 0n : effect;
  const [a, b, x] = [list("aWords"), list("bWords"), list("xWords")] as [bigint[], bigint[], bigint[]];
  const [s, d] = [list("sWords"), list("dWords")] as [bigint[], bigint[]];
  const w = (words: bigint[], i: number): bigint => words[i] ?? 0n;

  const meets = is(
    "CreateProgram",
    "EscrowToProgram",
    "ClaimFromProgram",
    "RevokeResource",
    "InvokeProgram",
    "Pass",
    "DelegateCapability",
    "WatchResource",
    "Unwatch",
    "Check",
    "JoinWith",
    "Enter",
    "Eject",
  );
  const closes = is("ClaimFromProgram", "InvokeProgram", "Pass", "WatchResource", "Unwatch", "Check");
  const openB = meets - closes * self;
  const takes = is(
    ...([
      "Retire",
      "EscrowToProgram",
      "Pass",
      "Split",
      "Merge",
      "ClaimFromProgram",
      "RevokeResource",
      "Eject",
    ] as const),
  );
  const onSlot = is("WatchResource", "Unwatch", "Check");
  const guarded = is("InvokeProgram") * n("scope");
  const openS = takes + onSlot + guarded + is("Lineage");
  const arrives =
    is("Issue", "EscrowToProgram", "ClaimFromProgram", "RevokeResource", "Pass", "Split", "Merge", "Enter") - inPlace;
  const openD = arrives + is("DeclareEntry", "DelegateCapability", "WatchResource");
  const gone = is("Clear", "Unwatch");

  const A: Words = [
    mod(w(a, 0) + (n("clock") - n("aClock")) * (1n << 44n) + signed * (1n << 12n) + HEADER * (seq - n("aSeq"))),
    is("RotateAuthority") === 1n ? n("argument") : w(a, 1),
    signed === 1n ? digest : w(a, 2),
  ];
  const moved = (openB - is("JoinWith")) * (n("clock") - n("bClock"));
  const B: Words = [
    mod(
      w(b, 0) + is("CreateProgram") * (1n + 8n * n("scope")) + moved * (1n << 44n) + HEADER * openB * (seq - n("bSeq")),
    ),
    mod(w(b, 1) + is("CreateProgram") * n("argument")),
    w(b, 2),
  ];
  const leaves = takes - is("Split") - inPlace;
  const rank = rankOf(list("rank"), list("checkTurn"));
  const deadline = w(s, 1) >> 194n;
  const source =
    256n * (is("Retire", "EscrowToProgram", "Pass", "Split", "Merge") === 1n ? n("actor") : n("peer")) + n("sSlot");
  const S: Words = [
    mod(
      w(s, 0) -
        leaves * (2n + 8n * (16n * n("kind") + (1n << 60n) * n("sEscrow"))) -
        inPlace * 8n * (1n << 60n) * n("sEscrow") +
        8n * (is("WatchResource") - is("Unwatch") - n("fired")) * rank.bit +
        SEQ * openS * (seq - n("sSeq")),
    ),
    mod(
      w(s, 1) - leaves * w(s, 1) - is("Split") * n("quantity") - HIGH * inPlace * (n("before") | n("after")) * deadline,
    ),
    0n,
  ];
  const term = is("EscrowToProgram", "DelegateCapability") * n("term");
  const entry = n("rights") + (n("scope") << 8n) + (n("kind") << 40n);
  const delegated = n("peer") + (n("scope") << 24n) + (n("rights") << 56n);
  const watching = source + (n("kind") << 32n) + (n("rights") << 88n) + (rank.number << 96n);
  // The parent in X: its address and its nonce.
  const link = n("derives") * (((256n * n("holder") + n("xSlot")) << 32n) + ((w(x, 1) & 0xffffffffn) << 64n));
  const D: Words = [
    mod(
      2n * arrives +
        4n * is("DeclareEntry") +
        3n * is("DelegateCapability") +
        5n * is("WatchResource") +
        8n *
          (arrives * (ranksOf(list("dWatch")) + 16n * n("kind")) +
            is("EscrowToProgram") * (1n << 60n) * n("actor") +
            is("DeclareEntry") * entry +
            is("DelegateCapability") * delegated +
            is("WatchResource") * watching) +
        SEQ * openD * seq,
    ),
    mod(
      w(d, 1) * (1n - n("held")) +
        (arrives + is("DeclareEntry", "WatchResource")) * n("quantity") +
        is("DelegateCapability") * seq +
        link +
        MIDDLE *
          ((arrives - is("Issue", "Split", "Merge") + is("DelegateCapability")) * n("resource") +
            is("Issue", "Split") * (signed === 1n ? (n("actor") << 32n) + (n("aLow") >> 9n) : (1n << 62n) + seq)) +
        HIGH * term,
    ),
    is("DeclareEntry", "WatchResource") * n("argument"),
  ];
  const X: Words = [
    mod(
      (gone === 1n ? SEQ * n("xSeq") : w(x, 0)) +
        n("fired") +
        is("Trigger") +
        (is("CreateProgram") === 1n ? HEADER : SEQ) * (seq - n("xSeq")),
    ),
    gone === 1n ? 0n : w(x, 1),
    gone === 1n ? 0n : w(x, 2),
  ];
  return [A, B, S, D, X];
}
