/** Answers of nodes and files that are not call trees, and the parts of a call tree that an import leaves out. */
import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../trace/errors.ts";
import { importEvmCalls } from "../../trace/import/evm.ts";
import { textOfFile } from "../../trace/import/fileText.ts";

const at = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`;
const [A, B, C, D] = [at(0xa), at(0xb), at(0xc), at(0xd)] as const;
const word = (n: number): string => `0x${n.toString(16).padStart(64, "0")}`;

type Tree = Record<string, unknown>;
const call = (from: string, to: string, more: Tree = {}): Tree => {
  return { type: "CALL", from, to, value: "0x0", input: "0xaabbccdd", ...more };
};

function refusal(json: unknown): InvalidInputError {
  try {
    importEvmCalls(json);
  } catch (error) {
    if (error instanceof InvalidInputError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

describe("the node's own words are kept", () => {
  const words = "tracer not found";
  test.each([
    ["result null and an error", { jsonrpc: "2.0", id: 1, result: null, error: { code: -32000, message: words } }],
    ["an error alone", { jsonrpc: "2.0", id: 1, error: { code: -32000, message: words } }],
    ["an error as a text", { txHash: word(1), error: words }],
    ["a result and an error", { result: call(A, B), error: { message: words } }],
  ])("%s", (_, json) => {
    expect(refusal(json)).toMatchObject({ field: "error", message: `error: the node gave no call tree: ${words}` });
  });

  test("an error without a message, and an answer without an error", () => {
    expect(refusal({ result: null, error: {} }).message).toContain("does not say why");
    expect(refusal({ result: null }).message).toContain("knows no such transaction");
    expect(importEvmCalls({ result: call(A, B), error: null }).report.frames).toBe(1);
  });
});

describe("answers to other questions get a hint", () => {
  const traces = [{ txHash: word(1), result: call(A, B) }];
  test.each([
    [
      "a block's traces",
      { jsonrpc: "2.0", id: 1, result: traces },
      "result",
      /whole block.*debug_traceTransaction.*keep one/,
    ],
    ["a block's traces, bare", traces, "call tree", /whole block/],
    ["another list", [{ action: {}, type: "call" }], "call tree", /a list.*callTracer/],
    ["structLogs", { result: { gas: 5, failed: false, structLogs: [] } }, "result", /structLogs.*callTracer/],
    ["balances", { result: { pre: {}, post: {} } }, "result", /prestateTracer.*callTracer/],
  ])("%s", (_, json, field, hint) => {
    const { field: named, message } = refusal(json);
    expect(named).toBe(field);
    expect(message).toMatch(hint);
  });

  test("one member of a block's traces is a call tree", () => {
    expect(importEvmCalls(traces[0]).report.frames).toBe(1);
  });
});

describe("files", () => {
  const text = '{"é":1}';
  const utf16 = (big: boolean): Buffer => {
    const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
    return big ? bytes.swap16() : bytes;
  };

  test("in UTF-8 and UTF-16 are read, and their byte-order mark is not part of the text", () => {
    const files = [Buffer.from(text), Buffer.from(`\ufeff${text}`), utf16(false), utf16(true)];
    for (const bytes of files) expect(textOfFile("f", bytes)).toBe(text);
  });

  test("in another encoding are refused, and the message names the file", () => {
    for (const bytes of [Buffer.from([0x7b, 0x80, 0x7d]), Buffer.concat([utf16(false), Buffer.from([0x7b])])]) {
      expect(() => textOfFile("f.json", bytes)).toThrow(/^f\.json: is not text in UTF/);
    }
  });
});

describe("the report tells what is not imported", () => {
  const TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
  const SINGLE = "0xc3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62";
  const BATCH = "0x4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb";
  const log = (address: string, ...topics: string[]): Tree => ({ address, topics, data: "0x05", position: "0x0" });

  test("logs, counted by sort and with their addresses", () => {
    const tree = call(A, B, {
      logs: [log(B, TRANSFER, word(1), word(2)), log(B), log(B, word(7)), log(B, TRANSFER)],
      calls: [
        call(B, C, {
          logs: [
            log(C, TRANSFER.toUpperCase().replace("0X", "0x"), word(1), word(2)),
            log(C, TRANSFER, word(1), word(2), word(3)),
            log(C, SINGLE, word(1), word(2), word(3)),
            log(C, BATCH, word(1), word(2), word(3)),
          ],
        }),
        call(B, C, { error: "no", logs: [log(C, TRANSFER, word(1), word(2))] }),
      ],
    });
    const { report, notes } = importEvmCalls(tree);
    expect(report.notImported).toEqual({
      "ERC-20 Transfer": 2,
      "ERC-721 Transfer": 1,
      "ERC-1155 TransferSingle": 1,
      "ERC-1155 TransferBatch": 1,
      "other log": 3,
    });
    expect(notes).toContain(`Not imported: 2 × ERC-20 Transfer, of ${B}, ${C}.`);
    expect(notes).toContain(`Not imported: 3 × other log, that are no transfers of tokens, of ${B}.`);
  });

  test("nothing, if all is imported", () => {
    const { report, notes } = importEvmCalls(call(A, B, { logs: [], calls: [call(B, C, { logs: [] })] }));
    expect(report.notImported).toEqual({});
    expect(notes.some((note) => note.startsWith("Not imported"))).toBe(false);
  });

  test.each([
    ["no list", {}, "logs"],
    ["no object", [7], "logs[0]"],
    ["no address", [{ topics: [] }], "logs[0].address"],
    ["a short topic", [log(B, "0x12")], "logs[0].topics[0]"],
    ["half a byte", [{ ...log(B), data: "0x1" }], "logs[0].data"],
  ])("malformed logs are refused: %s", (_, logs, field) => {
    expect(refusal(call(A, B, { logs })).field).toBe(field);
  });

  test("calls of a contract that logged, but runs in no frame", () => {
    const { report, notes } = importEvmCalls(call(A, B, { logs: [log(D, word(1)), log(D, word(2))] }));
    expect(report.notImported).toEqual({ "other log": 2, "contract without its calls": 1 });
    expect(notes.some((note) => note.includes(`calls of ${D}`))).toBe(true);
    // A delegate call logs with the caller's address, not with the code's.
    const inner = call(B, C, { type: "DELEGATECALL", logs: [log(B, word(1))] });
    expect(importEvmCalls(call(A, B, { calls: [inner] })).report.notImported).toEqual({ "other log": 1 });
  });

  test.each([
    ["beside the tree", { result: call(A, B), tracerConfig: { onlyTopCall: true } }],
    ["in the request", { result: call(A, B), params: [word(1), { tracerConfig: { onlyTopCall: true } }] }],
    ["in the context", { result: call(A, B), context: { tracerConfig: { onlyTopCall: true } } }],
  ])("inner calls, if the configuration %s has onlyTopCall", (_, json) => {
    const { report, notes } = importEvmCalls(json);
    expect(report.notImported).toEqual({ "contract without its calls": 1 });
    expect(notes.some((note) => note.includes("onlyTopCall"))).toBe(true);
  });

  test("perhaps inner calls, if code ran and the tree has no inner call", () => {
    const doubts = (more: Tree): boolean =>
      importEvmCalls(call(A, B, more)).notes.some((note) => note.includes("onlyTopCall"));
    expect(doubts({ gasUsed: "0x9423" })).toBe(true);
    expect(doubts({ gasUsed: "0x9423", calls: [] })).toBe(true);
    expect(doubts({ gasUsed: "0x9423", calls: [call(B, C)] })).toBe(false);
    expect(doubts({ gasUsed: "0x9423", error: "out of gas" })).toBe(false);
    // The gas is 21,000 and that of four bytes, so no code ran.
    expect(doubts({ gasUsed: "0x5248" })).toBe(false);
    expect(doubts({ gasUsed: "0x5249" })).toBe(true);
    expect(doubts({})).toBe(false);
  });

  test("Arbitrum's transfers beside the frames", () => {
    const beforeEVMTransfers = [{ purpose: "feePayment", from: A, to: null, value: "0x5" }];
    const afterEVMTransfers = [{ purpose: "gasRefund", from: null, to: A, value: "0x2" }];
    const { report, notes } = importEvmCalls(call(A, B, { beforeEVMTransfers, afterEVMTransfers }));
    expect(report.notImported).toEqual({ "transfer beside the frames": 2 });
    expect(notes).toContain(`Not imported: 5 wei beside the frames, from ${A} to the chain ("feePayment").`);
    expect(refusal(call(A, B, { afterEVMTransfers: [{ value: "five" }] })).field).toBe("afterEVMTransfers[0].value");
  });
});
