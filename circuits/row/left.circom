pragma circom 2.2.0;

include "layout.circom";
include "memory.circom";
include "row/inputs.circom";
include "row/operation.circom";
include "row/ranges.circom";
include "row/columns.circom";
include "row/capability.circom";
include "row/cells.circom";

// The words that the row leaves in A, B, S, D and X.
template CellsLeft() {
    signal input seq;           // of the row                                 32 bits
    signal input renew[5];      // seq less that of each cell, by column
    signal input signed;        // bit: the effect is the actor's own
    signal input logOut;        // log of the actor as left                   word
    signal input deadline;      // found in S                                 40 bits
    signal input dRanks;        // of the watches on D                        4 bits
    signal input newInbox;      // of a program that is created               9 bits
    signal input removedWord;   // selector or trigger of the cell that is taken away
    signal input shown;         // w1 of the fact that an Enter replaces      word
    // Deadline or expiry that the row sets. (An Eject has no D, so it does no harm that it names what it finds.)
    signal input termNamed;     //                                            40 bits
    input Operation() op;
    input Sort() sort;
    input Found() found;
    input Choice() choice;
    input Parts() parts;
    input Columns() columns;
    input Addresses() at;
    input Capability() capability;
    input WatchRank() watchRank;
    signal output left[5][3];   // words, by column

    var CreateProgram = op.is[OP_CREATE_PROGRAM()];
    var Issue = op.is[OP_ISSUE()];
    var DeclareEntry = op.is[OP_DECLARE_ENTRY()];
    var DelegateCapability = op.is[OP_DELEGATE_CAPABILITY()];
    var WatchResource = op.is[OP_WATCH_RESOURCE()];
    var Unwatch = op.is[OP_UNWATCH()];
    var Split = op.is[OP_SPLIT()];
    var Merge = op.is[OP_MERGE()];
    var inPlace = choice.inPlace;
    var arrives = columns.arrives;
    var header = columns.header;
    var aWords[3] = found.aWords;
    var bWords[3] = found.bWords;
    var xWords[3] = found.xWords;

    // ---------------------------------------- 17. What is left in the cells
    // A: clock, steps, authority, log.
    left[0][0] <== aWords[0] + (1 << 44) * (choice.clock - found.aClock) + (1 << 12) * signed + HEADER_SEQ() * renew[0];
    left[0][1] <== aWords[1] + op.is[OP_ROTATE_AUTHORITY()] * (op.argument - aWords[1]);
    left[0][2] <== logOut;
    // B: clock, unless it is only waited for; a new program.
    signal moved <== (columns.open[1] - op.is[OP_JOIN_WITH()]) * (choice.clock - found.bClock);
    left[1][0] <== bWords[0] + CreateProgram + 8 * newInbox + (1 << 44) * moved + HEADER_SEQ() * renew[1];
    left[1][1] <== bWords[1] + CreateProgram * op.argument;
    left[1][2] <== bWords[2];
    // S: emptied, divided, accepted in place, watched or not.
    var leaves = sort.takes - Split - inPlace;
    signal vacated <== leaves * (CELL_RESOURCE() + 8 * ((1 << 4) * op.kind + (1 << 60) * found.sEscrow));
    signal accepted <== inPlace * found.sEscrow;
    signal watched <== (WatchResource - Unwatch - choice.fired) * watchRank.bit;
    left[2][0] <== found.sWords[0] - vacated - 8 * (1 << 60) * accepted + 8 * watched + SEQ() * renew[2];
    signal emptied <== leaves * found.sWords[1];
    signal divided <== Split * op.quantity;
    signal freed <== inPlace * deadline;
    left[2][1] <== found.sWords[1] - emptied - divided - HIGH() * freed;
    left[2][2] <== 0;
    // D: a resource, an entry, a capability or a watch.
    signal resourcePayload <== arrives * (dRanks + (1 << 4) * op.kind);
    signal escrowPayload <== op.is[OP_ESCROW_TO_PROGRAM()] * op.actor;
    signal declared <== DeclareEntry * (op.rights + (1 << 8) * op.scope + (1 << 40) * op.kind);
    signal delegated <== DelegateCapability * (op.peer + (1 << 24) * op.scope + (1 << 56) * op.rights);
    signal watching <== WatchResource
        * (at.s + (1 << 32) * op.kind + (1 << 88) * op.rights + (1 << 96) * watchRank.number);
    signal dRenewed <== columns.open[3] * seq;
    left[3][0] <== CELL_RESOURCE() * arrives + CELL_ENTRY() * DeclareEntry + CELL_CAPABILITY() * DelegateCapability
        + CELL_ARMED() * WatchResource
        + 8 * (resourcePayload + (1 << 60) * escrowPayload + declared + delegated + watching) + SEQ() * dRenewed;
    signal amount <== (arrives + DeclareEntry + WatchResource) * op.quantity;
    signal keptId <== (arrives - Issue - Split - Merge + DelegateCapability) * op.resource;
    // An id is the maker's number and how many effects of its own it has made; where a trigger makes it, it follows
    // from seq.
    signal idMade <== TRIGGERED_ID() + seq + signed * ((1 << 32) * op.actor + parts.steps - TRIGGERED_ID() - seq);
    signal newId <== (Issue + Split) * idMade;
    signal nonce <== DelegateCapability * seq;
    signal link <== choice.derives * ((1 << 32) * at.x + (1 << 64) * capability.nonce);
    left[3][1] <== found.dWords[1] - shown + amount + nonce + link + MIDDLE() * (keptId + newId) + HIGH() * termNamed;
    left[3][2] <== (DeclareEntry + WatchResource) * op.argument;
    // X: gone, fired or spent.
    var gone = op.is[OP_CLEAR()] + Unwatch;
    signal removed[2];
    removed[0] <== gone * (xWords[0] - SEQ() * found.xSeq);
    removed[1] <== gone * xWords[1];
    signal headerRenew <== header * (seq - found.xSeq);
    left[4][0] <== xWords[0] - removed[0] + choice.fired + op.is[OP_TRIGGER()] + SEQ() * renew[4]
        + (HEADER_SEQ() - SEQ()) * headerRenew;
    left[4][1] <== xWords[1] - removed[1];
    left[4][2] <== xWords[2] - removedWord;
}

// The tuples of the five columns, for the memory sum.
template TuplesOfRow() {
    signal input signed;        // bit: the effect is the actor's own
    signal input chain;         // bit: the actor is the chain
    signal input left[5][3];    // words, by column
    input Operation() op;
    input Found() found;
    input Columns() columns;
    input Addresses() at;
    output RowTuples() tuples;

    // Nobody signs for the chain: the registry approves each of its effects.
    tuples.signed <== signed * (1 - chain);
    tuples.open <== columns.open;
    tuples.address <== [256 * op.actor, 256 * op.peer, at.s, at.d, at.x];
    tuples.wordsLeft <== left;
    for (var i = 0; i < 3; i++) {
        tuples.wordsFound[0][i] <== found.aWords[i];
        tuples.wordsFound[1][i] <== found.bWords[i];
        tuples.wordsFound[2][i] <== i < 2 ? found.sWords[i] : 0;
        tuples.wordsFound[3][i] <== i < 2 ? found.dWords[i] : 0;
        tuples.wordsFound[4][i] <== found.xWords[i];
    }
}
