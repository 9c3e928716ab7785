pragma circom 2.2.0;

include "bitify.circom";

// The prototype of docs/decisions/blobs.md: what the words of a batch are as a polynomial over the scalar field of
// BLS12-381, at one point. p is the order of that field. Numbers modulo p have three limbs of 88, 88 and 79 bits. They
// are below 2^255 and not always below p.

function BASE() { return 1 << 88; }
// The limbs of p.
function P(i) {
    var limbs[3] = [307501597451795739730509825, 261165933651396614582174463, 547456080901862152745785];
    return limbs[i];
}
// The top limb of the order of this field: its bits 176 and up.
function TOP() { return 21888242871839275222246405745257275088548364400416034343698204186575808495616 \ (1 << 176); }

function bitsOf(n) {
    var bits = 0;
    while (n > 0) { bits += 1; n = n >> 1; }
    return bits;
}

// Whether a ≥ p, of four limbs.
function notBelow(a) {
    if (a[3] > 0) { return 1; }
    for (var i = 2; i >= 0; i--) {
        if (a[i] > P(i)) { return 1; }
        if (a[i] < P(i)) { return 0; }
    }
    return 1;
}

// Quotient (limbs 0 to 2) and remainder (3 to 5) of Σ columns[t]·2^(88t) by p.
function divided(columns) {
    var digits[8];
    var carry = 0;
    for (var t = 0; t < 8; t++) {
        var column = carry + (t < 5 ? columns[t] : 0);
        digits[t] = column % BASE();
        carry = column \ BASE();
    }
    var quotient[8];
    var rest[4] = [0, 0, 0, 0];
    for (var t = 7; t >= 0; t--) {
        rest[3] = rest[2];
        rest[2] = rest[1];
        rest[1] = rest[0];
        rest[0] = digits[t];
        // From the leading bits, never too large.
        var guess = ((rest[3] * BASE() + rest[2]) * (1 << 80) + (rest[1] >> 8)) \ (P(2) * (1 << 80) + (P(1) >> 8) + 1);
        var borrow = 0;
        for (var i = 0; i < 4; i++) {
            var less = (i < 3 ? guess * P(i) : 0) + borrow;
            var low = less % BASE();
            borrow = less \ BASE();
            if (rest[i] < low) {
                rest[i] += BASE();
                borrow += 1;
            }
            rest[i] -= low;
        }
        while (notBelow(rest) == 1) {
            guess += 1;
            var under = 0;
            for (var i = 0; i < 4; i++) {
                var low = (i < 3 ? P(i) : 0) + under;
                under = 0;
                if (rest[i] < low) {
                    rest[i] += BASE();
                    under = 1;
                }
                rest[i] -= low;
            }
        }
        quotient[t] = guess;
    }
    return [quotient[0], quotient[1], quotient[2], rest[0], rest[1], rest[2]];
}

// The five columns of a product of two numbers of three limbs: from its values at five points.
template Product() {
    signal input a[3];
    signal input b[3];
    signal output columns[5];   // Σ columns[t]·2^(88t) = a·b

    signal at0 <== a[0] * b[0];
    signal at1 <== (a[0] + a[1] + a[2]) * (b[0] + b[1] + b[2]);
    signal atMinus1 <== (a[0] - a[1] + a[2]) * (b[0] - b[1] + b[2]);
    signal at2 <== (a[0] + 2 * a[1] + 4 * a[2]) * (b[0] + 2 * b[1] + 4 * b[2]);
    signal atEnd <== a[2] * b[2];

    var even = (at1 + atMinus1) / 2;
    var odd = (at1 - atMinus1) / 2;
    columns[0] <== at0;
    columns[4] <== atEnd;
    columns[2] <== even - at0 - atEnd;
    // at2 = c0 + 2 c1 + 4 c2 + 8 c3 + 16 c4, and c1 + c3 = odd.
    var rest = (at2 - at0 - 4 * (even - at0 - atEnd) - 16 * atEnd) / 2;
    columns[3] <== (rest - odd) / 3;
    columns[1] <== odd - (rest - odd) / 3;
}

// out ≡ Σ columns[t]·2^(88t) modulo p. The columns are sums of those of up to T products and one number.
template Reduced(T) {
    signal input columns[5];
    signal output out[3];

    // Both sides of total = quotient·p + out are below 2^264 times the order of this field.
    assert(T < 64);
    var long = 256 + bitsOf(T);
    var wide = 88 + bitsOf(3 * T + 4);
    signal quotient[3];
    var found[6] = divided(columns);
    for (var i = 0; i < 3; i++) {
        quotient[i] <-- found[i];
        out[i] <-- found[3 + i];
        _ <== Num2Bits(i < 2 ? 88 : long - 176)(quotient[i]);
        _ <== Num2Bits(i < 2 ? 88 : 79)(out[i]);
    }
    var difference[5] = [columns[0] - out[0], columns[1] - out[1], columns[2] - out[2], columns[3], columns[4]];
    for (var i = 0; i < 3; i++) {
        for (var j = 0; j < 3; j++) {
            difference[i + j] -= quotient[i] * P(j);
        }
    }

    // The sides are equal modulo the order of this field,
    var native = 0;
    for (var t = 4; t >= 0; t--) { native = native * BASE() + difference[t]; }
    native === 0;

    // and modulo 2^264: each column and the carry into it are a multiple of 2^88.
    var carry = 0;
    for (var t = 0; t < 3; t++) {
        carry = (carry + difference[t]) / BASE();
        _ <== Num2Bits(wide + 1)(carry + (1 << wide));
    }
}

// The limbs of a word of this field: the one number below its order. A second number would be a second list of words,
// chosen after the point. A word whose top limb is that of the order is refused; one in 2^78 is.
template Limbs() {
    signal input word;
    signal output limbs[3];
    limbs[0] <-- word % BASE();
    limbs[1] <-- (word \ BASE()) % BASE();
    limbs[2] <== (word - limbs[0] - BASE() * limbs[1]) / (1 << 176);
    _ <== Num2Bits(88)(limbs[0]);
    _ <== Num2Bits(88)(limbs[1]);
    _ <== Num2Bits(78)(limbs[2]);
    _ <== Num2Bits(78)(TOP() - 1 - limbs[2]);
}

// The sum of words[k]·point^k modulo p over the words of R rows, M words at a time.
//
// A row gives three words. The first two are sums of ranges that the row has in bits anyway, so their limbs cost
// nothing; here they are inputs. The third can be any word of the field.
template BlobValue(R, M) {
    signal input point;             // below 2^252
    signal input real[R];           // bits: the row is not padding
    signal input ranged[R][2][3];   // limbs of the first two words: 88, 88 and 77 bits, not checked here
    signal input third[R];          // word
    signal output value[2];         // bits 0 to 175 of the sum, and bits 176 to 254

    // 1. Powers of the point
    signal bits[252] <== Num2Bits(252)(point);
    signal power[M + 1][3];
    for (var i = 0; i < 3; i++) { power[0][i] <== i == 0 ? 1 : 0; }
    for (var i = 0; i < 3; i++) {
        var limb = 0;
        for (var b = 88 * i; b < 88 * i + 88 && b < 252; b++) { limb += bits[b] * (1 << (b - 88 * i)); }
        power[1][i] <== limb;
    }
    for (var m = 2; m <= M; m++) {
        power[m] <== Reduced(1)(Product()(power[m - 1], power[1]));
    }

    // 2. Words, 0 in padding
    var N = 3 * R;
    signal words[N][3];
    signal shown[R];
    component limbs[R];
    for (var r = 0; r < R; r++) {
        shown[r] <== real[r] * third[r];
        limbs[r] = Limbs();
        limbs[r].word <== shown[r];
        for (var i = 0; i < 3; i++) {
            words[3 * r][i] <== real[r] * ranged[r][0][i];
            words[3 * r + 1][i] <== real[r] * ranged[r][1][i];
            words[3 * r + 2][i] <== limbs[r].limbs[i];
        }
    }

    // 3. Horner's rule, from the last M words to the first
    var steps = (N + M - 1) \ M;
    component taken[N];
    component carried[steps];
    signal acc[steps + 1][3];
    for (var i = 0; i < 3; i++) { acc[steps][i] <== 0; }
    for (var s = steps - 1; s >= 0; s--) {
        var columns[5] = [words[M * s][0], words[M * s][1], words[M * s][2], 0, 0];
        for (var m = 1; m < M && M * s + m < N; m++) {
            var k = M * s + m;
            taken[k] = Product();
            taken[k].a <== words[k];
            taken[k].b <== power[m];
            for (var t = 0; t < 5; t++) { columns[t] += taken[k].columns[t]; }
        }
        if (s < steps - 1) {
            carried[s] = Product();
            carried[s].a <== acc[s + 1];
            carried[s].b <== power[M];
            for (var t = 0; t < 5; t++) { columns[t] += carried[s].columns[t]; }
        }
        acc[s] <== Reduced(M)(columns);
    }
    value[0] <== acc[0][0] + BASE() * acc[0][1];
    value[1] <== acc[0][2];
}
