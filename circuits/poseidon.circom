pragma circom 2.2.0;

include "poseidon_constants.circom";

// Poseidon over BN254: circomlib's parameters and constants, circomlib's digests.
//
// Only the S-boxes are signals (three each: square, fourth, fifth power). The linear layers between them are written as
// expressions, so the compiler has nothing to simplify: a chain of these compiles ten times faster than circomlib's.
//
// A proof sums the wires of left factors in G1. It sums those of right factors in G1 and in G2, five times the work.
// Wires that are squared are on both sides. So a fifth power has the lone wire `fourth` on its left, and on its right
// the wide state, whose wires are squared. The compiler puts a lone signal to the right of an expression, in whichever
// order they are written. To it, `1 * fourth` is an expression. test/circuits/sides.test.ts counts.
template Poseidon(n, k) {
    signal input capacity;  // a tag, or lane 0 of an earlier call to carry on from   word
    signal input inputs[n]; // n = 1..16                                              words
    signal output out[k];   // the first k lanes of the state after the permutation, k = 1..n+1

    var PARTIAL[16] = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];
    var t = n + 1;
    var full = 8;
    var partial = PARTIAL[n - 1];
    var C[t * full + partial] = POSEIDON_C(t);
    var S[partial * (2 * t - 1)] = POSEIDON_S(t);
    var M[t][t] = POSEIDON_M(t);
    var P[t][t] = POSEIDON_P(t);

    signal square[full * t + partial];
    signal fourth[full * t + partial];
    signal fifth[full * t + partial];

    // 1. The state, with the first round's constants.
    var state[t];
    var mixed[t];
    state[0] = capacity + C[0];
    for (var i = 1; i < t; i++) {
        state[i] = inputs[i - 1] + C[i];
    }

    // 2. First half of the full rounds; the last of them mixes with P, which prepares the sparse partial rounds.
    var box = 0;
    for (var r = 0; r < full \ 2; r++) {
        for (var i = 0; i < t; i++) {
            square[box] <== state[i] * state[i];
            fourth[box] <== square[box] * square[box];
            fifth[box] <== (1 * fourth[box]) * state[i];
            state[i] = fifth[box] + C[(r + 1) * t + i];
            box++;
        }
        for (var i = 0; i < t; i++) {
            mixed[i] = 0;
            for (var j = 0; j < t; j++) {
                mixed[i] += (r < full \ 2 - 1 ? M[j][i] : P[j][i]) * state[j];
            }
        }
        for (var i = 0; i < t; i++) {
            state[i] = mixed[i];
        }
    }

    // 3. Partial rounds: one S-box, sparse mixing.
    for (var r = 0; r < partial; r++) {
        square[box] <== state[0] * state[0];
        fourth[box] <== square[box] * square[box];
        fifth[box] <== (1 * fourth[box]) * state[0];
        state[0] = fifth[box] + C[(full \ 2 + 1) * t + r];
        box++;
        mixed[0] = 0;
        for (var i = 0; i < t; i++) {
            mixed[0] += S[(2 * t - 1) * r + i] * state[i];
        }
        for (var i = 1; i < t; i++) {
            state[i] = state[i] + S[(2 * t - 1) * r + t + i - 1] * state[0];
        }
        state[0] = mixed[0];
    }

    // 4. Second half of the full rounds.
    for (var r = 0; r < full \ 2; r++) {
        for (var i = 0; i < t; i++) {
            square[box] <== state[i] * state[i];
            fourth[box] <== square[box] * square[box];
            fifth[box] <== (1 * fourth[box]) * state[i];
            state[i] = fifth[box];
            if (r < full \ 2 - 1) {
                state[i] = state[i] + C[(full \ 2 + 1) * t + partial + r * t + i];
            }
            box++;
        }
        for (var i = 0; i < t; i++) {
            mixed[i] = 0;
            for (var j = 0; j < t; j++) {
                mixed[i] += M[j][i] * state[j];
            }
        }
        for (var i = 0; i < t; i++) {
            state[i] = mixed[i];
        }
    }

    // 5. Out.
    for (var i = 0; i < k; i++) {
        out[i] <== state[i];
    }
}

// One digest: lane 0 of Poseidon.
template Hash(n) {
    signal input capacity;  // as in Poseidon
    signal input inputs[n]; // as in Poseidon
    signal output out;      // word
    component permutation = Poseidon(n, 1);
    permutation.capacity <== capacity;
    permutation.inputs <== inputs;
    out <== permutation.out[0];
}
