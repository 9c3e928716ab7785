pragma circom 2.2.0;

include "bitify.circom";
include "quotient.circom";
include "poseidon.circom";
include "signature/edwards.circom";
include "signature/montgomery.circom";
include "signature/scalarMulFixed.circom";
include "signature/scalarMulVariable.circom";

// One EdDSA-Poseidon signature over Baby Jubjub, as circomlib checks it: S·B8 = R + h·8A, with
// h = Poseidon(R, A, message). docs/protocol.md defines the message.
//
// If active is 1: A is on the curve, 8A is not O, and S·B8 = R + h·8A. R then is on the curve, of order l or O.
//
// 2,611 constraints: key 19, hash 321, signs 324, multiple 1,273, bits of S 251, base 419, comparison 4. (circomlib's:
// 4,217.)
template Signature() {
    signal input active;    // bit; the caller sees to that. If it is 0, only keyX matters: it must be the x of B8
    signal input authority; // y of the key A                                 word
    signal input keyX;      // x of the key A                                 word
    signal input r[2];      // the point R
    // The number S, below 2^251. It may be l or more, so S + l may do as well as S: no rule may tell signatures apart
    // by S.
    signal input s;
    signal input message;   // word

    // 1. The key, on the curve; that of B8 if none is asked for.
    signal key[2];
    key[0] <== keyX;
    key[1] <== BASE_Y() + active * (authority - BASE_Y());
    component twice = EdwardsDouble();
    twice.p <== key;
    168700 * twice.xx + twice.yy === 1 + 168696 * twice.xy * twice.xy;

    // 2. Eight times the key: of order l, unless the order of the key is 8 or less. Then it is (0, 1) and has no u:
    //    0·u = 2.
    component fourfold = EdwardsDouble();
    fourfold.p <== twice.out;
    component eightfold = EdwardsDouble();
    eightfold.p <== fourfold.out;
    component u = Quotient();
    u.top <== 1 + eightfold.out[1];
    u.bottom <== 1 - eightfold.out[1];
    component v = Quotient();
    v.top <== u.out;
    v.bottom <== eightfold.out[0];

    // 3. R = S·B8 − h·8A, plus 6Z.
    component h = Hash(5);
    h.capacity <== 0;
    h.inputs <== [r[0], r[1], key[0], key[1], message];
    component minus = ScalarMulVariable();
    minus.h <== h.out;
    minus.point <== [u.out, v.out];
    component bits = Num2Bits(251);
    bits.in <== s;
    component plus = ScalarMulFixedBase();
    plus.start <== minus.out;
    plus.bits <== bits.out;

    // 4. Back in Edwards form, where adding 6Z = (1 / ROOT, 0) makes (y / ROOT, −ROOT·x) of (x, y). The sum has the
    //    order 4 or 4l, so its v is not 0; and u is not −1, which no point has.
    component x = Quotient();
    x.top <== plus.out[0];
    x.bottom <== plus.out[1];
    component y = Quotient();
    y.top <== plus.out[0] - 1;
    y.bottom <== plus.out[0] + 1;
    active * (ROOT() * x.out - r[1]) === 0;
    active * (y.out + ROOT() * r[0]) === 0;
}
