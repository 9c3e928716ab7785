/** Withdrawals that give programs other numbers: nothing that meant one program is carried out for another. */
import { describe, expect, test } from "vitest";
import { highestProgram } from "../../../service/operator/namedPrograms.ts";
import { SuspendedError } from "../../../service/operator/suspensions.ts";
import type { Proposal } from "../../../service/operator/types.ts";
import type { Effect } from "../../../trace/effects/effects.ts";
import { PROGRAM } from "../../../trace/effects/fieldTypes.ts";
import { EFFECTS } from "../../../trace/effects/shapes.ts";
import { BITS, idOf, kindOf, TRIGGERED_ID } from "../../../trace/layout.ts";
import { authority } from "../../lib/authorities.ts";
import { asProgram, emptyRun, issue, nextId, type Served, served, signed, single } from "./lib/served.ts";

const create = (key: number): Effect => ({ effect: "CreateProgram", inbox: 16, authority: authority(key) });
const give = (to: number): Effect => ({
  effect: "EscrowToProgram",
  from: 1,
  to: { program: to, slot: 16 },
  deadline: 0,
});

/** 1 makes program 5 with key 8, 2 makes program 6 with key 9; the batch is cut. 3 has something to give away. */
async function newcomers(): Promise<Served> {
  const all = await served(await emptyRun(), { groupWithin: 500 });
  await all.propose(3, issue(3, 1));
  await all.propose(1, create(8));
  await all.propose(2, create(9));
  all.clock.now += 10;
  await all.operator.tick();
  return all;
}

/** Those of the genesis sign, but one. Its effects are taken out. */
async function lapse({ operator, clock, signAll }: Served, who = 1): Promise<void> {
  await signAll(...[1, 2, 3].filter((program) => program !== who));
  clock.now += 100;
  await operator.tick();
  await operator.tick();
}

/** Opens a group of 3 and 2, of these effects. */
async function open({ operator, clock }: Served, ofThree: Effect, ofTwo: Effect = issue(2, 9)): Promise<Proposal> {
  const parts = [
    { actor: 3, effect: ofThree },
    { actor: 2, effect: ofTwo },
  ];
  const proposal = { id: nextId(), parts, validUntil: clock.now + 400 };
  expect(await operator.propose(proposal, asProgram(3))).toMatchObject({ status: "open" });
  return proposal;
}

describe("an open group", () => {
  test("that names a program whose number changes is over, and approving it does nothing", async () => {
    const all = await newcomers();
    const { operator, events } = all;
    // For the one with key 8.
    const proposal = await open(all, give(5));
    await lapse(all);
    expect(operator.map().programs()).toBe(5);
    const state = { status: "refused", code: "invocation-causal", message: expect.stringContaining("programs from 5") };
    expect(operator.proposal(proposal.id)?.state).toEqual(state);
    expect(await operator.approve(proposal.id, asProgram(2))).toEqual(state);
    expect(operator.openProposals()).toEqual([]);
    expect((await operator.status()).seq).toBe(2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(events).toContainEqual({ type: "proposal", id: proposal.id, state });
  });

  test("that names none of those goes on", async () => {
    const all = await newcomers();
    const proposal = await open(all, give(4));
    await lapse(all);
    expect(await all.operator.approve(proposal.id, asProgram(2))).toMatchObject({ status: "accepted" });
  });

  test("goes on if the program that it names keeps its number", async () => {
    const all = await newcomers();
    const named = await open(all, give(5));
    const changed = await open(all, give(6));
    // 2 lapses: its newcomer, 6, is gone, and 5 stays.
    await all.signAll(1, 3);
    all.clock.now += 100;
    await all.operator.tick();
    await all.operator.tick();
    expect(await all.operator.status()).toMatchObject({ programs: 5, numbering: 1 });
    expect(all.operator.proposal(named.id)?.state).toMatchObject({ status: "open" });
    expect(all.operator.proposal(changed.id)?.state).toMatchObject({ status: "refused" });
  });

  test("is over after a crash at any moment of the withdrawal, too", async () => {
    let stop = "";
    const dir = await emptyRun();
    const all = await served(dir, {
      groupWithin: 500,
      onStep: (step) => {
        if (step === stop) throw Object.assign(new Error("no space left"), { code: "ENOSPC", syscall: "write" });
      },
    });
    await all.propose(1, create(8));
    await all.propose(2, create(9));
    all.clock.now += 10;
    await all.operator.tick();
    const proposal = await open(all, give(5));
    await all.signAll(2);
    all.clock.now += 100;
    for (stop of ["withdrawal: decide", "withdrawal: trace", "withdrawal: journal", "withdrawal: end"]) {
      await all.operator.tick();
    }
    await all.operator[Symbol.asyncDispose]();
    const { operator } = await served(dir, { now: all.clock.now });
    await operator.tick();
    expect(await operator.status()).toMatchObject({ programs: 5, numbering: 1 });
    expect(operator.proposal(proposal.id)?.state).toMatchObject({ status: "refused" });
  });
});

describe("a proposal", () => {
  /** By someone who looked at the map before: 5 was the one with key 8. */
  const late = ({ clock }: Served, numbering?: number): Proposal => ({
    ...single(3, give(5), clock.now + 100),
    ...(numbering !== undefined && { numbering }),
  });

  test("from before numbers changed is refused, and one that names the numbering is not", async () => {
    const all = await newcomers();
    const { operator } = all;
    expect((await operator.status()).numbering).toBe(0);
    await lapse(all);
    expect((await operator.status()).numbering).toBe(1);
    const refusal = { code: "invalid", field: "numbering" };
    await expect(operator.propose(late(all), asProgram(3))).rejects.toMatchObject(refusal);
    await expect(operator.propose(late(all, 0), asProgram(3))).rejects.toMatchObject(refusal);
    await expect(operator.propose(late(all, 2), asProgram(3))).rejects.toMatchObject(refusal);
    await expect(operator.propose(late(all, -1), asProgram(3))).rejects.toMatchObject(refusal);
    expect(await operator.propose(late(all, 1), asProgram(3))).toMatchObject({ status: "accepted" });
  });

  test("that came while numbers were changing is refused", async () => {
    const sent: Promise<unknown>[] = [];
    const all = await served(await emptyRun(), {
      onStep: (step) => {
        if (step !== "withdrawal: decide") return;
        sent.push(all.operator.propose(late(all), asProgram(3)), all.operator.propose(late(all, 0), asProgram(3)));
        for (const each of sent) each.catch(() => undefined);
      },
    });
    await all.propose(3, issue(3, 1));
    await all.propose(1, create(8));
    await all.propose(2, create(9));
    all.clock.now += 10;
    await all.operator.tick();
    await lapse(all);
    expect(sent).toHaveLength(2);
    for (const each of sent) await expect(each).rejects.toMatchObject({ field: "numbering" });
  });

  test("that names only programs whose numbers never changed needs no numbering", async () => {
    const all = await newcomers();
    await lapse(all);
    const { operator, clock } = all;
    for (const numbering of [undefined, 0]) {
      const proposal = { ...single(2, issue(2, numbering === undefined ? 1 : 2), clock.now + 100), numbering };
      expect(await operator.propose(proposal, asProgram(2))).toMatchObject({ status: "accepted" });
    }
  });

  test("needs none while no number has changed", async () => {
    const all = await newcomers();
    await lapse(all, 3);
    expect(await all.operator.status()).toMatchObject({ programs: 6, numbering: 0 });
    expect(await all.propose(5, issue(5, 1), 8)).toMatchObject({ status: "accepted" });
  });

  test("is bound to the last change, over restarts", async () => {
    const all = await newcomers();
    await lapse(all);
    const { clock, dir } = all;
    const propose = (operator: Served["operator"], numbering: number) =>
      operator.propose({ ...single(5, issue(5, numbering), clock.now + 10), numbering }, asProgram(5, 9));
    await all.operator[Symbol.asyncDispose]();
    const again = await served(dir, { now: clock.now });
    expect((await again.operator.status()).numbering).toBe(1);
    expect(await propose(again.operator, 1)).toMatchObject({ status: "accepted" });
    // 2 does not sign what made 5.
    again.clock.now += 100;
    clock.now = again.clock.now;
    await again.operator.tick();
    await again.operator.tick();
    expect(await again.operator.status()).toMatchObject({ programs: 4, numbering: 2 });
    await expect(propose(again.operator, 1)).rejects.toMatchObject({ field: "numbering" });
    await again.propose(3, create(9));
    await expect(propose(again.operator, 1)).rejects.toMatchObject({ field: "numbering" });
    expect(await propose(again.operator, 2)).toMatchObject({ status: "accepted" });
  });

  test("is the same one with the same numbering only", async () => {
    const all = await newcomers();
    const proposal = late(all, 0);
    const state = await all.operator.propose(proposal, asProgram(3));
    expect(await all.operator.propose(proposal, asProgram(3))).toEqual(state);
    await expect(all.operator.propose({ ...proposal, numbering: 1 }, asProgram(3))).rejects.toMatchObject({
      field: "id",
    });
  });
});

test("a suspension goes with the program, and not with its number", async () => {
  const all = await newcomers();
  const { operator, clock, propose } = all;
  await propose(6, issue(6, 1), 9);
  clock.now += 10;
  await operator.tick();
  await all.signAll(2, 3);
  clock.now += 100;
  await operator.tick();
  await operator.tick();
  // 1 and 6 have lapsed; 6 is 5 now.
  const { numbering } = await operator.status();
  const own = (): Promise<unknown> =>
    operator.propose({ ...single(5, issue(5, 2), clock.now + 10), numbering }, asProgram(5, 9));
  await expect(own()).rejects.toBeInstanceOf(SuspendedError);
  await propose(3, create(7));
  const newcomer = { ...single(6, issue(6, 1), clock.now + 10), numbering };
  expect(await operator.propose(newcomer, asProgram(6, 7))).toMatchObject({ status: "accepted" });
  const { domain } = await operator.status();
  for (const wanted of operator.toSign(2)) await operator.sign(signed(wanted, domain, 2));
  clock.now += 100;
  expect(await own()).toMatchObject({ status: "accepted" });
});

describe("the highest program that a proposal names", () => {
  const place = { program: 77, slot: 200 };
  const watch = (trigger: readonly Effect[]): Effect => ({
    ...{ effect: "WatchResource", slot: 250, target: { program: 2, slot: 9 }, condition: "change" },
    ...{ kind: 0n, threshold: 2n ** 100n, trigger },
  });
  const lend: Effect = {
    ...{ effect: "DelegateCapability", slot: 255, grantee: 2, rights: ["claim"] },
    ...{ scope: "all", subject: 0n, expiry: 2 ** 39 },
  };
  const all: [string, Effect][] = [
    ["a place that gets something", { effect: "EscrowToProgram", from: 255, to: place, deadline: 2 ** 39 }],
    ["a place that something is taken from", { effect: "ClaimFromProgram", from: place, to: "in place" }],
    ["the capability that allows it", { effect: "ClaimFromProgram", from: { program: 2, slot: 1 }, to: 1, by: place }],
    ["an escrow that is taken back", { effect: "RevokeResource", from: place, to: 255 }],
    ["a program that is called", { effect: "InvokeProgram", program: 77, name: 2n ** 200n, args: [], entry: 255 }],
    ["a kind that is issued", { effect: "Issue", kind: kindOf(77, 2 ** 32 - 1), quantity: 2n ** 127n, slot: 255 }],
    [
      "a kind that an entry takes",
      {
        ...{ effect: "DeclareEntry", slot: 255, name: "x", nargs: 255, accepts: kindOf(77, 1) },
        ...{ minimum: 2n ** 100n, guarded: true },
      },
    ],
    ["one that is lent to", { ...lend, grantee: 77 }],
    ["the cell that is lent", { ...lend, scope: place }],
    ["the maker of what is lent", { ...lend, subject: idOf(77, 5) }],
    ["the capability that is lent on", { ...lend, by: place }],
    ["a cell that is watched", { ...watch([]), target: place } as Effect],
    ["a kind that is watched", { ...watch([]), kind: kindOf(77, 0) } as Effect],
    [
      "an effect of a trigger",
      watch([
        { effect: "Clear", slot: 255 },
        { effect: "RevokeResource", from: place, to: 1 },
      ]),
    ],
    ["a trigger of a trigger", watch([watch([{ ...lend, grantee: 77 }])])],
    ["an effect of several", { effect: "AtomicBatch", effects: [lend, { ...lend, grantee: 77 }] as never }],
    [
      "one that is waited for",
      {
        effect: "JoinWith",
        programs: [
          { program: 77, steps: 2 ** 31 },
          { program: 3, steps: 1 },
        ],
      },
    ],
  ];
  test.each(all)("is that of %s", (_, effect) => {
    expect(highestProgram({ parts: [{ actor: 3, effect }] })).toBe(77);
    expect(highestProgram({ parts: [{ actor: 99, effect }] })).toBe(99);
  });

  test("is that of an actor, where nothing else is a program's number", () => {
    const others: Effect[] = [
      { effect: "CreateProgram", inbox: 256, authority: authority(1) },
      { effect: "RotateAuthority", authority: authority(2) },
      { effect: "Retire", slot: 255 },
      { effect: "Split", from: 255, to: 254, part: 2n ** 100n },
      { effect: "Merge", from: 255, to: 254 },
      { effect: "RevokeCapability", slot: 255 },
      { effect: "Unwatch", slot: 255 },
      { ...lend, subject: TRIGGERED_ID + 5n } as Effect,
    ];
    for (const effect of others) expect(highestProgram({ parts: [{ actor: 2, effect }] })).toBe(2);
  });

  test("knows every field that is a program's number by its type", () => {
    const most = 2 ** BITS.program - 1;
    const text = JSON.stringify(EFFECTS, (_, value: unknown) => {
      const form = value as { is?: unknown; most?: unknown } | null;
      return form?.is === "integer" && form.most === most && form !== PROGRAM.form ? "another type" : value;
    });
    expect(text).not.toContain("another type");
  });
});
