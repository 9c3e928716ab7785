pragma circom 2.2.0;

include "layout.circom";
include "watch.circom";
include "row/inputs.circom";
include "row/operation.circom";
include "row/columns.circom";
include "row/cells.circom";

// Ranks of watches, their conditions, and the Checks that are owed.
template Watches() {
    signal input rest;      // of a Split, 0 otherwise                        128 bits
    signal input merged;    // what D has of a Merge                          128 bits
    signal input moored;    // bit: the rows are published
    input Operation() op;
    input Sort() sort;
    input Found() found;
    input Choice() choice;
    input Addresses() at;
    input WatchRank() watchRank;
    input OwedChecks(WATCHES()) previous;
    output OwedChecks(WATCHES()) next;
    signal output left;     // how many Checks are owed after this row

    var WatchResource = op.is[OP_WATCH_RESOURCE()];
    var Unwatch = op.is[OP_UNWATCH()];
    var Check = op.is[OP_CHECK()];
    var inPlace = choice.inPlace;

    // ---------------------------------------- 15. Watches (watch-deterministic)
    // A new watch gets the lowest rank that is free; one that is taken away or checked has its rank on the slot.
    watchRank.count === WatchResource + Unwatch;
    // A slot of a moored map has two watches at most: whoever makes the map again from its rows knows that bound.
    moored * (choice.rank[2] + choice.rank[3]) === 0;
    signal hit[WATCHES()];
    signal taken[WATCHES()];
    var hits = 0;
    var lower = 0;
    var takenBelow = 0;
    for (var i = 0; i < WATCHES(); i++) {
        hit[i] <== (choice.rank[i] + choice.checkTurn[i] + choice.checkTurn[WATCHES() + i]) * found.sWatch[i];
        hits += hit[i];
        taken[i] <== choice.rank[i] * takenBelow;
        lower += taken[i];
        takenBelow += found.sWatch[i];
    }
    // In a Check, at most one turn differs from 0 (PendingChecks, step 1), so this makes it 1.
    hits === Unwatch + Check;
    WatchResource * (lower - watchRank.number) === 0;
    // The condition is one of five.
    var chosen = 0;
    var conditionNumber = 0;
    for (var i = 0; i < 5; i++) {
        chosen += choice.condition[i];
        conditionNumber += (i + 1) * choice.condition[i];
    }
    chosen === WatchResource + Check;
    signal conditionFound <== (WatchResource + Check) * op.rights;
    conditionNumber === conditionFound;
    // What this row changes. A watch on D means that a resource arrives there (section 10).
    OwedChecks(WATCHES()) changed;
    for (var i = 0; i < WATCHES(); i++) {
        changed.s[i] <== sort.takes * found.sWatch[i];
        changed.d[i] <== found.dWatch[i];
    }
    signal quantityInPlace <== inPlace * op.quantity;
    changed.sAddress <== at.s;
    changed.sAfter <== op.is[OP_SPLIT()] + inPlace;
    changed.sQuantity <== rest + quantityInPlace;
    changed.dAddress <== at.d;
    changed.dBefore <== op.is[OP_MERGE()] + choice.held;
    changed.dQuantity <== op.quantity + merged;
    changed.kind <== op.kind;
    component pending = PendingChecks(WATCHES());
    pending.check <== Check;
    pending.slot <== at.s;
    pending.checkTurn <== choice.checkTurn;
    pending.condition <== choice.condition;
    pending.filter <== op.kind;
    pending.threshold <== found.xWords[1];
    pending.distance <== choice.spare;
    pending.fired <== choice.fired;
    pending.previous <== previous;
    pending.changed <== changed;
    next <== pending.next;
    left <== pending.rest;
}
