/**
 * Three deals between two maps: a swap, a barrier, and a race with refund. Each scene makes the programs and the locks
 * in both maps, and says what every person does from then on by what it sees.
 */

import { type Deadlines, deadlinesFor, type MapTimes } from "../../trace/crossing/deal/deadlines.ts";
import { type Deal, type Move, movesOf, type Party, type Sights } from "../../trace/crossing/deal/deal.ts";
import { type Choice, orderMoves } from "../../trace/crossing/deal/race.ts";
import { buildLock } from "../../trace/crossing/lock/build.ts";
import { lockFor, secretHash } from "../../trace/crossing/lock/lock.ts";
import type { Goods, Lock, LockTerms } from "../../trace/crossing/lock/terms.ts";
import { CHAIN, kindOf } from "../../trace/layout.ts";
import type { ProgramHandle } from "../../trace/tracer/programHandle.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";

/** The two maps. Each lives on a chain of its own. */
export const MAPS = ["A", "B"] as const;
export type MapName = (typeof MAPS)[number];
export type Tracers = Readonly<Record<MapName, Tracer>>;

/** A person's next moves, by what it sees of both maps. */
export type Strategy = (sights: Sights) => Move[];

/** Deals that are set up, and the people in them. */
export interface Scene {
  readonly deals: readonly Deal[];
  /** Begins anew with each call: some keep in mind what they decided. */
  readonly people: () => Readonly<Record<string, Strategy>>;
}

/** How a scene is set up. */
export interface SceneOptions {
  /** The goods are to be in the locks before this. */
  readonly fillBefore: number;
  readonly times: Readonly<Record<MapName, MapTimes>>;
  /** The secret of who opens; each call is for another one. */
  readonly secret: () => bigint;
  /** The key of a program, by its name. */
  readonly key: (name: string) => bigint;
  /** Seals a lock. Default: without a proof. */
  readonly seal?: (terms: LockTerms, secret: bigint) => Lock;
}

/** Something of a kind that its giver issues, for a receiver. */
function goods(giver: ProgramHandle, label: number, quantity: bigint, receiver: ProgramHandle): Goods {
  const kind = kindOf(giver.id, label);
  const { slot } = giver.issue({ kind, quantity });
  const cell = giver.cell(slot);
  const id = cell.type === "resource" ? cell.id : 0n;
  return { giver: giver.id, receiver: receiver.id, id, kind, quantity };
}

/** Labels of what the people issue. */
const LABEL = { gold: 1, silver: 2, stake: 3 } as const;

class Builder {
  readonly #options: SceneOptions;

  constructor(options: SceneOptions) {
    this.#options = options;
  }

  /** A person's program in a map. The chain's program makes it. */
  person(tracer: Tracer, name: string): ProgramHandle {
    return tracer.program(CHAIN).createProgram({ name, authority: this.#options.key(name) });
  }

  /** The deadlines, if map B's lock is opened first. */
  deadlines(first: MapName = "B", last: MapName = "A"): Deadlines {
    const { fillBefore, times } = this.#options;
    return deadlinesFor(fillBefore, times[first], times[last]);
  }

  lock(maker: ProgramHandle, name: string, things: readonly Goods[], deadline: number, secret: bigint): Lock {
    const { seal = lockFor } = this.#options;
    const plan = { goods: things, deadline, hash: secretHash(secret) };
    return buildLock(maker, { name, authority: this.#options.key(name) }, plan, (terms) => seal(terms, secret));
  }
}

/** Follows the library: every person in a deal does what keeps it whole. */
const follows =
  (party: Party, ...deals: readonly Deal[]): Strategy =>
  (sights) =>
    deals.flatMap((deal) => movesOf(party, deal, sights));

/** Alice's 100 Gold on map A for Bob's 40 Silver on map B. Alice has the secret, and opens the Silver first. */
export function swapScene({ A, B }: Tracers, options: SceneOptions): Scene {
  const builder = new Builder(options);
  const secret = options.secret();
  const [aliceA, bobA] = [builder.person(A, "Alice"), builder.person(A, "Bob")];
  const [aliceB, bobB] = [builder.person(B, "Alice"), builder.person(B, "Bob")];
  const gold = goods(aliceA, LABEL.gold, 100n, bobA);
  const silver = goods(bobB, LABEL.silver, 40n, aliceB);
  const { first, last, fillBefore, openBefore } = builder.deadlines();
  const locks = [
    { on: "B", lock: builder.lock(bobB, "Lock of the Silver", [silver], first, secret) },
    { on: "A", lock: builder.lock(aliceA, "Lock of the Gold", [gold], last, secret) },
  ];
  const deal = { locks, fillBefore, openBefore };
  return {
    deals: [deal],
    people: () => ({
      Alice: follows({ programs: { A: aliceA.id, B: aliceB.id }, secret }, deal),
      Bob: follows({ programs: { A: bobA.id, B: bobB.id } }, deal),
    }),
  };
}

/**
 * Four people, two on each map, each with a stake of 10. When all stakes are in, they go on to the works of their map.
 * Ann leads: she has the secret, and her own stake is in the lock that is opened last.
 */
export function barrierScene({ A, B }: Tracers, options: SceneOptions): Scene {
  const builder = new Builder(options);
  const secret = options.secret();
  const [ann, cem, worksA] = [builder.person(A, "Ann"), builder.person(A, "Cem"), builder.person(A, "Works of A")];
  const [dan, eve, worksB] = [builder.person(B, "Dan"), builder.person(B, "Eve"), builder.person(B, "Works of B")];
  const stakes = (people: readonly ProgramHandle[], works: ProgramHandle): Goods[] =>
    people.map((each) => goods(each, LABEL.stake, 10n, works));
  const { first, last, fillBefore, openBefore } = builder.deadlines();
  const [onA, onB] = [stakes([ann, cem], worksA), stakes([dan, eve], worksB)];
  const locks = [
    { on: "B", lock: builder.lock(dan, "Barrier of B", onB, first, secret) },
    { on: "A", lock: builder.lock(ann, "Barrier of A", onA, last, secret) },
  ];
  const deal = { locks, fillBefore, openBefore };
  return {
    deals: [deal],
    people: () => ({
      Ann: follows({ programs: { A: ann.id }, secret }, deal),
      Cem: follows({ programs: { A: cem.id } }, deal),
      Dan: follows({ programs: { B: dan.id } }, deal),
      Eve: follows({ programs: { B: eve.id } }, deal),
      Works: follows({ programs: { A: worksA.id, B: worksB.id } }, deal),
    }),
  };
}

/** Olga wants 40 Silver once and pays 100 Gold, on whichever map it is filled first: by Fay on A, or by Gil on B. */
export function raceScene(tracers: Tracers, options: SceneOptions): Scene {
  const builder = new Builder(options);
  const fillers: Readonly<Record<MapName, string>> = { A: "Fay", B: "Gil" };
  const olga: Record<string, number> = {};
  const people: Record<string, Strategy> = {};
  const offers = MAPS.map((on) => {
    const secret = options.secret();
    const [owner, filler] = [builder.person(tracers[on], "Olga"), builder.person(tracers[on], fillers[on])];
    const things = [goods(owner, LABEL.gold, 100n, filler), goods(filler, LABEL.silver, 40n, owner)];
    // Each lock is a deal of its own: nothing has to reach the other map in time.
    const { first, fillBefore, openBefore } = builder.deadlines(on, on);
    const lock = builder.lock(owner, `Order on ${on}`, things, first, secret);
    const deal = { locks: [{ on, lock }], fillBefore, openBefore };
    olga[on] = owner.id;
    people[fillers[on]] = follows({ programs: { [on]: filler.id } }, deal);
    return { deal, secret };
  });
  const places =
    (choice: Choice): Strategy =>
    (sights) =>
      orderMoves(olga, offers, sights, choice);
  return { deals: offers.map(({ deal }) => deal), people: () => ({ ...people, Olga: places({}) }) };
}
