/**
 * Whether a line of `blocks.jsonl` has the shape that an import goes on from. The file is plain text that anybody
 * edits.
 */
import { isObject } from "../evmFields.ts";

type Test = (value: unknown) => boolean;

const count: Test = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const text: Test = (value) => typeof value === "string";
const amount: Test = (value) => typeof value === "string" && /^[0-9]{1,78}$/.test(value);
const address: Test = (value) => typeof value === "string" && /^0x[0-9a-f]{40}$/.test(value);
const hash: Test = (value) => typeof value === "string" && /^0x[0-9a-f]{64}$/.test(value);
const oneOf =
  (...values: readonly unknown[]): Test =>
  (value) =>
    values.includes(value);
const orNull =
  (test: Test): Test =>
  (value) =>
    value === null || test(value);
const list =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
const tuple =
  (...tests: readonly Test[]): Test =>
  (value) =>
    Array.isArray(value) && value.length === tests.length && tests.every((test, i) => test(value[i]));
const fields =
  (tests: Readonly<Record<string, Test>>): Test =>
  (value) =>
    isObject(value) && Object.entries(tests).every(([name, test]) => test(value[name]));
const counts: Test = (value) => isObject(value) && Object.values(value).every(count);

const place = fields({ program: count, slot: count });
const approval = fields({
  ...{ token: address, owner: address, spender: address, covers: oneOf("amount", "one", "all") },
  ...{ id: orNull(amount), remaining: orNull(amount), place, scope: place },
});
const changes = fields({
  programs: list(tuple(count, text)),
  kinds: list(tuple(amount, address, oneOf("ERC-20", "ERC-721", "ERC-1155"), orNull(amount))),
  approvals: list(tuple(address, text, orNull(approval))),
  tokens: list(tuple(address, orNull(text), orNull(text), orNull(count))),
  refused: list(tuple(address, text)),
  unwrapped: list(address),
});
const line = fields({
  ...{
    block: count,
    hash,
    parent: hash,
    time: count,
    end: count,
    seqs: orNull(tuple(count, count)),
    skipped: count,
    unplaced: count,
  },
  transactions: list(fields({ hash, status: oneOf("done", "failed"), seqs: orNull(tuple(count, count)) })),
  broughtForward: fields({ programs: count, holdings: count, approvals: count }),
  corrections: list(fields({ address: text, why: text })),
  ...{ tokens: counts, notImported: counts, approvals: counts },
  ...{ compared: oneOf(true, false), checked: orNull(count), changes },
});

/** Whether a line has the shape of one. */
export function isBlockLine(value: unknown): boolean {
  return line(value);
}

const header = fields({
  ...{ chainId: amount, from: count, levels: count, issuer: text },
  ...{ addresses: list(address), tokens: list(address) },
});

/** Whether a header has the shape of one. */
export function isBlocksHeader(value: unknown): boolean {
  return header(value);
}
