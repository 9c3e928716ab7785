/** Random transfers and approvals of tokens that keep their word and of some that do not, compared after each block. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { holdings } from "../chain/import/compare.ts";
import { approvalsIn, heldIn, importAll } from "../lib/claimedChain.ts";
import { Random } from "../lib/random.ts";
import { HONEST, type RandomTokens, randomTokens } from "../lib/randomTokens.ts";

const dir = mkdtempSync(join(tmpdir(), "attack-random-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const SEED = Number(process.env.SEED ?? 1);
const ROUNDS = Number(process.env.ROUNDS ?? 2);
const BLOCKS = Number(process.env.BLOCKS ?? 25);
let used = 0;

/** What the chain has of tokens that are not refused, as the map names it. */
function expected(
  { states }: RandomTokens,
  block: number,
  refused: Readonly<Record<string, string>>,
): Map<string, bigint> {
  const state = states[block];
  const all = new Map<string, bigint>();
  const add = (key: string, amount: bigint): unknown => amount > 0n && all.set(key, amount);
  const nfts = new Set([...(state?.owners.keys() ?? [])].map((key) => key.split(" ")[0]));
  for (const [key, amount] of state?.amounts ?? []) {
    const [token = "", who, id] = key.split(" ");
    if (token in refused || (nfts.has(token) && id === "null")) continue;
    add(id === "null" ? `${who} ${token}` : `${who} ${token} ERC-1155 ${id}`, amount);
  }
  for (const [key, who] of state?.owners ?? []) {
    const [token = "", id] = key.split(" ");
    if (!(token in refused)) add(`${who} ${token} ERC-721 ${id}`, 1n);
  }
  return all;
}

const sorted = (map: Iterable<[string, bigint]>) => [...map].filter(([, n]) => n > 0n).sort();

test.each(Array.from({ length: ROUNDS }, (_, i) => SEED + i))("seed %d", async (seed) => {
  const chain = randomTokens(new Random(seed), BLOCKS);
  const into = join(dir, `${seed}`);
  const report = await importAll(into, chain.node, {
    onBlock(line, imported) {
      const refused = Object.fromEntries(imported.tokens.refused);
      for (const token of HONEST) expect(refused[token]).toBeUndefined();
      const held = heldIn(imported);
      const honest = ([key]: [string, bigint]): boolean => HONEST.some((token) => key.split(" ")[1] === token);
      const chains = [...expected(chain, line.block, refused)].filter(honest);
      const short = chains.map(([key, n]): [string, bigint] => [key.replace(/ERC-\d+ /, "#"), n]);
      expect(sorted([...held].filter(honest))).toEqual(sorted(short));
      const state = chain.states[line.block];
      for (const [key, wei] of held)
        if (key.endsWith(" wei") && key.startsWith("0x")) expect(wei).toBe(state?.wei.get(key.slice(0, 42)));
    },
  });
  expect(report.stoppedAt).toBeNull();
  expect(report.tokens.transfers).toBe(report.tokens.imported + report.tokens.refused);
  expect(report.corrections["not explained"]).toBeUndefined();
  used += report.approvals.used;
  const tokens = [...holdings(into).held].filter(([key]) => !key.endsWith(" wei"));
  expect(sorted(tokens)).toEqual(sorted(expected(chain, BLOCKS, report.tokensRefused)));
  const last = chain.states[BLOCKS];
  for (const { token, owner, spender, covers, id, remaining } of approvalsIn(into)) {
    if (covers === "one") expect(last?.single.get(`${token} ${id}`)).toBe(spender);
    if (covers === "all") expect(last?.approvals.get(`${token} ${owner} ${spender} all`)).toBe(1n);
    if (covers === "amount") expect(last?.approvals.get(`${token} ${owner} ${spender}`)?.toString()).toBe(remaining);
  }
  // Stopped and opened again, it records the same.
  const again = join(dir, `${seed}-again`);
  for (let opened = 0, last = 0; last < BLOCKS; opened++) {
    const stop = new AbortController();
    await importAll(again, chain.node, {
      signal: stop.signal,
      onBlock({ block }) {
        last = block;
        if (block % 4 === opened % 4) stop.abort();
      },
    });
  }
  expect(readFileSync(join(again, "trace.jsonl"), "utf8")).toBe(readFileSync(join(into, "trace.jsonl"), "utf8"));
});

test("some of the transfers rested on approvals", () => expect(used).toBeGreaterThan(0));
