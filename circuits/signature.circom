pragma circom 2.2.0;

include "bitify.circom";
include "memory.circom";
include "poseidon.circom";

// One EdDSA-Poseidon signature over Baby Jubjub, as circomlib checks it: S·B8 = R + h·8A, with h = Poseidon(R, A, message).
// docs/protocol.md says what is signed.
//
// Baby Jubjub has the order 8l, l prime. Its points are written in two ways:
//   Edwards     168700·x² + y² = 1 + 168696·x²·y²   keys and signatures; (0, 1) is the neutral element O
//   Montgomery  v² = u³ + 168698·u² + u             sums; u = (1 + y) / (1 − y), v = u / x; O has no coordinates
//
// A sum in Montgomery form costs 3 constraints, and 5 if a point is doubled on the way, but where a point meets itself its quotient is
// 0/0, so that any value would pass, and where one meets its opposite nothing passes. Neither ever happens here, whatever the key and
// the signature are, and whoever chose them. Each point is one of order l (or O) plus a multiple of Z, a fixed point of order 8, and the
// multiples are such that the two points of a sum always differ in them. Where it says "4 and ±1" below, those are the multiples of Z
// in the two summands, modulo 8: never equal, never opposite. So the sum is not O either.

// Z, a point of order 8, in Montgomery form.
function TORSION() {
    return [
        19799329160503878365519859265345525785148473002902384773314932802961476726446,
        17254532040196108728490891380973133526547459744854918265191993098218014369797
    ];
}

// Square root of 168700 such that 6Z, which has order 4, is (1 / ROOT, 0) in Edwards form.
function ROOT() { return 7214280148105020021932206872019688659210616427216992810330019057549499971851; }

// The y coordinate of circomlib's base point B8, in Edwards form.
function BASE_Y() { return 16950150798460657717958625567821834550301663161624707787222815936182638968203; }

// Half of B8: the point of order l whose double is B8, in Montgomery form.
function HALF_BASE() {
    return [
        15911430547061389793000475571378725100056101078419116934490913615534943964770,
        15604226377194715175437583611220688199830490385506725180762234400943242628522
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

// For each window of three bits, i = 0..82: 8^i, 3·8^i, 5·8^i and 7·8^i times half of B8. And last: Z plus what is left of S·B8 for each
// value t of the two bits above the windows, (2t + 1)·8^83 − 1 times half of B8.
function MULTIPLES() {
    var table[84][4][2];
    var z[2] = TORSION();
    var half[2] = HALF_BASE();
    var minus[2] = [half[0], -half[1]];
    var p[2] = half;
    var twice[2];
    for (var i = 0; i < 83; i++) {
        twice = DOUBLE(p);
        table[i][0] = p;
        for (var k = 1; k < 4; k++) {
            p = SUM(p, twice);
            table[i][k] = p;
        }
        p = SUM(p, table[i][0]);
    }
    twice = DOUBLE(p);
    p = SUM(p, minus);
    p = SUM(p, z);
    table[83][0] = p;
    for (var k = 1; k < 4; k++) {
        p = SUM(p, twice);
        table[83][k] = p;
    }
    return table;
}

// p + q, in Montgomery form.
//
// Box of Sum
//   private  p[2], q[2]   points; p is neither q nor −q
//   output   out[2]       point
template Sum() {
    signal input p[2];
    signal input q[2];
    signal output out[2];

    component slope = Fraction();
    slope.top <== q[1] - p[1];
    slope.bottom <== q[0] - p[0];
    out[0] <== slope.out * slope.out - 168698 - p[0] - q[0];
    out[1] <== slope.out * (p[0] - out[0]) - p[1];
}

// 2p + q, in Montgomery form, as (p + q) + p: the ordinate of p + q is never needed.
//
// Box of DoubleAndAdd
//   private  p[2], q[2]   points; p is neither q nor −q, and 2p + q is not O
//   output   out[2]       point
template DoubleAndAdd() {
    signal input p[2];
    signal input q[2];
    signal output out[2];

    // 1. p + q = (between, slope·(p[0] − between) − p[1]).
    component slope = Fraction();
    slope.top <== q[1] - p[1];
    slope.bottom <== q[0] - p[0];
    signal between <== slope.out * slope.out - 168698 - p[0] - q[0];

    // 2. The line through p + q and p has the slope −slope − turn. Its bottom is not 0: p + q is neither p (q is not O) nor −p.
    component turn = Fraction();
    turn.top <== 2 * p[1];
    turn.bottom <== between - p[0];
    var second = -slope.out - turn.out;
    out[0] <== second * second - 168698 - p[0] - between;
    out[1] <== second * (p[0] - out[0]) - p[1];
}

// 2p, in Edwards form. On the curve neither bottom is 0: 168700 is a square and 168696 is not.
//
// Box of EdwardsDouble
//   private  p[2]         a point of the curve, O too
//   output   out[2]       point
//   output   xx, yy, xy   the products of p's coordinates
template EdwardsDouble() {
    signal input p[2];
    signal output out[2];
    signal output xx;
    signal output yy;
    signal output xy;

    xx <== p[0] * p[0];
    yy <== p[1] * p[1];
    xy <== p[0] * p[1];
    component x = Fraction();
    x.top <== 2 * xy;
    x.bottom <== 168700 * xx + yy;
    component y = Fraction();
    y.top <== yy - 168700 * xx;
    y.bottom <== 2 - 168700 * xx - yy;
    out <== [x.out, y.out];
}

// Which of the two points (Q: 0, Q + Z: 1) Multiple adds or subtracts in each of its steps.
function SHIFTED(i) {
    return i % 2 == 0 && i > 0 && i < 252 ? 1 : 0;
}

// The bits of a challenge, all but the last as signs: for each step of Multiple, the ordinate v of the point that it adds, or −v. That
// this is a root of v² says that it stands for a bit, and it needs no product of a bit and v.
//
// Box of Signs
//   private  challenge     word
//   private  v[2]          ordinates of Q and Q + Z, not 0
//   output   signed[253]   v[SHIFTED(i)] if bit 253 − i of the challenge is 1, else −v[SHIFTED(i)]
//   output   low           bit 0
template Signs() {
    signal input challenge;
    signal input v[2];
    signal output signed[253];
    signal output low;

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
            part[n][k] = Fraction();
            part[n][k].top <== sum;
            part[n][k].bottom <== v[k];
        }
        number[n] = (part[n][0].out + part[n][1].out + (1 << (to - from)) - 1) / 2;
    }
    low <== challenge - number[0] * (1 << 190) - number[1] * 2;
    low * (low - 1) === 0;

    // 3. All bits together are the challenge itself, not the challenge plus the field's order: the upper 64 are less than the order's.
    //    (A challenge with the very same 64 is refused. One in 2^63 or so is, and then another `validUntil` will do.)
    component less = Num2Bits(64);
    less.in <== (-1 >> 190) - 1 - number[0];
}

// −h·Q + 5Z, in Montgomery form.
//
// With h = 2g + low, (2g + 1)·Q = 2^253·Q ± 2^252·Q ± … ± Q, where a sign is + where g has a 1: one doubling and one addition for each sign, and
// nothing is ever left out. The last bit is put right at the end.
//
// Box of Multiple
//   private  h         word
//   private  point[2]  Q, of order l
//   output   out[2]    point
template Multiple() {
    signal input h;
    signal input point[2];
    signal output out[2];

    // 1. Q + Z: 0 and 1.
    var z[2] = TORSION();
    component shift = Sum();
    shift.p <== point;
    shift.q <== z;

    // 2. The signs.
    component signs = Signs();
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
    component whole = Sum();
    whole.p <== [step[252].out[0], -step[252].out[1]];
    whole.q <== rest;
    out <== whole.out;
}

// start + S·B8 + Z, in Montgomery form.
//
// A bit b as a sign is c = 2b − 1, and b·B8 = (c + 1)·half of B8. Three signs, 4·c2 + 2·c1 + c0, make one of ±1, ±3, ±5, ±7, times a power of
// 8, times half of B8. When all three are flipped, u stays and v changes its sign, which leaves one product for each of them.
//
// Box of PlusBase
//   private  start[2]   a point of order l (or O), plus 5Z
//   private  bits[251]  bits, of S
//   output   out[2]     the same plus 6Z
template PlusBase() {
    signal input start[2];
    signal input bits[251];
    signal output out[2];

    var table[84][4][2] = MULTIPLES();
    component sum[84];

    // 1. The upper two bits, and what the signs below are short of: 5 and 1, to 6.
    signal both <== bits[249] * bits[250];
    sum[83] = Sum();
    sum[83].p <== start;
    for (var k = 0; k < 2; k++) {
        sum[83].q[k] <== table[83][0][k] + (table[83][1][k] - table[83][0][k]) * bits[249]
            + (table[83][2][k] - table[83][0][k]) * bits[250]
            + (table[83][0][k] - table[83][1][k] - table[83][2][k] + table[83][3][k]) * both;
    }

    // 2. The windows: 6 and 0. None of their points is O, for l is a prime above 7.
    signal u[83];
    signal v[83];
    for (var i = 82; i >= 0; i--) {
        var c0 = 2 * bits[3 * i] - 1;
        var c1 = 2 * bits[3 * i + 1] - 1;
        var c2 = 2 * bits[3 * i + 2] - 1;
        // Coefficients in u, and in c2·v, of 1, c0·c1, c0·c2 and c1·c2.
        var one[2];
        var c01[2];
        var c02[2];
        var c12[2];
        for (var k = 0; k < 2; k++) {
            var m1 = table[i][0][k];
            var m3 = table[i][1][k];
            var m5 = table[i][2][k];
            var m7 = table[i][3][k];
            one[k] = (m1 + m3 + m5 + m7) / 4;
            c01[k] = (m1 - m3 - m5 + m7) / 4;
            c02[k] = (-m1 + m3 - m5 + m7) / 4;
            c12[k] = (-m1 - m3 + m5 + m7) / 4;
        }
        // Squares of signs are 1, so one product has all three mixed terms.
        var half = (c01[0] + c02[0] + c12[0]) / 2;
        u[i] <== (c0 + c1 + c2) * ((half - c12[0]) * c0 + (half - c02[0]) * c1 + (half - c01[0]) * c2) + one[0] - half;
        // c2·u has c0·c1·c2 as well: as often as v needs it, and the rest is linear.
        var often = c01[1] / c01[0];
        v[i] <== often * c2 * u[i] + (one[1] - often * one[0]) * c2 + (c12[1] - often * c12[0]) * c1 + (c02[1] - often * c02[0]) * c0;
        sum[i] = Sum();
        sum[i].p <== sum[i + 1].out;
        sum[i].q <== [u[i], v[i]];
    }
    out <== sum[0].out;
}

// A signature, where one is asked for.
//
// Box of Signature
//   private  active      bit (the caller sees to that); if 0, only keyX matters: it must be the x of B8
//   private  authority   y of the key A, a word
//   private  keyX        x of the key A
//   private  r[2]        the point R
//   private  s           the number S, below 2^251. Not necessarily below l, so S + l may do as well as S: no one may
//                        tell signatures apart by S
//   private  message     word
//
// If active is 1: A is on the curve, 8A is not O, and S·B8 = R + h·8A. R then is on the curve, of order l or O.
//
// 2,611 constraints: key 19, hash 321, signs 324, multiple 1,273, bits of S 251, base 419, comparison 4. (circomlib's: 4,217.)
template Signature() {
    signal input active;
    signal input authority;
    signal input keyX;
    signal input r[2];
    signal input s;
    signal input message;

    // 1. The key, on the curve; that of B8 if none is asked for.
    signal key[2];
    key[0] <== keyX;
    key[1] <== BASE_Y() + active * (authority - BASE_Y());
    component twice = EdwardsDouble();
    twice.p <== key;
    168700 * twice.xx + twice.yy === 1 + 168696 * twice.xy * twice.xy;

    // 2. Eight times the key: of order l, unless the order of the key is 8 or less. Then it is (0, 1) and has no u: 0·u = 2.
    component fourfold = EdwardsDouble();
    fourfold.p <== twice.out;
    component eightfold = EdwardsDouble();
    eightfold.p <== fourfold.out;
    component u = Fraction();
    u.top <== 1 + eightfold.out[1];
    u.bottom <== 1 - eightfold.out[1];
    component v = Fraction();
    v.top <== u.out;
    v.bottom <== eightfold.out[0];

    // 3. R = S·B8 − h·8A, plus 6Z.
    component h = Hash(5);
    h.capacity <== 0;
    h.inputs <== [r[0], r[1], key[0], key[1], message];
    component minus = Multiple();
    minus.h <== h.out;
    minus.point <== [u.out, v.out];
    component bits = Num2Bits(251);
    bits.in <== s;
    component plus = PlusBase();
    plus.start <== minus.out;
    plus.bits <== bits.out;

    // 4. Back in Edwards form, where adding 6Z = (1 / ROOT, 0) makes (y / ROOT, −ROOT·x) of (x, y). The sum has the order 4 or 4l, so
    //    its v is not 0; and u is not −1, which no point has.
    component x = Fraction();
    x.top <== plus.out[0];
    x.bottom <== plus.out[1];
    component y = Fraction();
    y.top <== plus.out[0] - 1;
    y.bottom <== plus.out[0] + 1;
    active * (ROOT() * x.out - r[1]) === 0;
    active * (y.out + ROOT() * r[0]) === 0;
}
