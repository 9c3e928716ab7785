/**
 * Runs of programs with keys. A signer deals with programs of the genesis and with programs that are created later. An
 * adversary then rearranges the run.
 */
import type { Effect, Place, Single } from "../../../trace/effects/effects.ts";
import { TimeBanditsError } from "../../../trace/errors.ts";
import { address, kindOf } from "../../../trace/layout.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { type Genesis, keyedPrograms, mapOf } from "../../../trace/state/genesis.ts";
import { Tracer } from "../../../trace/tracer/tracer.ts";
import { authority } from "../../lib/authorities.ts";
import { resource } from "../../lib/build.ts";
import { SMALL } from "../../lib/circuit.ts";
import type { Random } from "../../lib/random.ts";

/**
 * The programs of the genesis: an issuer, the signer, an attacker, and an open program, which may take a key.
 */
export const [MINT, SIGNER, MALLORY, OPEN] = [1, 2, 3, 4] as const;
/** Program n of the genesis has the n-th test key. Created programs have the next ones. */
export const NEW_KEYS = [5, 6, 8] as const;
/** Mallory's second key. */
export const MALLORY_KEY = 7;
export const GOLD = kindOf(MINT, 1);
const INBOX = 8;
const OWN = [1, 2, 3, 4, 5, 6, 7] as const;
const THEIRS = [8, 9, 10] as const;

export const GENESIS: Genesis = {
  levels: SMALL.levels,
  cells: [
    ...keyedPrograms([authority(MINT), authority(SIGNER), authority(MALLORY), 0n], INBOX),
    ...[resource([SIGNER, 1], GOLD, 900n), resource([SIGNER, 2], GOLD, 1n)].map(({ at, ...cell }) => ({
      address: address(...at),
      cell: { ...cell, seq: 0 } as Genesis["cells"][number]["cell"],
    })),
  ].sort((a, b) => a.address - b.address),
};

/** The state that every run begins with. */
export const START = mapOf(GENESIS);

/** A run with this number of attempted effects; refused effects are skipped. */
export function signedRun(random: Random, attempts: number): Tracer {
  const tracer = new Tracer(new Machine(START.clone()));
  const unused = [...NEW_KEYS];
  for (let i = 0; i < attempts; i++) {
    const others = Array.from({ length: tracer.map.programs() }, (_, n) => n + 1).filter((n) => n !== SIGNER);
    try {
      if (random.below(7) === 0 && unused.length > 0) {
        const creator = random.pick([MINT, MALLORY]);
        const key = authority(unused[0] as number);
        tracer.perform(creator, { effect: "CreateProgram", inbox: INBOX, authority: key }, 1 + i);
        unused.shift();
      } else if (random.below(2) === 0) {
        if (random.below(6) === 0) tracer.together(swap(tracer, random, random.pick(others)), 1 + i);
        else tracer.perform(SIGNER, signersEffect(tracer, random, others), 1 + i);
      } else {
        const actor = random.pick(others);
        tracer.perform(actor, othersEffect(tracer, random, actor), 1 + i);
      }
    } catch (error) {
      if (!(error instanceof TimeBanditsError)) throw error;
    }
  }
  return tracer;
}

/** A slot that holds such a cell; any of the slots if none does. */
function slotWith({ map }: Tracer, random: Random, program: number, type: string, slots: readonly number[]): number {
  const fitting = slots.filter((slot) => map.cell(address(program, slot)).type === type);
  return random.pick(fitting.length > 0 ? fitting : slots);
}

const EVERY = [...OWN, ...THEIRS];

function signersEffect(tracer: Tracer, random: Random, others: readonly number[]): Effect {
  const thing = () => slotWith(tracer, random, SIGNER, "resource", EVERY);
  const free = () => slotWith(tracer, random, SIGNER, "empty", OWN);
  const newest = tracer.map.programs();
  const peer = () => (random.below(2) === 0 && newest !== SIGNER ? newest : random.pick(others));
  const idAt = (slot: number): bigint => {
    const cell = tracer.map.cell(address(SIGNER, slot));
    return cell.type === "resource" ? cell.id : 0n;
  };
  const kind = () => random.pick([0n, GOLD, kindOf(peer(), 1)]);
  switch (random.below(12)) {
    case 10:
      return { effect: "Clear", slot: slotWith(tracer, random, SIGNER, "watch", OWN) };
    case 0:
      return { effect: "Issue", kind: kindOf(SIGNER, 1), quantity: BigInt(1 + random.below(9)), slot: free() };
    case 1:
      return { effect: "Split", from: thing(), to: free(), part: BigInt(1 + random.below(4)) };
    case 2: {
      const [from, to] = [thing(), thing()];
      return { effect: "Merge", from, to };
    }
    case 3:
    case 4:
      return escrow(tracer, random, SIGNER, peer());
    case 5:
    case 6: {
      const slot = thing();
      const subject = random.below(3) === 0 ? 0n : idAt(slot);
      const scope: Place | "all" = random.below(2) === 0 ? "all" : { program: SIGNER, slot };
      return {
        effect: "DelegateCapability",
        slot: free(),
        grantee: peer(),
        rights: ["claim"],
        scope,
        subject,
        expiry: 0,
      };
    }
    case 7:
      return {
        effect: "WatchResource",
        slot: free(),
        target: { program: SIGNER, slot: random.pick(THEIRS) },
        condition: "arrival",
        kind: kind(),
        threshold: 0n,
        trigger: [escrow(tracer, random, SIGNER, peer())],
      };
    case 8:
      return claimHere(tracer, random, SIGNER);
    case 9: {
      const program = peer();
      return { effect: "InvokeProgram", program, name: "pay", args: [{ from: thing(), to: random.pick(THEIRS) }] };
    }
    default:
      return {
        effect: "DeclareEntry",
        slot: free(),
        name: "buy",
        nargs: 1,
        accepts: kind(),
        minimum: 1n,
        guarded: false,
      };
  }
}

function othersEffect(tracer: Tracer, random: Random, actor: number): Effect {
  const thing = () => slotWith(tracer, random, actor, "resource", EVERY);
  const free = () => slotWith(tracer, random, actor, "empty", OWN);
  switch (random.below(9)) {
    case 7:
    case 8:
      if (actor >= OPEN) return { effect: "RotateAuthority", authority: authority(random.pick(NEW_KEYS)) };
      return { effect: "Retire", slot: thing() };
    case 0:
    case 1:
      return { effect: "Issue", kind: kindOf(actor, 1), quantity: BigInt(1 + random.below(9)), slot: free() };
    case 2:
      return { effect: "Split", from: thing(), to: free(), part: 1n };
    case 3:
    case 4:
      return escrow(tracer, random, actor, SIGNER);
    case 5:
      return claimHere(tracer, random, actor);
    default: {
      const accepts = random.pick([GOLD, kindOf(SIGNER, 1)]);
      return { effect: "DeclareEntry", slot: free(), name: "pay", nargs: 1, accepts, minimum: 1n, guarded: false };
    }
  }
}

/** A resource of the actor goes into the peer's inbox. */
function escrow(tracer: Tracer, random: Random, actor: number, peer: number): Single {
  const from = slotWith(tracer, random, actor, "resource", EVERY);
  const to = { program: peer, slot: slotWith(tracer, random, peer, "empty", THEIRS) };
  return { effect: "EscrowToProgram", from, to, deadline: 0 };
}

/** The actor accepts a resource in its inbox. */
function claimHere(tracer: Tracer, random: Random, actor: number): Effect {
  const slot = slotWith(tracer, random, actor, "resource", THEIRS);
  return { effect: "ClaimFromProgram", from: { program: actor, slot }, to: "in place" };
}

/** Both give, or neither does. */
function swap(tracer: Tracer, random: Random, other: number): [actor: number, effect: Single][] {
  return [
    [SIGNER, escrow(tracer, random, SIGNER, other)],
    [other, escrow(tracer, random, other, SIGNER)],
  ];
}
