pragma circom 2.2.0;

include "bitify.circom";
include "layout.circom";
include "poseidon.circom";
include "memory.circom";
include "quotient.circom";
include "signature/signature.circom";

// The signature table (log-signed; docs/protocol.md, section 6): for each program with an authority that acts in the
// batch, one signature over the log it has afterwards. Rows ask for (program, key), and the table asks the tree for
// (program, log), both by logarithmic derivatives; the table is absorbed before the challenges exist.

// One entry of the table. One that is not in use has program 0 and no rows, and its signature counts for nothing.
bus TableEntry() {
    signal active;      // bit: it is in use
    signal program;     //                                                    4L bits
    signal uses;        // how many rows ask for it                           16 bits
    signal key;         // authority of the program: y of a key               word
    signal keyX;        // x of that key                                      word
    signal logHead;     // log of the program after the batch                 word
    signal validUntil;  // until when the signature may be used               40 bits
    signal r[2];        // the signature's point R
    signal s;           // the signature's number S
}

// An entry and its signature.
template SignatureEntry(L) {
    input TableEntry() tableEntry;
    signal input domain;    // as in the statement
    signal input until;     // as in the statement
    signal output packed;   // what stands for program, active and uses in the transcript

    // 1. The entry, and its time.
    var active = tableEntry.active;
    var program = tableEntry.program;
    var uses = tableEntry.uses;
    var validUntil = tableEntry.validUntil;
    active * (active - 1) === 0;
    _ <== Num2Bits(4 * L)(program);
    _ <== Num2Bits(16)(uses);
    (1 - active) * (program + (1 << 24) * uses) === 0;
    packed <== program + (1 << 24) * active + (1 << 25) * uses;
    _ <== Num2Bits(40)(validUntil);
    _ <== Num2Bits(40)(validUntil - until);

    // 2. The signature.
    component signature = Signature();
    signature.active <== active;
    signature.authority <== tableEntry.key;
    signature.keyX <== tableEntry.keyX;
    signature.r <== tableEntry.r;
    signature.s <== tableEntry.s;
    signature.message <== Hash(3)(TAG_SIGNATURE(), [domain, tableEntry.logHead, program + (1 << 24) * validUntil]);
}

// What one entry adds to the two sums.
template EntryMemory() {
    input TableEntry() tableEntry;
    input Challenges() challenges;
    signal output given;    // to the rows that ask for (program, key); weighed by the key, as they do
    signal output asked;    // of the tree: the log of a header that changed

    var gamma = challenges.gamma;
    signal keyScaled <== challenges.beta[2] * tableEntry.key;
    signal logScaled <== challenges.beta[3] * tableEntry.logHead;
    component gives = Quotient();
    gives.top <== tableEntry.uses * tableEntry.key;
    gives.bottom <== gamma - 256 * tableEntry.program - keyScaled;
    given <== gives.out;
    component asks = Quotient();
    asks.top <== tableEntry.active;
    asks.bottom <== gamma - 256 * tableEntry.program - logScaled;
    asked <== asks.out;
}
