pragma circom 2.2.0;

include "bitify.circom";
include "quotient.circom";
include "signature/montgomery.circom";

// Which of the two points (Q: 0, Q + Z: 1) ScalarMulVariable adds or subtracts in each of its steps.
function SHIFTED(i) {
    return i % 2 == 0 && i > 0 && i < 252 ? 1 : 0;
}

// The bits of a challenge, all but the last as signs: for each step of ScalarMulVariable, the ordinate v of the point
// that it adds, or −v. As a root of v² it stands for a bit, and it needs no product of a bit and v.
template SignedDigits() {
    signal input challenge;     // word
    signal input v[2];          // ordinates of Q and Q + Z, not 0
    signal output signed[253];  // v[SHIFTED(i)] if bit 253 − i of the challenge is 1, else −v[SHIFTED(i)]
    signal output low;          // bit 0 of the challenge

    // 1. Roots of v². Which of the two is only said here; steps 2 and 3 leave one choice.
    signal square[2];
    for (var k = 0; k < 2; k++) {
        square[k] <== v[k] * v[k];
    }
    for (var i = 0; i < 253; i++) {
        signed[i] <-- (2 * ((challenge >> (253 - i)) & 1) - 1) * v[SHIFTED(i)];
        signed[i] * signed[i] === square[SHIFTED(i)];
    }

    // 2. The numbers they stand for: bits 190 to 253, and bits 1 to 189. What is left is bit 0.
    component part[2][2];
    var number[2];
    for (var n = 0; n < 2; n++) {
        var from = n == 0 ? 0 : 64;
        var to = n == 0 ? 64 : 253;
        for (var k = 0; k < 2; k++) {
            var sum = 0;
            for (var i = from; i < to; i++) {
                if (SHIFTED(i) == k) {
                    sum += signed[i] * (1 << (to - 1 - i));
                }
            }
            part[n][k] = Quotient();
            part[n][k].top <== sum;
            part[n][k].bottom <== v[k];
        }
        number[n] = (part[n][0].out + part[n][1].out + (1 << (to - from)) - 1) / 2;
    }
    low <== challenge - number[0] * (1 << 190) - number[1] * 2;
    low * (low - 1) === 0;

    // 3. All bits together are the challenge itself, not the challenge plus the field's order: the upper 64 are less
    //    than the order's. (A challenge with the very same 64 is refused. One in 2^63 or so is; another `validUntil`
    //    will do.)
    component less = Num2Bits(64);
    less.in <== (-1 >> 190) - 1 - number[0];
}

// −h·Q + 5Z, in Montgomery form.
//
// With h = 2g + low, (2g + 1)·Q = 2^253·Q ± 2^252·Q ± … ± Q, where a sign is + where g has a 1: one doubling and one
// addition for each sign, and none is ever left out. The last bit is put right at the end.
template ScalarMulVariable() {
    signal input h;         // word
    signal input point[2];  // Q, of order l
    signal output out[2];   // point

    // 1. Q + Z: 0 and 1.
    var z[2] = TORSION();
    component shift = AddMontgomery();
    shift.p <== point;
    shift.q <== z;

    // 2. The signs.
    component signs = SignedDigits();
    signs.challenge <== h;
    signs.v <== [point[1], shift.out[1]];

    // 3. The steps, p to 2p ± q. Multiples of Z in p and q, and in 2p ± q, which must not be 0 either:
    //    step 0:          1 and 0,   to 2
    //    step 1:          2 and 0,   to 4
    //    step 2:          4 and ±1,  to ±1
    //    odd steps:      ±1 or ±3 and 0,  to ±2
    //    even steps:     ±2 and ±1,  to ±3 (4 ± 1)
    //    step 252:       ±2 and 0,   to 4
    component step[253];
    for (var i = 0; i < 253; i++) {
        step[i] = DoubleAndAdd();
        if (i == 0) {
            step[i].p <== shift.out;
        } else {
            step[i].p <== step[i - 1].out;
        }
        if (SHIFTED(i) == 1) {
            step[i].q[0] <== shift.out[0];
        } else {
            step[i].q[0] <== point[0];
        }
        step[i].q[1] <== signs.signed[i];
    }

    // 4. Minus all that (4, for −4 is 4), plus Q unless the last bit is 1: plus Q + Z, or plus Z (1).
    signal rest[2];
    for (var i = 0; i < 2; i++) {
        rest[i] <== shift.out[i] + signs.low * (z[i] - shift.out[i]);
    }
    component whole = AddMontgomery();
    whole.p <== [step[252].out[0], -step[252].out[1]];
    whole.q <== rest;
    out <== whole.out;
}
