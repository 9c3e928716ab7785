/** A batch as the registry takes it: of a moored map with its rows, from the trace. */
import { pointOf } from "../../prover/batches/channelPoint.ts";
import { type Bundle, rangeOf } from "../../prover/bundles/bundle.ts";
import { valueAt, wordsOf } from "../../trace/commitment/channel.ts";
import { type PublicInputs, unpackSpan } from "../../trace/commitment/commit.ts";
import { packRows } from "../../trace/commitment/rowBytes.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { grouped } from "../../trace/replay/replay.ts";
import { chunksOf } from "../../trace/run/traceFile.ts";
import type { TraceRecord } from "../../trace/run/traceLines.ts";
import { readParts } from "../../trace/run/traceReader.ts";
import type { BatchSubmission } from "./advance.ts";
import { proofWords } from "./key.ts";

/** A place in a trace: the number of the last transition before it, and the bytes before it. */
interface Place {
  readonly seq: number;
  readonly bytes: number;
}

const BEGINNING: Place = { seq: 0, bytes: 0 };

/** The records of a trace, read forward. What was read is not read again as long as later ones are asked for. */
export class TraceRecords {
  readonly #path: string;
  /** Where reading goes on, and where the last call began: it may come again. */
  #place = BEGINNING;
  #before = BEGINNING;

  /** @param path of the trace */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The records of a batch.
   * @param start bytes before its first group, if they are known: nothing before it is read then
   * @throws InvalidInputError if no group begins or ends there
   */
  take(firstSeq: number, lastSeq: number, start?: number): TraceRecord[] {
    const given = start === undefined ? [] : [{ seq: firstSeq - 1, bytes: start }];
    const begin = [...given, this.#place, this.#before].find(({ seq }) => seq < firstSeq) ?? BEGINNING;
    this.#before = begin;
    const records: TraceRecord[] = [];
    for (const part of readParts(chunksOf(this.#path, begin.bytes), begin.bytes === 0 ? undefined : begin)) {
      if (!("group" in part)) continue;
      const last = part.group.at(-1)?.seq ?? 0;
      if (last > lastSeq) break;
      this.#place = { seq: last, bytes: part.bytes };
      if (last >= firstSeq) records.push(...part.group);
      if (last === lastSeq) break;
    }
    if (records[0]?.seq === firstSeq && records.at(-1)?.seq === lastSeq) return records;
    throw new InvalidInputError("trace.jsonl", `has no whole groups from transition ${firstSeq} to ${lastSeq}`);
  }
}

/**
 * The bytes that are published with a batch.
 * @param records those of the batch
 * @param statement of its proof
 * @throws InvalidInputError "rows" if the proof is about other rows: the registry would refuse the call
 *
 * @example
 * const rows = publishedRows(records, bundle.statement); // for the call of `advance`
 */
export function publishedRows(records: readonly TraceRecord[], statement: PublicInputs): Uint8Array {
  const { firstSeq, count, notBefore } = unpackSpan(statement.span);
  const words = [...grouped(records)].flatMap((group) =>
    group.map((record, i) => wordsOf({ ...record, last: i === group.length - 1 }, notBefore)),
  );
  const point = pointOf(statement, words);
  if (words.length !== count || point !== statement.point || valueAt(words, point) !== statement.value) {
    throw new InvalidInputError("rows", `of transition ${firstSeq} on are not those of its proof; prove again`);
  }
  return packRows(words);
}

/**
 * A bundle as the registry takes it. The rows of a moored map, which its span names, are read from the trace.
 * @param start see `TraceRecords.take`
 * @throws InvalidInputError if the trace has other rows than the proof
 */
export function submissionOf(
  { key, statement, proof }: Bundle,
  records: TraceRecords,
  start?: number,
): BatchSubmission {
  const { preRoot, postRoot, traceRoot, span } = statement;
  const { firstSeq, lastSeq, moored } = rangeOf({ statement });
  const rows = moored ? publishedRows(records.take(firstSeq, lastSeq, start), statement) : undefined;
  return { keyHash: key.hash, preRoot, postRoot, traceRoot, span, rows, proof: proofWords(proof) };
}
