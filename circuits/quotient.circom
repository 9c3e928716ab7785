pragma circom 2.2.0;

// A quotient.
template Quotient() {
    signal input top;       // word
    signal input bottom;    // word, not 0 (with a challenge in it: but for a negligible chance)
    signal output out;      // top / bottom
    // Unique: bottom is not 0, so out · bottom = top has one solution.
    out <-- top / bottom;
    out * bottom === top;
}
