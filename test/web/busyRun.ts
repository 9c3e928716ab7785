/** A long run in which many programs have to do with each other, traced without proofs, to measure pictures on. */
import type { Profile } from "../../prover/profiles.ts";
import { kindOf } from "../../trace/layout.ts";
import { openPrograms } from "../../trace/state/genesis.ts";
import { createRunStream } from "../../trace/tracer/appendRun.ts";

const START = 1_767_225_600;
/** First slot that others may deposit into. */
const INBOX = 200;
const PROGRAMS = 48;
/** Transitions between two commits. */
const COMMIT = 500;

/** Slots of each program. */
const SLOT = { entry: 1, ware: 2, lent: 3, taken: 4 } as const;

/**
 * Writes the run: wares are issued, escrowed, claimed and sold by calls; rights are lent and taken back. Whom each
 * program deals with changes over time, so that parts of the picture differ.
 * @returns the number of its transitions: `transitions`, or a few more
 */
export function traceBusy(dir: string, transitions: number, profile: Profile, say: (text: string) => void): number {
  const genesis = { levels: profile.levels, cells: openPrograms(1, INBOX) };
  using run = createRunStream(dir, genesis, { profiles: [profile], store: false, scenario: "busy" });
  const { tracer } = run;
  const random = generator(7);
  let performed = 0;
  let committed = 0;
  const at = (): number => START + Math.floor(performed / 3) + Math.floor(performed / 9_000) * 3_600;
  const perform = (actor: number, effect: Parameters<typeof tracer.perform>[1]): void => {
    performed += tracer.perform(actor, effect, at()).length;
    if (performed - committed < COMMIT) return;
    run.commit();
    if (Math.floor(performed / 10_000) > Math.floor(committed / 10_000)) say(`tracing: ${performed} of ${transitions}`);
    committed = performed;
  };
  for (let program = 1; program < PROGRAMS; program++)
    perform(program, { effect: "CreateProgram", inbox: INBOX, authority: "open" });
  for (let program = 1; program <= PROGRAMS; program++) {
    const entry = {
      slot: SLOT.entry,
      name: "sell",
      nargs: 1,
      accepts: kindOf(program, 1),
      minimum: 1n,
      guarded: false,
    };
    perform(program, { effect: "DeclareEntry", ...entry });
  }
  while (performed < transitions) {
    const season = Math.floor(performed / 5_000);
    const maker = 1 + ((random(9) + 5 * season) % PROGRAMS);
    const buyer = 1 + ((maker + random(12)) % PROGRAMS);
    if (buyer === maker) continue;
    const ware = { kind: kindOf(maker, 1), quantity: BigInt(1 + random(500)) };
    perform(maker, { effect: "Issue", ...ware, slot: SLOT.ware });
    const inbox = { program: buyer, slot: INBOX + (maker % 50) };
    perform(maker, { effect: "EscrowToProgram", from: SLOT.ware, to: inbox, deadline: 0 });
    if (random(10) === 0) {
      perform(maker, { effect: "RevokeResource", from: inbox, to: SLOT.ware });
      perform(maker, { effect: "Retire", slot: SLOT.ware });
      continue;
    }
    perform(buyer, { effect: "ClaimFromProgram", from: inbox, to: SLOT.taken });
    perform(buyer, {
      effect: "InvokeProgram",
      program: maker,
      name: "sell",
      args: [{ from: SLOT.taken, to: inbox.slot }],
    });
    perform(maker, { effect: "Retire", slot: inbox.slot });
    if (random(6) !== 0) continue;
    perform(maker, { effect: "DelegateCapability", ...lent(buyer) });
    perform(maker, { effect: "RevokeCapability", slot: SLOT.lent });
  }
  run.commit();
  return performed;
}

const lent = (grantee: number) =>
  ({ slot: SLOT.lent, grantee, rights: ["claim"], scope: "all", subject: 0n, expiry: 0 }) as const;

/** Numbers below a bound, the same in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
