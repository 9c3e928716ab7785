pragma circom 2.2.0;

// Offline memory checking by logarithmic derivatives. A tuple (address, three words) is compressed to
// t = address + β·w0 + β²·w1 + β³·w2 and stands in the sum as 1 / (γ − t). What rows find and what leaves, together, is what rows leave and what
// enters, together, iff the sums agree (except with a chance of about tuples / 2^254 over β and γ, which exist only after everything
// in a tuple was absorbed).

// Box of Quotient
//   private  top, bottom   words; bottom is not 0 (with a challenge in it: but for a negligible chance)
//   output   out           top / bottom
template Quotient() {
    signal input top;
    signal input bottom;
    signal output out;
    // Unique: bottom is not 0, so out · bottom = top has one solution.
    out <-- top / bottom;
    out * bottom === top;
}

// What one row adds to the memory sum: found − left, over its open columns. And what it asks of the signature table: that
// (actor, authority found) stands there, if the effect is the actor's own and there is an authority; the weight then is not 0.
//
// Box of RowMemory
//   private  address[5] 32 bits, open[5] bits, found[5][3], left[5][3] words; beta[4] = 1, β, β², β³; gamma
//   private  signed       bit: the row's effect is the actor's own
//   output   sum          found − left
//   output   asked        of the signature table
template RowMemory() {
    signal input address[5];
    signal input open[5];
    signal input found[5][3];
    signal input left[5][3];
    signal input signed;
    signal input beta[4];
    signal input gamma;
    signal output sum;
    signal output asked;

    // Words that no row changes, by column: their products are shared by the two tuples.
    var KEPT[5][3] = [[0, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]];
    signal foundScaled[5][3];
    signal leftScaled[5][3];
    component was[5];
    component is[5];
    var total = 0;
    for (var c = 0; c < 5; c++) {
        var t = address[c];
        var u = address[c];
        for (var i = 0; i < 3; i++) {
            foundScaled[c][i] <== beta[i + 1] * found[c][i];
            if (KEPT[c][i] == 1) {
                leftScaled[c][i] <== foundScaled[c][i];
            } else {
                leftScaled[c][i] <== beta[i + 1] * left[c][i];
            }
            t += foundScaled[c][i];
            u += leftScaled[c][i];
        }
        was[c] = Quotient();
        was[c].top <== open[c];
        was[c].bottom <== gamma - t;
        is[c] = Quotient();
        is[c].top <== open[c];
        is[c].bottom <== gamma - u;
        total += was[c].out - is[c].out;
    }
    sum <== total;

    // (program, key): 256·program is the header's address.
    signal weight <== signed * found[0][1];
    component ask = Quotient();
    ask.top <== weight;
    ask.bottom <== gamma - address[0] - foundScaled[0][1];
    asked <== ask.out;
}
