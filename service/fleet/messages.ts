/** The messages between workers and server, as their schemas. docs/reference/fleet.md describes them. */
import { type Static, Type } from "typebox";

const Name = Type.String({ pattern: "^[\\w.:@-]{1,64}$", description: "The worker's name for itself" });
const Lease = Type.String({ pattern: "^[0-9a-f]{32}$", description: "Shows that the batch was given to the sender" });
const Hash = Type.String({ pattern: "^[0-9a-f]{64}$", description: "SHA-256, hexadecimal" });

/** Longest wait for a batch, in seconds. */
export const LONGEST_WAIT = 25;

export const BatchId = Type.String({ pattern: "^[0-9]{1,10}-[0-9]{1,10}-[0-9a-f]{16}$" });

/** A worker asks for a batch. */
export const TakeRequest = Type.Object(
  {
    worker: Name,
    version: Type.Integer({ minimum: 0, description: "Version of the protocol" }),
    circuits: Type.Record(Type.String({ maxLength: 64 }), Hash, {
      maxProperties: 64,
      description: "Hash of the circuit that the worker makes inputs for, by profile",
    }),
    waitSeconds: Type.Number({ minimum: 0, maximum: LONGEST_WAIT }),
  },
  { additionalProperties: false },
);
export type TakeRequest = Static<typeof TakeRequest>;

/** A batch for a worker. */
export const TakeAnswer = Type.Object({
  id: BatchId,
  lease: Lease,
  firstSeq: Type.Integer(),
  lastSeq: Type.Integer(),
  profile: Type.String(),
  beatSeconds: Type.Number({ description: "How often the worker is to beat" }),
  artifacts: Type.Object({
    program: Hash,
    key: Hash,
  }),
  work: Type.String({ description: "The work, in base64" }),
});
export type TakeAnswer = Static<typeof TakeAnswer>;

/** A worker still works on a batch. */
export const BeatRequest = Type.Object({ worker: Name, lease: Lease }, { additionalProperties: false });
export type BeatRequest = Static<typeof BeatRequest>;
export const BeatAnswer = Type.Object({ held: Type.Boolean({ description: "False if the worker may stop" }) });
export type BeatAnswer = Static<typeof BeatAnswer>;

/** A worker hands in a proof. */
export const ProofRequest = Type.Object(
  { worker: Name, lease: Lease, bundle: Type.Unknown({ description: "The proof bundle" }) },
  { additionalProperties: false },
);
export type ProofRequest = Static<typeof ProofRequest>;
export const ProofAnswer = Type.Object({
  result: Type.Union([Type.Literal("accepted"), Type.Literal("late")]),
});
export type ProofAnswer = Static<typeof ProofAnswer>;

/** A worker gives a batch back; with a reason if it failed at it. */
export const FailureRequest = Type.Object(
  { worker: Name, lease: Lease, reason: Type.Optional(Type.String({ maxLength: 2_000 })) },
  { additionalProperties: false },
);
export type FailureRequest = Static<typeof FailureRequest>;

/** A refusal: a code for programs, and a sentence for people. */
export const RefusalAnswer = Type.Object({ code: Type.String(), message: Type.String() });
export type RefusalAnswer = Static<typeof RefusalAnswer>;
