pragma circom 2.2.0;

include "bitify.circom";
include "layout.circom";
include "row/inputs.circom";
include "row/operation.circom";
include "row/columns.circom";

// When the cells of a row were opened before.
template MemoryOrder() {
    signal input seq;           // of the row                                 32 bits
    signal input continues;     // bit: the row before did not close its group
    signal input previousStart; // seq of the first row of the row before's group   32 bits
    input Operation() op;
    input Sort() sort;
    input Found() found;
    input Columns() columns;
    signal output start;        // seq of the first row of this group         32 bits
    signal output renew[5];     // seq of the row less that of each cell, 0 where the column is closed

    // ---------------------------------------- 6. Order of memory, and of groups (group-disjoint)
    // A cell was opened before this row; S and D of an effect before its group.
    start <== seq + continues * (previousStart - seq);
    signal sinceD <== sort.effect * (seq - start);
    signal sinceS <== (sort.effect - op.is[OP_INVOKE_PROGRAM()]) * (seq - start);
    var seqs[5] = [found.aSeq, found.bSeq, found.sSeq, found.dSeq, found.xSeq];
    var bounds[5] = [seq, seq, seq - sinceS, seq - sinceD, seq];
    signal gap[5];
    for (var i = 0; i < 5; i++) {
        gap[i] <== columns.open[i] * (bounds[i] - 1 - seqs[i]);
        _ <== Num2Bits(32)(gap[i]);
        (1 - columns.open[i]) * seqs[i] === 0;
    }
    for (var i = 0; i < 5; i++) {
        renew[i] <== columns.open[i] * (seq - seqs[i]);
    }
}

// The words of the headers A and B, and the actor's clock.
template Headers() {
    input Operation() op;
    input Sort() sort;
    input Found() found;
    input Choice() choice;
    input Columns() columns;

    var CreateProgram = op.is[OP_CREATE_PROGRAM()];
    var padding = op.is[OP_PADDING()];
    var openB = columns.open[1];

    // ---------------------------------------- 7. Headers and clocks (invocation-causal)
    found.aWords[0] === sort.real * 1 + 8 * found.aLow + (1 << 44) * found.aClock + HEADER_SEQ() * found.aSeq;
    found.bWords[0] === openB - CreateProgram + 8 * found.bInbox + (1 << 12) * found.bSteps
        + (1 << 44) * found.bClock + HEADER_SEQ() * found.bSeq;
    padding * found.aWords[0] === 0;
    padding * found.aWords[1] === 0;
    padding * found.aWords[2] === 0;
    for (var i = 0; i < 3; i++) {
        (1 - openB + CreateProgram) * found.bWords[i] === 0;
    }
    // clock = 1 + max(aClock, bClock): one gap is 0 and the other is not negative. One is 0, so their sum is the other.
    var gapA = choice.clock - sort.real - found.aClock;
    var gapB = choice.clock - sort.real - found.bClock;
    gapA * gapB === 0;
    _ <== Num2Bits(32)(gapA + gapB);
}
