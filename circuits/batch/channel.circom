pragma circom 2.2.0;

// What a moored map tells its chain: the words of its rows, as one value at a point that the chain chooses afterwards.
//
// acc = 1; for each word w of each real row: acc = acc * point + w. The words are the coefficients of a monic
// polynomial, so two lists of words, of whatever length, have the same value at few points. traceRoot fixes the words
// before the point is drawn from it (docs/reference/protocol.md, section 7).
template Channel(R) {
    signal input moored;        // bit: the rows are published
    signal input point;         // hash of the statement and the words        word
    signal input real[R];       // bits: the row is not padding
    signal input words[R][3];   // of each row                                words
    signal output value;        // of the polynomial; 1 if nothing is published

    // 1. A map that publishes nothing has one statement, not one for each point.
    (1 - moored) * point === 0;

    // 2. Horner's rule. Padding changes nothing.
    signal first[R];
    signal second[R];
    signal third[R];
    signal acc[R + 1];
    acc[0] <== 1;
    for (var r = 0; r < R; r++) {
        first[r] <== acc[r] * point;
        second[r] <== (first[r] + words[r][0]) * point;
        third[r] <== (second[r] + words[r][1]) * point;
        acc[r + 1] <== acc[r] + real[r] * (third[r] + words[r][2] - acc[r]);
    }

    // 3. The value.
    value <== 1 + moored * (acc[R] - 1);
}
