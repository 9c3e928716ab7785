pragma circom 2.2.0;

include "comparators.circom";
include "layout.circom";
include "poseidon.circom";
include "memory.circom";
include "call.circom";
include "group.circom";
include "watch.circom";
include "row/inputs.circom";
include "row/operation.circom";
include "row/ranges.circom";
include "row/columns.circom";
include "row/headers.circom";
include "row/capability.circom";
include "row/cells.circom";
include "row/rules.circom";
include "row/watches.circom";
include "row/effect.circom";
include "row/left.circom";

// The state that a row leaves to the next one.
bus RowState() {
    signal time;            // time of the row                                40 bits
    signal start;           // seq of the first row of its group              32 bits
    GroupState() groupState;
    LineageState() lineageState;
    CallState() callState;
    OwedChecks(WATCHES()) owedChecks;
}

// One row: one transition, with all its rules (docs/protocol.md, sections 4 and 5). Each rule stands in one of the
// numbered sections 1 to 19, in the template that is called under that heading. Programs are below 16^L.
template Row(L) {
    signal input seq;           // of the row                                 32 bits
    signal input notBefore;     // earliest time of the batch                 40 bits
    signal input moored;        // bit: the rows are published, and program 1 is the chain
    input Operation() op;
    input Found() found;
    input Choice() choice;
    input RowState() previous;  // as the row before left it
    output RowState() next;     // as this row leaves it
    output RowTuples() tuples;  // of the columns A, B, S, D and X
    signal output leaf;         // of the record in traceRoot                 word
    signal output published[3]; // what a moored map tells its chain of the row                   words

    // ---------------------------------------- 1. The operation (operation.circom)
    Sort() sort <== SortOfOperation()(op, found, choice);
    // What comes in and what is taken out is the chain's alone (chain-approved).
    signal first <== IsEqual()([op.actor, CHAIN()]);
    signal chain <== moored * first;
    (op.is[OP_ENTER()] + op.is[OP_EJECT()]) * (1 - chain) === 0;

    // ---------------------------------------- 2. Ranges (ranges.circom)
    Parts() parts <== Ranges(L)(op, found, choice);

    // ---------------------------------------- 3. Time (time-monotone)
    next.time <== previous.time + choice.wait;
    op.is[OP_PADDING()] * choice.wait === 0;

    // ---------------------------------------- 4. Which columns are open (columns.circom)
    Columns() columns <== OpenColumns()(op, sort, choice);

    // ---------------------------------------- 5. Addresses (columns.circom)
    Addresses() at <== AddressesOfColumns()(op, sort, found, choice, columns);

    // ---------------------------------------- 6. Order of memory, and of groups (headers.circom)
    signal renew[5];
    (next.start, renew) <== MemoryOrder()(seq, previous.groupState.continues, previous.start, op, sort, found, columns);

    // ---------------------------------------- 7. Headers and clocks (headers.circom)
    Headers()(op, sort, found, choice, columns);

    // ---------------------------------------- 8. The capability in use (capability.circom)
    Capability() capability;
    (next.lineageState, capability) <== CapabilityInUse()(
        next.time, op, choice, parts, columns, at, previous.lineageState
    );

    // ---------------------------------------- 9. S (cells.circom)
    signal rest;
    signal deadline;
    (rest, deadline) <== CellS()(next.time, op, sort, found, choice, parts, columns, at, capability);

    // ---------------------------------------- 10. D (cells.circom)
    signal dRanks;
    signal merged;
    signal mergedId;
    signal shown;
    signal newInbox;
    (dRanks, merged, mergedId, shown, newInbox) <== CellD()(op, found, choice, parts, columns, capability);

    // ---------------------------------------- 11. X (cells.circom)
    WatchRank() watchRank <== CellX()(op, found, choice, parts, columns, at, capability);

    // ---------------------------------------- 12. What is not used is 0 (rules.circom)
    signal removedWord;
    signal named;
    (removedWord, named) <== UnusedIsZero()(mergedId, op, sort, found, choice, columns);

    // ---------------------------------------- 13. Rules of single operations (rules.circom)
    signal keyless <== SingleOperations()(rest, op, sort, found, choice, parts, capability);

    // ---------------------------------------- 14. Calls (escrow-atomic: all arguments or nothing)
    next.callState <== Call()(
        op.is[OP_INVOKE_PROGRAM()], op.is[OP_PASS()], op.is[OP_CHECK()],
        op.actor, at.x, op.rights, op.quantity, found.xWords[1], choice.spare, previous.callState
    );

    // ---------------------------------------- 15. Watches (watches.circom)
    signal left;
    (next.owedChecks, left) <== Watches()(
        rest, merged, moored, op, sort, found, choice, at, watchRank, previous.owedChecks
    );

    // ---------------------------------------- 16. Effect, group, log (effect.circom)
    signal u;
    signal signed;
    signal logOut;
    signal termNamed;
    signal p1;
    signal p2;
    (next.groupState, u, signed, logOut, termNamed, p1, p2) <== Effect()(
        keyless, left, next.callState.calling, op, sort, found, parts, at, previous.groupState
    );

    // ---------------------------------------- 17. What is left in the cells (left.circom)
    signal words[5][3] <== CellsLeft()(
        seq, renew, signed, logOut, deadline, dRanks, newInbox, removedWord, shown, termNamed,
        op, sort, found, choice, parts, columns, at, capability, watchRank
    );
    tuples <== TuplesOfRow()(signed, chain, words, op, found, columns, at);

    // ---------------------------------------- 18. The record's leaf
    leaf <== Hash(13)(TAG_RECORD(), [
        found.aWords[0] + (1 << 120) * found.bWords[0],
        found.sWords[0] + (1 << 166) * next.time + (1 << 206) * op.last,
        found.aWords[1], found.aWords[2], found.bWords[1], found.bWords[2], found.sWords[1],
        found.dWords[0], found.dWords[1], found.xWords[0], found.xWords[1], found.xWords[2],
        u
    ]);

    // ---------------------------------------- 19. What is published (docs/reference/protocol.md, section 7)
    // Functions of what the leaf commits to: u, the time and `last`. Of the argument only what the state does not say.
    published[0] <== p1;
    published[1] <== p2 + (1 << 224) * (next.time - notBefore) + (1 << 252) * op.last;
    published[2] <== op.argument - named;
}
