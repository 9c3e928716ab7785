pragma circom 2.2.0;

include "bitify.circom";
include "layout.circom";
include "poseidon.circom";
include "memory.circom";
include "quotient.circom";

// A node on a path to a touched cell, with its lanes before and after the batch (docs/protocol.md, section 3).
bus TreeNode() {
    signal cells;       // bit: a cells node; else an inner node
    signal x;           //                                                    4L + 1 bits
    signal y;           // 0 in inner nodes                                   6 bits
    signal before[16];  // words
    signal after[16];   // words
    signal signs;       // bit: it holds the header of a program in the signature table
    signal inverse;     // shows that the log of that header grew
}

// The multiproof: every node on a path to a touched cell, once. The digest's tag says which sort of node it is, so
// `cells` is not the prover's choice where it matters.
template Node(L) {
    input TreeNode() lanes;
    signal output digestBefore; // word
    signal output digestAfter;  // word
    signal output name;         // 512·x + y

    // 1. Sort and name.
    var cells = lanes.cells;
    cells * (cells - 1) === 0;
    _ <== Num2Bits(4 * L + 1)(lanes.x);
    _ <== Num2Bits(6)(lanes.y);
    (1 - cells) * lanes.y === 0;
    name <== 512 * lanes.x + lanes.y;

    // 2. Digests.
    signal tag <== TAG_INNER() + cells * (TAG_CELLS() - TAG_INNER());
    digestBefore <== Hash(16)(tag, lanes.before);
    digestAfter <== Hash(16)(tag, lanes.after);
}

// What one node adds to the two sums.
//
// memory: each cell enters as it was and leaves as it is: 1/(γ − before) − 1/(γ − after), which is 0 for an untouched
// cell.
// tree: a node whose digest changed gives (name, before, after) once, and asks the same of each child whose digest
// changed, with weight after − before. Asked and given agree only if every changed node hangs by its own name on a
// changed parent, up to the root. No flag says which nodes were touched.
//
// signatures: a header whose log grew may answer to an entry of the signature table, which asks for its program and
// log.
template NodeMemory(L) {
    input TreeNode() lanes;
    signal input digestBefore;  // as in Node
    signal input digestAfter;   // as in Node
    signal input name;          // as in Node
    input Challenges() challenges;
    signal output memory;       // entering − leaving
    signal output tree;         // asked − given
    signal output granted;      // to the signature table

    var cells = lanes.cells;
    var x = lanes.x;
    var y = lanes.y;
    var before[16] = lanes.before;
    var after[16] = lanes.after;
    var beta[4] = challenges.beta;
    var gamma = challenges.gamma;

    // 1. Cells.
    signal wordBefore[12];
    signal wordAfter[12];
    component enters[4];
    component leaves[4];
    var memorySum = 0;
    for (var k = 0; k < 4; k++) {
        var t = 256 * (x - (1 << (4 * L))) + 4 * y + k;
        var u = t;
        for (var i = 0; i < 3; i++) {
            wordBefore[3 * k + i] <== beta[i + 1] * before[3 * k + i];
            wordAfter[3 * k + i] <== beta[i + 1] * after[3 * k + i];
            t += wordBefore[3 * k + i];
            u += wordAfter[3 * k + i];
        }
        enters[k] = Quotient();
        enters[k].top <== cells;
        enters[k].bottom <== gamma - t;
        leaves[k] = Quotient();
        leaves[k].top <== cells;
        leaves[k].bottom <== gamma - u;
        memorySum += enters[k].out - leaves[k].out;
    }
    memory <== memorySum;

    // 2. Children: lanes 0..11 of inner nodes only, lanes 12..15 of both sorts under different names.
    signal laneBefore[16];
    signal laneAfter[16];
    signal weight[16];
    signal child[4];
    component asks[16];
    var treeSum = 0;
    for (var j = 0; j < 16; j++) {
        laneBefore[j] <== beta[1] * before[j];
        laneAfter[j] <== beta[2] * after[j];
        var childName = 512 * (16 * x + j);
        if (j < 12) {
            weight[j] <== (1 - cells) * (after[j] - before[j]);
        } else {
            weight[j] <== after[j] - before[j];
            child[j - 12] <== cells * (512 * x + 4 * y + j - 11 - 512 * (16 * x + j));
            childName += child[j - 12];
        }
        asks[j] = Quotient();
        asks[j].top <== weight[j];
        asks[j].bottom <== gamma - childName - laneBefore[j] - laneAfter[j];
        treeSum += asks[j].out;
    }

    // 3. The node itself.
    signal ownBefore <== beta[1] * digestBefore;
    signal ownAfter <== beta[2] * digestAfter;
    component gives = Quotient();
    gives.top <== digestAfter - digestBefore;
    gives.bottom <== gamma - name - ownBefore - ownAfter;
    tree <== treeSum - gives.out;

    // 4. A header, in slot 0 of its program, that changed: a node that did not is bound to no place in the tree, and
    //    could show any log.
    //    Its bit is one of many in a word of the transcript: were it any number, that word would leave open, until the
    //    challenges are known, which header grants how much.
    var signs = lanes.signs;
    signs * (signs - 1) === 0;
    signs * (y + 64 * (1 - cells)) === 0;
    (after[2] - before[2]) * lanes.inverse === signs;
    component grants = Quotient();
    grants.top <== signs;
    grants.bottom <== gamma - 256 * (x - (1 << (4 * L))) - wordAfter[2];
    granted <== grants.out;
}
