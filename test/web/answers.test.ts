/** What the page answers: search, filters, files, and the questions of trust. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { auditDirectory } from "../../verifier/audit/audit.ts";
import type { ChainReport } from "../../verifier/audit/chain.ts";
import type { Checks } from "../../web/page/checks/marks.ts";
import { marksOf } from "../../web/page/checks/marks.ts";
import { filterWordsOf, isFiltered } from "../../web/page/transitions/filterWords.ts";
import { lasting } from "../../web/page/trust/lasting.ts";
import { trustParts } from "../../web/page/trust/trustParts.ts";
import { Desk } from "../../web/work/history/desk.ts";
import { exportFile } from "../../web/work/history/exportFile.ts";
import { search } from "../../web/work/history/search.ts";
import { USUAL_PROFILES } from "../lib/profile.ts";
import { DIAGRAM, freshRun } from "../lib/provenRun.ts";

let folder: string;
let desk: Desk;
let checks: Checks;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "timebandits-"));
  const dir = join(folder, "run");
  await runScenario(DIAGRAM, { out: dir, profiles: USUAL_PROFILES });
  desk = new Desk(dir);
  const report = await auditDirectory(dir, { threads: 1, most: 0, allowUnproven: true });
  const { transitions, stopped } = desk.facts();
  checks = { running: null, report, problem: undefined, shown: { transitions, stopped, askers: desk.askers() } };
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const sorts = (text: string): string[] => search(desk, text).found.map(({ sort, what }) => `${sort}: ${what}`);

test("a number finds the transition, the program and the resource that have it", () => {
  expect(sorts("1")).toEqual([
    expect.stringMatching(/^transition: 1\. CreateProgram by Mint \(program 1\)$/),
    "program: Mint (program 1)",
    expect.stringMatching(/^resource: resource 1, in \d+ transitions$/),
  ]);
  expect(sorts("17")).toEqual([expect.stringMatching(/^transition: 17\. /)]);
  expect(sorts("18")).toEqual([]);
});

test("a name, or a part of it, finds programs and kinds; every result leads somewhere", () => {
  expect(sorts("mint")).toEqual(["program: Mint (program 1)"]);
  expect(sorts("GOL")).toEqual(["kind: Gold (kind 4294967297)"]);
  for (const { links } of search(desk, "mint").found) {
    expect(links.length).toBeGreaterThan(0);
    for (const { params } of links) expect(params.view).toBeDefined();
  }
});

test("nothing, and what is not there, find nothing", () => {
  for (const text of ["", "   ", "nobody", `0x${"ab".repeat(32)}`, "-1", "1e3"]) expect(sorts(text)).toEqual([]);
});

test("the filter in the URL is the one that the query takes", () => {
  const params = new URLSearchParams("view=transitions&programs=A,%20B&kinds=&from=3&to=12");
  expect(filterWordsOf(params)).toEqual({ programs: ["A", "B"], from: 3, to: 12 });
  expect(isFiltered(params)).toBe(true);
  expect(isFiltered(new URLSearchParams("view=transitions&page=2"))).toBe(false);
  const page = desk.transitions(filterWordsOf(params), 0, 100);
  expect(page.stories.every(({ seq }) => seq >= 3 && seq <= 12)).toBe(true);
  expect(page.matching).toBe(page.stories.length);
});

test("a number in the filter that is none is refused by name", () => {
  expect(() => filterWordsOf(new URLSearchParams("from=x"))).toThrow(/^From is "x"; give a whole number$/);
  expect(() => filterWordsOf(new URLSearchParams("to=-1"))).toThrow(/^To is/);
});

test("files hold the transitions that the filter lets pass, and no others", () => {
  const question = { words: { from: 3, to: 5 }, chosen: undefined, batches: [] };
  const csv = String(exportFile(desk, "csv", question))
    .trimEnd()
    .split("\n");
  expect(csv[0]).toMatch(/^seq,group,at,effect,/);
  expect(csv.slice(1).map((line) => line.split(",")[0])).toEqual(["3", "4", "5"]);
  const { transitions } = JSON.parse(String(exportFile(desk, "json", question))) as { transitions: { seq: number }[] };
  expect(transitions.map(({ seq }) => seq)).toEqual([3, 4, 5]);
  const chosen = new Uint8Array(17);
  chosen[3] = 1;
  const marked = String(exportFile(desk, "csv", { ...question, chosen }))
    .trimEnd()
    .split("\n");
  expect(marked.slice(1).map((line) => line.split(",")[0])).toEqual(["4"]);
});

test("behind a fault of the replay the records are told, as far as they can be read, and are not green", async () => {
  const broken = await freshRun();
  const path = join(broken, "trace.jsonl");
  const text = await readFile(path, "utf8");
  await writeFile(
    path,
    text
      .split("\n")
      .map((line) => (line.startsWith('{"seq":10,') ? line.replace(/"clock":\d+/, '"clock":31') : line))
      .join("\n"),
  );
  const there = new Desk(broken);
  expect(there.facts()).toMatchObject({ transitions: 9, records: 17, stopped: expect.stringMatching(/transition 10/) });
  const page = there.transitions({}, 0, 100);
  expect([page.matching, page.stories.length, page.unreached.length]).toEqual([17, 9, 8]);
  expect(page.unreached[0]).toMatchObject({ seq: 10, asks: [expect.stringMatching(/^[A-Z]/)] });
  expect(there.transitions({}, 12, 3).unreached.map(({ seq }) => seq)).toEqual([13, 14, 15]);
  expect(there.transitions({ from: 12 }, 0, 100).unreached.map(({ seq }) => seq)).toEqual([12, 13, 14, 15, 16, 17]);
  expect(there.transitions({ programs: ["A"] }, 0, 100).unreached).toEqual([]);
});

const answers = (asked: Checks): Map<string, string> =>
  new Map(trustParts(asked, desk.facts()).map(({ question, answer, verdict }) => [question, `${verdict}: ${answer}`]));

test("without a node, what only a chain can tell is unknown, and no answer is green", () => {
  const told = answers(checks);
  expect(told.get("What does the map's contract say?")).toBe("open: there is no map on a chain");
  expect(told.get("Who may act in a program's name?")).toBe("open: 4 of 4 programs open");
  expect(told.get("Do proofs show that the rules were kept?")).toBe("open: there are no proofs");
  expect([...told.values()].every((answer) => answer.startsWith("open"))).toBe(true);
});

/** A map as a node tells of it: its head at transition 8. */
const MAP: ChainReport = {
  ...{ chainId: "1", registry: "0xreg", mapId: "0xmap", domain: "5", block: 9, blockTime: 1_767_300_000 },
  head: { root: "7", seq: 8, time: 1_767_225_600 },
  ...{ createdIn: 2, owner: "0xowner", pendingOwner: null, submitters: ["0xa", "0xb"] },
  terms: { genesisRoot: "1", genesisTime: 0, maxLag: 604_800, verifierDelay: 86_400, dataPolicy: "operator" },
  verifiers: [
    {
      ...{ keyHash: "0xkey", profile: "batch-8", enabledFrom: 1_767_000_000, disabled: false, status: "active" },
      ...{ key: "same", ownKey: "0xkey", kind: "development", ceremony: null },
    },
  ],
  mooring: null,
  notCompared: [],
  accepted: [{ firstSeq: 1, lastSeq: 8, transaction: "0xt", block: 8 }],
};

test("with a node, submitters, keys, notice and data policy are answered from the contract", () => {
  const chain = {
    node: "http://node",
    report: MAP,
    code: "same" as const,
    problems: [],
    crossing: null,
    failure: null,
  };
  const told = answers({ ...checks, chain });
  expect(told.get("Has a chain accepted this run?")).toBe("open: up to transition 8 of 17");
  expect(told.get("Who may submit batches?")).toBe("open: 2 accounts");
  expect(told.get("Under which keys are proofs accepted?")).toBe("open: 1 key: development key");
  expect(told.get("Who may change that, and with what notice?")).toBe("open: the owner, 1 day ahead");
  expect(told.get("Who keeps the data?")).toBe("open: the operator");
});

test("another's key at the map, and a contradiction of its head, are red", () => {
  const foreign = MAP.verifiers.map((verifier) => ({ ...verifier, key: "another" as const }));
  const problem = { kind: "wrong" as const, where: "chain", field: "head root", message: "is 7 on chain" };
  const report = { ...MAP, verifiers: foreign };
  const told = answers({
    ...checks,
    chain: { node: "n", report, code: "same", problems: [problem], crossing: null, failure: null },
  });
  expect(told.get("Under which keys are proofs accepted?")).toMatch(/^bad/);
  expect(told.get("Has a chain accepted this run?")).toMatch(/^bad/);
});

test("a node that does not answer leaves its mark grey, with the reason", () => {
  const chain = {
    node: "n",
    report: null,
    code: null,
    problems: [],
    crossing: null,
    failure: "the node does not answer",
  };
  expect(marksOf(1, { ...checks, chain }).chain.why).toMatch(/no answer that can be used: the node does not answer/);
  expect(answers({ ...checks, chain }).get("What does the map's contract say?")).toMatch(/^open/);
});

test("transitions that the chain accepted and this run cannot show are red; those behind its head are grey", () => {
  const chain = { node: "n", report: MAP, code: "same" as const, problems: [], crossing: null, failure: null };
  expect(marksOf(8, { ...checks, chain }).chain).toMatchObject({
    verdict: "bad",
    why: expect.stringMatching(/no bundle/),
  });
  expect(marksOf(9, { ...checks, chain }).chain).toMatchObject({ verdict: "open", why: expect.stringMatching(/head/) });
});

test("durations are exact where they are short", () => {
  expect([86_400, 129_600, 90, 1, 29_284_688].map(lasting)).toEqual([
    ...["1 day", "36 hours", "90 seconds", "1 second", "about 339 days"],
  ]);
});
