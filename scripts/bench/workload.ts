/**
 * The measured workload: one batch that fills its profile. Its programs have keys of their own and exchange resources.
 */

import { Batcher } from "../../prover/batches/batcher.ts";
import { type BatchInput, batchInput } from "../../prover/batches/batchInput.ts";
import type { Profile } from "../../prover/profiles.ts";
import { kindOf } from "../../trace/layout.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { authorityOf, signLog } from "../../trace/signing/signature.ts";
import { type Genesis, keyedPrograms, mapOf } from "../../trace/state/genesis.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";

/** Seconds since 1970 at which the work begins; one transition a minute. */
export const START = 1_767_225_600;
const FOREVER = 2 ** 40 - 1;

/** The n-th secret of the workload. It is public. */
const secretOf = (n: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => (n * 31 + i * 7 + 3) & 0xff);

const secretsOf = ({ signatures }: Profile): Uint8Array[] =>
  Array.from({ length: signatures }, (_, i) => secretOf(i + 1));

/** The workload's genesis: programs with keys of their own. */
export function genesisOf(profile: Profile): Genesis {
  return { levels: profile.levels, cells: keyedPrograms(secretsOf(profile).map(authorityOf), 16) };
}

/**
 * The inputs of a full batch of the profile: as many programs as it has signatures issue, escrow, claim, lend and take
 * back, in turns.
 */
export function fullBatch(profile: Profile, domain = 0n): BatchInput {
  const secrets = secretsOf(profile);
  const genesis = genesisOf(profile);
  const transitions = firstBatch(Tracer.from(genesis), profile);
  return batchInput(mapOf(genesis), transitions, profile, domain, ({ program, log }) => {
    const statement = { domain, program, log, validUntil: FOREVER };
    return { validUntil: FOREVER, signature: signLog(secrets[program - 1] as Uint8Array, statement) };
  });
}

function firstBatch(tracer: Tracer, profile: Profile): readonly Transition[] {
  const batcher = new Batcher(profile);
  let taken = 0;
  for (let turn = 0; ; turn++) {
    work(tracer, turn, profile.signatures);
    for (; taken < tracer.groups.length; taken++) {
      const complete = batcher.add(tracer.groups[taken] ?? []);
      if (complete !== undefined) return complete.transitions;
    }
  }
}

/** One turn of one program: it makes something, hands it to its neighbour, who takes it and destroys it. */
function work(tracer: Tracer, turn: number, programs: number): void {
  let now = START + turn * 240;
  const next = (): number => (now += 60);
  const self = tracer.program(1 + ((2 * turn) % programs));
  const neighbour = tracer.program(1 + ((2 * turn + 1) % programs));
  const made = self.issue({ kind: kindOf(self.id, 1), quantity: 100n, slot: 1 }, next());
  const escrowed = self.escrowToProgram({ from: made.slot, to: neighbour.id, deadline: now + 3_600 }, next());
  const taken = neighbour.claimFromProgram({ from: escrowed, to: 2 }, next());
  neighbour.retire({ slot: taken.slot }, next());
}
