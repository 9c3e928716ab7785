pragma circom 2.2.0;

include "comparators.circom";

// Does the condition of a watch hold? (watch-deterministic: the answer is forced both ways.)
template Condition() {
    signal input check;     // bit: this is a Check row (otherwise nothing is asked)
    signal input condition[5]; // bits, at most one set: above, below, arrival, departure, change
    signal input filter;    // kind the watch looks at, 0 = any                                        56 bits
    signal input kind;      // kind of what moved                                                      56 bits
    signal input before;    // bit: a resource was in the slot before
    signal input after;     // bit: a resource is in the slot after
    signal input quantity;  // of what is in the slot after, 0 if nothing                              128 bits
    signal input threshold; // of the watch                                                            128 bits
    signal input distance;  // of the quantity from the other answer; the caller checks the width      128 bits
    signal input fired;     // bit: the claimed answer

    // 1. Does the kind match?
    signal any <== IsZero()(filter);
    signal same <== IsEqual()([filter, kind]);
    signal matches <== any + same - any * same;
    signal present <== matches * after;
    signal amount <== present * quantity;

    // 2. above: amount > threshold. below: amount < threshold. With sign·(amount − threshold) > 0 as the question, the
    //    distance is that number less one if the answer is yes, and its opposite if it is no; only one is in 128 bits.
    signal compares <== check * (condition[0] + condition[1]);
    signal lead <== (condition[0] - condition[1]) * (amount - threshold);
    signal firedLead <== fired * lead;
    compares * (distance - 2 * firedLead + lead + fired) === 0;
    (check - compares) * distance === 0;

    // 3. arrival, departure, change.
    signal arrival <== present * (1 - before);
    signal departure <== (matches - present) * before;
    signal arrives <== condition[2] * arrival;
    signal departs <== condition[3] * departure;
    signal changes <== condition[4] * matches;
    (check - compares) * (fired - arrives - departs - changes) === 0;

    // 4. Nothing fires but in a check.
    fired * (1 - check) === 0;
}

// The Checks that are owed, of W ranks, and what they need to know.
bus OwedChecks(W) {
    signal s[W];      // bits: Checks of the slot in S that are owed, by rank
    signal sAddress;  // that slot                                            32 bits
    signal sAfter;    // bit: a resource stayed in it
    signal sQuantity; // of what stayed                                       128 bits
    signal d[W];      // bits: Checks of the slot in D that are owed, by rank
    signal dAddress;  // that slot                                            32 bits
    signal dBefore;   // bit: a resource was in it
    signal dQuantity; // of what is in it                                     128 bits
    signal kind;      // of what moved                                        56 bits
}

// The Checks that a change of a watched slot owes: one for each watch, S's before D's, by rank, at once.
template PendingChecks(W) {
    signal input check;         // bit: this is a Check row
    signal input slot;          // the address in S                                                    32 bits
    // Which of the Checks owed this is: S's ranks, then D's. One-hot in a Check row, else 0. The caller sees to it that
    // in a Check row the sum of those whose rank is on the slot is 1.
    signal input checkTurn[2 * W];
    signal input condition[5];     // as in Condition
    signal input filter;        // as in Condition
    signal input threshold;     // as in Condition
    signal input distance;      // as in Condition
    signal input fired;         // as in Condition
    input OwedChecks(W) previous; // owed by the row before
    input OwedChecks(W) changed;  // ranks on the slots that this row changes, and what their Checks will need to know
    output OwedChecks(W) next;    // owed after this row
    signal output rest;         // how many Checks are owed after this row

    // 1. A Check stands wherever one is owed, and nowhere else; it is the first one owed, and of that slot. What is
    //    owed are bits, so no turn but the first one owed differs from 0, in a Check or anywhere; and the caller, who
    //    asks a Check for one hit on a rank of the slot, makes it 1.
    var ahead = 0;
    for (var i = 0; i < 2 * W; i++) {
        checkTurn[i] * (1 - (i < W ? previous.s[i] : previous.d[i - W]) + ahead) === 0;
        ahead += i < W ? previous.s[i] : previous.d[i - W];
    }
    (1 - check) * ahead === 0;
    var ofS = 0;
    for (var i = 0; i < W; i++) {
        ofS += checkTurn[i];
    }
    signal address <== previous.dAddress + ofS * (previous.sAddress - previous.dAddress);
    check * (slot - address) === 0;

    // 2. What it needs to know: before S changed, a resource was there; after D changed, one is.
    signal quantity <== previous.dQuantity + ofS * (previous.sQuantity - previous.dQuantity);
    signal before <== previous.dBefore + ofS * (1 - previous.dBefore);
    signal after <== 1 + ofS * (previous.sAfter - 1);
    Condition()(check, condition, filter, previous.kind, before, after, quantity, threshold, distance, fired);

    // 3. A Check leaves the others owed; other rows owe what they change.
    var left = 0;
    for (var i = 0; i < W; i++) {
        next.s[i] <== previous.s[i] - checkTurn[i] + changed.s[i];
        next.d[i] <== previous.d[i] - checkTurn[W + i] + changed.d[i];
        left += next.s[i] + next.d[i];
    }
    rest <== left;
    next.sAddress <== changed.sAddress + check * (previous.sAddress - changed.sAddress);
    next.sAfter <== changed.sAfter + check * (previous.sAfter - changed.sAfter);
    next.sQuantity <== changed.sQuantity + check * (previous.sQuantity - changed.sQuantity);
    next.dAddress <== changed.dAddress + check * (previous.dAddress - changed.dAddress);
    next.dBefore <== changed.dBefore + check * (previous.dBefore - changed.dBefore);
    next.dQuantity <== changed.dQuantity + check * (previous.dQuantity - changed.dQuantity);
    next.kind <== changed.kind + check * (previous.kind - changed.kind);
}
