/** Logs of a transaction. They are not imported, only counted by sort, so that the report can name what is missing. */
import { InvalidInputError } from "../errors.ts";
import { asAddress, asBytes, asHash, asList, asNumber, describe, isAbsent, isObject, named } from "./evmFields.ts";

/** One log, as a frame or a receipt gives it. */
export interface Log {
  address: string;
  topics: readonly string[];
  data: string;
  /** Number of calls that its frame had made before; null if the node does not say. */
  position: number | null;
}

/** Sorts of logs, as they are counted. */
export const OTHER_LOG = "other log";
/** Hashes of the tokens' transfer events. */
const TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
const TRANSFER_SINGLE = "0xc3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62";
const TRANSFER_BATCH = "0x4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb";

/** The sort of a log, by its event and the number of its indexed fields. */
export function sortOf({ topics }: Log): string {
  const [event] = topics;
  if (event === TRANSFER && topics.length === 3) return "ERC-20 Transfer";
  if (event === TRANSFER && topics.length === 4) return "ERC-721 Transfer";
  if (event === TRANSFER_SINGLE && topics.length === 4) return "ERC-1155 TransferSingle";
  if (event === TRANSFER_BATCH && topics.length === 4) return "ERC-1155 TransferBatch";
  return OTHER_LOG;
}

/** @throws InvalidInputError naming the log and the field */
export function readLogs(field: string, value: unknown): Log[] {
  return asList(field, value, "logs").map((log, i) => {
    const at = `${field}[${i}]`;
    if (!isObject(log)) throw new InvalidInputError(at, `is ${describe(log)}, not a log`);
    const topics = asList(named(at, "topics"), log.topics, "topics");
    return {
      address: asAddress(named(at, "address"), log.address),
      topics: topics.map((topic, n) => asHash(`${named(at, "topics")}[${n}]`, topic)),
      data: asBytes(named(at, "data"), log.data),
      position: isAbsent(log.position) ? null : Number(asNumber(named(at, "position"), log.position)),
    };
  });
}

const textOf = ({ address, topics, data }: Log): string => [address, ...topics, data].join(" ");

/** True if both lists hold the same logs in any order: clients order those of inner calls differently. */
export function sameLogs(left: readonly Log[], right: readonly Log[]): boolean {
  const [a, b] = [left, right].map((logs) => logs.map(textOf).sort());
  return a?.length === b?.length && (a ?? []).every((text, i) => text === b?.[i]);
}
