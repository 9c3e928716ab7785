pragma circom 2.2.0;

include "bitify.circom";
include "layout.circom";
include "poseidon.circom";

// Paths from a root to a cell (docs/reference/protocol.md, section 3). Every digest on a path is recomputed from all 16
// lanes of its node, and one of these lanes is the next digest: the address alone says which one. A path has as many
// inner nodes as the tree has levels, whatever the address, and their tag is not that of cells nodes. So none ends
// early, and no node is read as one of the other sort.

// One of four words, by the bits of its number.
template OneOfFour() {
    signal input four[4];   // words
    signal input digit[2];  // bits, the lower first; the caller sees to that
    signal output out;      // word

    signal lower <== (four[1] - four[0]) * digit[0] + four[0];
    signal upper <== (four[3] - four[2]) * digit[0] + four[2];
    out <== (upper - lower) * digit[1] + lower;
}

// One of a node's sixteen lanes, by the bits of its number.
template OneOfSixteen() {
    signal input sixteen[16];   // words
    signal input digit[4];      // bits, the lowest first; the caller sees to that
    signal output out;          // word

    component quarter[4];
    component whole = OneOfFour();
    for (var i = 0; i < 4; i++) {
        quarter[i] = OneOfFour();
        for (var k = 0; k < 4; k++) {
            quarter[i].four[k] <== sixteen[4 * i + k];
        }
        quarter[i].digit <== [digit[0], digit[1]];
        whole.four[i] <== quarter[i].out;
    }
    whole.digit <== [digit[2], digit[3]];
    out <== whole.out;
}

// N inner nodes, one below the other, and the digest below the last.
template InnerPath(N) {
    signal input top;           // digest of the first node                   word
    signal input nodes[N][16];  // lanes of each                              words
    signal input digits[4 * N]; // bits of the number of the last node's child, counted from the first node's leftmost
                                // descendant; the lowest first. The caller sees to that
    signal output bottom;       // digest of that child                       word

    signal digest[N];
    component child[N];
    for (var i = 0; i < N; i++) {
        digest[i] <== Hash(16)(TAG_INNER(), nodes[i]);
        if (i == 0) {
            digest[i] === top;
        } else {
            digest[i] === child[i - 1].out;
        }
        child[i] = OneOfSixteen();
        child[i].sixteen <== nodes[i];
        for (var b = 0; b < 4; b++) {
            child[i].digit[b] <== digits[4 * (N - 1 - i) + b];
        }
    }
    bottom <== child[N - 1].out;
}

// From a program's first cells node to the words of one of its slots. A node has four slots and four children, so the
// last slot is three steps down. Shorter paths begin with steps that stay: they show the first node again.
template CellsPath() {
    signal input top;           // digest of the program's first cells node   word
    signal input nodes[4][16];  // lanes of each; the last has the slot       words
    signal input slot[8];       // bits of the slot, the lowest first; the caller sees to that
    signal input down[3];       // bits: the step goes down to a child, else it stays
    signal input turn[3][2];    // bits: number of that child, the lower first; 0 if the step stays
    signal output words[3];     // the cell in the slot                       words

    // 1. Steps: those that stay come first. A step that stays has no turn.
    down[2] * (1 - down[2]) === 0;
    for (var i = 0; i < 2; i++) {
        down[i] * (down[i + 1] - down[i]) === 0;
    }
    for (var i = 0; i < 3; i++) {
        for (var b = 0; b < 2; b++) {
            turn[i][b] * (down[i] - turn[i][b]) === 0;
        }
    }

    // 2. Child j of node y is node 4y + 1 + j. So the steps make the number of the last node, and no other steps make
    //    the same.
    var y = 0;
    for (var i = 0; i < 3; i++) {
        y = 4 * y + down[i] + turn[i][0] + 2 * turn[i][1];
    }
    var last = 0;
    for (var b = 0; b < 6; b++) {
        last += (1 << b) * slot[2 + b];
    }
    y === last;

    // 3. Digests.
    signal digest[4];
    signal expected[4];
    component child[3];
    expected[0] <== top;
    for (var i = 0; i < 4; i++) {
        digest[i] <== Hash(16)(TAG_CELLS(), nodes[i]);
        digest[i] === expected[i];
        if (i < 3) {
            child[i] = OneOfFour();
            for (var k = 0; k < 4; k++) {
                child[i].four[k] <== nodes[i][12 + k];
            }
            child[i].digit <== turn[i];
            expected[i + 1] <== (child[i].out - expected[i]) * down[i] + expected[i];
        }
    }

    // 4. The cell.
    component word[3];
    for (var w = 0; w < 3; w++) {
        word[w] = OneOfFour();
        for (var k = 0; k < 4; k++) {
            word[w].four[k] <== nodes[3][3 * k + w];
        }
        word[w].digit <== [slot[0], slot[1]];
        words[w] <== word[w].out;
    }
}
