pragma circom 2.2.0;

include "comparators.circom";

// Does the condition of a watch hold? (watch-deterministic: the answer is forced both ways.)
//
// Box of Condition
//   private  check        bit: this is a Check row (otherwise nothing is asked)
//   private  choice[5]    bits, at most one set: above, below, arrival, departure, change
//   private  filter       kind the watch looks at, 0 = any                              56 bits
//   private  kind         kind of what moved                                            56 bits
//   private  before       bit: a resource was in the slot before
//   private  after        bit: a resource is in the slot after
//   private  quantity     of what is in the slot after, 0 if nothing                    128 bits
//   private  threshold                                                                  128 bits
//   private  distance     how far the quantity is from the other answer                 128 bits, checked by the caller
//   private  fired        bit: the claimed answer
template Condition() {
    signal input check;
    signal input choice[5];
    signal input filter;
    signal input kind;
    signal input before;
    signal input after;
    signal input quantity;
    signal input threshold;
    signal input distance;
    signal input fired;

    // 1. Does the kind match?
    signal any <== IsZero()(filter);
    signal same <== IsEqual()([filter, kind]);
    signal matches <== any + same - any * same;
    signal present <== matches * after;
    signal amount <== present * quantity;

    // 2. above: amount > threshold. below: amount < threshold. With sign·(amount − threshold) > 0 as the question, the
    //    distance is that number less one if the answer is yes, and its opposite if it is no; only one is in 128 bits.
    signal compares <== check * (choice[0] + choice[1]);
    signal lead <== (choice[0] - choice[1]) * (amount - threshold);
    signal firedLead <== fired * lead;
    compares * (distance - 2 * firedLead + lead + fired) === 0;
    (check - compares) * distance === 0;

    // 3. arrival, departure, change.
    signal arrival <== present * (1 - before);
    signal departure <== (matches - present) * before;
    signal arrives <== choice[2] * arrival;
    signal departs <== choice[3] * departure;
    signal changes <== choice[4] * matches;
    (check - compares) * (fired - arrives - departs - changes) === 0;

    // 4. Nothing fires but in a check.
    fired * (1 - check) === 0;
}

// The Checks that a change of a watched slot owes: one for each watch, S's before D's, by rank, at once.
//
// Box of PendingChecks(W)     W ranks
//   private  check        bit: this is a Check row; slot the address in S                      32 bits
//   private  turn[2W]     one-hot in Check rows, else 0: which of the Checks owed this is, S's ranks, then D's. The caller sees to it that in a Check
//                         their sum, each where its rank is on the slot, is 1
//   private  choice[5], filter, threshold, distance, fired   as in Condition
//   private  sIn[W], dIn[W]   bits: Checks of S, of D, owed by the row before, by rank; what they need to know:
//              sAddressIn, sAfterIn (a resource stayed), sQuantityIn; dAddressIn, dBeforeIn (a resource was there), dQuantityIn; kindIn
//   private  sChanged[W], dChanged[W]   bits: ranks on the slots that this row changes; and what their Checks will need to know:
//              sAddress, sAfter, sQuantity, dAddress, dBefore, dQuantity, kind
//   output   the names of the inputs with Out: what is owed after this row
//   output   rest         how many Checks are owed after this row
template PendingChecks(W) {
    signal input check;
    signal input slot;
    signal input turn[2 * W];
    signal input choice[5];
    signal input filter;
    signal input threshold;
    signal input distance;
    signal input fired;
    signal input sIn[W];
    signal input sAddressIn;
    signal input sAfterIn;
    signal input sQuantityIn;
    signal input dIn[W];
    signal input dAddressIn;
    signal input dBeforeIn;
    signal input dQuantityIn;
    signal input kindIn;
    signal input sChanged[W];
    signal input sAddress;
    signal input sAfter;
    signal input sQuantity;
    signal input dChanged[W];
    signal input dAddress;
    signal input dBefore;
    signal input dQuantity;
    signal input kind;
    signal output sOut[W];
    signal output sAddressOut;
    signal output sAfterOut;
    signal output sQuantityOut;
    signal output dOut[W];
    signal output dAddressOut;
    signal output dBeforeOut;
    signal output dQuantityOut;
    signal output kindOut;
    signal output rest;

    // 1. A Check stands wherever one is owed, and nowhere else; it is the first one owed, and of that slot. What is owed are bits, so no turn but
    //    the first one owed differs from 0, in a Check or anywhere; and Row, which asks a Check for one hit on a rank of the slot, makes it 1.
    var ahead = 0;
    for (var i = 0; i < 2 * W; i++) {
        turn[i] * (1 - (i < W ? sIn[i] : dIn[i - W]) + ahead) === 0;
        ahead += i < W ? sIn[i] : dIn[i - W];
    }
    (1 - check) * ahead === 0;
    var ofS = 0;
    for (var i = 0; i < W; i++) {
        ofS += turn[i];
    }
    signal address <== dAddressIn + ofS * (sAddressIn - dAddressIn);
    check * (slot - address) === 0;

    // 2. What it needs to know: before S changed, a resource was there; after D changed, one is.
    signal quantity <== dQuantityIn + ofS * (sQuantityIn - dQuantityIn);
    signal before <== dBeforeIn + ofS * (1 - dBeforeIn);
    signal after <== 1 + ofS * (sAfterIn - 1);
    Condition()(check, choice, filter, kindIn, before, after, quantity, threshold, distance, fired);

    // 3. A Check leaves the others owed; other rows owe what they change.
    var left = 0;
    for (var i = 0; i < W; i++) {
        sOut[i] <== sIn[i] - turn[i] + sChanged[i];
        dOut[i] <== dIn[i] - turn[W + i] + dChanged[i];
        left += sOut[i] + dOut[i];
    }
    rest <== left;
    sAddressOut <== sAddress + check * (sAddressIn - sAddress);
    sAfterOut <== sAfter + check * (sAfterIn - sAfter);
    sQuantityOut <== sQuantity + check * (sQuantityIn - sQuantity);
    dAddressOut <== dAddress + check * (dAddressIn - dAddress);
    dBeforeOut <== dBefore + check * (dBeforeIn - dBefore);
    dQuantityOut <== dQuantity + check * (dQuantityIn - dQuantity);
    kindOut <== kind + check * (kindIn - kind);
}
