/**
 * A `blocks.jsonl` that was edited, or is another run's, is an error; a map that fills up within a block stops before
 * it.
 */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { InvalidInputError } from "../../trace/errors.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { claimedChain, importAll, says } from "../lib/claimedChain.ts";
import { address, type FakeNode } from "../lib/fakeChainNode.ts";

const dir = mkdtempSync(join(tmpdir(), "attack-file-"));
const [A = "", B = "", T = "", U = "", Z = ""] = [0xa, 0xb, 0x70, 0x71, 0].map(address);
let node: FakeNode;
let text: string;

beforeAll(async () => {
  node = claimedChain(
    [
      [{ from: A, to: T, logs: [says.transfer(T, Z, A, 9), says.transfer(U, Z, A, 9), says.approval(T, A, B, 5)] }],
      [{ from: B, to: T, logs: [says.transfer(T, A, B, 2)] }],
      [{ from: A, to: B, value: 1 }],
    ],
    {
      balance: (token, who, _, block) =>
        BigInt(block === 0 ? 0 : token === U || block === 1 ? (who === A ? 9 : 0) : who === A ? 7 : who === B ? 2 : 0),
      allowance: (_, __, ___, block) => [0n, 5n, 3n, 3n][block] ?? null,
    },
  );
  await importAll(join(dir, "two"), node, { to: 2 });
  text = readFileSync(join(dir, "two", "blocks.jsonl"), "utf8");
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let runs = 0;
/** Goes on with an edited file. */
async function goOn(edited: string) {
  const into = join(dir, `${runs++}`);
  cpSync(join(dir, "two"), into, { recursive: true });
  writeFileSync(join(into, "blocks.jsonl"), edited);
  const trace = readFileSync(join(into, "trace.jsonl"), "utf8");
  const report = await importAll(into, node).catch((error: unknown) => error);
  return { report, into, same: readFileSync(join(into, "trace.jsonl"), "utf8") === trace };
}

test("the file as it is goes on, and so it does without its last line", async () => {
  const whole = await goOn(text);
  const shorter = await goOn(text.slice(0, text.trimEnd().lastIndexOf("\n") + 1));
  expect([whole.report, shorter.report]).toMatchObject([{ head: 3 }, { head: 3 }]);
  expect(replayDirectory(shorter.into).map.root()).toBe(replayDirectory(whole.into).map.root());
});

const swap = (a: string, b: string) => text.replaceAll(a, "\u0000").replaceAll(b, a).replaceAll("\u0000", b);
test.each<[string, () => string]>([
  [
    "kinds of two tokens exchanged",
    () => text.replace(/"kinds":\[\["(\d+)","(0x\w+)"(.*?)\],\["(\d+)","(0x\w+)"/, '"kinds":[["$1","$5"$3],["$4","$2"'),
  ],
  [
    "a program without its name",
    () => text.replace(/"programs":\[\[1,"ethereum"\],/, '"programs":[[1,"ethereum"],[2,"0x1"],'),
  ],
  ["an approval for another spender", () => text.replaceAll(`"spender":"${B}"`, `"spender":"${Z}"`)],
  ["an approval that was left out", () => text.replaceAll(/"approvals":\[\["0x.*?\]\],/g, '"approvals":[],')],
  ["an end within the trace", () => text.replace(/"end":\d+(?=[^\n]*\n$)/, '"end":9')],
  ["an end beyond the trace", () => text.replace(/"end":\d+(?=[^\n]*\n$)/, '"end":99999')],
  ["a number that is none", () => text.replace(/"remaining":"\d+"/, '"remaining":"5 or more"')],
  ["a line without its changes", () => text.replace(/,"changes":.*\n$/, "}\n")],
  ["a header without its lists", () => text.replace('"addresses":[],', "")],
  [
    "a block left out",
    () =>
      text
        .split("\n")
        .filter((_, i) => i !== 1)
        .join("\n"),
  ],
  ["an issuer that is none", () => text.replace('"issuer":"ethereum"', '"issuer":"nobody"')],
  ["another chain", () => text.replace('"chainId":"1"', '"chainId":"2"')],
  ["a list", () => "[]\n"],
])("refused, and the trace stays: %s", async (_, edited) => {
  expect(edited()).not.toBe(text);
  const { report } = await goOn(edited());
  expect(report).toBeInstanceOf(InvalidInputError);
});

test("another parent is said to be a rearrangement", async () => {
  const { report, same } = await goOn(swap("b10c0002", "b10c0009"));
  expect(String(report)).toMatch(/rearranged/);
  expect(same).toBe(true);
});

test("a torn line is written again", async () => {
  const into = join(dir, "torn");
  cpSync(join(dir, "two"), into, { recursive: true });
  appendFileSync(join(into, "blocks.jsonl"), '{"block":3,"hash"');
  expect(await importAll(into, node)).toMatchObject({ head: 3 });
});

test("a map that is full within a block stops before it; with more levels the import begins anew", async () => {
  const ids = Array.from({ length: 1500 }, (_, i) => i);
  const many = [
    {
      from: A,
      to: T,
      logs: [
        says.batch(
          T,
          A,
          Z,
          A,
          ids,
          ids.map(() => 1),
        ),
      ],
    },
  ];
  for (const blocks of [[many], [[{ from: A, to: B, value: 1 }], many]]) {
    const full = claimedChain(blocks, { balance: (_, who, __, block) => BigInt(who === A && block === blocks.length) });
    const into = join(dir, `full${blocks.length}`);
    const stopped = blocks.length;
    expect(await importAll(into, full, { levels: 1 })).toMatchObject({
      head: stopped === 1 ? null : 1,
      stoppedAt: stopped,
      stoppedWhy: expect.stringMatching(/needs further programs, and a map of 1 levels holds 15/),
      programs: stopped === 1 ? 0 : 4,
    });
    if (stopped > 1) expect(replayDirectory(into).map.programs()).toBe(4);
    else expect(await importAll(into, full, { levels: 2 })).toMatchObject({ head: 1, stoppedAt: null });
  }
});

test("a file without its blocks removes no run that is proven", async () => {
  const header = text.slice(0, text.indexOf("\n") + 1);
  const into = join(dir, "proven");
  cpSync(join(dir, "two"), into, { recursive: true });
  mkdirSync(join(into, "proofs"));
  writeFileSync(join(into, "proofs", "1-2.json"), "{}");
  writeFileSync(join(into, "blocks.jsonl"), header);
  await expect(importAll(into, node, { to: 2 })).rejects.toThrow(/no block that stays, but there are proofs/);
  expect(readFileSync(join(into, "trace.jsonl"))).toEqual(readFileSync(join(dir, "two", "trace.jsonl")));
  rmSync(join(into, "proofs"), { recursive: true });
  expect(await importAll(into, node, { to: 2 })).toMatchObject({ head: 2 });
});

test("block 0 has no state before it", async () => {
  await expect(importAll(join(dir, "zero"), node, { from: 0, to: 1 })).rejects.toThrow(/^from: is 0/);
});
