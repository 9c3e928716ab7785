pragma circom 2.2.0;

include "bitify.circom";
include "layout.circom";
include "row/row.circom";
include "memory.circom";
include "quotient.circom";
include "tree.circom";
include "authority.circom";
include "batch/channel.circom";
include "batch/firstState.circom";
include "batch/traceTree.circom";
include "batch/transcript.circom";

// A batch of up to R transitions over N tree nodes of a map with L levels of programs, with up to M signatures.
//
// The statement is public: the first seven inputs. The others are private. Entries of the signature table that are in
// use come first, by program.
template Batch(R, N, L, M) {
    signal input preRoot;   // root of the time map before
    signal input postRoot;  // root of the time map after
    signal input traceRoot; // commits to the records
    signal input span;      // firstSeq + 2^32·count + 2^48·notBefore + 2^88·until + 2^128·moored   129 bits
    signal input domain;    // binds time map, chain and contract
    signal input point;     // where the chain asks for the published words; 0 if the map is not moored
    signal input value;     // what they are there; 1 if the map is not moored
    input Operation() operations[R];
    input Found() cellsFound[R];
    input Choice() choices[R];
    input TreeNode() treeNodes[N];
    input TableEntry() tableEntries[M];

    // ---------------------------------------- 1. Span
    signal spanBits[129] <== Num2Bits(129)(span);
    var firstSeq = 0;
    var count = 0;
    var notBefore = 0;
    var until = 0;
    for (var i = 0; i < 32; i++) { firstSeq += spanBits[i] * (1 << i); }
    for (var i = 0; i < 16; i++) { count += spanBits[32 + i] * (1 << i); }
    for (var i = 0; i < 40; i++) { notBefore += spanBits[48 + i] * (1 << i); }
    for (var i = 0; i < 40; i++) { until += spanBits[88 + i] * (1 << i); }

    // ---------------------------------------- 2. Rows, each carrying on from the one before
    component row[R];
    component trace = TraceTree(R);
    component channel = Channel(R);
    channel.moored <== spanBits[128];
    channel.point <== point;
    RowState() firstState <== FirstState()(notBefore);
    var rows = 0;
    for (var r = 0; r < R; r++) {
        row[r] = Row(L);
        row[r].seq <== firstSeq + r;
        row[r].notBefore <== notBefore;
        row[r].moored <== spanBits[128];
        row[r].op <== operations[r];
        row[r].found <== cellsFound[r];
        row[r].choice <== choices[r];
        if (r == 0) {
            row[r].previous <== firstState;
            // There is a first row, so the roots differ and nothing is proven by an empty batch.
            operations[r].is[OP_PADDING()] === 0;
        } else {
            row[r].previous <== row[r - 1].next;
            // Padding comes after the last real row.
            operations[r - 1].is[OP_PADDING()] * (1 - operations[r].is[OP_PADDING()]) === 0;
        }
        rows += 1 - operations[r].is[OP_PADDING()];
        trace.leaf[r] <== row[r].leaf;
        channel.real[r] <== 1 - operations[r].is[OP_PADDING()];
        channel.words[r] <== row[r].published;
    }
    count === rows;
    operations[R - 1].last === 1;
    _ <== Num2Bits(40)(until - row[R - 1].next.time);
    traceRoot === trace.root;
    value === channel.value;

    // ---------------------------------------- 3. Nodes
    component node[N];
    for (var n = 0; n < N; n++) {
        node[n] = Node(L);
        node[n].lanes <== treeNodes[n];
    }

    // ---------------------------------------- 4. Signatures, at most one to a program
    component entry[M];
    signal behind[M];
    behind[0] <== 0;
    for (var m = 0; m < M; m++) {
        entry[m] = SignatureEntry(L);
        entry[m].tableEntry <== tableEntries[m];
        entry[m].domain <== domain;
        entry[m].until <== until;
    }
    for (var m = 1; m < M; m++) {
        tableEntries[m].active * (1 - tableEntries[m - 1].active) === 0;
        behind[m] <== tableEntries[m].active * (tableEntries[m].program - tableEntries[m - 1].program - 1);
        _ <== Num2Bits(4 * L)(behind[m]);
    }

    // ---------------------------------------- 5. Commitment and challenges
    // Names and sorts of nodes, and whether they answer to the signature table, packed: 4L + 12 bits each.
    var width = 4 * L + 12;
    var perWord = 252 \ width;
    var packs = (N + perWord - 1) \ perWord;
    component transcript = Transcript(5 + 2 * N + packs + 3 * M);
    transcript.words[0] <== preRoot;
    transcript.words[1] <== postRoot;
    transcript.words[2] <== traceRoot;
    transcript.words[3] <== span;
    transcript.words[4] <== domain;
    for (var n = 0; n < N; n++) {
        transcript.words[5 + n] <== node[n].digestBefore;
        transcript.words[5 + N + n] <== node[n].digestAfter;
    }
    for (var p = 0; p < packs; p++) {
        var packed = 0;
        for (var i = 0; i < perWord; i++) {
            var n = p * perWord + i;
            if (n < N) {
                packed += (1 << (width * i)) * (4 * node[n].name + 2 * treeNodes[n].cells + treeNodes[n].signs);
            }
        }
        transcript.words[5 + 2 * N + p] <== packed;
    }
    for (var m = 0; m < M; m++) {
        transcript.words[5 + 2 * N + packs + 3 * m] <== entry[m].packed;
        transcript.words[5 + 2 * N + packs + 3 * m + 1] <== tableEntries[m].key;
        transcript.words[5 + 2 * N + packs + 3 * m + 2] <== tableEntries[m].logHead;
    }
    Challenges() challenges;
    challenges.beta[0] <== 1;
    challenges.beta[1] <== transcript.beta;
    challenges.beta[2] <== challenges.beta[1] * challenges.beta[1];
    challenges.beta[3] <== challenges.beta[2] * challenges.beta[1];
    challenges.gamma <== transcript.gamma;

    // ---------------------------------------- 6. Memory: found + leaving = left + entering
    component rowMemory[R];
    component nodeMemory[N];
    var memorySum = 0;
    var keySum = 0;
    var logSum = 0;
    for (var r = 0; r < R; r++) {
        rowMemory[r] = RowMemory();
        rowMemory[r].tuples <== row[r].tuples;
        rowMemory[r].challenges <== challenges;
        memorySum += rowMemory[r].sum;
        keySum += rowMemory[r].asked;
    }
    for (var n = 0; n < N; n++) {
        nodeMemory[n] = NodeMemory(L);
        nodeMemory[n].lanes <== treeNodes[n];
        nodeMemory[n].digestBefore <== node[n].digestBefore;
        nodeMemory[n].digestAfter <== node[n].digestAfter;
        nodeMemory[n].name <== node[n].name;
        nodeMemory[n].challenges <== challenges;
        memorySum -= nodeMemory[n].memory;
        logSum -= nodeMemory[n].granted;
    }
    memorySum === 0;

    // ---------------------------------------- 7. Tree: asked, by the roots and by parents, = given
    signal rootBefore <== challenges.beta[1] * preRoot;
    signal rootAfter <== challenges.beta[2] * postRoot;
    component root = Quotient();
    root.top <== postRoot - preRoot;
    root.bottom <== challenges.gamma - 512 - rootBefore - rootAfter;
    var treeSum = root.out;
    for (var n = 0; n < N; n++) {
        treeSum += nodeMemory[n].tree;
    }
    treeSum === 0;

    // ---------------------------------------- 8. Signatures: keys that rows ask for = given,
    // logs that the table asks for = those of changed headers
    component entryMemory[M];
    for (var m = 0; m < M; m++) {
        entryMemory[m] = EntryMemory();
        entryMemory[m].tableEntry <== tableEntries[m];
        entryMemory[m].challenges <== challenges;
        keySum -= entryMemory[m].given;
        logSum += entryMemory[m].asked;
    }
    keySum === 0;
    logSum === 0;
}
