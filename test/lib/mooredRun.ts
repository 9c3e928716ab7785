/**
 * A run of a moored map, for tests that need a chain's side of it, too: what the chain must have on record is listed
 * beside it. The chain creates Alice, Bob and Carol, who have keys; lets deposits in; shows a price that fires a watch
 * of Alice's; the others trade, promise, lend, and give assets away to addresses; at last the chain takes out what
 * Alice owns and what she has promised.
 */
import { CHAIN, ENTRY_ID, FACT_LABEL, kindOf, labelOf } from "../../trace/layout.ts";
import { MOORED_GENESIS } from "../../trace/state/genesis.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { authority } from "./authorities.ts";
import { ETH, PAYEE, PRICE, TOKEN } from "./moored.ts";

/** Programs of the run; the n-th has the n-th test key. */
export const [ALICE, BOB, CAROL] = [2, 3, 4] as const;
const INBOX = 16;
const START = 1_767_225_600;
/** Seconds from one effect to the next. */
const STEP = 10;

/** A deposit that the run lets in. */
export interface MooredDeposit {
  /** The registry's number of it, one after the other with those of observations. */
  readonly number: number;
  readonly label: number;
  readonly quantity: bigint;
  readonly program: number;
  readonly slot: number;
  readonly authority: bigint;
}
/** What a feed said, under the registry's number. */
export interface MooredObservation {
  readonly number: number;
  readonly feed: number;
  readonly quantity: bigint;
}
/** What an address is credited with. */
export interface MooredPayment {
  readonly label: number;
  readonly quantity: bigint;
  /** The address of a Retire; of an Eject, the program that has asked. */
  readonly to: { readonly recipient: bigint } | { readonly program: number };
}

const deposit = (number: number, kind: bigint, quantity: bigint, program: number): MooredDeposit => ({
  ...{ number, label: labelOf(kind), quantity, program, slot: INBOX, authority: authority(program) },
});

/** In the order of their numbers. */
export const DEPOSITS: readonly MooredDeposit[] = [
  deposit(1, ETH, 1_000n, ALICE),
  deposit(2, TOKEN, 500n, BOB),
  deposit(5, ETH, 70n, CAROL),
];
export const OBSERVATIONS: readonly MooredObservation[] = [
  { number: 3, feed: 0, quantity: 90n },
  { number: 4, feed: 0, quantity: 120n },
];
/** In the order of the rows. */
export const PAYMENTS: readonly MooredPayment[] = [
  { label: labelOf(TOKEN), quantity: 200n, to: { recipient: PAYEE } },
  { label: labelOf(ETH), quantity: 150n, to: { recipient: PAYEE + 1n } },
  { label: labelOf(ETH), quantity: 50n, to: { program: ALICE } },
  { label: labelOf(ETH), quantity: 500n, to: { program: ALICE } },
];

/**
 * @param start seconds since 1970 of the first row
 * @param step seconds from one effect to the next; with 0, all have one time
 */
export function mooredRun(start = START, step = STEP): Scenario {
  return {
    name: "moored",
    description: "deposits, a price that is watched, trade, loans, payments and a way out",
    genesis: () => MOORED_GENESIS,
    run: (tracer) => run(tracer, start, step),
  };
}

function run(tracer: Tracer, start: number, step: number): void {
  let rows = 0;
  const now = (): number => start + step * rows++;
  const chain = tracer.program(CHAIN);
  const [alice, bob, carol] = ["Alice", "Bob", "Carol"].map((name, i) =>
    chain.createProgram({ name, inbox: INBOX, authority: authority(ALICE + i) }, now()),
  ) as [typeof chain, typeof chain, typeof chain];
  const letIn = ({ number, label, quantity, program, slot }: MooredDeposit): void => {
    const kind = kindOf(CHAIN, label);
    chain.enter({ to: { program, slot }, id: ENTRY_ID + BigInt(number), kind, quantity }, now());
  };
  const show = ({ number, feed, quantity }: MooredObservation): void => {
    const kind = kindOf(CHAIN, FACT_LABEL + feed);
    chain.enter({ to: { program: ALICE, slot: 20 }, id: ENTRY_ID + BigInt(number), kind, quantity }, now());
  };
  const [first, second, third] = DEPOSITS as [MooredDeposit, MooredDeposit, MooredDeposit];

  // Two deposits. Alice will sell 300 once the price is above 100.
  letIn(first);
  letIn(second);
  alice.split({ from: 16, to: 1, part: 300n }, now());
  const target = alice.place(20);
  const trigger = [{ effect: "EscrowToProgram", from: 1, to: { program: BOB, slot: 17 }, deadline: 0 } as const];
  alice.watchResource({ slot: 2, target, condition: "above", kind: PRICE, threshold: 100n, trigger }, now());
  show(OBSERVATIONS[0] as MooredObservation);
  // The watch fires, and its trigger is applied.
  show(OBSERVATIONS[1] as MooredObservation);
  bob.claimFromProgram({ from: bob.place(17), to: 1 }, now());
  bob.split({ from: 16, to: 2, part: 300n }, now());
  bob.escrowToProgram({ from: 2, to: { program: ALICE, slot: 17 } }, now());
  alice.claimFromProgram({ from: alice.place(17), to: "in place" }, now());

  // Bob lends Carol the claim on what he bought. She takes it, and brings it out to an address.
  const by = bob.delegateCapability({ slot: 3, grantee: CAROL, rights: ["claim"], scope: bob.place(1) }, now());
  carol.claimFromProgram({ from: bob.place(1), to: 1, by }, now());
  bob.retire({ slot: 16, recipient: PAYEE }, now());
  carol.split({ from: 1, to: 2, part: 150n }, now());
  carol.retire({ slot: 2, recipient: PAYEE + 1n }, now());
  letIn(third);
  carol.merge({ from: 1, to: 16 }, now());

  // Alice promises 50 to Carol and takes nothing back; the chain lets her out of all.
  alice.split({ from: 16, to: 3, part: 200n }, now());
  alice.split({ from: 3, to: 4, part: 50n }, now());
  const promise = alice.escrowToProgram({ from: 4, to: { program: CAROL, slot: 18 } }, now());
  chain.eject({ from: promise, program: ALICE }, now());
  chain.eject({ from: alice.place(16), program: ALICE }, now());
}
