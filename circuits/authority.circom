pragma circom 2.2.0;

include "bitify.circom";
include "layout.circom";
include "poseidon.circom";
include "memory.circom";
include "signature/signature.circom";

// The signature table (log-signed; docs/protocol.md, section 6): for each program with an authority that acts in the batch, one
// signature over the log it has afterwards. Rows ask for (program, key), and the table asks the tree for (program, log), both by logarithmic
// derivatives; the table is absorbed before the challenges exist.

// One entry.
//
// Box of SignatureEntry(L)
//   private  active       bit; one that is not in use has program 0 and no rows, and its signature counts for nothing
//   private  program                                                                             4L bits
//   private  uses         how many rows ask for it                                               16 bits
//   private  key          authority of the program, y of a key; keyX its x                       words
//   private  logHead      log of the program after the batch                                         word
//   private  validUntil   until when the signature may be used                                   40 bits
//   private  r[2], s      the signature
//   public   domain, until   as in the statement
//   output   packed       what stands for program, active and uses in the transcript
template SignatureEntry(L) {
    signal input active;
    signal input program;
    signal input uses;
    signal input key;
    signal input keyX;
    signal input logHead;
    signal input validUntil;
    signal input r[2];
    signal input s;
    signal input domain;
    signal input until;
    signal output packed;

    active * (active - 1) === 0;
    _ <== Num2Bits(4 * L)(program);
    _ <== Num2Bits(16)(uses);
    (1 - active) * (program + (1 << 24) * uses) === 0;
    packed <== program + (1 << 24) * active + (1 << 25) * uses;
    _ <== Num2Bits(40)(validUntil);
    _ <== Num2Bits(40)(validUntil - until);
    component signature = Signature();
    signature.active <== active;
    signature.authority <== key;
    signature.keyX <== keyX;
    signature.r <== r;
    signature.s <== s;
    signature.message <== Hash(3)(TAG_SIGNATURE(), [domain, logHead, program + (1 << 24) * validUntil]);
}

// What one entry adds to the two sums.
//
// Box of EntryMemory
//   private  active, program, uses, key, logHead   as in SignatureEntry; beta[4] = 1, β, β², β³; gamma
//   output   given        to the rows that ask for (program, key); weighed by the key, as they do
//   output   asked        of the tree: the log of a header that changed
template EntryMemory() {
    signal input active;
    signal input program;
    signal input uses;
    signal input key;
    signal input logHead;
    signal input beta[4];
    signal input gamma;
    signal output given;
    signal output asked;

    signal keyScaled <== beta[2] * key;
    signal logScaled <== beta[3] * logHead;
    component gives = Quotient();
    gives.top <== uses * key;
    gives.bottom <== gamma - 256 * program - keyScaled;
    given <== gives.out;
    component asks = Quotient();
    asks.top <== active;
    asks.bottom <== gamma - 256 * program - logScaled;
    asked <== asks.out;
}
