pragma circom 2.2.0;

include "quotient.circom";

// Baby Jubjub in Edwards form: the keys of signatures, and the way back from a sum.

// Square root of 168700 such that 6Z, which has order 4, is (1 / ROOT, 0) in Edwards form.
function ROOT() { return 7214280148105020021932206872019688659210616427216992810330019057549499971851; }

// The y coordinate of circomlib's base point B8, in Edwards form.
function BASE_Y() { return 16950150798460657717958625567821834550301663161624707787222815936182638968203; }

// 2p, in Edwards form. On the curve neither bottom is 0: 168700 is a square and 168696 is not.
template EdwardsDouble() {
    signal input p[2];      // a point of the curve, O too
    signal output out[2];   // point
    signal output xx;       // products of p's coordinates
    signal output yy;
    signal output xy;

    xx <== p[0] * p[0];
    yy <== p[1] * p[1];
    xy <== p[0] * p[1];
    component x = Quotient();
    x.top <== 2 * xy;
    x.bottom <== 168700 * xx + yy;
    component y = Quotient();
    y.top <== yy - 168700 * xx;
    y.bottom <== 2 - 168700 * xx - yy;
    out <== [x.out, y.out];
}
