pragma circom 2.2.0;

include "signature/montgomery.circom";

// Half of B8: the point of order l whose double is B8, in Montgomery form.
function HALF_BASE() {
    return [
        15911430547061389793000475571378725100056101078419116934490913615534943964770,
        15604226377194715175437583611220688199830490385506725180762234400943242628522
    ];
}

// For each window of three bits, i = 0..82: 8^i, 3·8^i, 5·8^i and 7·8^i times half of B8. And last: Z plus the rest of
// S·B8 for each value t of the two bits above the windows, (2t + 1)·8^83 − 1 times half of B8.
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

// start + S·B8 + Z, in Montgomery form.
//
// A bit b as a sign is c = 2b − 1, and b·B8 = (c + 1)·half of B8. Three signs, 4·c2 + 2·c1 + c0, make one of ±1, ±3,
// ±5, ±7, times a power of 8, times half of B8. When all three are flipped, u stays and v changes its sign, which
// leaves one product for each of them.
template ScalarMulFixedBase() {
    signal input start[2];  // a point of order l (or O), plus 5Z
    signal input bits[251]; // bits of S
    signal output out[2];   // a point of order l (or O), plus 6Z

    var table[84][4][2] = MULTIPLES();
    component sum[84];

    // 1. The upper two bits, and what the signs below are short of: 5 and 1, to 6.
    signal both <== bits[249] * bits[250];
    sum[83] = AddMontgomery();
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
        v[i] <== often * c2 * u[i] + (one[1] - often * one[0]) * c2
            + (c12[1] - often * c12[0]) * c1 + (c02[1] - often * c02[0]) * c0;
        sum[i] = AddMontgomery();
        sum[i].p <== sum[i + 1].out;
        sum[i].q <== [u[i], v[i]];
    }
    out <== sum[0].out;
}
