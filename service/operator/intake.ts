/** What happens to proposals. All here changes the loaded state, and counts once it is on disk. */

import type { Single } from "../../trace/effects/effects.ts";
import { EnvironmentError, InvalidInputError, RefusedError, type TimeBanditsError } from "../../trace/errors.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { approvalsBy, checkProposal, keyedActors, missingFrom } from "./approvals.ts";
import { asText } from "./exactJson.ts";
import type { Approval, JournalLine, ProposalEntry } from "./journalLines.ts";
import type { Loaded } from "./loaded.ts";
import { requireNumbering } from "./numbering.ts";
import type { Rules } from "./options.ts";
import { proposalOf, statusOf } from "./proposals.ts";
import type { Caller, Proposal, ProposalStatus } from "./types.ts";

/** The answer to a caller, and what the journal must hold before it is given. */
export interface Answer<T> {
  readonly value: T;
  readonly lines: readonly JournalLine[];
}

/** When it is, and the rules. */
export interface Now {
  readonly now: number;
  readonly rules: Rules;
}

/** @throws as `Operator.propose` does */
export function propose(loaded: Loaded, { now, rules }: Now, given: Proposal, by: Caller): Answer<ProposalStatus> {
  const { proposals, suspensions, run } = loaded;
  const { map } = run.tracer;
  const { id, parts, validUntil, numbering } = given;
  const proposal: Proposal = { id, parts, validUntil, ...(numbering !== undefined && { numbering }) };
  const text = asText(proposal);
  const known = proposals.get(proposal.id);
  if (known !== undefined) {
    if (known.text === text) return { value: statusOf(known, map), lines: [] };
    throw new InvalidInputError("id", "is that of another proposal; choose ids at random");
  }
  checkProposal(proposal, now, rules.mostAhead);
  requireNumbering(proposal, loaded.numbering);
  const approvals = approvalsBy(by, proposal, map);
  suspensions.requireNone(keyedActors(proposal, map), now);
  const entry: ProposalEntry = {
    ...{ id: proposal.id, text, validUntil: proposal.validUntil },
    by: by.kind === "operator" ? 0 : by.program,
    openUntil: Math.min(proposal.validUntil, now + rules.groupWithin),
    ...{ approvals, state: { status: "open" } },
  };
  if (missingFrom(proposal, approvals, map).length === 0) {
    const group = perform(run.tracer, proposal, now);
    return kept(loaded, { ...entry, state: acceptedAs(group) });
  }
  requireRoom(loaded, rules, entry.by);
  return kept(loaded, entry);
}

/** @throws as `Operator.approve` does */
export function approve(loaded: Loaded, { now }: Now, id: string, by: Caller): Answer<ProposalStatus> {
  const { proposals, suspensions, run } = loaded;
  const { map } = run.tracer;
  const entry = proposals.get(id);
  if (entry === undefined) throw new InvalidInputError("id", "is that of no proposal here");
  const proposal = proposalOf(entry);
  const given = approvalsBy(by, proposal, map);
  if (given.length === 0)
    throw new InvalidInputError("id", "all programs of the proposal have keys: each approves itself");
  if (entry.state.status !== "open") return { value: entry.state, lines: [] };
  if (now > entry.openUntil) return kept(loaded, { ...entry, state: { status: "expired" } });
  const approvals = merged(entry.approvals, given);
  if (missingFrom(proposal, approvals, map).length > 0) return kept(loaded, { ...entry, approvals });
  suspensions.requireNone(keyedActors(proposal, map), now);
  try {
    return kept(loaded, { ...entry, approvals, state: acceptedAs(perform(run.tracer, proposal, now)) });
  } catch (error) {
    if (!(error instanceof RefusedError || error instanceof InvalidInputError)) throw error;
    return kept(loaded, { ...entry, approvals, state: refusedAs(error) });
  }
}

/** Ends the open groups whose time is over. */
export function expire(loaded: Loaded, now: number): JournalLine[] {
  const entries = loaded.proposals
    .open()
    .filter(({ openUntil }) => now > openUntil)
    .map((entry): ProposalEntry => ({ ...entry, state: { status: "expired" } }));
  for (const entry of entries) loaded.proposals.put(entry);
  return entries.map((proposal) => ({ proposal }));
}

/** A refused effect leaves nothing, so the caller may propose something else. */
function perform(tracer: Tracer, { parts }: Proposal, now: number): Transition[] {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return tracer.perform(first.actor, first.effect, now);
  // `checkProposal` has refused batches within the group.
  return tracer.together(
    parts.map(({ actor, effect }) => [actor, effect as Single] as const),
    now,
  );
}

function kept(loaded: Loaded, entry: ProposalEntry): Answer<ProposalStatus> {
  loaded.proposals.put(entry);
  return { value: statusOf(entry, loaded.run.tracer.map), lines: [{ proposal: entry }] };
}

function acceptedAs(group: readonly Transition[]): Extract<ProposalStatus, { status: "accepted" }> {
  return { status: "accepted", firstSeq: group[0]?.seq ?? 0, lastSeq: group.at(-1)?.seq ?? 0 };
}

function refusedAs(error: TimeBanditsError): Extract<ProposalStatus, { status: "refused" }> {
  return {
    status: "refused",
    code: error instanceof RefusedError ? error.invariant : error.code,
    message: error.message,
  };
}

function merged(before: readonly Approval[], given: readonly Approval[]): Approval[] {
  return [...before.filter((old) => given.every(({ program }) => program !== old.program)), ...given];
}

/** The part of all places that is kept for the operator; and as many for programs that have no open group yet. */
const RESERVE = 1 / 8;

/**
 * A few programs cannot take all places: they leave some for those who have no open group, and for the operator.
 * @throws EnvironmentError "open-groups" if the program has as many as it may have; "busy" if too many are open
 */
function requireRoom({ proposals }: Loaded, { mostOpen, mostOpenEach }: Rules, by: number): void {
  const own = proposals.open().filter((entry) => entry.by === by).length;
  if (by !== 0 && own >= mostOpenEach)
    throw new EnvironmentError("open-groups", `program ${by} has ${own} groups that wait for approval`);
  const reserves = by === 0 ? 0 : own === 0 ? 1 : 2;
  if (proposals.openCount < mostOpen - reserves * Math.floor(mostOpen * RESERVE)) return;
  throw new EnvironmentError("busy", "too many groups are open; wait until some are approved or over");
}
