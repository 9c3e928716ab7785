pragma circom 2.2.0;

include "bitify.circom";
include "layout.circom";
include "poseidon.circom";
include "memory.circom";

// The multiproof: every node on a path to a touched cell, once, with its lanes before and after the batch
// (docs/protocol.md, section 3). The digest's tag says which sort of node it is, so `cells` is not the prover's choice where it matters.
//
// Box of Node(L)
//   private  cells        bit: a cells node; else an inner node
//   private  x            4L + 1 bits
//   private  y            6 bits, 0 in inner nodes
//   private  before[16], after[16]   words
//   output   digestBefore, digestAfter, name = 512·x + y
template Node(L) {
    signal input cells;
    signal input x;
    signal input y;
    signal input before[16];
    signal input after[16];
    signal output digestBefore;
    signal output digestAfter;
    signal output name;

    cells * (cells - 1) === 0;
    _ <== Num2Bits(4 * L + 1)(x);
    _ <== Num2Bits(6)(y);
    (1 - cells) * y === 0;
    name <== 512 * x + y;
    signal tag <== TAG_INNER() + cells * (TAG_CELLS() - TAG_INNER());
    digestBefore <== Hash(16)(tag, before);
    digestAfter <== Hash(16)(tag, after);
}

// What one node adds to the two sums.
//
// memory: each cell enters as it was and leaves as it is: 1/(γ − before) − 1/(γ − after), which is 0 for a cell nobody touched.
// tree: a node whose digest changed gives (name, before, after) once, and asks the same of each child whose digest changed, with
// weight after − before. Asked and given agree only if every changed node hangs by its own name on a changed parent, up to the root.
// No flag says what was touched.
//
// signatures: a header whose log grew may answer to an entry of the signature table, which asks for its program and log.
//
// Box of NodeMemory(L)
//   private  cells, x, y, before[16], after[16], digestBefore, digestAfter, name   as in Node
//   private  signs        bit: it holds the header of a program in the signature table
//   private  inverse      shows that the log of that header grew
//   private  beta[4] = 1, β, β², β³; gamma
//   output   memory       entering − leaving
//   output   tree         asked − given
//   output   granted      to the signature table
template NodeMemory(L) {
    signal input cells;
    signal input x;
    signal input y;
    signal input before[16];
    signal input after[16];
    signal input digestBefore;
    signal input digestAfter;
    signal input name;
    signal input signs;
    signal input inverse;
    signal input beta[4];
    signal input gamma;
    signal output memory;
    signal output tree;
    signal output granted;

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

    // 4. A header, in slot 0 of its program, that changed: a node that did not is bound to no place in the tree, and could show any log.
    //    Its bit is one of many in a word of the transcript: were it any number, that word would leave open, until the challenges are known, which
    //    header grants how much.
    signs * (signs - 1) === 0;
    signs * (y + 64 * (1 - cells)) === 0;
    (after[2] - before[2]) * inverse === signs;
    component grants = Quotient();
    grants.top <== signs;
    grants.bottom <== gamma - 256 * (x - (1 << (4 * L))) - wordAfter[2];
    granted <== grants.out;
}
