pragma circom 2.2.0;

include "layout.circom";
include "row/inputs.circom";

// What sort of operation a row is: sums of its one-hot bits.
bus Sort() {
    signal number;      // operation number                                   5 bits
    signal real;        // bit: not padding
    signal effect;      // bit: an effect (not padding, Check, Trigger, Lineage)
    signal takesOwn;    // bit: S is a resource of the actor's, outright
    signal takes;       // bit: S is a resource
    signal onSlot;      // bit: S is a slot, whatever lies in it
    signal meets;       // bit: there is a peer
}

template SortOfOperation() {
    input Operation() op;
    input Found() found;
    input Choice() choice;
    output Sort() sort;

    // ---------------------------------------- 1. The operation
    var ones = 0;
    var number = 0;
    for (var i = 0; i < OPS(); i++) {
        op.is[i] * (op.is[i] - 1) === 0;
        ones += op.is[i];
        number += i * op.is[i];
    }
    ones === 1;
    var onSlot = op.is[OP_WATCH_RESOURCE()] + op.is[OP_UNWATCH()] + op.is[OP_CHECK()];
    var takesOwn = op.is[OP_RETIRE()] + op.is[OP_ESCROW_TO_PROGRAM()] + op.is[OP_PASS()] + op.is[OP_SPLIT()]
        + op.is[OP_MERGE()];
    sort.number <== number;
    sort.real <== 1 - op.is[OP_PADDING()];
    sort.effect <== 1 - op.is[OP_PADDING()] - op.is[OP_CHECK()] - op.is[OP_TRIGGER()] - op.is[OP_LINEAGE()];
    sort.takesOwn <== takesOwn;
    sort.takes <== takesOwn + op.is[OP_CLAIM_FROM_PROGRAM()] + op.is[OP_REVOKE_RESOURCE()] + op.is[OP_EJECT()];
    sort.onSlot <== onSlot;
    sort.meets <== op.is[OP_CREATE_PROGRAM()] + op.is[OP_ESCROW_TO_PROGRAM()] + op.is[OP_CLAIM_FROM_PROGRAM()]
        + op.is[OP_REVOKE_RESOURCE()] + op.is[OP_INVOKE_PROGRAM()] + op.is[OP_PASS()] + op.is[OP_DELEGATE_CAPABILITY()]
        + onSlot + op.is[OP_JOIN_WITH()] + op.is[OP_ENTER()] + op.is[OP_EJECT()];

    var bits[16] = [
        op.last, choice.held, choice.derives, choice.narrows, found.slotHolds, choice.inPlace,
        choice.before, choice.after, choice.expires, choice.scoped, choice.subjected, choice.fired,
        found.clears[0], found.clears[1], found.clears[2], found.clears[3]
    ];
    for (var i = 0; i < 16; i++) {
        bits[i] * (bits[i] - 1) === 0;
    }
    for (var i = 0; i < 5; i++) {
        choice.condition[i] * (choice.condition[i] - 1) === 0;
    }
    for (var i = 0; i < WATCHES(); i++) {
        found.sWatch[i] * (found.sWatch[i] - 1) === 0;
        found.dWatch[i] * (found.dWatch[i] - 1) === 0;
        choice.rank[i] * (choice.rank[i] - 1) === 0;
    }
}
