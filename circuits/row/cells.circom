pragma circom 2.2.0;

include "bitify.circom";
include "layout.circom";
include "row/inputs.circom";
include "row/operation.circom";
include "row/ranges.circom";
include "row/columns.circom";
include "row/capability.circom";

// What the row finds in S.
template CellS() {
    signal input time;      // `at` of the row                                40 bits
    input Operation() op;
    input Sort() sort;
    input Found() found;
    input Choice() choice;
    input Parts() parts;
    input Columns() columns;
    input Addresses() at;
    input Capability() capability;
    signal output rest;     // of a Split, 0 otherwise                        128 bits
    signal output deadline; // found in S                                     40 bits

    var RevokeResource = op.is[OP_REVOKE_RESOURCE()];
    var Lineage = op.is[OP_LINEAGE()];
    var takes = sort.takes;
    var onSlot = sort.onSlot;
    var guarded = columns.guarded;
    var claimSelf = columns.claimSelf;

    // ---------------------------------------- 9. S (no-double-spend, escrow-atomic)
    signal kindTaken <== takes * op.kind;
    signal kindOnSlot <== onSlot * op.resource;
    signal sCapPayload <== guarded * capability.payload;
    signal parentPayload <== Lineage * (op.kind + (1 << 56) * op.rights);
    var sRanks = 0;
    for (var i = 0; i < WATCHES(); i++) {
        sRanks += found.sWatch[i] * (1 << i);
    }
    found.sWords[0] === CELL_RESOURCE() * (takes + found.slotHolds) + CELL_CAPABILITY() * (guarded + Lineage)
        + 8 * (sRanks + (1 << 4) * (kindTaken + kindOnSlot) + (1 << 60) * found.sEscrow + sCapPayload + parentPayload)
        + SEQ() * found.sSeq;
    (1 - columns.open[2] + guarded + Lineage) * (sRanks + found.sEscrow) === 0;
    found.slotHolds * (1 - onSlot) === 0;

    // The deadline found is 0, or ahead of `at`, or passed (by the grace, for a claim in place). Until then an escrow
    // is its holder's to claim. From then on its giver takes it back, by itself or by a capability to claim.
    choice.before * (1 - claimSelf) === 0;
    choice.after * (1 - RevokeResource - columns.claimBy - choice.inPlace) === 0;
    choice.before * choice.after === 0;
    signal ahead <== choice.before * (time + 1 + op.term);
    signal passed <== choice.after * (time - op.term - GRACE() * choice.inPlace);
    signal ejected <== op.is[OP_EJECT()] * op.term;
    deadline <== ahead + passed + ejected;
    // What the chain takes out may be in escrow: the row says whose.
    op.is[OP_EJECT()] * (op.scope - found.sEscrow) === 0;

    rest <== op.is[OP_SPLIT()] * choice.spare;
    signal sTaken <== takes * (op.quantity + MIDDLE() * op.resource + HIGH() * deadline);
    signal sCap <== guarded * capability.low;
    signal parentWord <== Lineage * (choice.spare + MIDDLE() * parts.quantityLow);
    (1 - onSlot) * (found.sWords[1] - sTaken - rest - sCap - parentWord) === 0;
    sort.takesOwn * found.sEscrow === 0;
    RevokeResource * (found.sEscrow - op.actor) === 0;
    claimSelf * (1 - at.escrowed) === 0;
}

// What the row finds in D.
template CellD() {
    input Operation() op;
    input Found() found;
    input Choice() choice;
    input Parts() parts;
    input Columns() columns;
    input Capability() capability;
    signal output ranks;    // of the watches on D                            4 bits
    signal output merged;   // what D has of a Merge                          128 bits
    signal output mergedId; // id that a Merge keeps                          64 bits
    signal output shown;    // w1 of the fact that an Enter replaces          word
    signal output newInbox; // of a program that is created                   9 bits

    var CreateProgram = op.is[OP_CREATE_PROGRAM()];
    var Pass = op.is[OP_PASS()];
    var Merge = op.is[OP_MERGE()];
    var Enter = op.is[OP_ENTER()];
    var held = choice.held;

    // ---------------------------------------- 10. D
    signal kindThere <== (Merge + held) * op.kind;
    var dRanks = 0;
    for (var i = 0; i < WATCHES(); i++) {
        dRanks += found.dWatch[i] * (1 << i);
    }
    ranks <== dRanks;
    found.dWords[0] === CELL_RESOURCE() * (Merge + held) + 8 * (dRanks + (1 << 4) * kindThere) + SEQ() * found.dSeq;
    // Where D is closed as well: a Check that named a rank of D would owe itself again.
    (1 - columns.open[3] + op.is[OP_DECLARE_ENTRY()] + op.is[OP_DELEGATE_CAPABILITY()] + op.is[OP_WATCH_RESOURCE()])
        * dRanks === 0;
    // The sum of a merge is in 128 bits (conservation); D keeps its id, which is scope + 2^32 · expiryGap and which the
    // row names.
    merged <== Merge * (choice.spare - op.quantity);
    mergedId <== Merge * (op.scope + (1 << 32) * choice.expiryGap);
    // A fact takes the place of another of its kind, whatever that said. Nothing else enters a slot that holds
    // something.
    held * (2 - Enter - parts.fact) === 0;
    shown <== held * found.dWords[1];
    found.dWords[1] === merged + MIDDLE() * mergedId + shown;
    // inbox-respected; the same eight bits hold 256 − inbox of a new program, or a slot of the root's.
    signal passSelf <== Pass * columns.self;
    signal aboveInbox <== (op.is[OP_ESCROW_TO_PROGRAM()] + Pass - passSelf + Enter) * (op.dSlot - found.bInbox);
    newInbox <== CreateProgram * op.scope;
    _ <== Num2Bits(8)(aboveInbox + 256 * CreateProgram - newInbox + capability.within);
}

// Which rank a row is about: of the watch that is set or taken away, or of the one that is checked.
bus WatchRank() {
    signal number;  //                                                        2 bits
    signal bit;     // the rank as a bit of the slot's ranks                  4 bits
    signal count;   // of the ranks that are set or taken away: 0 or 1
}

// What the row finds in X.
template CellX() {
    input Operation() op;
    input Found() found;
    input Choice() choice;
    input Parts() parts;
    input Columns() columns;
    input Addresses() at;
    input Capability() capability;
    output WatchRank() watchRank;

    var InvokeProgram = op.is[OP_INVOKE_PROGRAM()];
    var Pass = op.is[OP_PASS()];
    var Clear = op.is[OP_CLEAR()];
    var Unwatch = op.is[OP_UNWATCH()];
    var Check = op.is[OP_CHECK()];
    var Trigger = op.is[OP_TRIGGER()];
    var Lineage = op.is[OP_LINEAGE()];
    var openX = columns.open[4];
    var header = columns.header;
    var capabilityInX = columns.claimBy + columns.watchBy + choice.derives;
    var clears[4] = found.clears;
    var xWords[3] = found.xWords;

    // ---------------------------------------- 11. X
    clears[0] + clears[1] + clears[2] + clears[3] === Clear;
    signal entryPayload <== (InvokeProgram + Pass) * (op.rights + (1 << 8) * op.scope + (1 << 40) * op.kind);
    var number = 0;
    var bit = 0;
    var count = 0;
    for (var i = 0; i < WATCHES(); i++) {
        var about = choice.rank[i] + choice.checkTurn[i] + choice.checkTurn[WATCHES() + i];
        number += i * about;
        bit += (1 << i) * about;
        count += choice.rank[i];
    }
    watchRank.number <== number;
    watchRank.bit <== bit;
    watchRank.count <== count;
    signal watchPayload <== Check * (at.s + (1 << 32) * op.kind + (1 << 88) * op.rights + (1 << 96) * number);
    signal childPayload <== Lineage * (op.scope + (1 << 32) * choice.expiryGap);
    signal barePayload <== (Clear + Unwatch + Trigger + header) * choice.spare;
    signal headerSeq <== header * found.xSeq;
    signal xCapPayload <== capabilityInX * capability.payload;
    xWords[0] === CELL_PROGRAM() * header + CELL_ENTRY() * (InvokeProgram + Pass)
        + CELL_CAPABILITY() * (capabilityInX + Lineage) + CELL_ARMED() * (Unwatch + Check) + CELL_FIRED() * Trigger
        + CELL_CAPABILITY() * clears[0] + CELL_ENTRY() * clears[1] + CELL_FIRED() * clears[2] + CELL_SPENT() * clears[3]
        + 8 * (entryPayload + watchPayload + barePayload + xCapPayload + childPayload)
        + SEQ() * found.xSeq + (HEADER_SEQ() - SEQ()) * headerSeq;
    header * parts.spareBeyond === 0;
    (1 - openX) * xWords[1] === 0;
    (1 - openX) * xWords[2] === 0;
    capabilityInX * (xWords[1] - capability.low - MIDDLE() * capability.subject) === 0;
    // A child: its nonce, the parent it names (S, as it is now), its subject and expiry.
    Lineage * (xWords[1] - parts.quantityHigh - (1 << 24) * choice.capRights - (1 << 32) * at.s
        - (1 << 64) * capability.nonce - MIDDLE() * op.resource - HIGH() * op.term) === 0;
    InvokeProgram * (xWords[2] - op.argument) === 0;
    Trigger * (xWords[2] - op.digest) === 0;
    Unwatch * (parts.spareLow + (1 << 32) * parts.spareRank - at.s - (1 << 32) * number) === 0;
}
