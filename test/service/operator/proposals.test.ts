import { describe, expect, test, vi } from "vitest";
import type { Caller, Proposal } from "../../../service/operator/types.ts";
import type { Effect, Single } from "../../../trace/effects/effects.ts";
import { InvalidInputError, RefusedError } from "../../../trace/errors.ts";
import { replayDirectory } from "../../../trace/replay/replay.ts";
import { authority } from "../../lib/authorities.ts";
import { asProgram, emptyRun, genesisOf, issue, nextId, OPERATOR, START, served, single } from "./lib/served.ts";

/** Programs 1 to 3 have keys, 4 and 5 are open. */
const run = () => emptyRun(genesisOf(3, 2));

/** Gold of 1 for silver of 2, at once. Both lie in slot 1. */
function swap(validUntil = START + 100): Proposal {
  const give = (from: number, to: number): Effect => {
    return { effect: "EscrowToProgram", from: 1, to: { program: to, slot: 16 + from }, deadline: 0 };
  };
  return { id: nextId(), parts: [1, 2].map((actor) => ({ actor, effect: give(actor, 3 - actor) })), validUntil };
}

/** An operator of a run in which 1 and 2 have something to give. */
async function ready() {
  const all = await served(await run());
  for (const program of [1, 2]) await all.propose(program, issue(program, 1));
  return all;
}

test("an effect that is answered as accepted is on disk", async () => {
  const { propose, dir, operator } = await served(await run());
  expect(await propose(1, issue(1, 1))).toEqual({ status: "accepted", firstSeq: 1, lastSeq: 1 });
  const { trace, map } = replayDirectory(dir);
  expect(trace.records).toMatchObject([{ seq: 1, at: START, effect: "Issue", actor: 1 }]);
  expect(await operator.status()).toMatchObject({ seq: 1, root: map.root(), at: START, programs: 5 });
  expect(operator.records(1, 1)).toEqual(trace.records);
  expect(() => operator.records(1, 2)).toThrow("holds transitions 1 to 1");
});

test("a refused effect names its invariant and leaves nothing", async () => {
  const { propose, dir, operator, clock } = await served(await run());
  const retire = single(1, { effect: "Retire", slot: 1 }, clock.now + 1);
  await expect(operator.propose(retire, asProgram(1))).rejects.toMatchObject({ invariant: "no-double-spend" });
  expect(operator.proposal(retire.id)).toBeUndefined();
  expect(replayDirectory(dir).trace.records).toEqual([]);
  await propose(1, issue(1, 1));
  expect(await operator.propose(retire, asProgram(1))).toMatchObject({ status: "accepted", firstSeq: 2 });
});

test("proposals of the same moment share a commit, and one that is refused harms none", async () => {
  const steps: string[] = [];
  const { propose } = await served(await run(), { onStep: (step) => steps.push(step) });
  steps.length = 0;
  const answers = await Promise.allSettled([
    propose(1, issue(1, 1)),
    propose(2, { effect: "Retire", slot: 9 }),
    propose(3, issue(3, 1)),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(steps).toEqual(["journal", "trace"]);
});

test("time is the clock's, and never goes back", async () => {
  const { propose, clock, operator } = await served(await run());
  clock.now += 5;
  await propose(1, issue(1, 1));
  clock.now -= 3;
  await propose(1, issue(1, 2));
  expect(operator.records(1, 2).map(({ at }) => at)).toEqual([START + 5, START + 5]);
});

describe("a proposal that is sent twice", () => {
  test("happens once, and is answered the same", async () => {
    const { operator, clock, dir } = await served(await run());
    const proposal = single(1, issue(1, 1), clock.now + 10);
    const first = await operator.propose(proposal, asProgram(1));
    clock.now += 20;
    // Members in another order are the same proposal.
    const { id, parts, validUntil } = proposal;
    expect(await operator.propose({ validUntil, parts, id }, asProgram(1))).toEqual(first);
    expect(replayDirectory(dir).trace.records).toHaveLength(1);
  });

  test("is refused if it is another one with the same id", async () => {
    const { operator, clock } = await served(await run());
    const id = nextId();
    await operator.propose(single(1, issue(1, 1), clock.now + 10, id), asProgram(1));
    const other = operator.propose(single(1, issue(1, 2), clock.now + 10, id), asProgram(1));
    await expect(other).rejects.toThrow("id: is that of another proposal");
  });

  test("is forgotten an hour after its validUntil, and then too late", async () => {
    const { operator, clock, signAll, proofs } = await served(await run());
    const proposal = single(1, issue(1, 1), clock.now + 10);
    await operator.propose(proposal, asProgram(1));
    clock.now += 10;
    await operator.tick();
    await signAll(1);
    await proofs.deliver();
    clock.now += 3_600;
    await operator.tick();
    expect(operator.proposal(proposal.id)?.state.status).toBe("accepted");
    clock.now += 61;
    await operator.tick();
    expect(operator.proposal(proposal.id)).toBeUndefined();
    await expect(operator.propose(proposal, asProgram(1))).rejects.toThrow("validUntil");
  });
});

describe("who may propose", () => {
  const cases: [string, Proposal["parts"], Parameters<typeof asProgram> | "operator", string | null][] = [
    ["a program, its own effect", [{ actor: 1, effect: issue(1, 1) }], [1], null],
    ["a program with another's key", [{ actor: 1, effect: issue(1, 1) }], [1, 2], "another key"],
    ["a program, another's effect", [{ actor: 1, effect: issue(1, 1) }], [2], "acts in no part"],
    ["the operator, an open program's effect", [{ actor: 4, effect: issue(4, 1) }], "operator", null],
    ["an open program by itself", [{ actor: 4, effect: issue(4, 1) }], [4, 1], "is open"],
    ["a program that does not exist", [{ actor: 9, effect: issue(9, 1) }], [9, 1], "no program 9"],
  ];
  test.each(cases)("%s", async (_, parts, by, refusal) => {
    const { operator, clock } = await served(await run());
    const caller = by === "operator" ? OPERATOR : asProgram(...by);
    const answer = operator.propose({ id: nextId(), parts, validUntil: clock.now + 1 }, caller);
    if (refusal === null) expect(await answer).toMatchObject({ status: "accepted" });
    else await expect(answer).rejects.toThrow(refusal);
  });

  test("the operator's proposal of a keyed program's effect waits for the program", async () => {
    const { operator, clock } = await served(await run());
    const proposal = single(1, issue(1, 1), clock.now + 10);
    expect(await operator.propose(proposal, OPERATOR)).toEqual({ status: "open", missing: [1] });
    await expect(operator.approve(proposal.id, OPERATOR)).rejects.toThrow("have keys");
    expect(await operator.approve(proposal.id, asProgram(1))).toMatchObject({ status: "accepted" });
  });

  test("a program that took another key proposes with that one", async () => {
    const { propose } = await served(await run());
    await propose(1, { effect: "RotateAuthority", authority: authority(7) });
    await expect(propose(1, issue(1, 1))).rejects.toThrow("another key");
    expect(await propose(1, issue(1, 1), 7)).toMatchObject({ status: "accepted" });
  });
});

describe("the shape of a proposal", () => {
  const good = (): Proposal => single(1, issue(1, 1), START + 10);
  const bad: [string, Partial<Proposal>, string][] = [
    ["an id that is too short", { id: "00" }, "id: is not 32 hexadecimal digits"],
    ["no effect", { parts: [] }, "parts: are 1 to 256 effects"],
    ["a time that is past", { validUntil: START - 1 }, "it is 1767225600 already"],
    ["a time that is too far ahead", { validUntil: START + 1_001 }, "give a time up to"],
    [
      "an effect without a field",
      { parts: [{ actor: 1, effect: { effect: "Retire" } as Effect }] },
      "Retire.slot: is missing; give a slot, 1 to 255",
    ],
    ["an effect that there is not", { parts: [{ actor: 1, effect: { effect: "Steal" } as never }] }, "effect"],
    ["a part that is nothing", { parts: [null as never] }, "parts[0].actor"],
    [
      "a batch within a group",
      {
        parts: [
          { actor: 1, effect: issue(1, 1) },
          { actor: 1, effect: { effect: "AtomicBatch", effects: [issue(1, 2) as Single] } },
        ],
      },
      "is an AtomicBatch; a proposal of several effects is one group",
    ],
  ];
  test.each(bad)("%s", async (_, change, refusal) => {
    const { operator } = await served(await run());
    const answer = operator.propose({ ...good(), ...change }, asProgram(1));
    await expect(answer).rejects.toThrow(InvalidInputError);
    await expect(answer).rejects.toThrow(refusal);
  });

  test("a batch by itself, and the last moment of both bounds", async () => {
    const { operator } = await served(await run());
    const parts = [
      { actor: 1, effect: { effect: "AtomicBatch", effects: [issue(1, 1), issue(1, 2)] as Single[] } as Effect },
    ];
    const batch = await operator.propose({ ...good(), parts, validUntil: START }, asProgram(1));
    expect(batch).toEqual({ status: "accepted", firstSeq: 1, lastSeq: 2 });
    const last = await operator.propose({ ...single(1, issue(1, 3), START + 1_000) }, asProgram(1));
    expect(last.status).toBe("accepted");
  });
});

describe("a group of several programs", () => {
  test("happens when the last one approves", async () => {
    const { operator, dir } = await ready();
    const proposal = swap();
    expect(await operator.propose(proposal, asProgram(1))).toEqual({ status: "open", missing: [2] });
    expect(operator.openProposals(2)).toEqual([{ proposal, state: { status: "open", missing: [2] } }]);
    expect(operator.openProposals(1)).toEqual([]);
    expect(operator.openProposals()).toHaveLength(1);
    await expect(operator.approve(proposal.id, asProgram(3))).rejects.toThrow("acts in no part");
    await expect(operator.approve(nextId(), asProgram(2))).rejects.toThrow("no proposal");
    expect(await operator.approve(proposal.id, asProgram(2))).toMatchObject({ status: "accepted", firstSeq: 3 });
    expect(replayDirectory(dir).trace.records[2]).toMatchObject({ seq: 3, group: 3 });
    expect(operator.openProposals()).toEqual([]);
  });

  test("is over when nobody approved it in time", async () => {
    const { operator, clock, events } = await ready();
    const [late, soon] = [swap(START + 200), swap(START + 20)];
    for (const proposal of [late, soon]) await operator.propose(proposal, asProgram(1));
    clock.now += 20;
    await operator.tick();
    expect(operator.openProposals()).toHaveLength(2);
    clock.now += 1;
    expect(await operator.approve(soon.id, asProgram(2))).toEqual({ status: "expired" });
    clock.now += 30;
    await operator.tick();
    expect(operator.proposal(late.id)?.state).toEqual({ status: "expired" });
    expect(await operator.approve(late.id, asProgram(2))).toEqual({ status: "expired" });
    expect(events).toContainEqual({ type: "proposal", id: late.id, state: { status: "expired" } });
  });

  test("counts no approval of a key that was changed meanwhile", async () => {
    const { operator, propose } = await ready();
    const proposal = swap();
    await operator.propose(proposal, asProgram(1));
    await propose(1, { effect: "RotateAuthority", authority: authority(7) });
    expect(operator.proposal(proposal.id)?.state).toEqual({ status: "open", missing: [1, 2] });
    expect(await operator.approve(proposal.id, asProgram(2))).toEqual({ status: "open", missing: [1] });
    await expect(operator.approve(proposal.id, asProgram(1))).rejects.toThrow("another key");
    expect(await operator.approve(proposal.id, asProgram(1, 7))).toMatchObject({ status: "accepted" });
  });

  test("that a rule refuses at last never happens", async () => {
    const { operator, propose } = await ready();
    const proposal = swap();
    await operator.propose(proposal, asProgram(1));
    await propose(1, { effect: "Retire", slot: 1 });
    const refused = await operator.approve(proposal.id, asProgram(2));
    expect(refused).toMatchObject({ status: "refused", code: "no-double-spend" });
    expect(await operator.approve(proposal.id, asProgram(2))).toEqual(refused);
    expect(await operator.propose(proposal, asProgram(1))).toEqual(refused);
  });

  test("with an open program needs the operator", async () => {
    const { operator, clock } = await served(await run());
    const parts = [1, 4].map((actor) => ({ actor, effect: issue(actor, 1) }));
    const proposal = { id: nextId(), parts, validUntil: clock.now + 10 };
    expect(await operator.propose(proposal, asProgram(1))).toEqual({ status: "open", missing: [4] });
    expect(await operator.approve(proposal.id, OPERATOR)).toMatchObject({ status: "accepted" });
  });

  test("is read once, however often it is shown", async () => {
    const { operator } = await ready();
    const proposal = swap();
    await operator.propose(proposal, asProgram(1));
    const parse = vi.spyOn(JSON, "parse");
    try {
      for (let i = 0; i < 5; i++) {
        expect(operator.openProposals(2)).toHaveLength(1);
        expect(operator.openProposals()).toHaveLength(1);
        expect(operator.proposal(proposal.id)?.state.status).toBe("open");
      }
      expect(parse).not.toHaveBeenCalled();
      // One that is over is not kept in this form.
      await operator.approve(proposal.id, asProgram(2));
      parse.mockClear();
      expect(operator.proposal(proposal.id)).toMatchObject({ proposal, state: { status: "accepted" } });
      expect(parse).toHaveBeenCalledTimes(1);
    } finally {
      parse.mockRestore();
    }
  });

  test("is shown page by page, in the order of the ids, also behind a group that is over", async () => {
    const { operator } = await ready();
    const ids = ["c", "a", "e", "b", "d"].map((digit) => digit.repeat(32));
    const [, , , first] = ids;
    for (const id of ids) await operator.propose({ ...swap(), id }, asProgram(1));
    const page = (after?: string, program?: number) =>
      operator.openProposals(program, { after, most: 2 }).map(({ proposal }) => proposal.id[0]);
    expect(page()).toEqual(["a", "b"]);
    expect(page(first)).toEqual(["c", "d"]);
    await operator.approve("b".repeat(32), asProgram(2));
    expect(page(first, 2)).toEqual(["c", "d"]);
    expect(page("d".repeat(32))).toEqual(["e"]);
    expect(page("e".repeat(32))).toEqual([]);
    expect(page(undefined, 1)).toEqual([]);
  });
});

describe("open groups", () => {
  type All = Pick<Awaited<ReturnType<typeof served>>, "operator" | "clock">;
  /** A group that waits for program 3, or for whom the last actor is. */
  const begin = ({ operator, clock }: All, by: Caller, actors = [by.kind === "program" ? by.program : 4, 3]) => {
    const parts = actors.map((actor) => ({ actor, effect: issue(actor, 1) }));
    return operator.propose({ id: nextId(), parts, validUntil: clock.now + 10 }, by);
  };
  const OPEN = { status: "open" };

  test("are so many for one program, and another one still begins its own", async () => {
    const all = await served(await run(), { mostOpenEach: 2 });
    const { operator, clock } = all;
    const parts = [1, 3].map((actor) => ({ actor, effect: issue(actor, 1) }));
    const first = { id: nextId(), parts, validUntil: clock.now + 10 };
    expect(await operator.propose(first, asProgram(1))).toMatchObject(OPEN);
    expect(await begin(all, asProgram(1))).toMatchObject(OPEN);
    const refused = begin(all, asProgram(1));
    await expect(refused).rejects.toMatchObject({ code: "open-groups" });
    await expect(refused).rejects.toThrow("program 1 has 2 groups that wait for approval");
    // The same proposal again opens none.
    expect(await operator.propose(first, asProgram(1))).toMatchObject(OPEN);
    expect(await begin(all, asProgram(2))).toMatchObject(OPEN);
    expect(await operator.approve(first.id, asProgram(3))).toMatchObject({ status: "accepted" });
    expect(await begin(all, asProgram(1))).toMatchObject(OPEN);
  });

  test("of one moment are counted, too", async () => {
    const all = await served(await run(), { mostOpenEach: 2, commitMs: 5 });
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => begin(all, asProgram(1))));
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "rejected"]);
    expect(all.operator.openProposals()).toHaveLength(2);
  });

  test("count for the program that proposed them, whoever acts first in them, also after a restart", async () => {
    const all = await served(await run(), { mostOpenEach: 2 });
    for (let i = 0; i < 2; i++) expect(await begin(all, asProgram(1), [2, 1])).toMatchObject(OPEN);
    await all.operator[Symbol.asyncDispose]();
    const again = await served(all.dir, { mostOpenEach: 2 });
    expect(again.operator.openProposals()).toHaveLength(2);
    await expect(begin(again, asProgram(1), [2, 1])).rejects.toMatchObject({ code: "open-groups" });
    for (let i = 0; i < 2; i++) expect(await begin(again, asProgram(2))).toMatchObject(OPEN);
  });

  test("of a few programs leave places for one that has none, and for the operator", async () => {
    const all = await served(await run(), { mostOpen: 16, mostOpenEach: 16 });
    for (let i = 0; i < 12; i++) expect(await begin(all, asProgram(1))).toMatchObject(OPEN);
    await expect(begin(all, asProgram(1))).rejects.toMatchObject({ code: "busy" });
    expect(await begin(all, asProgram(2))).toMatchObject(OPEN);
    await expect(begin(all, asProgram(2))).rejects.toMatchObject({ code: "busy" });
    expect(await begin(all, asProgram(3), [1, 3])).toMatchObject(OPEN);
    // The two last places are the operator's.
    for (let i = 0; i < 2; i++) expect(await begin(all, OPERATOR)).toMatchObject(OPEN);
    await expect(begin(all, OPERATOR)).rejects.toMatchObject({ code: "busy" });
  });

  test("of all are so many", async () => {
    const all = await served(await run(), { mostOpen: 3 });
    for (const program of [1, 1, 2]) expect(await begin(all, asProgram(program))).toMatchObject(OPEN);
    await expect(begin(all, asProgram(2))).rejects.toMatchObject({ code: "busy" });
  });
});

test("anybody applies the trigger of a fired watch, once", async () => {
  const { operator, propose } = await served(await run());
  const trigger: Effect[] = [{ effect: "Retire", slot: 1 }];
  const watch = { slot: 5, target: { program: 1, slot: 2 }, condition: "arrival", kind: 0n, threshold: 0n } as const;
  await propose(1, issue(1, 1));
  await propose(1, { effect: "WatchResource", ...watch, trigger });
  await propose(1, { effect: "Retire", slot: 1 });
  // The trigger is refused now, so the watch stays fired.
  await propose(1, issue(1, 2));
  await expect(operator.applyTrigger({ program: 1, slot: 5 })).rejects.toThrow(RefusedError);
  await propose(1, issue(1, 1));
  // It names the first resource.
  await expect(operator.applyTrigger({ program: 1, slot: 5 })).rejects.toThrow(RefusedError);
  await expect(operator.applyTrigger({ program: 1, slot: 6 })).rejects.toThrow("only a fired watch");
});

test("a subscriber that throws harms nobody, and one that ends is told no more", async () => {
  const { operator, propose, events } = await served(await run());
  operator.subscribe(() => {
    throw new Error("fault");
  });
  let told = 0;
  const end = operator.subscribe(() => told++);
  await propose(1, issue(1, 1));
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toBe(2);
  end();
  await propose(1, issue(1, 2));
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toBe(2);
  expect(events.map(({ type }) => type)).toEqual(["transitions", "proposal", "transitions", "proposal"]);
});

test("nothing is taken after the end, and what was sent before is on disk", async () => {
  const { operator, propose, dir } = await served(await run());
  const answer = propose(1, issue(1, 1));
  await operator[Symbol.asyncDispose]();
  expect(await answer).toMatchObject({ status: "accepted" });
  expect(replayDirectory(dir).trace.records).toHaveLength(1);
  await expect(propose(1, issue(1, 2))).rejects.toMatchObject({ code: "closed" });
  const again = await served(dir);
  expect(await again.propose(1, issue(1, 2))).toMatchObject({ status: "accepted", firstSeq: 2 });
});

test("a second operator of the same run is refused", async () => {
  const { dir } = await served(await run());
  await expect(served(dir)).rejects.toMatchObject({ code: "locked" });
});
