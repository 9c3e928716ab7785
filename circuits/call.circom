pragma circom 2.2.0;

include "comparators.circom";

// A call under way.
bus CallState() {
    signal calling; // bit: arguments are still to come
    signal left;    // how many are still to come                             8 bits
    signal sum;     // of the arguments so far                                word
    signal entry;   // address of the entry that is called                    32 bits
    signal actor;   // who calls                                              24 bits
}

// A call under way: how many arguments are to come, and what they are together (invocation-causal, escrow-atomic).
template Call() {
    signal input invoke;    // bit: an InvokeProgram row
    signal input pass;      // bit: a Pass row
    signal input check;     // bit: a Check row
    signal input actor;     // of the row                                     24 bits
    signal input entry;     // address in X                                   32 bits
    signal input nargs;     // arguments that the entry takes                 8 bits
    signal input quantity;  // that the row passes                            128 bits
    signal input minimum;   // of the entry in X, a word below 2^128
    signal input spare;     // in a Pass row: the arguments less the minimum; the caller checks that it has 128 bits
    input CallState() previous;
    output CallState() next;

    // 1. While arguments are to come, rows are Passes (or Checks) of the same caller to the same entry; else there are
    //    none.
    pass === previous.calling * (1 - check);
    pass * (entry - previous.entry) === 0;
    pass * (actor - previous.actor) === 0;
    next.entry <== previous.entry + invoke * (entry - previous.entry);
    next.actor <== previous.actor + invoke * (actor - previous.actor);

    // 2. Count and sum.
    signal announced <== invoke * nargs;
    next.left <== previous.left + announced - pass;
    signal done <== IsZero()(next.left);
    next.calling <== 1 - done;
    signal given <== pass * quantity;
    next.sum <== next.calling * (previous.sum + given);

    // 3. The last argument brings the sum to the minimum at least; a call without arguments needs a minimum of 0.
    signal closes <== pass * done;
    signal surplus <== closes * (previous.sum + given - minimum);
    pass * (spare - surplus) === 0;
    signal bare <== invoke * done;
    bare * minimum === 0;
}
