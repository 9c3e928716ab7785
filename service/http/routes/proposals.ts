/** Proposals: effects and groups that somebody wants to happen; and triggers. */
import { EnvironmentError } from "../../../trace/errors.ts";
import type { Caller, Proposal, ProposalReport } from "../../operator/types.ts";
import { effectFromJson } from "../../wire/effectJson.ts";
import { toJson } from "../../wire/json.ts";
import { proposalDigest, proposalToJson } from "../../wire/proposalDigest.ts";
import { forbidden } from "../authenticate.ts";
import { type App, type Context, callerOf } from "../context.ts";
import { HttpError, notFound } from "../errors.ts";
import {
  ApprovalBody,
  IdParams,
  MOST_PROPOSALS,
  ProposalAnswer,
  ProposalBody,
  ProposalsAnswer,
  ProposalsQuery,
  RangeAnswer,
  StateAnswer,
  TriggerBody,
} from "../schemas.ts";
import { answers } from "./answers.ts";

/** Bytes of a page of open groups. One group may have more. */
const MOST_BYTES = 2 ** 20;

/** Adds the routes. */
export function proposalRoutes(app: App, { map: { operator }, limiter }: Context): void {
  app.post(
    "/v1/proposals",
    {
      config: { access: "write" },
      schema: {
        ...{ operationId: "propose", tags: ["proposals"], summary: "Propose effects of one program, or a group" },
        description:
          "Effects of one program happen at once. A group of several happens when each of its programs that has a key " +
          "has proposed or approved it. A proposal that is sent again with the same id happens once. `numbering`, from " +
          "the status, says by which numbers of programs it is meant; it is needed once withdrawals have changed them.",
        body: ProposalBody,
        response: answers(StateAnswer, 401, 403, 409, 413, 429),
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const proposal = proposalFrom(request.body);
      requirePart(proposal, caller);
      try {
        return { state: await operator.propose(proposal, caller) };
      } catch (error) {
        if (error instanceof EnvironmentError && error.code === "open-groups") limiter.openGroupsFull(error.message);
        throw error;
      }
    },
  );

  app.post(
    "/v1/proposals/:id/approval",
    {
      config: { access: "write" },
      schema: {
        ...{ operationId: "approve", tags: ["proposals"], summary: "Approve an open group" },
        description:
          "`digest` says what is approved, the effects that the approving party has looked at. If the proposal is " +
          "another one, nothing is approved (409).",
        params: IdParams,
        body: ApprovalBody,
        response: answers(StateAnswer, 401, 403, 404, 409, 429),
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { id } = request.params;
      const report = operator.proposal(id);
      if (report === undefined) throw notFound("proposal of that id");
      requirePart(report.proposal, caller);
      if (request.body.digest !== (await proposalDigest(proposalToJson(report.proposal)))) throw otherProposal();
      return { state: await operator.approve(id, caller) };
    },
  );

  app.get(
    "/v1/proposals/:id",
    {
      config: { access: "read" },
      schema: {
        ...{ operationId: "proposal", tags: ["proposals"], summary: "A proposal and what became of it" },
        params: IdParams,
        response: answers(ProposalAnswer, 404),
      },
    },
    async ({ params: { id } }) => {
      const report = operator.proposal(id);
      if (report === undefined) throw notFound("proposal of that id");
      return reportJson(report);
    },
  );

  app.get(
    "/v1/proposals",
    {
      config: { access: "read" },
      schema: {
        ...{ operationId: "openProposals", tags: ["proposals"], summary: "Open groups, or those of one program" },
        description: `At most ${MOST_PROPOSALS}. Ask for the page behind it with \`after\`, its \`next\`, until that is null.`,
        querystring: ProposalsQuery,
        response: answers(ProposalsAnswer),
      },
    },
    async ({ ip, query: { program, after, limit = MOST_PROPOSALS } }) => {
      limiter.heavy(ip);
      // One more shows whether there is a next page.
      return pageOf(operator.openProposals(program, { after, most: limit + 1 }), limit);
    },
  );

  app.post(
    "/v1/triggers",
    {
      config: { access: "write" },
      schema: {
        ...{ operationId: "applyTrigger", tags: ["proposals"], summary: "Apply the trigger of a fired watch" },
        description: "Anybody who may write may ask for it: the effects were fixed when the watch was set.",
        body: TriggerBody,
        response: answers(RangeAnswer, 401, 409, 429),
      },
    },
    async (request) => operator.applyTrigger(request.body),
  );
}

/** The first of the groups, until they are enough. */
function pageOf(found: readonly ProposalReport[], limit: number) {
  const proposals: ReturnType<typeof reportJson>[] = [];
  let bytes = 0;
  for (const report of found.slice(0, limit)) {
    const json = reportJson(report);
    bytes += toJson(json).length;
    if (proposals.length > 0 && bytes > MOST_BYTES) break;
    proposals.push(json);
  }
  return { proposals, next: proposals.length < found.length ? (proposals.at(-1)?.proposal.id ?? null) : null };
}

function proposalFrom({
  id,
  parts,
  validUntil,
  numbering,
}: {
  id: string;
  parts: { actor: number; effect: unknown }[];
  validUntil: number;
  numbering?: number;
}): Proposal {
  return {
    id,
    parts: parts.map(({ actor, effect }, i) => ({ actor, effect: effectFromJson(`parts[${i}].effect`, effect) })),
    validUntil,
    ...(numbering !== undefined && { numbering }),
  };
}

function reportJson({ proposal, state }: ProposalReport) {
  return {
    proposal: proposalToJson(proposal),
    state: { ...state, ...("missing" in state ? { missing: [...state.missing] } : {}) },
  };
}

function otherProposal(): HttpError {
  const message = "is that of other effects than those of the proposal; look at the proposal, and approve what it says";
  return new HttpError(409, "other-proposal", `the digest ${message}`, { field: "digest" });
}

/** @throws HttpError 403 if a program speaks for others alone */
function requirePart({ parts }: Proposal, caller: Caller): void {
  if (caller.kind === "operator" || parts.some(({ actor }) => actor === caller.program)) return;
  throw forbidden(`program ${caller.program} has no part in it`);
}
