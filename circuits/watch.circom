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
