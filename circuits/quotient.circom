pragma circom 2.2.0;

// A quotient.
template Quotient() {
    signal input top;       // word
    signal input bottom;    // word, not 0 (with a challenge in it: but for a negligible chance)
    signal output out;      // top / bottom
    // Unique: bottom is not 0, so bottom · out = top has one solution. The quotient is on the right. Where it is
    // squared too, it is there anyway (poseidon.circom says why that matters).
    out <-- top / bottom;
    bottom * out === top;
}
