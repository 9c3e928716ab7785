pragma circom 2.2.0;

include "bitify.circom";
include "layout.circom";
include "poseidon.circom";
include "path.circom";
include "signature/signature.circom";

// A wish to leave a map with L levels of programs, two or more. In the tree with this root, the cell at the address of
// `place` is `(w0, w1, 0)`, and the header of `program` holds the key `authority`. That key has signed domain, place,
// program and w1. What the words mean, and whether the program may take the resource out, is for the registry to say.
//
// All seven inputs in front are public. The others are private: two paths with the root node in common, and the
// signature.
template Exit(L) {
    signal input root;                      // of the map                                                     word
    signal input domain;                    // binds time map, chain and contract                             word
    signal input place;                     // address + 2^32·recipient + 2^192·validUntil                232 bits
    signal input program;                   // who leaves                                                  4L bits
    signal input authority;                 // its key: y of a key                                            word
    signal input w0;                        // the cell at the address                                       words
    signal input w1;
    signal input rootNode[16];              // lanes of the root
    signal input holderNodes[L - 1][16];    // lanes of the inner nodes from there to the program of the address
    signal input cellNodes[4][16];          // as in CellsPath
    signal input down[3];                   // as in CellsPath
    signal input turn[3][2];                // as in CellsPath
    signal input programNodes[L - 1][16];   // lanes of the inner nodes from the root to `program`
    signal input headerNode[16];            // lanes of its first cells node
    signal input keyX;                      // x of the key                                                   word
    signal input r[2];                      // the signature's point R
    signal input s;                         // the signature's number S

    // 1. Addresses: of programs and a slot that the tree has.
    signal placeBits[232] <== Num2Bits(232)(place);
    for (var b = 4 * L + 8; b < 32; b++) {
        placeBits[b] === 0;
    }
    signal programBits[4 * L] <== Num2Bits(4 * L)(program);

    // 2. The root, and its children above the two programs.
    signal rootDigest <== Hash(16)(TAG_INNER(), rootNode);
    rootDigest === root;
    component aboveHolder = OneOfSixteen();
    component aboveProgram = OneOfSixteen();
    aboveHolder.sixteen <== rootNode;
    aboveProgram.sixteen <== rootNode;
    for (var b = 0; b < 4; b++) {
        aboveHolder.digit[b] <== placeBits[8 + 4 * (L - 1) + b];
        aboveProgram.digit[b] <== programBits[4 * (L - 1) + b];
    }

    // 3. The cell at the address.
    component holderPath = InnerPath(L - 1);
    holderPath.top <== aboveHolder.out;
    holderPath.nodes <== holderNodes;
    for (var b = 0; b < 4 * (L - 1); b++) {
        holderPath.digits[b] <== placeBits[8 + b];
    }
    component cell = CellsPath();
    cell.top <== holderPath.bottom;
    cell.nodes <== cellNodes;
    for (var b = 0; b < 8; b++) {
        cell.slot[b] <== placeBits[b];
    }
    cell.down <== down;
    cell.turn <== turn;
    cell.words === [w0, w1, 0];

    // 4. The key in the program's header. Of a program that does not exist it is 0, as of one without a key: nobody
    //    signs with that.
    component programPath = InnerPath(L - 1);
    programPath.top <== aboveProgram.out;
    programPath.nodes <== programNodes;
    for (var b = 0; b < 4 * (L - 1); b++) {
        programPath.digits[b] <== programBits[b];
    }
    signal headerDigest <== Hash(16)(TAG_CELLS(), headerNode);
    headerDigest === programPath.bottom;
    headerNode[1] === authority;

    // 5. The signature.
    component message = Hash(4);
    message.capacity <== TAG_EXIT();
    message.inputs <== [domain, place, program, w1];
    component signature = Signature();
    signature.active <== 1;
    signature.authority <== authority;
    signature.keyX <== keyX;
    signature.r <== r;
    signature.s <== s;
    signature.message <== message.out;
}
