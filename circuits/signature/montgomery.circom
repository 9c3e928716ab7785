pragma circom 2.2.0;

include "quotient.circom";

// Baby Jubjub in Montgomery form: the sums of a signature.
//
// Baby Jubjub has the order 8l, l prime. Its points are written in two ways:
//   Edwards     168700·x² + y² = 1 + 168696·x²·y²   keys and signatures; (0, 1) is the neutral element O
//   Montgomery  v² = u³ + 168698·u² + u             sums; u = (1 + y) / (1 − y), v = u / x; O has no coordinates
//
// A sum in Montgomery form costs 3 constraints, and 5 if a point is doubled on the way. Where a point meets itself,
// its quotient is 0/0, so that any value would pass; where one meets its opposite, nothing passes. Neither ever
// happens here, for any key and any signature. Each point is one of order l (or O) plus a multiple of Z, a fixed
// point of order 8, and the multiples are such that the two points of a sum always differ in them. Where it says "4
// and ±1" in the templates that add, those are the multiples of Z in the two summands, modulo 8: never equal, never
// opposite. So the sum is not O either.
//
// Slopes are squared, so they are right factors anyway. They are right factors in the other products too
// (poseidon.circom says why).

// Z, a point of order 8, in Montgomery form.
function TORSION() {
    return [
        19799329160503878365519859265345525785148473002902384773314932802961476726446,
        17254532040196108728490891380973133526547459744854918265191993098218014369797
    ];
}

// Sum and double of constant points.
function SUM(p, q) {
    var slope = (q[1] - p[1]) / (q[0] - p[0]);
    var u = slope * slope - 168698 - p[0] - q[0];
    return [u, slope * (p[0] - u) - p[1]];
}
function DOUBLE(p) {
    var slope = (3 * p[0] * p[0] + 2 * 168698 * p[0] + 1) / (2 * p[1]);
    var u = slope * slope - 168698 - 2 * p[0];
    return [u, slope * (p[0] - u) - p[1]];
}

// p + q, in Montgomery form.
template AddMontgomery() {
    signal input p[2];      // point
    signal input q[2];      // point; p is neither q nor −q
    signal output out[2];   // point

    component slope = Quotient();
    slope.top <== q[1] - p[1];
    slope.bottom <== q[0] - p[0];
    out[0] <== slope.out * slope.out - 168698 - p[0] - q[0];
    out[1] <== (p[0] - out[0]) * slope.out - p[1];
}

// 2p + q, in Montgomery form, as (p + q) + p: the ordinate of p + q is never needed.
template DoubleAndAdd() {
    signal input p[2];      // point
    signal input q[2];      // point; p is neither q nor −q, and 2p + q is not O
    signal output out[2];   // point

    // 1. p + q = (between, slope·(p[0] − between) − p[1]).
    component slope = Quotient();
    slope.top <== q[1] - p[1];
    slope.bottom <== q[0] - p[0];
    signal between <== slope.out * slope.out - 168698 - p[0] - q[0];

    // 2. The line through p + q and p has the slope −slope − turn. Its bottom is not 0: p + q is neither p (q is not O)
    //    nor −p.
    component turn = Quotient();
    turn.top <== 2 * p[1];
    turn.bottom <== between - p[0];
    var second = -slope.out - turn.out;
    out[0] <== second * second - 168698 - p[0] - between;
    out[1] <== (p[0] - out[0]) * second - p[1];
}
