pragma circom 2.2.0;

include "bitify.circom";
include "path.circom";

// One cell of a map with L levels of programs, as the tree with this root has it: `(w0, w1, w2)` at `address`. An empty
// slot has its words, too: so a proof may show that nothing lies there.
//
// All seven inputs in front are public. The others are private: the path.
template Cell(L) {
    signal input root;                  // of the map                             word
    signal input address;               // 256·program + slot                     4L + 8 bits
    signal input w0;                    // the cell                               words
    signal input w1;
    signal input w2;
    signal input unused[2];             // 0: they give the key as many inputs as other keys have
    signal input innerNodes[L][16];     // lanes of the inner nodes, from the root down
    signal input cellNodes[4][16];      // as in CellsPath
    signal input down[3];               // as in CellsPath
    signal input turn[3][2];            // as in CellsPath

    // 1. The address: of a program and a slot that the tree has.
    signal addressBits[4 * L + 8] <== Num2Bits(4 * L + 8)(address);
    unused[0] === 0;
    unused[1] === 0;

    // 2. From the root to the program.
    component program = InnerPath(L);
    program.top <== root;
    program.nodes <== innerNodes;
    for (var b = 0; b < 4 * L; b++) {
        program.digits[b] <== addressBits[8 + b];
    }

    // 3. From there to the cell.
    component cell = CellsPath();
    cell.top <== program.bottom;
    cell.nodes <== cellNodes;
    for (var b = 0; b < 8; b++) {
        cell.slot[b] <== addressBits[b];
    }
    cell.down <== down;
    cell.turn <== turn;
    cell.words === [w0, w1, w2];
}
