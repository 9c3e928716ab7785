/** Applies a work's records to the part of the state that it came with: from a work to the witness's input. */
import { PUBLIC_INPUTS, type PublicInputs, unpackSpan } from "../../trace/commitment/commit.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { Machine } from "../../trace/machine/machine.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { applied, grouped } from "../../trace/replay/replay.ts";
import { TimeMap } from "../../trace/state/timeMap.ts";
import { openBatch, witnessInput } from "../batches/batchInput.ts";
import { circuitInput } from "../batches/circuitInput.ts";
import type { Profile } from "../profiles.ts";
import { profileOf } from "../profiles.ts";
import { wantedSignatures } from "../signing/signatures.ts";
import type { CircuitInput } from "../witness/witness.ts";
import { OpenedNodes } from "./openedNodes.ts";
import type { ProofWork } from "./work.ts";

/**
 * The inputs of the circuit for a work.
 * @param profile that of the work's name, by default one of this release
 * @throws InvalidInputError if the nodes, the records or the signatures do not lead to the statement
 */
export function openWork(work: ProofWork, profile: Profile = profileOf(work.profile)): CircuitInput {
  const { statement, records, signatures } = work;
  if (records.length > profile.rows || work.nodes.length > profile.nodes) {
    throw new InvalidInputError("work", `holds more than ${profile.name} proves`);
  }
  const { moored } = unpackSpan(statement.span);
  const source = new OpenedNodes({ ...work, levels: profile.levels, moored }, work.nodes, work.lanes);
  if (source.root !== statement.preRoot) {
    throw new InvalidInputError("work nodes", "are not those of the state before the batch");
  }
  const map = TimeMap.over(source);
  const opened = openBatch(map, transitionsOf(work, source), profile, statement.domain);
  requireSame(opened.statement, statement);
  const wanted = wantedSignatures(opened.transitions);
  if (wanted.length !== signatures.length) {
    throw new InvalidInputError("work signatures", `are ${signatures.length}, but the batch needs ${wanted.length}`);
  }
  return circuitInput(witnessInput(opened, wanted, signatures));
}

/** The records, applied. */
function transitionsOf({ statement, records }: ProofWork, source: OpenedNodes): Transition[] {
  const { firstSeq, notBefore } = unpackSpan(statement.span);
  const machine = new Machine(TimeMap.over(source), firstSeq - 1, notBefore);
  const transitions: Transition[] = [];
  for (const group of grouped(records)) transitions.push(...applied(machine, group));
  return transitions;
}

function requireSame(made: PublicInputs, wanted: PublicInputs): void {
  const other = PUBLIC_INPUTS.find((name) => made[name] !== wanted[name]);
  if (other === undefined) return;
  throw new InvalidInputError(`work statement ${other}`, "is not what its records lead to; the server must pack again");
}
