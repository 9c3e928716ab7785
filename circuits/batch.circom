pragma circom 2.2.0;

include "bitify.circom";
include "layout.circom";
include "poseidon.circom";
include "row.circom";
include "memory.circom";
include "tree.circom";
include "authority.circom";

// Digest of n leaves: a 16-ary tree, the last level as wide as it has digests.
//
// Box of TraceTree(n)
//   private  leaf[n]   words
//   output   root
template TraceTree(n) {
    signal input leaf[n];
    signal output root;
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

// Absorbs n words, sixteen a call, and gives the two challenges. Everything that the prover chooses and that stands in a sum is among
// the words, or is a digest's preimage of one of them.
//
// Box of Transcript(n)
//   private  words[n]
//   output   beta, gamma
template Transcript(n) {
    signal input words[n];
    signal output beta;
    signal output gamma;
    var calls = (n + 15) \ 16;
    component absorb[calls];
    for (var i = 0; i < calls; i++) {
        absorb[i] = Poseidon(16, 2);
        if (i == 0) {
            absorb[i].capacity <== TAG_TRANSCRIPT();
        } else {
            absorb[i].capacity <== absorb[i - 1].out[0];
        }
        for (var j = 0; j < 16; j++) {
            absorb[i].inputs[j] <== 16 * i + j < n ? words[16 * i + j] : 0;
        }
    }
    beta <== absorb[calls - 1].out[0];
    gamma <== absorb[calls - 1].out[1];
}

// A batch of up to R transitions over N tree nodes of a map with L levels of programs, with up to M signatures.
//
// Box of Batch(R, N, L, M)
//   public   preRoot, postRoot   roots of the time map before and after
//   public   traceRoot           commits to the records
//   public   span                firstSeq + 2^32·count + 2^48·notBefore + 2^88·until      128 bits
//   public   domain              binds time map, chain and contract
//   private  the inputs of R rows, N nodes and M entries of the signature table: see Row, Node and SignatureEntry. Entries in use come first, by program.
template Batch(R, N, L, M) {
    signal input preRoot;
    signal input postRoot;
    signal input traceRoot;
    signal input span;
    signal input domain;

    signal input is[R][21];
    signal input actor[R];
    signal input peer[R];
    signal input holder[R];
    signal input sSlot[R];
    signal input dSlot[R];
    signal input xSlot[R];
    signal input resource[R];
    signal input kind[R];
    signal input quantity[R];
    signal input scope[R];
    signal input rights[R];
    signal input argument[R];
    signal input term[R];
    signal input last[R];
    signal input digest[R];
    signal input aWords[R][3];
    signal input bWords[R][3];
    signal input sWords[R][2];
    signal input dWords[R][2];
    signal input xWords[R][3];
    signal input aLow[R];
    signal input aClock[R];
    signal input bClock[R];
    signal input bInbox[R];
    signal input bSteps[R];
    signal input aSeq[R];
    signal input bSeq[R];
    signal input sSeq[R];
    signal input dSeq[R];
    signal input xSeq[R];
    signal input sWatch[R][WATCHES()];
    signal input dWatch[R][WATCHES()];
    signal input sEscrow[R];
    signal input slotHolds[R];
    signal input clears[R][4];
    signal input clock[R];
    signal input wait[R];
    signal input spare[R];
    signal input derives[R];
    signal input narrows[R];
    signal input inPlace[R];
    signal input before[R];
    signal input after[R];
    signal input expires[R];
    signal input expiryGap[R];
    signal input capRights[R];
    signal input scoped[R];
    signal input subjected[R];
    signal input choice[R][5];
    signal input rank[R][WATCHES()];
    signal input turn[R][2 * WATCHES()];
    signal input fired[R];
    signal input inverse[R];

    signal input nodeCells[N];
    signal input nodeX[N];
    signal input nodeY[N];
    signal input nodeBefore[N][16];
    signal input nodeAfter[N][16];
    signal input nodeSigns[N];
    signal input nodeInverse[N];

    signal input entryActive[M];
    signal input entryProgram[M];
    signal input entryUses[M];
    signal input entryKey[M];
    signal input entryKeyX[M];
    signal input entryLog[M];
    signal input entryValidUntil[M];
    signal input entryR[M][2];
    signal input entryS[M];

    // ---------------------------------------------------------------- 1. Span
    signal spanBits[128] <== Num2Bits(128)(span);
    var firstSeq = 0;
    var count = 0;
    var notBefore = 0;
    var until = 0;
    for (var i = 0; i < 32; i++) { firstSeq += spanBits[i] * (1 << i); }
    for (var i = 0; i < 16; i++) { count += spanBits[32 + i] * (1 << i); }
    for (var i = 0; i < 40; i++) { notBefore += spanBits[48 + i] * (1 << i); }
    for (var i = 0; i < 40; i++) { until += spanBits[88 + i] * (1 << i); }

    // ---------------------------------------------------------------- 2. Rows, each carrying on from the one before
    component row[R];
    component trace = TraceTree(R);
    var rows = 0;
    for (var r = 0; r < R; r++) {
        row[r] = Row(L);
        row[r].seq <== firstSeq + r;
        row[r].is <== is[r];
        row[r].actor <== actor[r];
        row[r].peer <== peer[r];
        row[r].holder <== holder[r];
        row[r].sSlot <== sSlot[r];
        row[r].dSlot <== dSlot[r];
        row[r].xSlot <== xSlot[r];
        row[r].resource <== resource[r];
        row[r].kind <== kind[r];
        row[r].quantity <== quantity[r];
        row[r].scope <== scope[r];
        row[r].rights <== rights[r];
        row[r].argument <== argument[r];
        row[r].term <== term[r];
        row[r].last <== last[r];
        row[r].digest <== digest[r];
        row[r].aWords <== aWords[r];
        row[r].bWords <== bWords[r];
        row[r].sWords <== sWords[r];
        row[r].dWords <== dWords[r];
        row[r].xWords <== xWords[r];
        row[r].aLow <== aLow[r];
        row[r].aClock <== aClock[r];
        row[r].bClock <== bClock[r];
        row[r].bInbox <== bInbox[r];
        row[r].bSteps <== bSteps[r];
        row[r].aSeq <== aSeq[r];
        row[r].bSeq <== bSeq[r];
        row[r].sSeq <== sSeq[r];
        row[r].dSeq <== dSeq[r];
        row[r].xSeq <== xSeq[r];
        row[r].sWatch <== sWatch[r];
        row[r].dWatch <== dWatch[r];
        row[r].sEscrow <== sEscrow[r];
        row[r].slotHolds <== slotHolds[r];
        row[r].clears <== clears[r];
        row[r].clock <== clock[r];
        row[r].wait <== wait[r];
        row[r].spare <== spare[r];
        row[r].derives <== derives[r];
        row[r].narrows <== narrows[r];
        row[r].inPlace <== inPlace[r];
        row[r].before <== before[r];
        row[r].after <== after[r];
        row[r].expires <== expires[r];
        row[r].expiryGap <== expiryGap[r];
        row[r].capRights <== capRights[r];
        row[r].scoped <== scoped[r];
        row[r].subjected <== subjected[r];
        row[r].choice <== choice[r];
        row[r].rank <== rank[r];
        row[r].turn <== turn[r];
        row[r].fired <== fired[r];
        row[r].inverse <== inverse[r];
        if (r == 0) {
            row[r].atIn <== notBefore;
            row[r].continuesIn <== 0;
            row[r].startIn <== 0;
            row[r].chainIn <== 0;
            row[r].digestIn <== 0;
            row[r].triggeredIn <== 0;
            row[r].triggerActorIn <== 0;
            row[r].lineIn <== 0;
            row[r].lineActorIn <== 0;
            row[r].heirIn <== 0;
            row[r].rootIn <== 0;
            row[r].calling <== 0;
            row[r].callLeftIn <== 0;
            row[r].callSumIn <== 0;
            row[r].callEntryIn <== 0;
            row[r].callActorIn <== 0;
            for (var i = 0; i < WATCHES(); i++) {
                row[r].owesSIn[i] <== 0;
                row[r].owesDIn[i] <== 0;
            }
            row[r].owesSAddressIn <== 0;
            row[r].owesSAfterIn <== 0;
            row[r].owesSQuantityIn <== 0;
            row[r].owesDAddressIn <== 0;
            row[r].owesDBeforeIn <== 0;
            row[r].owesDQuantityIn <== 0;
            row[r].owesKindIn <== 0;
            // There is a first row, so the roots differ and nothing is proven by an empty batch.
            is[r][0] === 0;
        } else {
            row[r].atIn <== row[r - 1].atOut;
            row[r].continuesIn <== row[r - 1].continuesOut;
            row[r].startIn <== row[r - 1].startOut;
            row[r].chainIn <== row[r - 1].chainOut;
            row[r].digestIn <== digest[r - 1];
            row[r].triggeredIn <== row[r - 1].triggeredOut;
            row[r].triggerActorIn <== row[r - 1].triggerActorOut;
            row[r].lineIn <== row[r - 1].lineOut;
            row[r].lineActorIn <== actor[r - 1];
            row[r].heirIn <== row[r - 1].heirOut;
            row[r].rootIn <== row[r - 1].rootOut;
            row[r].calling <== row[r - 1].callingOut;
            row[r].callLeftIn <== row[r - 1].callLeftOut;
            row[r].callSumIn <== row[r - 1].callSumOut;
            row[r].callEntryIn <== row[r - 1].callEntryOut;
            row[r].callActorIn <== row[r - 1].callActorOut;
            row[r].owesSIn <== row[r - 1].owesSOut;
            row[r].owesSAddressIn <== row[r - 1].owesSAddressOut;
            row[r].owesSAfterIn <== row[r - 1].owesSAfterOut;
            row[r].owesSQuantityIn <== row[r - 1].owesSQuantityOut;
            row[r].owesDIn <== row[r - 1].owesDOut;
            row[r].owesDAddressIn <== row[r - 1].owesDAddressOut;
            row[r].owesDBeforeIn <== row[r - 1].owesDBeforeOut;
            row[r].owesDQuantityIn <== row[r - 1].owesDQuantityOut;
            row[r].owesKindIn <== row[r - 1].owesKindOut;
            // Padding comes after the last real row.
            is[r - 1][0] * (1 - is[r][0]) === 0;
        }
        rows += 1 - is[r][0];
        trace.leaf[r] <== row[r].leaf;
    }
    count === rows;
    last[R - 1] === 1;
    _ <== Num2Bits(40)(until - row[R - 1].atOut);
    traceRoot === trace.root;

    // ---------------------------------------------------------------- 3. Nodes
    component node[N];
    for (var n = 0; n < N; n++) {
        node[n] = Node(L);
        node[n].cells <== nodeCells[n];
        node[n].x <== nodeX[n];
        node[n].y <== nodeY[n];
        node[n].before <== nodeBefore[n];
        node[n].after <== nodeAfter[n];
    }

    // ---------------------------------------------------------------- 4. Signatures, at most one to a program
    component entry[M];
    signal behind[M];
    behind[0] <== 0;
    for (var m = 0; m < M; m++) {
        entry[m] = SignatureEntry(L);
        entry[m].active <== entryActive[m];
        entry[m].program <== entryProgram[m];
        entry[m].uses <== entryUses[m];
        entry[m].key <== entryKey[m];
        entry[m].keyX <== entryKeyX[m];
        entry[m].logHead <== entryLog[m];
        entry[m].validUntil <== entryValidUntil[m];
        entry[m].r <== entryR[m];
        entry[m].s <== entryS[m];
        entry[m].domain <== domain;
        entry[m].until <== until;
    }
    for (var m = 1; m < M; m++) {
        entryActive[m] * (1 - entryActive[m - 1]) === 0;
        behind[m] <== entryActive[m] * (entryProgram[m] - entryProgram[m - 1] - 1);
        _ <== Num2Bits(4 * L)(behind[m]);
    }

    // ---------------------------------------------------------------- 5. Commitment and challenges
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
            if (p * perWord + i < N) {
                packed += (1 << (width * i)) * (4 * node[p * perWord + i].name + 2 * nodeCells[p * perWord + i] + nodeSigns[p * perWord + i]);
            }
        }
        transcript.words[5 + 2 * N + p] <== packed;
    }
    for (var m = 0; m < M; m++) {
        transcript.words[5 + 2 * N + packs + 3 * m] <== entry[m].packed;
        transcript.words[5 + 2 * N + packs + 3 * m + 1] <== entryKey[m];
        transcript.words[5 + 2 * N + packs + 3 * m + 2] <== entryLog[m];
    }
    signal beta[4];
    beta[0] <== 1;
    beta[1] <== transcript.beta;
    beta[2] <== beta[1] * beta[1];
    beta[3] <== beta[2] * beta[1];
    signal gamma <== transcript.gamma;

    // ---------------------------------------------------------------- 6. Memory: found + leaving = left + entering
    component rowMemory[R];
    component nodeMemory[N];
    var memorySum = 0;
    var keySum = 0;
    var logSum = 0;
    for (var r = 0; r < R; r++) {
        rowMemory[r] = RowMemory();
        rowMemory[r].address <== row[r].address;
        rowMemory[r].open <== row[r].open;
        rowMemory[r].found <== row[r].found;
        rowMemory[r].left <== row[r].left;
        rowMemory[r].signed <== row[r].signed;
        rowMemory[r].beta <== beta;
        rowMemory[r].gamma <== gamma;
        memorySum += rowMemory[r].sum;
        keySum += rowMemory[r].asked;
    }

    // ---------------------------------------------------------------- 7. Tree: asked, by the roots and by parents, = given
    signal rootBefore <== beta[1] * preRoot;
    signal rootAfter <== beta[2] * postRoot;
    component root = Quotient();
    root.top <== postRoot - preRoot;
    root.bottom <== gamma - 512 - rootBefore - rootAfter;
    var treeSum = root.out;
    for (var n = 0; n < N; n++) {
        nodeMemory[n] = NodeMemory(L);
        nodeMemory[n].cells <== nodeCells[n];
        nodeMemory[n].x <== nodeX[n];
        nodeMemory[n].y <== nodeY[n];
        nodeMemory[n].before <== nodeBefore[n];
        nodeMemory[n].after <== nodeAfter[n];
        nodeMemory[n].digestBefore <== node[n].digestBefore;
        nodeMemory[n].digestAfter <== node[n].digestAfter;
        nodeMemory[n].name <== node[n].name;
        nodeMemory[n].signs <== nodeSigns[n];
        nodeMemory[n].inverse <== nodeInverse[n];
        nodeMemory[n].beta <== beta;
        nodeMemory[n].gamma <== gamma;
        memorySum -= nodeMemory[n].memory;
        treeSum += nodeMemory[n].tree;
        logSum -= nodeMemory[n].granted;
    }
    memorySum === 0;
    treeSum === 0;

    // ---------------------------------------------------------------- 8. Signatures: keys asked by rows = given, logs asked = those of changed headers
    component entryMemory[M];
    for (var m = 0; m < M; m++) {
        entryMemory[m] = EntryMemory();
        entryMemory[m].active <== entryActive[m];
        entryMemory[m].program <== entryProgram[m];
        entryMemory[m].uses <== entryUses[m];
        entryMemory[m].key <== entryKey[m];
        entryMemory[m].logHead <== entryLog[m];
        entryMemory[m].beta <== beta;
        entryMemory[m].gamma <== gamma;
        keySum -= entryMemory[m].given;
        logSum += entryMemory[m].asked;
    }
    keySum === 0;
    logSum === 0;
}
