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

// The Checks that a change of a watched slot owes: S's, then D's, at once.
//
// Box of Owed
//   private  check        bit: this is a Check row; slot the address in S                      32 bits
//   private  choice[5], filter, threshold, distance, fired   as in Condition
//   private  sIn, dIn     bits: a Check of S, of D, is owed by the row before; what it needs to know:
//              sAddressIn, sAfterIn (a resource stayed), sQuantityIn; dAddressIn, dBeforeIn (a resource was there), dQuantityIn; kindIn
//   private  sChanged, dChanged   bits: this row changes a watched slot; and what its Checks will need to know:
//              sAddress, sAfter, sQuantity, dAddress, dBefore, dQuantity, kind
//   output   the names of the inputs with Out: what is owed after this row
template Owed() {
    signal input check;
    signal input slot;
    signal input choice[5];
    signal input filter;
    signal input threshold;
    signal input distance;
    signal input fired;
    signal input sIn;
    signal input sAddressIn;
    signal input sAfterIn;
    signal input sQuantityIn;
    signal input dIn;
    signal input dAddressIn;
    signal input dBeforeIn;
    signal input dQuantityIn;
    signal input kindIn;
    signal input sChanged;
    signal input dChanged;
    signal input sAddress;
    signal input sAfter;
    signal input sQuantity;
    signal input dAddress;
    signal input dBefore;
    signal input dQuantity;
    signal input kind;
    signal output sOut;
    signal output sAddressOut;
    signal output sAfterOut;
    signal output sQuantityOut;
    signal output dOut;
    signal output dAddressOut;
    signal output dBeforeOut;
    signal output dQuantityOut;
    signal output kindOut;

    // 1. A Check stands exactly where one is owed, S before D, on that slot.
    signal owes <== sIn + (1 - sIn) * dIn;
    check === owes;
    signal address <== dAddressIn + sIn * (sAddressIn - dAddressIn);
    check * (slot - address) === 0;

    // 2. What it needs to know: before S changed, a resource was there; after D changed, one is.
    signal quantity <== dQuantityIn + sIn * (sQuantityIn - dQuantityIn);
    signal before <== dBeforeIn + sIn * (1 - dBeforeIn);
    signal after <== 1 + sIn * (sAfterIn - 1);
    Condition()(check, choice, filter, kindIn, before, after, quantity, threshold, distance, fired);

    // 3. A Check of S leaves that of D owed; other rows owe what they change.
    signal both <== sIn * dIn;
    sOut <== sChanged;
    sAddressOut <== sAddress;
    sAfterOut <== sAfter;
    sQuantityOut <== sQuantity;
    dOut <== dChanged + both;
    dAddressOut <== dAddress + check * (dAddressIn - dAddress);
    dBeforeOut <== dBefore + check * (dBeforeIn - dBefore);
    dQuantityOut <== dQuantity + check * (dQuantityIn - dQuantity);
    kindOut <== kind + check * (kindIn - kind);
}
