/** The rows of a batch as a moored map publishes them, from the trace. */
import { channelInputs } from "../../prover/batches/channelPoint.ts";
import { wordsOf } from "../../trace/commitment/channel.ts";
import { type PublicInputs, unpackSpan } from "../../trace/commitment/commit.ts";
import { packRows } from "../../trace/commitment/rowBytes.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { grouped } from "../../trace/replay/replay.ts";
import { chunksOf } from "../../trace/run/traceFile.ts";
import { parseLine, type TraceRecord } from "../../trace/run/traceLines.ts";
import { readParts } from "../../trace/run/traceReader.ts";

/**
 * The records in a part of a trace.
 * @param start the place of the first line, in bytes
 * @param end the place after the last one
 * @throws InvalidInputError naming the line and the field
 */
export function recordsBetween(path: string, start: number, end: number): TraceRecord[] {
  const text = Buffer.concat([...chunksOf(path, start, end)]).toString("utf8");
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.flatMap((line, i) => {
    const read = parseLine(`line ${i + 1} behind byte ${start}`, line);
    return "record" in read ? [read.record] : [];
  });
}

/** The records of a trace, read forward. What was read is not read again as long as later ones are asked for. */
export class TraceRecords {
  readonly #path: string;
  /** Where reading goes on, and where the last call began: it may come again. */
  #place = { seq: 0, bytes: 0 };
  #before = { seq: 0, bytes: 0 };

  /** @param path of the trace */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The records of a batch.
   * @throws InvalidInputError if no group begins or ends there
   */
  take(firstSeq: number, lastSeq: number): TraceRecord[] {
    const begin = [this.#place, this.#before].find(({ seq }) => seq < firstSeq) ?? { seq: 0, bytes: 0 };
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
  const span = unpackSpan(statement.span);
  const rows = [...grouped(records)].flatMap((group) =>
    group.map((record, i) => ({ ...record, last: i === group.length - 1 })),
  );
  const { point, value } = channelInputs(statement, span, rows);
  if (rows.length !== span.count || point !== statement.point || value !== statement.value) {
    throw new InvalidInputError("rows", `of transition ${span.firstSeq} on are not those of its proof; prove again`);
  }
  return packRows(rows.map((row) => wordsOf(row, span.notBefore)));
}
