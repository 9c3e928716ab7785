pragma circom 2.2.0;

include "quotient.circom";

// Offline memory checking by logarithmic derivatives. A tuple (address, three words) is compressed to
// t = address + β·w0 + β²·w1 + β³·w2 and stands in the sum as 1 / (γ − t). The tuples that rows find and that leave are
// those that rows leave and that enter, iff the sums agree (except with a chance of about tuples / 2^254 over β and γ,
// which exist only after everything in a tuple was absorbed).

// The cells of a row, by column: A, B, S, D, X.
bus RowTuples() {
    signal address[5];  //                                                    32 bits
    signal open[5];     // bits: the column has a cell
    signal wordsFound[5][3]; // the row finds
    signal wordsLeft[5][3];  // the row leaves
    signal signed;      // bit: the actor's authority, if it has one, must sign
}

// The challenges, which exist only after everything in a tuple was absorbed.
bus Challenges() {
    signal beta[4];     // 1, β, β², β³
    signal gamma;
}

// What one row adds to the memory sum: found − left, over its open columns. And what it asks of the signature table:
// that (actor, authority found) stands there, if the effect is the actor's own, not the chain's, and there is an
// authority; the weight then is not 0.
template RowMemory() {
    input RowTuples() tuples;
    input Challenges() challenges;
    signal output sum;      // found − left
    signal output asked;    // of the signature table

    var beta[4] = challenges.beta;
    var gamma = challenges.gamma;
    // Words that no row changes, by column: their products are shared by the two tuples.
    var KEPT[5][3] = [[0, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]];
    signal foundScaled[5][3];
    signal leftScaled[5][3];
    component was[5];
    component is[5];
    var total = 0;
    for (var c = 0; c < 5; c++) {
        var t = tuples.address[c];
        var u = tuples.address[c];
        // The words are left factors: there a wire costs a proof least (poseidon.circom).
        for (var i = 0; i < 3; i++) {
            foundScaled[c][i] <== tuples.wordsFound[c][i] * beta[i + 1];
            if (KEPT[c][i] == 1) {
                leftScaled[c][i] <== foundScaled[c][i];
            } else {
                leftScaled[c][i] <== tuples.wordsLeft[c][i] * beta[i + 1];
            }
            t += foundScaled[c][i];
            u += leftScaled[c][i];
        }
        was[c] = Quotient();
        was[c].top <== tuples.open[c];
        was[c].bottom <== gamma - t;
        is[c] = Quotient();
        is[c].top <== tuples.open[c];
        is[c].bottom <== gamma - u;
        total += was[c].out - is[c].out;
    }
    sum <== total;

    // (program, key): 256·program is the header's address.
    signal weight <== tuples.signed * tuples.wordsFound[0][1];
    component ask = Quotient();
    ask.top <== weight;
    ask.bottom <== gamma - tuples.address[0] - foundScaled[0][1];
    asked <== ask.out;
}
