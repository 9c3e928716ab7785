/** The border of a moored map as the page tells it: from the run, and from what a node said. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exitSignals } from "../../prover/exits/exitInput.ts";
import { requestOf } from "../../trace/crossing/requestName.ts";
import { address, assetKind, CHAIN, ENTRY_ID, FACT_LABEL, GRACE } from "../../trace/layout.ts";
import { signExit } from "../../trace/signing/exit.ts";
import { MOORED_GENESIS } from "../../trace/state/genesis.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import type { ChainReport } from "../../verifier/audit/chain.ts";
import { depositWait, requestStage } from "../../verifier/chain/crossing/waiting.ts";
import type { CrossingReport, OpenDeposit, OpenRequest } from "../../verifier/map/crossingReport.ts";
import { amountText, assetText } from "../../web/page/border/amounts.ts";
import { depositPart, keyLines, purseLines, requestPart } from "../../web/page/border/borderParts.ts";
import { crossedText, feedText } from "../../web/page/border/borderText.ts";
import { lookedAt } from "../../web/page/border/lookedAt.ts";
import { injectedWallet, sendByWallet } from "../../web/page/border/wallet.ts";
import type { Checks } from "../../web/page/checks/state.ts";
import { answersOf, borderOf } from "../../web/work/history/border.ts";
import { Desk } from "../../web/work/history/desk.ts";
import { exitInputOf, leavableBy } from "../../web/work/history/leaving.ts";
import { authority, secretOf } from "../lib/authorities.ts";
import { USUAL_PROFILES } from "../lib/profile.ts";

const NOW = 1_800_000_000;
const DAY = 86_400;
const [A, B] = [2, 3] as const;
const PAID = 0xabcdn;
const ETHER = 10n ** 18n;

/** Two deposits and a fact come in; A pays 30 out, and gives the rest of one deposit to B in escrow for a day. */
const SCENARIO: Scenario = {
  name: "border",
  description: "what crosses a border",
  genesis: () => MOORED_GENESIS,
  run(tracer) {
    const chain = tracer.program(CHAIN);
    const a = chain.createProgram({ name: "A", authority: authority(A) }, NOW);
    chain.createProgram({ name: "B", authority: authority(B) }, NOW);
    const enter = (number: bigint, slot: number, quantity: bigint, label = 1) =>
      chain.enter({ to: { program: A, slot }, id: ENTRY_ID + number, kind: assetKind(label), quantity }, NOW);
    enter(1n, 16, ETHER);
    enter(2n, 17, 70n, 2);
    enter(3n, 40, 123n, FACT_LABEL + 5);
    a.split({ from: 17, to: 18, part: 30n }, NOW + 1);
    a.retire({ slot: 18, recipient: PAID }, NOW + 2);
    a.escrowToProgram({ from: 16, to: { program: B, slot: 16 }, deadline: NOW + DAY }, NOW + 3);
  },
};

let folder: string;
let desk: Desk;
let end: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "timebandits-border-"));
  await runScenario(SCENARIO, { out: join(folder, "run"), profiles: USUAL_PROFILES, moored: true });
  desk = new Desk(join(folder, "run"));
  end = desk.facts().transitions;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("what crossed, what is held and what a window shows come from the run", () => {
  const border = borderOf(desk, end);
  expect(border).toMatchObject({ moored: true, at: end });
  expect(border.held).toEqual([
    { label: 1, quantity: ETHER.toString(), pieces: 1 },
    { label: 2, quantity: "40", pieces: 1 },
  ]);
  expect(border.windows).toMatchObject([{ feed: 5, quantity: "123", number: "3", slot: { slot: 40 } }]);
  expect(border.crossed.map(crossedText)).toEqual([
    "A (program 2) took out 30 of the asset with label 2, in its smallest unit, to 0x000000000000000000000000000000000000abcd",
    "observation 3 of feed 5 was shown to A (program 2): 123, in slot 40",
    "deposit 2 came in: 70 of the asset with label 2, in its smallest unit for A (program 2), into slot 17",
    "deposit 1 came in: 1 ETH (1000000000000000000 wei) for A (program 2), into slot 16",
  ]);
  // Before the payment.
  expect(borderOf(desk, end - 2).held[1]).toEqual({ label: 2, quantity: "70", pieces: 2 });
  expect(border.parties.map(({ program }) => program.program)).toEqual([A, B]);
});

test("amounts of ether are exact; other assets stay in their smallest unit", () => {
  expect(amountText("1", 1)).toBe("0.000000000000000001 ETH (1 wei)");
  expect(amountText("0", 1)).toBe("0 ETH (0 wei)");
  expect(amountText("12500000000000000000", 1)).toBe("12.5 ETH (12500000000000000000 wei)");
  expect(amountText("7", 3, "0xT")).toBe("7 of the token 0xT (label 3), in its smallest unit");
  expect(assetText(3, undefined)).toBe("asset with label 3");
});

test("a purse that the run contradicts is red; what was not compared says so", () => {
  const border = borderOf(desk, end);
  const purses = [
    { label: 1, token: null, quantity: ETHER.toString() },
    { label: 2, token: "0xT", quantity: "41" },
  ];
  expect(purseLines(purses, border, true).map(({ verdict, text }) => [verdict, text])).toEqual([
    ["open", "the node and this run agree"],
    ["bad", "the node and this run do NOT agree"],
  ]);
  expect(purseLines(purses, border, false).map(({ text }) => text)[1]).toMatch(/^not compared/);
  expect(purseLines(undefined, border, true).map(({ text }) => text)[0]).toMatch(/^no node was asked/);
  // A purse of which the run holds nothing.
  expect(purseLines([{ label: 9, token: null, quantity: "1" }], { held: [] }, true)[0]?.verdict).toBe("bad");
});

test("keys that are not the page's own, and development keys, are told", () => {
  const keys = [
    { circuit: "exit", keyHash: "0x1", key: "same", ownKey: "0x1", kind: "development", ceremony: null },
    { circuit: "cell", keyHash: "0x2", key: "another", ownKey: "0x3", kind: "unknown", ceremony: null },
    { circuit: "exit", keyHash: "0x4", key: "same", ownKey: "0x4", kind: "ceremony", ceremony: null },
  ] as const;
  const mooring = { patience: DAY, frozen: false, entries: 0, keys: [...keys] };
  expect(keyLines({ mooring })).toEqual([
    expect.stringMatching(/exit under a development key: anybody can forge/),
    expect.stringMatching(/cell under the key 0x2, which is not the one that this page carries/),
  ]);
  expect(keyLines({ mooring: null })).toEqual([]);
});

const around = () => ({ ...borderOf(desk, end), programs: desk.facts().programs });
const CLOCKS = { maxLag: DAY, patience: DAY, frozen: false, now: NOW };

function deposit(more: Partial<OpenDeposit>, now = NOW, frozen = false): OpenDeposit {
  const deadline = NOW + 10;
  return {
    ...{ number: "7", id: "1", payer: "0xpayer", label: 1, token: null, quantity: "5", program: B, slot: 0 },
    ...{ authority: authority(B).toString(), deadline, entered: NOW },
    ...{ ...depositWait({ deadline }, { ...CLOCKS, now, frozen }), ...more },
  };
}

test.each<[string, OpenDeposit, RegExp[], RegExp]>([
  [
    "in time",
    deposit({}),
    [/lets it in by a transition of .* to /, /^From .* anybody may send it back/],
    /not let it in yet/,
  ],
  ["late", deposit({}, NOW + 11), [/^Its deadline has passed/, /^From .* anybody/], /not let it in yet/],
  ["over", deposit({}, NOW + 11 + DAY), [/^Anybody may send it back/], /^this run does not let it in$/],
  ["in a frozen map", deposit({}, NOW, true), [/^Anybody may send it back/], /^this run does not let it in$/],
  ["for another key", deposit({ authority: "5" }), [/lets it in/, /^From/], /has another key than its payer named/],
  ["for nobody", deposit({ program: 99 }), [/lets it in/, /^From/], /program 99 is not there/],
  ["that the run lets in", deposit({ number: "2" }), [/lets it in/, /^From/], /^transition 4 of this run lets it in/],
])("a deposit %s says what it waits for, and what the run says", (_, asked, sentences, run) => {
  const part = depositPart(asked, around());
  expect(part.may).toHaveLength(sentences.length);
  for (const [i, sentence] of sentences.entries()) expect(part.may[i]).toMatch(sentence);
  expect(part.run.text).toMatch(run);
});

const ASKED = { location: address(B, 16), program: B, authority: authority(B), id: ENTRY_ID + 1n, time: NOW + 4 };

test("a request: the run says what answers it; the times say who may act", () => {
  const name = (one: typeof ASKED) => ({ ...one, request: requestOf(one.location, one.program, one.authority) });
  const asked = [ASKED, { ...ASKED, id: 5n }, { ...ASKED, authority: authority(9) }, { ...ASKED, time: NOW + DAY }];
  const answers = answersOf(desk, end, asked.map(name));
  expect(answers.map(({ by }) => by)).toEqual(["eject", "not there", "another key", "not entitled"]);
  expect(answers[0]?.there).toEqual({ label: 1, quantity: ETHER.toString() });

  const request = (now: number, frozen = false): OpenRequest => ({
    ...{ request: "1", recipient: "0xme", location: ASKED.location, holder: B, program: B, id: ASKED.id.toString() },
    ...{ authority: ASKED.authority.toString(), time: NOW, head: 1, fee: "10" },
    ...requestStage({ time: NOW }, { ...CLOCKS, now, frozen }),
  });
  const may = (now: number, frozen = false) =>
    requestPart(request(now, frozen), { answer: answers[0], at: end }, around()).may;
  expect(may(NOW)).toEqual([
    expect.stringMatching(/^Its operator answers by 2027-01-16 /),
    expect.stringMatching(/^From .* on anybody may answer it/),
    expect.stringMatching(/^From .* on anybody may freeze the map/),
  ]);
  expect(may(NOW + DAY)[0]).toMatch(/^Its operator answers by/);
  expect(may(NOW + DAY + 1)[0]).toMatch(/^LATE since/);
  expect(may(NOW + 2 * DAY + 1)[1]).toMatch(/^Anybody may freeze the map.*, now\.$/);
  expect(may(NOW, true)).toEqual([expect.stringMatching(/^The map is frozen, so nobody answers it/)]);
  const part = requestPart(request(NOW), { answer: answers[0], at: end }, around());
  expect(part.name).toBe("B (program 3) asks to leave");
  expect(part.run.text).toMatch(/an Eject answers it$/);
  expect(requestPart(request(NOW), { answer: answers[3], at: end }, around()).run.text).toMatch(
    /: dismiss answers it$/,
  );
});

test("what a program may leave with, now and later, is what the rules say", () => {
  const ofB = leavableBy(desk, end, B, NOW + 4);
  expect(ofB).toMatchObject([
    { label: 1, now: true, changes: [NOW + DAY, NOW + DAY + GRACE], escrow: { deadline: NOW + DAY } },
  ]);
  const ofA = leavableBy(desk, end, A, NOW + 4);
  expect(ofA.map(({ label, now, changes }) => ({ label, now, changes }))).toEqual([
    { label: 2, now: true, changes: [] },
    { label: 1, now: false, changes: [NOW + DAY] },
  ]);
});

test("the circuit's inputs are made from a signature, and only for the root of the chain's head", async () => {
  const [cell] = leavableBy(desk, end, A, NOW + 4);
  const wish = { domain: 5n, address: cell?.slot.address ?? 0, program: A, recipient: 9n, validUntil: NOW + DAY };
  const signature = signExit(secretOf(A), { ...wish, w1: cell?.w1 ?? 0n });
  const root = desk.snapshot(end).map.root().toString();
  const { statement } = await exitInputOf(desk, { at: end, root }, { ...wish, now: NOW + 4 }, signature);
  expect(exitSignals(statement).slice(0, 2)).toEqual([BigInt(root), 5n]);
  await expect(exitInputOf(desk, { at: end, root: "1" }, wish, signature)).rejects.toThrow(/has another state/);
  const other = signExit(secretOf(B), { ...wish, w1: cell?.w1 ?? 0n });
  await expect(exitInputOf(desk, { at: end, root }, wish, other)).rejects.toThrow(/is not by the key of program 2/);
});

test("what the page looked at ends where no node was asked", () => {
  const nothing: Checks = { running: null, report: undefined, problem: undefined };
  expect(lookedAt(nothing, end).unseen.join("\n")).toMatch(/no node was asked; give one under Trust/);
  const report = { chainId: "1", registry: "0xreg", block: 9, blockTime: NOW } as ChainReport;
  const crossing = { purses: [], deposits: [] } as unknown as CrossingReport;
  const chain = {
    node: "https://node.example/key",
    report,
    code: "same" as const,
    crossing,
    problems: [],
    failure: null,
  };
  const { seen, unseen } = lookedAt({ ...nothing, chain }, end);
  expect(seen.join("\n")).toMatch(/registry 0xreg on chain 1, by node\.example, as of block 9/);
  expect(seen.join("\n")).not.toContain("/key");
  expect(unseen.join("\n")).not.toMatch(/no node was asked/);
  expect(lookedAt({ ...nothing, chain: { ...chain, report: null, failure: "it is down" } }, end).unseen.join()).toMatch(
    /the chain: it is down/,
  );
});

test("a feed tells when it was seen, until when it is shown, and who may ask it again", () => {
  const feed = { feed: 0, contract: "0xc", data: "0x12", shift: 1, offset: "0", fresh: 3_600, fact: FACT_LABEL };
  expect(feedText({ ...feed, last: null })).toMatch(/was not observed yet: anybody may observe it/);
  expect(feedText({ ...feed, last: { number: "4", quantity: "77", time: NOW } })).toMatch(
    /Observation 4 of .* is 77: a transition may show it until .*, 1 hour later/,
  );
});

test("a wallet sends the call on the map's chain, or says what it refuses", async () => {
  expect(injectedWallet()).toBeUndefined();
  const call = { function: "leaveFrozen", to: "0xto", value: "16", data: "0xda7a" };
  const asked: string[] = [];
  let chainId = "0x1";
  const wallet = {
    async request({ method, params = [] }: { method: string; params?: readonly unknown[] }): Promise<unknown> {
      asked.push(method);
      if (method === "eth_requestAccounts") return ["0xfrom"];
      if (method === "eth_chainId") return chainId;
      if (method === "wallet_switchEthereumChain") {
        chainId = "0x5";
        return null;
      }
      expect(params).toEqual([{ from: "0xfrom", to: "0xto", value: "0x10", data: "0xda7a" }]);
      return `0x${"1".repeat(64)}`;
    },
  };
  expect(await sendByWallet(wallet, call, 5n)).toBe(`0x${"1".repeat(64)}`);
  expect(asked).toContain("wallet_switchEthereumChain");
  const refusing = { request: () => Promise.reject({ code: 4_001, message: "no" }) };
  await expect(sendByWallet(refusing, call, 5n)).rejects.toThrow("the wallet refuses eth_requestAccounts: no");
});
