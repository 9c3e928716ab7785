/** The page's marks, made from reports of tampered runs: a fault turns what it touches red, and nothing else. */
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Bundle, proofsIn, rangeOf, readBundles, writeBundle } from "../../prover/bundles/bundle.ts";
import { signaturesIn } from "../../prover/signing/signatureFiles.ts";
import { packSpan } from "../../trace/commitment/commit.ts";
import { auditDirectory } from "../../verifier/audit/audit.ts";
import type { ChainReport } from "../../verifier/audit/chain.ts";
import type { Problem } from "../../verifier/bundleSequence.ts";
import type { ChainCheck } from "../../web/page/checks/chainCheck.ts";
import {
  batchMarks,
  type CheckName,
  type Checks,
  marksOf,
  selectedBy,
  type Verdict,
  worstOf,
} from "../../web/page/checks/marks.ts";
import { stripOf } from "../../web/page/checks/strip.ts";
import { trustParts } from "../../web/page/trust/trustParts.ts";
import { Desk, type RunFacts } from "../../web/work/history/desk.ts";
import { addProofs } from "../lib/cachedProofs.ts";
import { A, B, keyedRun, signFor } from "../lib/keyedRun.ts";
import { provenRun } from "../lib/provenRun.ts";

/** What the page knows of a run directory. The history is left out if it cannot be shown at all. */
async function checksOf(dir: string): Promise<Checks> {
  const report = await auditDirectory(dir, { threads: 1, most: 0, allowUnproven: true });
  const checks = { running: null, report, problem: undefined };
  try {
    const desk = new Desk(dir);
    const { transitions, stopped } = desk.facts();
    return { ...checks, shown: { transitions, stopped, askers: desk.askers() } };
  } catch {
    return checks;
  }
}

/** The verdicts of the 17 transitions of the run: `g` for good, `b` for bad, `o` for open. */
function verdicts(checks: Checks, name: CheckName, transitions = 17): string {
  return Array.from({ length: transitions }, (_, i) => marksOf(i + 1, checks)[name].verdict[0]).join("");
}

const ALL = "g".repeat(17);

/** The verdicts of the Trust view, by its questions. The run has no map on a chain. */
function trusted(checks: Checks): Record<string, Verdict> {
  const parts = trustParts(checks, { chain: null } as RunFacts);
  return Object.fromEntries(parts.map(({ question, verdict }) => [question, verdict]));
}

/** Changes the text of a file. */
async function change(path: string, how: (text: string) => string): Promise<void> {
  const before = await readFile(path, "utf8");
  const after = how(before);
  expect(after).not.toBe(before);
  await writeFile(path, after);
}

async function bundlePaths(dir: string): Promise<string[]> {
  return (await readdir(proofsIn(dir))).sort().map((name) => join(proofsIn(dir), name));
}

/** Changes the record of one transition. */
function changeRecord(dir: string, seq: number, from: RegExp, to: string): Promise<void> {
  return change(join(dir, "trace.jsonl"), (text) =>
    text
      .split("\n")
      .map((line) => (line.startsWith(`{"seq":${seq},`) ? line.replace(from, to) : line))
      .join("\n"),
  );
}

test("a whole run is green where it was checked, and grey where nobody signs and no node was asked", async () => {
  const checks = await checksOf(await provenRun());
  expect(verdicts(checks, "replay")).toBe(ALL);
  expect(verdicts(checks, "proof")).toBe(ALL);
  expect(verdicts(checks, "signature")).toBe("o".repeat(17));
  expect(verdicts(checks, "chain")).toBe("o".repeat(17));
  expect(marksOf(3, checks).chain.why).toMatch(/no node was asked/);
  expect(marksOf(3, checks).signature.why).toMatch(/open/);
  expect(stripOf(checks).map(({ verdict }) => verdict)).toEqual(["good", "good", "good", "open", "open"]);
});

test("before the report is there, and if the check fails, every mark is grey and says why", () => {
  const waiting: Checks = { running: { text: "verify", done: 1, of: 3 }, report: undefined, problem: undefined };
  expect(marksOf(1, waiting).proof).toEqual({ verdict: "open", why: "the check is not over yet" });
  const failed: Checks = { running: null, report: undefined, problem: "out of memory" };
  expect(marksOf(1, failed).replay).toEqual({ verdict: "open", why: "the check failed: out of memory" });
  expect(stripOf(waiting)[0]?.text).toBe("checking: verify, 1 of 3");
});

test("a record that the rules do not give is red; those behind it are not reached; proofs before it stay", async () => {
  const dir = await provenRun();
  await changeRecord(dir, 10, /"clock":\d+/, '"clock":31');
  const checks = await checksOf(dir);
  expect(verdicts(checks, "replay")).toBe("gggggggggbooooooo");
  expect(marksOf(10, checks).replay.why).toMatch(/^transition 10 clock: is 31, but replaying gives \d+$/);
  expect(marksOf(12, checks).replay.why).toMatch(/not reached: transition 10/);
  // The second proof holds, but nothing shows that it is of these records.
  expect(verdicts(checks, "proof")).toBe("ggggggggooooooooo");
  expect(marksOf(10, checks).proof.why).toMatch(/was verified here, but the trace does not replay/);
  expect(stripOf(checks)[0]?.verdict).toBe("bad");
});

test("a record that is allowed, but is not the proven one, turns its batch red and no other", async () => {
  const dir = await provenRun();
  // One second later: the rules allow it, and no other record depends on it.
  await changeRecord(dir, 17, /"at":(\d+)/, '"at":1767999999');
  const checks = await checksOf(dir);
  expect(verdicts(checks, "replay")).toBe(ALL);
  expect(verdicts(checks, "proof")).toBe("ggggggggggggggggb");
  expect(marksOf(17, checks).proof.why).toMatch(/the trace gives/);
});

test("a line that is no record is red; the check could not replay the others, nor compare them with the proofs", async () => {
  const dir = await provenRun();
  await changeRecord(dir, 10, /"effect"/, '"effekt"');
  const checks = await checksOf(dir);
  expect(checks.shown?.transitions).toBe(9);
  expect(verdicts(checks, "replay")).toBe("ooooooooobooooooo");
  expect(verdicts(checks, "proof")).toBe("o".repeat(17));
  expect(marksOf(3, checks).proof.why).toMatch(/verified here, but/);
});

test("a flipped byte in a bundle turns its batch red, and no other", async () => {
  const dir = await provenRun();
  const [, second = ""] = await bundlePaths(dir);
  await change(second, (text) => text.replace(/"proof":(.*?)(\d)/s, (_, head, digit) => `"proof":${head}${9 - digit}`));
  const checks = await checksOf(dir);
  expect(verdicts(checks, "replay")).toBe(ALL);
  expect(verdicts(checks, "proof")).toBe("ggggggggbbbbbbbbo");
  expect(marksOf(9, checks).proof.why).toMatch(/^the bundle 0000000009-0000000016-/);
  expect(marksOf(17, checks).proof.why).toMatch(/verified here, but it does not follow/);
});

test("a proof of another statement, filed under its right name, turns its batch red; the next one is left alone", async () => {
  const dir = await provenRun();
  const [first, second] = (await readBundles(dir)).flatMap((one) => ("bundle" in one ? [one.bundle] : []));
  const [, path = ""] = await bundlePaths(dir);
  if (first === undefined || second === undefined) throw new Error("there are three bundles");
  await rm(path);
  await writeBundle(dir, { ...second, proof: first.proof });
  const checks = await checksOf(dir);
  expect(verdicts(checks, "proof")).toBe("ggggggggbbbbbbbbg");
});

test("a statement that ends elsewhere turns its batch red; the next one does not follow it, and is grey", async () => {
  const dir = await provenRun();
  const [, second] = (await readBundles(dir)).flatMap((one) => ("bundle" in one ? [one.bundle] : []));
  const [, path = ""] = await bundlePaths(dir);
  if (second === undefined) throw new Error("there are three bundles");
  await rm(path);
  await writeBundle(dir, { ...second, statement: { ...second.statement, postRoot: 5n } });
  const checks = await checksOf(dir);
  expect(verdicts(checks, "proof")).toBe("ggggggggbbbbbbbbo");
});

test("a missing bundle: its transitions are red, those of the next are grey, the others stay green", async () => {
  const dir = await provenRun();
  const [, second = ""] = await bundlePaths(dir);
  await rm(second);
  const checks = await checksOf(dir);
  expect(verdicts(checks, "proof")).toBe("ggggggggbbbbbbbbo");
  expect(marksOf(9, checks).proof.why).toMatch(/its batch is missing/);
});

test("the last bundle missing is no contradiction: its transitions are grey", async () => {
  const dir = await provenRun();
  const [, , third = ""] = await bundlePaths(dir);
  await rm(third);
  const checks = await checksOf(dir);
  expect(verdicts(checks, "proof")).toBe("ggggggggggggggggo");
  expect(marksOf(17, checks).proof.why).toBe("no proof covers it yet");
  expect(stripOf(checks)[0]?.verdict).toBe("open");
});

test("two bundles that changed their names are both red", async () => {
  const dir = await provenRun();
  const [first = "", second = ""] = await bundlePaths(dir);
  await rename(first, `${first}.away`);
  await rename(second, first);
  await rename(`${first}.away`, second);
  expect(verdicts(await checksOf(dir), "proof")).toBe("bbbbbbbbbbbbbbbbo");
});

test("another genesis: nothing replays, and no proof is of these records", async () => {
  const dir = await provenRun();
  await change(join(dir, "genesis.json"), (text) => text.replace('"quantity":"7"', '"quantity":"8"'));
  const checks = await checksOf(dir);
  expect(verdicts(checks, "replay")).toBe("o".repeat(17));
  expect(marksOf(1, checks).replay.why).toMatch(/line 1 genesisRoot/);
  expect(verdicts(checks, "proof")).toBe("o".repeat(17));
  expect(stripOf(checks)[0]?.verdict).toBe("bad");
});

test("a genesis that cannot be read leaves no mark green", async () => {
  const dir = await provenRun();
  await change(join(dir, "genesis.json"), (text) => text.replace("{", "["));
  const checks = await checksOf(dir);
  for (const name of ["replay", "proof", "signature", "chain"] as const)
    expect(verdicts(checks, name)).toBe("o".repeat(17));
});

test("a manifest that cannot be read: the page's own replay makes nothing green, and nothing was compared", async () => {
  const dir = await provenRun();
  await change(join(dir, "manifest.json"), (text) => text.replace('"programs"', '"progrums"'));
  const checks = await checksOf(dir);
  expect(checks.shown?.transitions).toBe(17);
  expect(verdicts(checks, "replay")).toBe("o".repeat(17));
  expect(marksOf(4, checks).replay.why).toMatch(/the check of the run did not/);
  expect(verdicts(checks, "proof")).toBe("o".repeat(17));
  expect(stripOf(checks)[0]?.verdict).toBe("bad");
});

test("another name in the manifest turns nothing red: no proof covers names", async () => {
  const dir = await provenRun();
  await change(join(dir, "manifest.json"), (text) => text.replace('"Mint"', '"Mynt"'));
  const checks = await checksOf(dir);
  expect(verdicts(checks, "replay") + verdicts(checks, "proof")).toBe(ALL + ALL);
});

test("a program that has signed is green, one that has not is grey, each for its own transitions", async () => {
  const dir = await keyedRun();
  expect(verdicts(await checksOf(dir), "signature", 4)).toBe("oooo");
  await signFor(dir, A);
  const half = await checksOf(dir);
  expect(verdicts(half, "signature", 4)).toBe("gggo");
  expect(marksOf(1, half).signature.why).toMatch(/^signed by A \(program 1\): .* was verified here$/);
  expect(marksOf(4, half).signature.why).toBe("B (program 2) has not signed it");
  await signFor(dir, B);
  expect(verdicts(await checksOf(dir), "signature", 4)).toBe("gggg");
});

test("a signature that does not hold turns its program's transitions red, and no others", async () => {
  const dir = await keyedRun();
  await signFor(dir, A);
  await signFor(dir, B);
  const [, second = ""] = (await readdir(signaturesIn(dir))).sort();
  await change(join(signaturesIn(dir), second), (text) => {
    return text.replace(/"s":\s*"(\d+)(\d)"/, (_, head, digit) => `"s": "${head}${(Number(digit) + 1) % 10}"`);
  });
  const checks = await checksOf(dir);
  expect(verdicts(checks, "signature", 4)).toBe("gggb");
  expect(verdicts(checks, "replay", 4)).toBe("gggg");
});

test("transitions are selected by what is wrong, or not checked, about them", async () => {
  const dir = await provenRun();
  const [, second = ""] = await bundlePaths(dir);
  await rm(second);
  const checks = await checksOf(dir);
  const chosen = (filter: "bad" | CheckName): number[] =>
    [...selectedBy(filter, 17, checks)].flatMap((one, i) => (one === 1 ? [i + 1] : []));
  expect(chosen("bad")).toEqual([9, 10, 11, 12, 13, 14, 15, 16]);
  expect(chosen("proof")).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17]);
  expect(chosen("replay")).toEqual([]);
});

test("red is worse than grey, and grey than green", () => {
  const [good, open, bad] = (["good", "open", "bad"] as const).map((verdict) => ({ verdict, why: verdict }));
  if (good === undefined || open === undefined || bad === undefined) throw new Error("there are three");
  expect(worstOf([good, open, bad])).toBe(bad);
  expect(worstOf([good, open])).toBe(open);
  expect(worstOf([good])).toBe(good);
  expect(worstOf([])).toBeUndefined();
});

test("a signature that only a proof under a development key tells of is grey everywhere: anyone can forge it", async () => {
  const dir = await keyedRun();
  await signFor(dir, A);
  await signFor(dir, B);
  await addProofs(dir);
  const signed = await checksOf(dir);
  expect(verdicts(signed, "signature", 4)).toBe("gggg");
  expect(trusted(signed)).toMatchObject({
    "Who may act in a program's name?": "good",
    "Were acts left unsigned?": "good",
  });
  await rm(signaturesIn(dir), { recursive: true });
  const forged = await checksOf(dir);
  expect(forged.report?.signatures.map(({ status }) => status)).toEqual(["proven", "proven"]);
  expect(verdicts(forged, "signature", 4)).toBe("oooo");
  expect(marksOf(1, forged).signature.why).toMatch(/only a proof under a development key says so/);
  expect(stripOf(forged)[3]).toEqual({
    verdict: "open",
    text: "signatures 0 of 2, 2 more by a development key's proof alone",
  });
  expect(trusted(forged)).toMatchObject({
    "Who may act in a program's name?": "open",
    "Were acts left unsigned?": "open",
  });
  // Under another key than a development one, the proof stands for the signatures.
  const report = forged.report ?? expect.fail("there is a report");
  const keys = report.keys.map((key) => ({ ...key, kind: "unknown" as const }));
  expect(verdicts({ ...forged, report: { ...report, keys } }, "signature", 4)).toBe("gggg");
});

test("where the trace does not replay to its end, nothing says that all acts were signed", async () => {
  const dir = await keyedRun();
  await signFor(dir, A);
  await signFor(dir, B);
  await changeRecord(dir, 4, /"clock":\d+/, '"clock":31');
  const checks = await checksOf(dir);
  expect(trusted(checks)).toMatchObject({
    "Who may act in a program's name?": "open",
    "Were acts left unsigned?": "open",
  });
  expect(stripOf(checks)[3]?.verdict).toBe("open");
});

/** The second bundle of the run. */
async function secondBundle(dir: string): Promise<Bundle> {
  return (await readBundles(dir)).flatMap((one) => ("bundle" in one ? [one.bundle] : []))[1] ?? expect.fail();
}

test("a forged second bundle for the same transitions is red itself; the good one and the next stay green", async () => {
  const dir = await provenRun();
  const second = await secondBundle(dir);
  await writeBundle(dir, { ...second, statement: { ...second.statement, postRoot: 5n } });
  const checks = await checksOf(dir);
  expect(verdicts(checks, "proof")).toBe(ALL);
  expect(marksOf(9, checks).proof.why).toMatch(/there are other bundles for some of its transitions: /);
  const marks = batchMarks(checks).batches.map(({ mark }) => mark.verdict);
  expect(marks.sort()).toEqual(["bad", "good", "good", "good"]);
  expect(stripOf(checks)[0]?.verdict).toBe("bad");
});

test("a bundle within another one does not make the next one red", async () => {
  const dir = await provenRun();
  const second = await secondBundle(dir);
  const span = packSpan({ ...rangeOf(second), firstSeq: 10, count: 3 });
  await writeBundle(dir, { ...second, statement: { ...second.statement, span } });
  const checks = await checksOf(dir);
  expect(checks.report?.batches).toHaveLength(4);
  expect(verdicts(checks, "proof")).toBe(ALL);
});

/** What a node says of a map that has accepted some batches. */
function toldOf(change: { chainId?: string; accepted?: [number, number][]; problems?: Problem[] } = {}): ChainCheck {
  const { chainId = "1", accepted: ranges = [[1, 8]], problems = [] } = change;
  const accepted = ranges.map(([firstSeq, lastSeq]) => ({ firstSeq, lastSeq, transaction: "0x1", block: 5 }));
  const head = { root: "1", seq: ranges.at(-1)?.[1] ?? 0, time: 0 };
  const report = { chainId, registry: "0x2", accepted, head } as unknown as ChainReport;
  return { node: "https://node.example/key", report, code: "same", crossing: null, problems, failure: null };
}

const wrongOfChain = (field: string, kind: "wrong" | "unfinished" = "wrong"): Problem => {
  return { kind, where: "chain", field, message: "is not what it should be" };
};

test("a chain mark is green only for a batch whose proof is, and says whose word it is", async () => {
  const dir = await provenRun();
  const checks = { ...(await checksOf(dir)), chain: toldOf() };
  expect(verdicts(checks, "chain")).toBe("ggggggggooooooooo");
  expect(marksOf(1, checks).chain.why).toMatch(
    /says node\.example; chain 1, registry 0x2, both named by this run's manifest$/,
  );
  expect(stripOf(checks)[4]).toEqual({ verdict: "good", text: "on chain 1 up to 8, says node.example" });
  // A test chain, another range, and a map that has accepted nothing show nothing.
  expect(verdicts({ ...checks, chain: toldOf({ chainId: "31337" }) }, "chain")).toBe("o".repeat(17));
  expect(verdicts({ ...checks, chain: toldOf({ accepted: [[1, 10]] }) }, "chain")).toBe("o".repeat(17));
  expect(stripOf({ ...checks, chain: toldOf({ accepted: [] }) })[4]?.verdict).toBe("open");
  expect(stripOf({ ...checks, chain: toldOf({ chainId: "1337" }) })[4]?.verdict).toBe("open");
  await changeRecord(dir, 5, /"clock":\d+/, '"clock":31');
  const broken = { ...(await checksOf(dir)), chain: toldOf() };
  expect(verdicts(broken, "chain")).toBe("o".repeat(17));
});

test("a fault of the map as a whole leaves no chain mark green", async () => {
  const checks = await checksOf(await provenRun());
  for (const field of ["verifier 0x3", "batch 1..8", "domain", "head root"]) {
    const told = { ...checks, chain: toldOf({ problems: [wrongOfChain(field)] }) };
    expect(verdicts(told, "chain")).toBe("bbbbbbbbooooooooo");
  }
  const open = { ...checks, chain: toldOf({ problems: [wrongOfChain("verifier 0x3", "unfinished")] }) };
  expect(verdicts(open, "chain")).toBe("o".repeat(17));
});

test("what was found stands, also if something fails after it", async () => {
  const dir = await provenRun();
  await changeRecord(dir, 10, /"clock":\d+/, '"clock":31');
  const checks = { ...(await checksOf(dir)), problem: "a part of the page cannot be loaded" };
  expect(stripOf(checks)[0]?.verdict).toBe("bad");
});

test("a proof under a key that the page does not have is grey; the whole is then not in order, nor wrong", async () => {
  const dir = await provenRun();
  const second = await secondBundle(dir);
  const [, path = ""] = await bundlePaths(dir);
  await rm(path);
  await writeBundle(dir, { ...second, key: { ...second.key, hash: `0x${"7".repeat(64)}` } });
  const checks = await checksOf(dir);
  expect(verdicts(checks, "proof")).toBe(`${"g".repeat(8)}${"o".repeat(8)}g`);
  expect(marksOf(9, checks).proof.why).toMatch(/under a key that this page does not have; give its file under Checks/);
  expect(stripOf(checks)[0]).toEqual({ verdict: "open", text: "unfinished: no contradiction, 1 thing left to do" });
});

test("a run under a development key is never said to be in order without saying so", async () => {
  const checks = await checksOf(await provenRun());
  expect(stripOf(checks)[0]).toEqual({ verdict: "good", text: "in order by its numbers, under a development key" });
});
