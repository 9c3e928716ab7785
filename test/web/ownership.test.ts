/** The explorer's answers on who holds what and who may do what, over the example of a supply chain. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import chain from "../../examples/supply-chain.ts";
import treasury from "../../examples/treasury.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { verdictOf } from "../../web/page/compare/verdict.ts";
import { compare } from "../../web/work/history/compare.ts";
import { Desk } from "../../web/work/history/desk.ts";
import { Ownership } from "../../web/work/history/ownership.ts";

const folder = mkdtempSync(join(tmpdir(), "ownership-"));
const run = (name: string): string => join(folder, name);
let desk: Desk;
let ownership: Ownership;

beforeAll(async () => {
  await runScenario(chain, { out: run("chain"), seed: 1 });
  await runScenario(treasury, { out: run("treasury"), seed: 1 });
  desk = new Desk(run("chain"));
  ownership = new Ownership(desk);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Numbers of the transitions with this effect. */
const seqsOf = (effect: string): number[] =>
  desk.history.transitions.filter((t) => t.effect === effect).map(({ seq }) => seq);
const firstOf = (effect: string): number => seqsOf(effect)[0] ?? 0;

describe("at a moment of the supply chain", () => {
  test("an open escrow has its rights in words, and is counted on both sides", () => {
    const { escrows, programs, kinds } = ownership.overview(firstOf("EscrowToProgram"));
    expect(escrows.map(({ amount }) => amount)).toEqual(["12 Crates"]);
    expect(escrows[0]?.rights[0]).toMatch(/^Port \(program \d\) may claim it, until /);
    expect(kinds.map(({ amount }) => amount)).toContain("12 Crates");
    const counts = (name: string) => programs.find(({ state }) => state.name === name)?.counts;
    expect(counts("Port")).toMatchObject({ owns: 0, escrowsHeld: 1 });
    expect(counts("Farm")).toMatchObject({ escrowsGiven: 1, escrowsHeld: 0 });
  });

  test("what its transition did stands beside it; the genesis has done nothing", () => {
    const seq = firstOf("EscrowToProgram");
    expect(ownership.overview(seq).moment.did?.changes).toHaveLength(1);
    expect(ownership.overview(0).moment.did).toBeNull();
  });

  test("a kind's quantities are shared out among those who have it", () => {
    const seq = firstOf("EscrowToProgram");
    const { kind, holders } = ownership.kind(seq, "Crates");
    expect(kind).toMatchObject({ amount: "12 Crates", pieces: 1 });
    expect(holders).toMatchObject([{ program: { name: "Port" }, share: 1 }]);
    expect(ownership.kind(0, "Crates").holders).toEqual([]);
    expect(() => ownership.kind(seq, "Boxes")).toThrow('kind: "Boxes" is not there');
  });
});

describe("a capability that is lent on", () => {
  const [lent, lentOn] = [() => seqsOf("DelegateCapability")[0] ?? 0, () => seqsOf("DelegateCapability")[1] ?? 0];

  test("ends with the first one of its line, which is said before", () => {
    const { descendants, line } = ownership.capability(lentOn(), String(lent()));
    expect(line).toEqual([]);
    expect(descendants).toMatchObject([{ depth: 1, report: { made: lentOn(), status: "live" } }]);
    expect(ownership.capability(lentOn() - 1, String(lent())).descendants).toEqual([]);
  });

  test("has a line from the first grantor on", () => {
    const { line, descendants, capability } = ownership.capability(lentOn(), String(lentOn()));
    expect(line.map(({ report }) => report.made)).toEqual([lent()]);
    expect(capability.report.grantee.name).toBe("Assistant");
    expect(descendants).toEqual([]);
  });

  test("allows nothing once its parent is revoked", () => {
    const revoked = firstOf("RevokeCapability");
    expect(ownership.capability(revoked - 1, String(lentOn())).allows).not.toEqual([]);
    const after = ownership.capability(revoked, String(lentOn()));
    expect(after.capability.report.status).toBe("cut");
    expect(after.allows).toEqual([]);
  });
});

test("a watch that fired says which change fired it; before, it says nothing", () => {
  const set = firstOf("WatchResource");
  const fired = ownership.watch(desk.history.transitions.length, String(set));
  expect(fired.firing).toMatchObject({ change: firstOf("EscrowToProgram"), before: null, after: "12 Crates" });
  expect(fired.firing?.seq).toBe(firstOf("Check"));
  expect(ownership.watch(set, String(set)).firing).toBeNull();
});

describe("two runs compared", () => {
  const called = ["one", "other"] as const;
  const against = (other: string) => compare([run("chain"), run(other)], called, () => undefined);

  test("are the same if they are", () => {
    const comparison = against("chain");
    expect(comparison).toMatchObject({ same: true, around: [] });
    expect(verdictOf(comparison)).toMatch(/^The runs are the same: the genesis, all \d+ transitions, and the end$/);
  });

  test("say where they part, with the transitions around it", () => {
    const comparison = against("treasury");
    expect(comparison.same).toBe(false);
    const { common, differs } = comparison.transitions;
    expect(differs?.seq).toBe(common + 1);
    expect(comparison.around.find((one) => !one.common)?.seq).toBe(common + 1);
    expect(comparison.lines[0]).toBe("the runs differ; first: one, second: other");
    expect(verdictOf(comparison)).toMatch(/^The runs differ from (the genesis|transition \d+) on$/);
  });
});
