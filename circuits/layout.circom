pragma circom 2.2.0;

// The numbers that the circuit shares with trace/layout.ts; docs/protocol.md, sections 1 to 5, is their prose.

// Initial capacity of each use of Poseidon, so that a digest of one sort is never read as another.
function TAG_INNER() { return 1; }
function TAG_CELLS() { return 2; }
function TAG_RECORD() { return 3; }
function TAG_TRACE() { return 4; }
function TAG_GROUP() { return 5; }
function TAG_TRIGGER() { return 6; }
function TAG_TRANSCRIPT() { return 7; }
function TAG_SIGNATURE() { return 8; }
function TAG_EXIT() { return 9; }

// Type numbers of cells, in bits 0..2 of w0.
function CELL_PROGRAM() { return 1; }
function CELL_RESOURCE() { return 2; }
function CELL_CAPABILITY() { return 3; }
function CELL_ENTRY() { return 4; }
function CELL_ARMED() { return 5; }
function CELL_FIRED() { return 6; }
function CELL_SPENT() { return 7; }

// Bit offsets in w0 and w1.
function SEQ() { return 1 << 131; }
function HEADER_SEQ() { return 1 << 80; }
function MIDDLE() { return 1 << 130; }
function HIGH() { return 1 << 194; }

// Seconds past its deadline after which an escrow may be claimed in place by its holder.
function GRACE() { return 2592000; }

// Ids from here on were made by triggers.
function TRIGGERED_ID() { return 1 << 62; }
// Bit of the ids of what came in from the chain: 2^61 and the number that the registry gave it.
function ENTRY_BIT() { return 61; }

// Operation numbers, as in OP of trace/layout.ts, and how many there are.
function OP_PADDING() { return 0; }
function OP_CREATE_PROGRAM() { return 1; }
function OP_ISSUE() { return 2; }
function OP_RETIRE() { return 3; }
function OP_DECLARE_ENTRY() { return 4; }
function OP_ESCROW_TO_PROGRAM() { return 5; }
function OP_CLAIM_FROM_PROGRAM() { return 6; }
function OP_REVOKE_RESOURCE() { return 7; }
function OP_INVOKE_PROGRAM() { return 8; }
function OP_PASS() { return 9; }
function OP_DELEGATE_CAPABILITY() { return 10; }
function OP_CLEAR() { return 11; }
function OP_WATCH_RESOURCE() { return 12; }
function OP_UNWATCH() { return 13; }
function OP_CHECK() { return 14; }
function OP_TRIGGER() { return 15; }
function OP_JOIN_WITH() { return 16; }
function OP_SPLIT() { return 17; }
function OP_MERGE() { return 18; }
function OP_ROTATE_AUTHORITY() { return 19; }
function OP_LINEAGE() { return 20; }
function OP_ENTER() { return 21; }
function OP_EJECT() { return 22; }
function OPS() { return 23; }

// The program that stands for the chain in a moored map.
function CHAIN() { return 1; }

// Armed watches on one slot, at most.
function WATCHES() { return 4; }
