/** Approvals of hostile and of odd tokens: a capability in the map is one that the chain gave, and no more. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Answers, approvalsIn, claimedChain, importAll, says } from "../lib/claimedChain.ts";
import { address, type FakeTransaction, type Json } from "../lib/fakeChainNode.ts";

const dir = mkdtempSync(join(tmpdir(), "attack-approvals-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const [A = "", B = "", C = "", T = "", Z = ""] = [0xa, 0xb, 0xc, 0x70, 0].map(address);
const TRANSFER_FROM = "0x23b872dd";
const calls = (logs: readonly Json[], from = A): FakeTransaction => ({ from, to: T, logs, input: TRANSFER_FROM });
let runs = 0;
async function run(blocks: readonly (readonly FakeTransaction[])[], answers: Answers) {
  const into = join(dir, `${runs++}`);
  const { approvals, tokens } = await importAll(into, claimedChain(blocks, answers));
  return { approvals, tokens, inForce: approvalsIn(into) };
}

/** A token of which `who` has 10 after the block, and A before it. */
const after = (who: string, allowed: bigint): Answers => ({
  balance: (_, of, __, block) => (of === (block === 0 ? A : who) ? 10n : 0n),
  allowance: (_, __, ___, block) => (block === 0 ? 0n : allowed),
});

test("the rest of an allowance, told before the transfer that uses it, is no new approval", async () => {
  const whole = [says.approval(T, A, B, 0), says.transfer(T, A, C, 10)];
  const used = await run([[calls([says.approval(T, A, B, 10)]), calls(whole, B)]], after(C, 0n));
  expect(used.approvals).toMatchObject({ given: 1, used: 1, without: 0 });
  expect(used.inForce).toEqual([]);
  const part = [says.approval(T, A, B, 5), says.transfer(T, A, C, 10)];
  const left = await run([[calls([says.approval(T, A, B, 15)]), calls(part, B)]], after(C, 5n));
  expect(left.approvals).toMatchObject({ used: 1, without: 0 });
  expect(left.inForce).toMatchObject([{ owner: A, spender: B, remaining: "5" }]);
  // The owner's own call does approve.
  const given = await run([[calls([says.approval(T, A, B, 5), says.transfer(T, A, C, 10)])]], after(C, 5n));
  expect(given.approvals).toMatchObject({ given: 1, used: 0 });
});

test("a transfer beyond the allowance does not rest on it", async () => {
  const blocks = [[calls([says.approval(T, A, B, 9)]), calls([says.transfer(T, A, C, 10)], B)]];
  const { approvals, inForce } = await run(blocks, after(C, 9n));
  expect(approvals).toMatchObject({ used: 0, without: 1, unconfirmed: 0 });
  expect(inForce).toMatchObject([{ remaining: "9" }]);
});

test("an allowance used by a transfer to oneself or of nothing is what the chain says", async () => {
  for (const [to, amount] of [
    [A, 10],
    [C, 0],
  ] as const) {
    const blocks = [
      [calls([says.approval(T, A, B, 10), says.transfer(T, A, B, 1)])],
      [calls([says.transfer(T, A, to, amount)], B)],
    ];
    const { inForce } = await run(blocks, {
      balance: (_, of, __, block) => (of === A ? (block === 0 ? 10n : 9n) : of === B && block > 0 ? 1n : 0n),
      allowance: (_, __, ___, block) => [0n, 10n, 0n][block] ?? null,
    });
    expect(inForce).toEqual([]);
  }
});

const nft = (owners: readonly (string | null)[], approved: readonly string[]): Answers => ({
  balance: (_, who, __, block) => (owners[block] === who ? 1n : 0n),
  owner: (_, __, block) => owners[block] ?? null,
  approved: (_, __, block) => approved[block] ?? null,
});

test("an approval for one token ends with a transfer to oneself, and when the owner approves itself", async () => {
  const first = [calls([says.single(T, Z, A, 1), says.approvalOne(T, A, B, 1)])];
  const kept = await run([first, [calls([])]], nft([null, A, A], [Z, B, B]));
  expect(kept.inForce).toMatchObject([{ covers: "one", spender: B, id: "1" }]);
  const moved = await run([first, [calls([says.single(T, A, A, 1)])]], nft([null, A, A], [Z, B, Z]));
  expect(moved.inForce).toEqual([]);
  const own = await run([first, [calls([says.approvalOne(T, A, A, 1)])]], nft([null, A, A], [Z, B, A]));
  expect(own.inForce).toEqual([]);
  const other = await run([first, [calls([says.approvalOne(T, A, C, 1)])]], nft([null, A, A], [Z, B, C]));
  expect(other.inForce).toMatchObject([{ spender: C }]);
});

test("a token that clears the approval right before the transfer by the approved one shows its use", async () => {
  const blocks = [
    [calls([says.single(T, Z, A, 1), says.approvalOne(T, A, B, 1)])],
    [calls([says.approvalOne(T, A, Z, 1), says.single(T, A, C, 1)], B)],
  ];
  expect((await run(blocks, nft([null, A, C], [Z, B, Z]))).approvals).toMatchObject({ given: 1, used: 1, without: 0 });
});

test("each ERC-721 token may rest on an earlier approval of its own", async () => {
  const answers: Answers = {
    balance: (_, who, __, block) => (who === (block === 0 ? A : C) ? 2n : 0n),
    owner: (_, __, block) => (block === 0 ? A : C),
    approved: (_, __, block) => (block === 0 ? B : Z),
    forAll: () => false,
  };
  const { approvals } = await run([[calls([says.single(T, A, C, 1), says.single(T, A, C, 2)], B)]], answers);
  expect(approvals).toMatchObject({ used: 2, without: 0 });
});

test("an operator whose approval ends between two transfers uses it once", async () => {
  const logs = [
    says.forAll(T, A, B, true),
    says.single(T, A, C, 1),
    says.forAll(T, A, B, false),
    says.single(T, A, C, 2),
  ];
  const { approvals, inForce } = await run([[calls(logs, B)]], {
    balance: (_, who, __, block) => (who === (block === 0 ? A : C) ? 2n : 0n),
    owner: (_, __, block) => (block === 0 ? A : C),
    forAll: () => false,
    approved: () => Z,
  });
  expect(approvals).toMatchObject({ given: 1, ended: 1, used: 1, without: 1 });
  expect(inForce).toEqual([]);
});

test("three hundred approvals of one owner, and for one token, are recorded or left out, never a crash", async () => {
  const many = Array.from({ length: 300 }, (_, i) => says.approval(T, A, address(0x1000 + i), 5));
  const { approvals, inForce } = await run([[calls(many)]], { allowance: () => 5n });
  expect(approvals.given).toBeGreaterThan(200);
  expect(inForce.length).toBe(approvals.given);
});
