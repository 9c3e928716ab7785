pragma circom 2.2.0;

include "layout.circom";
include "poseidon.circom";

// Digest of n leaves: a 16-ary tree, the last level as wide as it has digests.
template TraceTree(n) {
    signal input leaf[n];   // words
    signal output root;     // word
    var calls = (n + 15) \ 16;
    if (n <= 16) {
        root <== Hash(n)(TAG_TRACE(), leaf);
    } else {
        component node[calls];
        component above = TraceTree(calls);
        for (var i = 0; i < calls; i++) {
            var width = i < calls - 1 ? 16 : n - 16 * (calls - 1);
            node[i] = Hash(width);
            node[i].capacity <== TAG_TRACE();
            for (var j = 0; j < width; j++) {
                node[i].inputs[j] <== leaf[16 * i + j];
            }
            above.leaf[i] <== node[i].out;
        }
        root <== above.root;
    }
}
