/**
 * The numbers that the state machine and the circuit share: bit widths, offsets, operation numbers and hash tags.
 * docs/reference/protocol.md, sections 1 to 5, explains them; circuits/layout.circom has the same numbers.
 */

/** Order of the scalar field of BN254: every word is below it. */
export const FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** Version of the protocol: rules, hashes and files. Runs, proofs and maps of another version are refused by name. */
export const PROTOCOL_VERSION = 2;

/** Bits of each number that is compared or packed. */
export const BITS = {
  program: 24,
  slot: 8,
  address: 32,
  seq: 32,
  clock: 32,
  steps: 32,
  inbox: 9,
  time: 40,
  kind: 56,
  label: 32,
  id: 64,
  quantity: 128,
  rights: 8,
  nargs: 8,
  watch: 4,
  rank: 2,
  condition: 8,
} as const;

/** Slots of a program, header included. */
export const SLOTS = 256;
/** Inbox of a program that takes no deposits. */
export const NO_INBOX = 256;
/** First id of a genesis. Genesis ids are below 2^32, the ids of makers are above. */
export const GENESIS_ID = 1n;
/**
 * Ids from here on were made by a trigger: this plus the row's `seq`. Other rows can shift that number, so no
 * capability names such an id: a signature over it would not identify the resource.
 */
export const TRIGGERED_ID = 1n << 62n;
/** Bit of the ids of what came in from the chain. */
const ENTRY_BIT = 61n;
/** Ids from here to {@link TRIGGERED_ID} are of what came in from the chain: this plus the registry's number. */
export const ENTRY_ID = 1n << ENTRY_BIT;
/** Program that stands for the chain in a moored map. */
export const CHAIN = 1;
/** The name that its run gives it. */
export const CHAIN_NAME = "Chain";
/** Authority of that program. It is no key, so nobody signs for it: the registry approves each of its effects. */
export const CHAIN_AUTHORITY = 1n;
/** Levels of programs in every moored map. */
export const MOORED_LEVELS = 3;
/** Seconds past its deadline after which an unrevoked escrow may be claimed in place by its holder. */
export const GRACE = 2_592_000;

/** Type numbers of cells, in bits 0..2 of `w0`. */
export const CELL = {
  empty: 0,
  program: 1,
  resource: 2,
  capability: 3,
  entry: 4,
  armed: 5,
  fired: 6,
  spent: 7,
} as const;

/** Bit offset of `seq` in `w0`. Headers keep it lower, so that two of them fit in one word. */
export const SEQ_OFFSET = 131n;
/** The same offset in a header. */
export const HEADER_SEQ_OFFSET = 80n;
/** Bit offsets of the three parts of `w1`. The gap above `low` separates a sum of quantities from a carry. */
export const MIDDLE_OFFSET = 130n;
/** Bit offset of the third part. */
export const HIGH_OFFSET = 194n;

/** Operation numbers of rows. Clear and RevokeCapability are one operation; the second name is for capabilities. */
export const OP = {
  Padding: 0,
  CreateProgram: 1,
  Issue: 2,
  Retire: 3,
  DeclareEntry: 4,
  EscrowToProgram: 5,
  ClaimFromProgram: 6,
  RevokeResource: 7,
  InvokeProgram: 8,
  Pass: 9,
  DelegateCapability: 10,
  Clear: 11,
  WatchResource: 12,
  Unwatch: 13,
  Check: 14,
  Trigger: 15,
  JoinWith: 16,
  Split: 17,
  Merge: 18,
  RotateAuthority: 19,
  Lineage: 20,
  Enter: 21,
  Eject: 22,
} as const;
/** Name of an operation. */
export type Op = keyof typeof OP;
/** Number of operation numbers, padding included. */
export const OPS = 23;

/** The thing that a Clear removes, as encoded in its row. */
export const CLEARED = { capability: 1, entry: 2, fired: 3, spent: 4 } as const;

/** Rights of a capability, a bit set. No right allows escrowing, because the giver of an escrow may take it back. */
export const RIGHT = { claim: 1, invoke: 2, watch: 4, delegate: 8 } as const;
/** Name of a right. */
export type Right = keyof typeof RIGHT;

/** Most armed watches on one slot; a map may set a lower bound. Each has a rank of its own, from 0. */
export const WATCHES = 4;

/** Conditions of a watch. */
export const CONDITION = { above: 1, below: 2, arrival: 3, departure: 4, change: 5 } as const;
/** Name of a condition. */
export type Condition = keyof typeof CONDITION;

/** Initial capacity of each use of Poseidon, so that a digest of one sort is never read as another. */
export const TAG = {
  inner: 1n,
  cells: 2n,
  record: 3n,
  trace: 4n,
  group: 5n,
  trigger: 6n,
  transcript: 7n,
  signature: 8n,
  exit: 9n,
  domain: 10n,
  /** A request to a server. No circuit knows it: see trace/signing/request.ts. */
  request: 11n,
  /** The hash by which a lock's secret is known before it is told: see trace/crossing/lock/. No circuit knows it. */
  lock: 12n,
} as const;

/** `program · 256 + slot`. */
export function address(program: number, slot: number): number {
  return program * SLOTS + slot;
}
/** The program whose memory holds the address. */
export function programOf(at: number): number {
  return Math.floor(at / SLOTS);
}
/** The slot of the address within its program. */
export function slotOf(at: number): number {
  return at % SLOTS;
}
/**
 * The id of a thing that a program makes with an effect of its own. It follows from the maker's signed history alone.
 * @param steps number of own effects that the maker has made before
 */
export function idOf(maker: number, steps: number): bigint {
  return (BigInt(maker) << BigInt(BITS.steps)) + BigInt(steps);
}
/**
 * Whether quantities of a kind are numbers that a program shows of something outside its map. Its key alone vouches for
 * them: of the chain, such kinds are facts, for which the registry vouches.
 */
export function isObserved(kind: bigint): boolean {
  return issuerOf(kind) !== CHAIN && labelOf(kind) >= FACT_LABEL && !isData(kind);
}
/** The program that made the resource; 0 for one of the genesis, of a trigger, or that came in from the chain. */
export function makerOf(id: bigint): number {
  return id >= ENTRY_ID ? 0 : Number(id >> BigInt(BITS.steps));
}
/** A kind of resource: only `issuer` may issue it. */
export function kindOf(issuer: number, label: number): bigint {
  return (BigInt(issuer) << BigInt(BITS.label)) + BigInt(label);
}
/** Label of the kind in which the layers issue a program's data. Its quantity is a digest. */
export const DATA_LABEL = 2 ** BITS.label - 1;
/** Whether quantities of the kind are digests of data. */
export function isData(kind: bigint): boolean {
  return labelOf(kind) === DATA_LABEL;
}
/** The part of a kind that distinguishes the kinds of one issuer: a number from 0. */
export function labelOf(kind: bigint): number {
  return Number(kind & BigInt(DATA_LABEL));
}
/** A kind without a name: `kind 1 of program 2`. */
export function kindText(kind: bigint): string {
  return `kind ${labelOf(kind)} of program ${issuerOf(kind)}`;
}
/** The kind of an asset of the chain: of ETH for label 1, of a listed token for another. */
export function assetKind(label: number): bigint {
  return kindOf(CHAIN, label);
}
/** Labels of assets are below it. The chain's other kinds are facts: this plus the number of a feed. */
export const FACT_LABEL = 2 ** 31;
/** Whether the kind, in a moored map, is an asset of the chain. */
export function isAsset(kind: bigint): boolean {
  return issuerOf(kind) === CHAIN && labelOf(kind) < FACT_LABEL;
}
/** Whether the kind, in a moored map, is that of facts that the chain shows. */
export function isFact(kind: bigint): boolean {
  return issuerOf(kind) === CHAIN && labelOf(kind) >= FACT_LABEL;
}
/** Whether a program's effects need a signature: not those of an open program, nor those of the chain. */
export function mustSign(program: number, authority: bigint): boolean {
  return authority !== 0n && !(program === CHAIN && authority === CHAIN_AUTHORITY);
}
/** The program that may issue the kind. */
export function issuerOf(kind: bigint): number {
  return Number(kind >> BigInt(BITS.label));
}
