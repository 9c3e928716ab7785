/** What requests and answers look like. OpenAPI and the client's types are made from these. */
import Type, { type TSchema } from "typebox";
import { BITS, SLOTS } from "../../trace/layout.ts";
import { decimal } from "./effectSchemas.ts";

const closed = { additionalProperties: false } as const;
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** A number of the scalar field. */
const Word = Type.String({ pattern: "^(0|[1-9][0-9]{0,77})$", description: "a decimal number" });
const Seq = Type.Integer({ minimum: 0, maximum: 2 ** BITS.seq - 1 });
const Seconds = Type.Integer({ minimum: 0, maximum: 2 ** BITS.time - 1, description: "seconds since 1970" });
const Program = Type.Integer({ minimum: 1, maximum: 2 ** BITS.program - 1 });
const ProposalId = Type.String({ pattern: "^[0-9a-f]{32}$", description: "32 hexadecimal digits, chosen at random" });

const Numbering = Type.Integer({
  ...{ minimum: 0, maximum: 2 ** BITS.seq - 1 },
  description: "how often withdrawals had given programs other numbers, when the map was looked at",
});

/** Every error. */
export const ErrorAnswer = Type.Object(
  {
    error: Type.Object(
      {
        code: Type.String({ description: "what sort of error it is, for programs" }),
        message: Type.String({ description: "what is wrong, and what to do next" }),
        field: Type.Optional(Type.String({ description: "the field, or the limit, that is meant" })),
        invariant: Type.Optional(Type.String({ description: "the rule that refuses it" })),
      },
      closed,
    ),
  },
  { ...closed, $id: "Error" },
);

const Part = Type.Object({ actor: Program, effect: Type.Unsafe<unknown>({ $ref: "Effect#" }) }, closed);
/** A proposal, as it is sent. */
export const ProposalBody = Type.Object(
  {
    ...{ id: ProposalId, parts: Type.Array(Part, { minItems: 1, maxItems: 256 }), validUntil: Seconds },
    numbering: Type.Optional(Numbering),
  },
  closed,
);
export const ProposalState = Type.Union(
  [
    Type.Object({ status: Type.Literal("open"), missing: Type.Array(Program) }, closed),
    Type.Object({ status: Type.Literal("accepted"), firstSeq: Seq, lastSeq: Seq }, closed),
    Type.Object({ status: Type.Literal("refused"), code: Type.String(), message: Type.String() }, closed),
    Type.Object({ status: Type.Literal("expired") }, closed),
    Type.Object({ status: Type.Literal("withdrawn"), message: Type.String() }, closed),
  ],
  { $id: "ProposalState" },
);
const State = Type.Unsafe<Type.Static<typeof ProposalState>>({ $ref: "ProposalState#" });
export const ProposalAnswer = Type.Object({ proposal: ProposalBody, state: State }, closed);
/** Most open groups of one answer. */
export const MOST_PROPOSALS = 100;
export const ProposalsQuery = Type.Object(
  {
    program: Type.Optional(Program),
    after: Type.Optional(Type.String({ pattern: "^[0-9a-f]{32}$", description: "`next` of the page before" })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_PROPOSALS, description: "most groups of the page" })),
  },
  closed,
);
export const ProposalsAnswer = Type.Object(
  { proposals: Type.Array(ProposalAnswer, { description: "in the order of their ids" }), next: orNull(ProposalId) },
  closed,
);
export const StateAnswer = Type.Object({ state: State }, closed);
/** What an approval says. */
export const ApprovalBody = Type.Object(
  {
    digest: Type.String({
      pattern: "^[0-9a-f]{64}$",
      description: "SHA-256 of the proposal's text: JSON without spaces, members in the order of their names",
    }),
  },
  closed,
);
export const IdParams = Type.Object({ id: ProposalId }, closed);

export const TriggerBody = Type.Object(
  { program: Program, slot: Type.Integer({ minimum: 1, maximum: SLOTS - 1 }) },
  closed,
);
export const RangeAnswer = Type.Object({ firstSeq: Seq, lastSeq: Seq }, closed);

const Proofs = Type.Object(
  {
    waiting: Type.Integer(),
    active: Type.Integer(),
    setAside: Type.Integer(),
    workers: Type.Integer(),
    workersSetAside: Type.Array(Type.Object({ worker: Type.String(), reason: Type.String() }, closed)),
  },
  closed,
);
const Waiting = Type.Object(
  {
    what: Type.Union([Type.Literal("deposit"), Type.Literal("request"), Type.Literal("fact")]),
    ...{ name: Word, why: Type.String() },
  },
  closed,
);
export const StatusAnswer = Type.Object(
  {
    ...{ domain: Word, genesisRoot: Word, levels: Type.Integer(), seq: Seq, at: Seconds, root: Word },
    ...{ programs: Type.Integer(), numbering: Numbering },
    ...{ cut: Seq, proven: Seq, submitted: Seq, openProposals: Type.Integer(), proofs: Proofs },
    halted: orNull(Type.String()),
    waiting: Type.Array(Waiting),
  },
  closed,
);
export const DomainAnswer = Type.Object(
  { domain: Word, protocol: Type.Integer(), instance: Type.String({ pattern: "^[0-9a-f]{16}$" }) },
  closed,
);
export const HeadAnswer = Type.Object(
  {
    ...{ domain: Word, seq: Seq, at: Seconds, root: Word, cut: Seq, proven: Seq, submitted: Seq },
    numbering: Numbering,
  },
  closed,
);

const Chain = Type.Object(
  {
    chainId: Word,
    ...{ registry: Type.String(), creator: Type.String(), salt: Type.String(), mapId: Type.String(), domain: Word },
  },
  closed,
);
export const GenesisAnswer = Type.Object(
  { genesis: Type.String({ description: "the text of genesis.json" }), chain: orNull(Chain) },
  closed,
);
const Names = Type.Record(Type.String(), Type.String());
export const NamesAnswer = Type.Object({ programs: Names, kinds: Names, functions: Names, slots: Names }, closed);

const slot = Type.Integer({ minimum: 0, maximum: SLOTS - 1 });
export const CellParams = Type.Object({ program: Program, slot }, closed);
const Facts = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]));
export const CellAnswer = Type.Object(
  {
    seq: Seq,
    root: Word,
    program: Program,
    slot,
    cell: Facts,
    words: Type.Array(Word, { minItems: 3, maxItems: 3 }),
    openedBy: Seq,
  },
  closed,
);
export const OpeningAnswer = Type.Object(
  {
    ...{ seq: Seq, root: Word, levels: Type.Integer(), program: Program, slot },
    nodes: Type.Array(
      Type.Object(
        {
          kind: Type.Enum(["inner", "cells"]),
          x: Type.Integer(),
          y: Type.Integer(),
          lanes: Type.Array(Word, { minItems: 16, maxItems: 16 }),
        },
        closed,
      ),
      { description: "from the root down to the node that holds the cell" },
    ),
  },
  closed,
);
const Allowed = Type.Object(
  {
    capability: Type.Object({ program: Program, slot }, closed),
    grantee: Program,
    rights: Type.Array(Type.String()),
    scope: orNull(Type.Object({ program: Program, slot }, closed)),
    subject: orNull(Word),
    expiry: orNull(Seconds),
    line: Type.Array(Type.Object({ program: Program, slot }, closed)),
  },
  closed,
);
export const RightsAnswer = Type.Object(
  { ...{ seq: Seq, at: Seconds, program: Program, slot }, capabilities: Type.Array(Allowed) },
  closed,
);

export const ProgramParams = Type.Object({ program: Program }, closed);
export const ProgramAnswer = Type.Object(
  {
    ...{ program: Program, seq: Seq, root: Word, open: Type.Boolean(), authority: Word, inbox: Type.Integer() },
    ...{ steps: Type.Integer(), clock: Type.Integer(), log: Word, openedBy: Seq },
    slots: Type.Array(Type.Object({ slot, cell: Facts }, closed)),
  },
  closed,
);

const Row = Type.Record(Type.String(), Type.Unknown(), { description: "a row, as in a line of trace.jsonl" });
const ByProgram = Type.Record(Type.String({ pattern: "^[0-9]+$" }), Word);
export const LogQuery = Type.Object(
  {
    from: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** BITS.steps - 1, description: "steps known already" })),
    before: Type.Optional(Type.Integer({ minimum: 1, maximum: 2 ** BITS.seq, description: "`before` of a page" })),
  },
  closed,
);
export const LogAnswer = Type.Object(
  {
    program: Program,
    groups: Type.Array(
      Type.Object(
        {
          firstSeq: Seq,
          at: Seconds,
          rows: Type.Array(Type.Object({ seq: Seq, row: Row }, closed)),
          lanes: Type.Unsafe<Record<string, string>>({
            ...ByProgram,
            description: "log + inbox of every actor before the group",
          }),
          keys: Type.Unsafe<Record<string, string>>({
            ...ByProgram,
            description: "keys, before the group, of the programs that its rows name; 0 = open",
          }),
        },
        closed,
      ),
      { description: "in order; the last ones before `before`" },
    ),
    triggers: Type.Record(Type.String(), Type.Array(Row), { description: "rows of the triggers that these rows set" }),
    before: orNull(Seq),
  },
  closed,
);

export const RecordsQuery = Type.Object(
  { from: Type.Integer({ minimum: 1, maximum: 2 ** BITS.seq - 1 }), to: Type.Integer({ minimum: 1 }) },
  closed,
);
export const RecordsAnswer = Type.Object(
  { records: Type.Array(Row, { description: "as in trace.jsonl" }), next: orNull(Seq) },
  closed,
);

export const OfProgram = Type.Object({ program: Type.Optional(Program) }, closed);
const LogToSign = Type.Object(
  { program: Program, authority: Word, log: Word, firstSeq: Seq, lastSeq: Seq, until: Seconds, withdrawnAt: Seconds },
  closed,
);
export const ToSignAnswer = Type.Object({ toSign: Type.Array(LogToSign) }, closed);
const Point = Type.Object({ x: Word, y: Word }, closed);
export const SignatureBody = Type.Object(
  {
    ...{ program: Program, lastSeq: Seq, log: decimal("the log"), domain: decimal("the domain"), validUntil: Seconds },
    ...{ key: Point, r: Point, s: Word },
  },
  closed,
);
export const DoneAnswer = Type.Object({ ok: Type.Literal(true) }, closed);

const Batch = Type.Object(
  {
    ...{ firstSeq: Seq, lastSeq: Seq, profile: Type.String() },
    stage: Type.Enum(["signing", "proving", "setAside", "proven", "submitted", "confirmed"]),
    missing: Type.Array(Program),
  },
  closed,
);
export const BatchesAnswer = Type.Object({ batches: Type.Array(Batch) }, closed);
export const BatchParams = Type.Object({ first: Type.Integer({ minimum: 1, maximum: 2 ** BITS.seq - 1 }) }, closed);
export const FoundAnswer = Type.Object({ done: Type.Boolean() }, closed);

export const ProofsAnswer = Type.Object({ proofs: Type.Array(Type.String()) }, closed);
export const ProofParams = Type.Object(
  { name: Type.String({ pattern: "^[0-9]{10}-[0-9]{10}-[0-9a-f]{16}\\.json$" }) },
  closed,
);
export const ProofAnswer = Type.Record(Type.String(), Type.Unknown(), { description: "a bundle, as in proofs/" });

export const HealthAnswer = Type.Object(
  { live: Type.Boolean(), ready: Type.Boolean(), why: orNull(Type.String()) },
  closed,
);
