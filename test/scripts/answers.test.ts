/** Answers on an imported run, in the chain's words. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ALICE, BOB, blocksRun, CAROL, hashOf, TOKENS } from "../lib/blocksRun.ts";
import { cliHere as cli, jsonHere as json } from "./cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-answers-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const dir = join(scratch, "run");
const names = join(scratch, "names.json");
const PAY = hashOf(1, 1);
const FROM = hashOf(2, 0);

beforeAll(async () => {
  await blocksRun(dir);
  writeFileSync(names, JSON.stringify({ [ALICE]: "Alice", programs: { 3: "Bobby" } }));
});

/** A copy of the run whose blocks.jsonl is changed. */
function changed(name: string, change: (text: string) => string): string {
  const copy = join(scratch, name);
  cpSync(dir, copy, { recursive: true });
  writeFileSync(join(copy, "blocks.jsonl"), change(readFileSync(join(dir, "blocks.jsonl"), "utf8")));
  return copy;
}

test("the state has amounts in units, and a legend with whole addresses", async () => {
  const { code, stdout } = await cli(["show", dir]);
  expect(code).toBe(0);
  expect(stdout).toContain(
    `    8 GOLD (8000000000000000000 of kind 21474836481), resource 515, in slot 2 of ${ALICE} `,
  );
  expect(stdout).toContain("    0.02 ETH (20000000000000000 wei, kind 4294967297), resource ");
  expect(stdout).toContain("    1.5 TWIN@0x0000…0051 (150 of kind ");
  expect(stdout).toContain("    0.15 TWIN@0x0000…0052 (150 of kind ");
  expect(stdout).toContain("    7 raw token@0x0000…00ff (kind ");
  expect(stdout).toContain("    1 GEM #5 (kind ");
  expect(stdout).toContain("the entry point transferFrom(address,address,uint256) (selector 599290589) in slot ");
  expect(stdout).toContain(
    `\n  "ETH"@0x0000…00e7: token ${TOKENS.fake.token}, ERC-20, calls itself "ETH" ("Ether"), which is NOT the chain's own coin; 18 decimals\n`,
  );
  // Only the chain's own coin is shown as ETH.
  const coins = stdout.split("\n").filter((line) => /[0-9] ETH\b/.test(line));
  for (const line of coins) expect(line).toContain(" wei, kind 4294967297)");
});

test("JSON keeps raw quantities and numbers, and has amounts, units and addresses beside them", async () => {
  const { answer } = await json(["show", dir, "program", ALICE.toUpperCase().replace("0X", "0x")]);
  const gold = {
    ...{ quantity: "8000000000000000000", amount: "8", unit: "GOLD" },
    kind: { kind: "21474836481", name: `GOLD ${TOKENS.gold.token}`, unit: "GOLD", token: TOKENS.gold.token },
  };
  expect(answer.program).toMatchObject({ program: 2, address: ALICE });
  const owned = (answer.program as { owns: object[] }).owns;
  expect(owned).toContainEqual(expect.objectContaining({ ...gold, kind: expect.objectContaining(gold.kind) }));
  expect(answer.units).toContainEqual({
    ...{ unit: '"ETH"@0x0000…00e7', token: TOKENS.fake.token, standard: "ERC-20", id: null },
    ...{ symbol: "ETH", tokenName: "Ether", decimals: 18 },
  });
});

test("a transaction has its block and its transitions; a claim by approval is told as one", async () => {
  const { code, stdout } = await cli(["show", dir, "transaction", FROM, "--names", names]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    new RegExp(`^transaction ${FROM}\nin block 2 0x[0-9a-f]{64}, 2025-06-15T15:07:04Z\ntransitions 47 to 53\n`),
  );
  expect(stdout).toContain(
    `means: a transferFrom by approval: ${CAROL} takes 0.5 GOLD (500000000000000000 of kind 21474836481) from Alice (${ALICE})\n`,
  );
  const { answer } = await json(["show", dir, "transaction", FROM]);
  expect(answer).toMatchObject({ transaction: FROM, failed: false, block: { number: 2 }, first: 47, last: 53 });
  expect(answer.transitions).toHaveLength(7);
  const failed = await json(["show", dir, "transaction", hashOf(3, 0)]);
  expect(failed.answer).toMatchObject({ failed: true, first: null, transitions: [] });
  const table = await cli(["show", dir, "transaction", FROM, "--csv"]);
  expect(table.stdout.split("\r\n")).toHaveLength(9);
});

test("approvals, fees and what is brought forward are told as such", async () => {
  const { answer } = await json(["audit", dir, "--unsigned"]);
  const told = answer.transitions as { effect: string; chain: { part: string; why: string; meaning: string } }[];
  const of = (effect: string) => told.filter((one) => one.effect === effect).map(({ chain }) => chain.meaning);
  expect(of("DelegateCapability")).toEqual([
    `${ALICE} approved ${CAROL} for GOLD (may claim slot 3; 2 GOLD left after the block)`,
  ]);
  expect(of("RevokeCapability")).toEqual([`the approval of ${CAROL} by ${ALICE} for GOLD ended`]);
  expect(new Set(told.map(({ chain }) => chain.part))).toEqual(
    new Set(["transaction", "brought forward", "correction"]),
  );
  expect(new Set(told.filter(({ chain }) => chain.part === "correction").map(({ chain }) => chain.why))).toEqual(
    new Set(["fees"]),
  );
  expect(answer).toMatchObject({ blocks: { chainId: "1", from: 1, to: 3, transactions: 11 } });
  expect(answer.notProven).toContain("transitions.chain");
});

test("an audit lists a transaction or a block, in the reader's names, and says what is not proven", async () => {
  const { stdout } = await cli(["audit", dir, "--unsigned", "--tx", PAY, "--names", names]);
  expect(stdout).toContain(`Transitions: 4 of 87 shown, by transaction "${PAY}"; all 87 were checked\n`);
  expect(stdout).toContain(`     Alice (${ALICE}, program 2) calls the entry point transfer(address,uint256) `);
  expect(stdout).toContain(`     chain: block 1, transaction ${PAY}\n`);
  expect(stdout).toContain(`Bobby (${BOB}, program 3)`);
  expect(stdout).toContain("  Which program is which address says blocks.jsonl, and no proof covers it.\n");
  expect(stdout).toContain("blocks.jsonl (chain 1, blocks 1 to 3, 11 transactions); no proof covers that file.\n");
  const shown = async (...only: string[]) =>
    ((await json(["audit", dir, "--unsigned", ...only])).answer.transitions as { seq: number }[]).map(({ seq }) => seq);
  expect(await shown("--block", "3")).toEqual([82, 83, 84, 85, 86, 87]);
  expect(await shown("--from-block", "3")).toEqual([82, 83, 84, 85, 86, 87]);
  expect(await shown("--to-block", "1", "--tx", FROM)).toEqual([]);
});

test("what is not there is refused by name", async () => {
  const none = await json(["show", dir, "transaction", hashOf(9, 0)]);
  expect(none.answer.error).toMatchObject({ message: expect.stringContaining("; blocks 1 to 3 are there") });
  const block = await json(["audit", dir, "--unsigned", "--block", "9"]);
  expect(block.answer.error).toMatchObject({ message: "block: 9 is not there; blocks 1 to 3 are there" });
  const without = changed("without", () => "");
  rmSync(join(without, "blocks.jsonl"));
  const plain = await json(["show", without, "transaction", PAY]);
  expect(plain.answer.error).toMatchObject({ message: expect.stringContaining("this run has no blocks.jsonl") });
});

test("ABI files name functions; two of one selector are both named", async () => {
  const abi = mkdtempSync(join(scratch, "abi-"));
  const entry = { type: "function", name: "many_msg_babbage", inputs: [{ type: "bytes1" }] };
  writeFileSync(join(abi, "a.json"), JSON.stringify([entry]));
  const { stdout } = await cli(["show", dir, "transition", "4", "--abi", abi]);
  expect(stdout).toContain(
    "the entry point many_msg_babbage(bytes1) or transfer(address,uint256) (selector 2835717307)",
  );
  writeFileSync(join(abi, "b.json"), "{");
  const broken = await json(["show", dir, "--abi", abi]);
  expect(broken).toMatchObject({
    code: 1,
    answer: { error: { message: expect.stringContaining("b.json: is not JSON") } },
  });
});

test("a torn blocks.jsonl is used up to its last whole line, and says so", async () => {
  const torn = changed("torn", (text) => text.slice(0, -100));
  const { answer } = await json(["audit", torn, "--unsigned"]);
  expect(answer).toMatchObject({ blocks: { from: 1, to: 2 } });
  expect(answer.notes).toContainEqual(expect.stringContaining("the last line of blocks.jsonl is unfinished"));
  expect(answer.notes).toContainEqual(expect.stringContaining("transitions up to 81, and the trace has 87"));
  const last = (answer.transitions as { chain: unknown }[]).at(-1);
  expect(last?.chain).toBeNull();
});

test.each([
  [
    "of another time",
    (text: string) => text.replace('"time":1750000012', '"time":1750000011'),
    "block 1 is of 1750000011",
  ],
  ["with another program", (text: string) => text.replaceAll(BOB, `0x${"b".repeat(40)}`), "program 3 is 0xbbbb"],
  [
    "with another token",
    (text: string) => text.replace(`"21474836481","${TOKENS.gold.token}"`, `"21474836481","${BOB}"`),
    "kind 21474836481 is not of its token's program",
  ],
  [
    "of a longer run",
    (text: string) => text.replace('"seqs":[82,87],"end":87', '"seqs":[82,88],"end":88'),
    "the trace ends with 87",
  ],
  [
    "with ranges that overlap",
    (text: string) => text.replace('"seqs":[4,7]', '"seqs":[3,7]'),
    "is no range of transitions",
  ],
  ["without a block", (text: string) => text.replace(/\n.*"block":2,.*\n/, "\n"), "blocks.jsonl:3 block: is not 2"],
  ["that is no JSON", (text: string) => `{${text}`, "blocks.jsonl:1: is no JSON object"],
  ["that is empty", () => "", "blocks.jsonl:1: is missing"],
])("a blocks.jsonl %s is not used, and a note says why", async (name, change, why) => {
  const copy = changed(name, change);
  const shown = await cli(["show", copy]);
  expect(shown.code).toBe(0);
  expect(shown.stdout).toContain("blocks.jsonl is not used: ");
  expect(shown.stdout).toContain(why);
  expect(shown.stdout).not.toContain("8 GOLD (");
  const asked = await json(["show", copy, "transaction", PAY]);
  expect(asked).toMatchObject({ code: 1, answer: { error: { message: expect.stringContaining(why) } } });
});

test("hostile symbols stay in their line and in their unit", async () => {
  const hostile = join(scratch, "hostile");
  await blocksRun(hostile, { gold: "\u202eETH\n1000 ETH", one: "\u0415TH", two: "GOLD (kind 1)", fake: "wei" });
  const { stdout } = await cli(["show", hostile]);
  expect(stdout).not.toMatch(/[\u202e\u0415]/);
  for (const line of stdout.split("\n").filter((each) => /[0-9] (ETH|wei)\b/.test(each))) {
    expect(line).toMatch(/ wei, kind 4294967297\)|10\^18 wei|calls itself/);
  }
  expect(stdout).toContain(' 8 "ETH\\u{20}1000\\u{20}ETH"@0x0000…901d (');
  expect(stdout).toContain('"GOLD\\u{20}\\u{28}kind\\u{20}1\\u{29}"@0x0000…0052');
  expect(stdout).toContain('"\\u{415}TH"@0x0000…0051');
  expect(stdout).toContain(`calls itself "wei"`);
});

test("check, graph and diff use the same words", async () => {
  const drawn = await cli([
    "graph",
    dir,
    "--format",
    "mermaid",
    "--view",
    "lanes",
    "--program",
    ALICE,
    "--names",
    names,
  ]);
  expect(drawn.stdout).toContain("Alice splits 1.5 GOLD off");
  expect(await cli(["check", dir, "--names", names])).toMatchObject({ code: 0 });
  const { answer } = await json(["diff", dir, dir, "--names", names]);
  expect(answer).toMatchObject({ ok: true, same: true });
});
