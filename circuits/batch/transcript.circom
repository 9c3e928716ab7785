pragma circom 2.2.0;

include "layout.circom";
include "poseidon.circom";

// Absorbs n words, sixteen a call, and gives the two challenges. Everything that the prover chooses and that stands
// in a sum is among the words, or is the preimage of a digest among them.
template Transcript(n) {
    signal input words[n];  // words
    signal output beta;     // word
    signal output gamma;    // word
    var calls = (n + 15) \ 16;
    component absorb[calls];
    for (var i = 0; i < calls; i++) {
        absorb[i] = Poseidon(16, 2);
        if (i == 0) {
            absorb[i].capacity <== TAG_TRANSCRIPT();
        } else {
            absorb[i].capacity <== absorb[i - 1].out[0];
        }
        for (var j = 0; j < 16; j++) {
            absorb[i].inputs[j] <== 16 * i + j < n ? words[16 * i + j] : 0;
        }
    }
    beta <== absorb[calls - 1].out[0];
    gamma <== absorb[calls - 1].out[1];
}
