/** The audit's sentences on changes of keys, rights that are lent on, and several watches. */
import { expect, test } from "vitest";
import { Names } from "../../trace/describe/names.ts";
import { kindOf } from "../../trace/layout.ts";
import { keyedPrograms } from "../../trace/state/genesis.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { storyOf, type TransitionReport } from "../../verifier/audit/transitionReport.ts";
import { authority } from "../lib/authorities.ts";

/** Four programs, the last of them open. */
function tracer(): Tracer {
  const cells = keyedPrograms([authority(1), authority(2), authority(3), 0n], 16);
  return Tracer.from({ levels: 3, cells });
}

function stories({ transitions }: Tracer, effect: string): TransitionReport[] {
  const names = new Names({ programs: { 1: "A", 2: "B", 3: "C", 4: "D" }, kinds: {}, functions: {}, slots: {} });
  const words = { names, triggers: () => undefined };
  return transitions.filter((t) => t.effect === effect).map((t) => storyOf(t, words, null));
}

test("a change of key has the present and the next authority", () => {
  const run = tracer();
  run.program(1).rotateAuthority({ authority: authority(5) });
  run.program(4).rotateAuthority({ authority: authority(6) });
  run.program(2).createProgram({ authority: authority(7) });
  expect(stories(run, "RotateAuthority").map(({ right }) => right)).toEqual([
    `A (program 1) sets its own authority: from the next batch on ${authority(5)}; up to here ${authority(1)}`,
    `D (program 4) sets its own authority: from the next batch on ${authority(6)}; it was open until now`,
  ]);
  expect(stories(run, "CreateProgram")[0]?.right).toContain(`program 5 signs with ${authority(7)}`);
});

test("a right that was lent on has its line", () => {
  const run = tracer();
  const [a, b, c] = [run.program(1), run.program(2), run.program(3)];
  const gold = a.issue({ kind: kindOf(1, 1), quantity: 5n });
  const first = a.delegateCapability({ grantee: 2, rights: ["claim", "delegate"] });
  const second = b.delegateCapability({ grantee: 3, rights: ["claim"], by: first });
  c.claimFromProgram({ from: gold, by: second });
  expect(stories(run, "DelegateCapability")[1]?.right).toMatch(
    /^it lends on no more than it was lent: B \(program 2\) holds the capability in slot \d+ of A \(program 1\), granted by A \(program 1\) in transition 2, to claim and delegate/,
  );
  const [line] = stories(run, "Lineage");
  expect(line).toMatchObject({ actor: { name: "C" }, programs: [{ name: "A" }, { name: "B" }, { name: "C" }] });
  expect(line?.right).toMatch(
    /^the capability in slot \d+ of B \(program 2\) was derived from the one in slot \d+ of A \(program 1\), which has not been revoked$/,
  );
  expect(stories(run, "ClaimFromProgram")[0]?.right).toMatch(/derived from the one in slot \d+ of A \(program 1\)/);
});

test("several watches on one slot stand in the order of their checks", () => {
  const run = tracer();
  const a = run.program(1);
  for (let i = 0; i < 2; i++) a.watchResource({ target: a.place(9), condition: "arrival" });
  a.issue({ kind: kindOf(1, 1), quantity: 5n, slot: 9 });
  expect(stories(run, "WatchResource").map(({ right }) => right)).toEqual([
    "it is a slot of A (program 1)",
    "it is a slot of A (program 1); it is watch 2 on that slot",
  ]);
  const checks = stories(run, "Check");
  expect(checks.map(({ right }) => right.endsWith("; it is watch 2 on that slot"))).toEqual([false, true]);
  expect(checks.map(({ fired }) => fired?.program.name)).toEqual(["A", "A"]);
});
