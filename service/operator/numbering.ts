/**
 * Numbers of programs. A withdrawal may take out the making of a program: later ones have other numbers then, and one
 * that is made next gets a number that another one had. What names a program by such a number is not carried out as if
 * it meant the one that has the number now. Numbers below the first that ever changed mean what they always meant.
 */
import { InvalidInputError, RefusedError } from "../../trace/errors.ts";
import type { Renumbering } from "../../trace/replay/renumber.ts";
import type { JournalLine, ProposalEntry, Renumbered } from "./journalLines.ts";
import { highestProgram } from "./namedPrograms.ts";
import { type Proposals, proposalOf } from "./proposals.ts";
import type { Proposal } from "./types.ts";

/** The number that a program has after a withdrawal; undefined if it does not exist any more. */
export function numberIn(numbers: Renumbering, program: number): number | undefined {
  try {
    return numbers.program(program);
  } catch (error) {
    if (error instanceof RefusedError) return undefined;
    throw error;
  }
}

/**
 * The lowest number that does not mean the same program any more; undefined if all do.
 * @param kept number of programs before the place from which on effects were taken out
 * @param programs number of programs before the withdrawal
 */
export function firstRenumbered(numbers: Renumbering, kept: number, programs: number): number | undefined {
  for (let program = kept + 1; program <= programs; program++)
    if (numberIn(numbers, program) !== program) return program;
  return undefined;
}

/** The open groups that name a number which does not mean the same any more. They are over. */
export function endedBy(proposals: Proposals, from: number | undefined): ProposalEntry[] {
  if (from === undefined) return [];
  const message =
    `effects were withdrawn, and programs from ${from} on are other ones since; look at the map again, and propose ` +
    `the group anew`;
  return proposals
    .open()
    .filter((entry) => highestProgram(proposalOf(entry)) >= from)
    .map((entry) => ({ ...entry, state: { status: "refused", code: "invocation-causal", message } }));
}

/** The line about a withdrawal after which numbers have changed; none if they have not. */
export function renumberedAgain(before: Renumbered | undefined, from: number | undefined): JournalLine[] {
  if (from === undefined) return [];
  const { times = 0, from: lowest = from } = before ?? {};
  return [{ renumbered: { times: times + 1, from: Math.min(lowest, from) } }];
}

/** @throws InvalidInputError if the proposal may mean other programs than those that have its numbers now */
export function requireNumbering({ parts, numbering }: Proposal, renumbered: Renumbered | undefined): void {
  if (numbering !== undefined && !(Number.isSafeInteger(numbering) && numbering >= 0))
    throw new InvalidInputError("numbering", "is no whole number; take it from the status");
  if (renumbered === undefined || numbering === renumbered.times) return;
  const highest = highestProgram({ parts });
  if (highest < renumbered.from) return;
  throw new InvalidInputError(
    "numbering",
    `${numbering === undefined ? "is missing" : `is ${numbering}`}, and the proposal names program ${highest}: effects ` +
      `were withdrawn, and numbers from ${renumbered.from} on mean other programs since; look at the map again, and ` +
      `give the numbering of its status, ${renumbered.times}`,
  );
}
