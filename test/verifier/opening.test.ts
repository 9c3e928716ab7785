import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commitTo } from "../../trace/commitment/commit.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { type InclusionProof, proveInclusion, verifyInclusion } from "../../verifier/audit/audit.ts";
import { openingOf, openRecord } from "../../verifier/audit/inclusion.ts";
import { changeStore } from "../lib/changeStore.ts";
import { DIAGRAM, freshRun, PROFILE, provenRun, temporaryFolder } from "../lib/provenRun.ts";
import { makeStore } from "../lib/storedRun.ts";

async function diagram(): Promise<Transition[]> {
  const tracer = Tracer.from(DIAGRAM.genesis());
  await DIAGRAM.run(tracer);
  return tracer.transitions;
}

test.each([17, 32, 300])(
  "every record of a batch opens only against its own commitment, with %i rows",
  async (rows) => {
    const transitions = await diagram();
    const statement = { traceRoot: commitTo(transitions, rows).root, firstSeq: 1, rows };
    for (const { seq } of transitions) {
      const opening = openingOf(transitions, rows, seq);
      expect(verifyInclusion(opening, statement), `record ${seq}`).toBe(true);
      expect(verifyInclusion({ ...opening, seq: seq + 1 }, statement)).toBe(false);
    }
  },
  240_000,
);

test("an opening with any change is refused", async () => {
  const transitions = await diagram();
  const rows = 32;
  const statement = { traceRoot: commitTo(transitions, rows).root, firstSeq: 1, rows };
  const opening = openingOf(transitions, rows, 12);
  const { found, row, path } = opening;
  const [step] = path;
  if (step === undefined) throw new Error("a path has a step");
  const shifted: InclusionProof["found"]["A"] = [found.A[0] + (1n << 120n), found.A[1], found.A[2]];
  const lower: InclusionProof["found"]["B"] = [found.B[0] - 1n, found.B[1], found.B[2]];
  const forged: InclusionProof[] = [
    { ...opening, at: opening.at + 1 },
    { ...opening, last: !opening.last },
    { ...opening, row: { ...row, quantity: row.quantity + 1n } },
    { ...opening, row: { ...row, actor: row.actor + 1 } },
    { ...opening, row: { ...row, actor: row.actor + 2 ** 24, peer: row.peer - 1 } },
    { ...opening, row: { ...row, effect: "Retire" } },
    { ...opening, chain: opening.chain + 1n },
    { ...opening, logLane: opening.logLane + 1n },
    { ...opening, found: { ...found, X: found.S } },
    { ...opening, found: { ...found, S: [found.S[0], found.S[1], 1n] } },
    // The same lane, read as other words.
    { ...opening, found: { ...found, A: shifted, B: lower } },
    { ...opening, at: opening.at + 2 ** 40, last: false },
    { ...opening, path: path.slice(0, 1) },
    { ...opening, path: [{ ...step, index: (step.index + 1) % 16 }, ...path.slice(1)] },
    { ...opening, firstSeq: 2, seq: 13 },
    { ...opening, traceRoot: 5n },
  ];
  expect(verifyInclusion(opening, statement)).toBe(true);
  forged.forEach((forgery, index) => {
    expect(verifyInclusion(forgery, statement), `forgery ${index}`).toBe(false);
  });
  expect(verifyInclusion(opening, { ...statement, rows: 8 })).toBe(false);
});

test("a record is opened against the bundle that covers it", async () => {
  const dir = await provenRun();
  const opening = await proveInclusion(dir, 12);
  expect(opening).toMatchObject({ seq: 12, firstSeq: 9, row: { effect: "ClaimFromProgram" } });
  expect(verifyInclusion(opening, { traceRoot: opening.traceRoot, firstSeq: 9, rows: PROFILE.rows })).toBe(true);
  await expect(proveInclusion(dir, 18)).rejects.toThrow("no bundle covers transition 18");
  await expect(proveInclusion(await freshRun(), 1)).rejects.toThrow("prove it first");
});

test("a record that is opened by the store is that of a replay, also where the store is damaged", async () => {
  const dir = join(await temporaryFolder(), "run");
  cpSync(await provenRun(), dir, { recursive: true });
  makeStore(dir);
  for (const seq of [1, 8, 9, 12, 17]) {
    const opened = async (store?: false) => await openRecord(dir, seq, store);
    expect(await opened(), `${seq}`).toEqual(await opened(false));
  }
  changeStore(dir, "UPDATE cells SET words = x'0101ff01ff'");
  const notices: string[] = [];
  const named = await openRecord(dir, 12, { onNotice: (text) => notices.push(text) });
  expect(named).toEqual(await openRecord(dir, 12, false));
  expect(notices).toHaveLength(1);
});
