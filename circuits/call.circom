pragma circom 2.2.0;

include "comparators.circom";

// A call under way: how many arguments are to come, and what they are together (invocation-causal, escrow-atomic).
//
// Box of Call
//   private  invoke, pass, check   bits: the row's operation
//   private  actor 24 bits, entry (address in X) 32 bits, nargs 8 bits, quantity 128 bits   of the row
//   private  minimum      of the entry in X, word below 2^128
//   private  spare        in a Pass row: what the arguments are beyond the minimum; checked to be 128 bits by the caller
//   private  calling      bit: arguments are still to come; leftIn how many, sumIn their sum so far, entryIn and actorIn whose call
//   output   callingOut, leftOut, sumOut, entryOut, actorOut   the same after the row
template Call() {
    signal input invoke;
    signal input pass;
    signal input check;
    signal input actor;
    signal input entry;
    signal input nargs;
    signal input quantity;
    signal input minimum;
    signal input spare;
    signal input calling;
    signal input leftIn;
    signal input sumIn;
    signal input entryIn;
    signal input actorIn;
    signal output callingOut;
    signal output leftOut;
    signal output sumOut;
    signal output entryOut;
    signal output actorOut;

    // 1. While arguments are to come, rows are Passes (or Checks) of the same caller to the same entry; else there are none.
    pass === calling * (1 - check);
    pass * (entry - entryIn) === 0;
    pass * (actor - actorIn) === 0;
    entryOut <== entryIn + invoke * (entry - entryIn);
    actorOut <== actorIn + invoke * (actor - actorIn);

    // 2. Count and sum.
    signal announced <== invoke * nargs;
    leftOut <== leftIn + announced - pass;
    signal done <== IsZero()(leftOut);
    callingOut <== 1 - done;
    signal given <== pass * quantity;
    sumOut <== callingOut * (sumIn + given);

    // 3. The last argument brings the sum to the minimum at least; a call without arguments needs a minimum of 0.
    signal closes <== pass * done;
    signal surplus <== closes * (sumIn + given - minimum);
    pass * (spare - surplus) === 0;
    signal bare <== invoke * done;
    bare * minimum === 0;
}
