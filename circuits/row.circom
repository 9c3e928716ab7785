pragma circom 2.2.0;

include "bitify.circom";
include "comparators.circom";
include "layout.circom";
include "poseidon.circom";
include "call.circom";
include "watch.circom";
include "group.circom";

// One row: one transition, with all its rules (docs/protocol.md, sections 4 and 5).
//
// Everything here is either computed or an input that a constraint below pins down: bits are boolean, numbers are range-checked where
// they enter, words are bound to memory by their tuples and to the transcript by the leaf. What an operation does not use is 0.
//
// Box of Row(L)     programs are below 16^L
//   private, the operation
//     is[21]            one-hot over the operation numbers; is[0] is padding
//     actor, peer       programs                                                                 4L bits
//     holder            program in whose memory the capability in use lies, or the parent in a Lineage row   4L bits
//     sSlot, dSlot, xSlot   slots of the cells S, D, X                                           8 bits
//     resource          id 64 bits (or subject; in rows on a slot: the kind of what lies in it, 56 bits)
//     kind 56 bits, quantity 128 bits, scope 32 bits, rights 8 bits
//     argument          a word: selector, trigger or authority; the key of who receives; the id that is merged into; what is taken away
//     term              new deadline or expiry; or distance of `at` from the deadline found      40 bits
//     last              this row closes its group                                                bit
//     digest            of the group, a word
//   private, what is found in the cells
//     aWords[3] … xWords[3]     words as found (S and D have no third)
//     aLow              inbox and steps of A                                                     41 bits
//     aClock, bClock, bInbox 9 bits, bSteps 32 bits
//     aSeq … xSeq       seq of each cell, below the row's
//     sWatch[4], dWatch[4]   bits: ranks of the watches on the slot
//     sEscrow           escrowFrom in S                                                          24 bits
//     slotHolds         in a row on a slot: a resource lies in it                                bit
//     clears[4]         Clear: which sort of cell (capability, entry, fired, spent)              bits
//   private, witnesses of a comparison or choice
//     clock             the actor's clock afterwards                                             32 bits
//     wait              at − at of the row before                                                40 bits
//     spare             128 bits, one use per operation: rest of a split, sum of a merge, surplus of a call, distance of a
//                       condition or of steps, low part of a capability, payload of a cell that is cleared or of a header
//     derives           X is lent on: a capability that the new one is derived from              bit
//     narrows           what is lent on is one slot of all                                       bit
//     inPlace           a claim leaves the resource where it is                                  bit
//     before, after     the deadline found lies ahead / has passed                               bits
//     expires           the capability in use has an expiry                                      bit
//     expiryGap         expiry found − at − 1, where it is lent on − the new one; or high part of an id in a merge   40 bits
//     capRights         rights of the capability in use                                          8 bits
//     scoped, subjected it names one slot / one resource                                         bits
//     choice[5]         which condition                                                          bits
//     rank[4]           which rank a watch gets, or gives up in Unwatch                          one-hot
//     turn[8]           which of the Checks owed this is: S's ranks, then D's                    one-hot
//     fired             the watch fires                                                          bit
//     inverse           shows that what must not be 0 is not
//   A Lineage row keeps what it finds in what it does not use otherwise: S's payload in kind and rights, its low part in spare, what is
//   above in the low 104 bits of quantity; X's payload in scope and expiryGap, its nonce in the high 24 bits of quantity and in capRights,
//   its subject and expiry in resource and term.
//   private, state left by the row before: see the names ending in In; output: the same with Out
//   output
//     leaf              of the record in traceRoot
//     address[5], open[5], found[5][3], left[5][3]    the memory tuples of the columns A, B, S, D, X
//     signed            bit: the effect is the actor's own, so that its authority, if it has one, must sign
template Row(L) {
    signal input seq;
    signal input is[21];
    signal input actor;
    signal input peer;
    signal input holder;
    signal input sSlot;
    signal input dSlot;
    signal input xSlot;
    signal input resource;
    signal input kind;
    signal input quantity;
    signal input scope;
    signal input rights;
    signal input argument;
    signal input term;
    signal input last;
    signal input digest;
    signal input aWords[3];
    signal input bWords[3];
    signal input sWords[2];
    signal input dWords[2];
    signal input xWords[3];
    signal input aLow;
    signal input aClock;
    signal input bClock;
    signal input bInbox;
    signal input bSteps;
    signal input aSeq;
    signal input bSeq;
    signal input sSeq;
    signal input dSeq;
    signal input xSeq;
    signal input sWatch[WATCHES()];
    signal input dWatch[WATCHES()];
    signal input sEscrow;
    signal input slotHolds;
    signal input clears[4];
    signal input clock;
    signal input wait;
    signal input spare;
    signal input derives;
    signal input narrows;
    signal input inPlace;
    signal input before;
    signal input after;
    signal input expires;
    signal input expiryGap;
    signal input capRights;
    signal input scoped;
    signal input subjected;
    signal input choice[5];
    signal input rank[WATCHES()];
    signal input turn[2 * WATCHES()];
    signal input fired;
    signal input inverse;

    signal input atIn;
    signal input continuesIn;
    signal input startIn;
    signal input chainIn;
    signal input digestIn;
    signal input triggeredIn;
    signal input triggerActorIn;
    signal input lineIn;
    signal input lineActorIn;
    signal input heirIn;
    signal input rootIn;
    signal input calling;
    signal input callLeftIn;
    signal input callSumIn;
    signal input callEntryIn;
    signal input callActorIn;
    signal input owesSIn[WATCHES()];
    signal input owesSAddressIn;
    signal input owesSAfterIn;
    signal input owesSQuantityIn;
    signal input owesDIn[WATCHES()];
    signal input owesDAddressIn;
    signal input owesDBeforeIn;
    signal input owesDQuantityIn;
    signal input owesKindIn;

    signal output atOut;
    signal output continuesOut;
    signal output startOut;
    signal output chainOut;
    signal output triggeredOut;
    signal output triggerActorOut;
    signal output lineOut;
    signal output heirOut;
    signal output rootOut;
    signal output callingOut;
    signal output callLeftOut;
    signal output callSumOut;
    signal output callEntryOut;
    signal output callActorOut;
    signal output owesSOut[WATCHES()];
    signal output owesSAddressOut;
    signal output owesSAfterOut;
    signal output owesSQuantityOut;
    signal output owesDOut[WATCHES()];
    signal output owesDAddressOut;
    signal output owesDBeforeOut;
    signal output owesDQuantityOut;
    signal output owesKindOut;

    signal output leaf;
    signal output address[5];
    signal output open[5];
    signal output found[5][3];
    signal output left[5][3];
    signal output signed;

    // ---------------------------------------------------------------- 1. The operation
    var ones = 0;
    var op = 0;
    for (var i = 0; i < 21; i++) {
        is[i] * (is[i] - 1) === 0;
        ones += is[i];
        op += i * is[i];
    }
    ones === 1;
    var real = 1 - is[0];
    var CreateProgram = is[1];
    var Issue = is[2];
    var Retire = is[3];
    var DeclareEntry = is[4];
    var EscrowToProgram = is[5];
    var ClaimFromProgram = is[6];
    var RevokeResource = is[7];
    var InvokeProgram = is[8];
    var Pass = is[9];
    var DelegateCapability = is[10];
    var Clear = is[11];
    var WatchResource = is[12];
    var Unwatch = is[13];
    var Check = is[14];
    var Trigger = is[15];
    var JoinWith = is[16];
    var Split = is[17];
    var Merge = is[18];
    var RotateAuthority = is[19];
    var Lineage = is[20];
    var effect = real - Check - Trigger - Lineage;
    var takesOwn = Retire + EscrowToProgram + Pass + Split + Merge;      // S is the actor's, outright
    var takes = takesOwn + ClaimFromProgram + RevokeResource;            // S is a resource
    var onSlot = WatchResource + Unwatch + Check;                        // S is a slot, whatever lies in it
    var meets = CreateProgram + EscrowToProgram + ClaimFromProgram + RevokeResource + InvokeProgram + Pass + DelegateCapability + onSlot + JoinWith;

    var bits[15] = [last, derives, narrows, slotHolds, inPlace, before, after, expires, scoped, subjected, fired, clears[0], clears[1], clears[2], clears[3]];
    for (var i = 0; i < 15; i++) {
        bits[i] * (bits[i] - 1) === 0;
    }
    for (var i = 0; i < 5; i++) {
        choice[i] * (choice[i] - 1) === 0;
    }
    for (var i = 0; i < WATCHES(); i++) {
        sWatch[i] * (sWatch[i] - 1) === 0;
        dWatch[i] * (dWatch[i] - 1) === 0;
        rank[i] * (rank[i] - 1) === 0;
    }

    // ---------------------------------------------------------------- 2. Ranges
    _ <== Num2Bits(4 * L)(actor);
    _ <== Num2Bits(4 * L)(peer);
    _ <== Num2Bits(4 * L)(holder);
    _ <== Num2Bits(8)(sSlot);
    _ <== Num2Bits(8)(dSlot);
    _ <== Num2Bits(8)(xSlot);
    signal resourceBits[64] <== Num2Bits(64)(resource);
    signal kindBits[56] <== Num2Bits(56)(kind);
    signal quantityBits[128] <== Num2Bits(128)(quantity);
    _ <== Num2Bits(32)(scope);
    signal rightsBits[8] <== Num2Bits(8)(rights);
    _ <== Num2Bits(40)(term);
    signal spareBits[128] <== Num2Bits(128)(spare);
    _ <== Num2Bits(40)(expiryGap);
    signal capBits[8] <== Num2Bits(8)(capRights);
    _ <== Num2Bits(24)(sEscrow);
    signal aLowBits[41] <== Num2Bits(41)(aLow);
    _ <== Num2Bits(9)(bInbox);
    _ <== Num2Bits(32)(bSteps);
    _ <== Num2Bits(32)(clock);
    _ <== Num2Bits(40)(wait);

    // ---------------------------------------------------------------- 3. Time (time-monotone)
    atOut <== atIn + wait;
    is[0] * wait === 0;

    // ---------------------------------------------------------------- 4. Which columns are open
    // CreateProgram, EscrowToProgram, RevokeResource, DelegateCapability and JoinWith open B whoever the peer is. It cannot be the actor: A and B would
    // find the one header twice, and what an earlier row left is found once (memory; what keeps S and D apart, too).
    signal eq <== IsEqual()([actor, peer]);
    (1 - meets - Lineage) * peer === 0;
    is[0] * actor === 0;
    signal claimSelf <== ClaimFromProgram * eq;
    signal watchSelf <== WatchResource * eq;
    signal otherSelf <== (InvokeProgram + Pass + Unwatch + Check) * eq;
    signal guarded <== InvokeProgram * scope;
    var claimBy = ClaimFromProgram - claimSelf;
    var watchBy = WatchResource - watchSelf;
    var holds = guarded + claimBy + watchBy + derives;                   // a capability is used
    inPlace * (1 - claimSelf) === 0;
    derives * (1 - DelegateCapability) === 0;

    var openB = meets - claimSelf - watchSelf - otherSelf;
    var openS = takes + onSlot + guarded + Lineage;
    var arrives = Issue + EscrowToProgram + ClaimFromProgram - inPlace + RevokeResource + Pass + Split + Merge;  // D gets a resource
    var openD = arrives + DeclareEntry + DelegateCapability + WatchResource;
    // A new program is the next one: the header before it is there (its creator's own, or opened in X).
    signal follows <== IsEqual()([actor + 1, peer]);
    signal byNeighbour <== CreateProgram * follows;
    var header = CreateProgram - byNeighbour;                            // X is a header
    var openX = InvokeProgram + Pass + Clear + Unwatch + Check + Trigger + claimBy + watchBy + derives + Lineage + header;
    var opens[5] = [real, openB, openS, openD, openX];

    // ---------------------------------------------------------------- 5. Addresses (no-unscoped-access)
    // escrowed: what lies in S is in escrow; whoever put it there, and nobody else, may lend the claim to it.
    signal owned <== IsZero()(sEscrow);
    var escrowed = 1 - owned;
    signal grantor <== peer + escrowed * (sEscrow - peer);
    signal sOwn <== takesOwn * actor;
    signal sPeer <== (ClaimFromProgram + RevokeResource + onSlot) * peer;
    signal sHeld <== (guarded + Lineage) * holder;
    signal dOwn <== (openD - EscrowToProgram - Pass) * actor;
    signal dPeer <== (EscrowToProgram + Pass) * peer;
    signal xOwn <== (Clear + Unwatch + Check + Trigger) * actor;
    signal xPeer <== (InvokeProgram + Pass + Lineage) * peer;
    signal xHeld <== (claimBy + watchBy + derives) * holder;
    signal xHeader <== header * (peer - 1);
    (1 - openS) * sSlot === 0;
    (1 - openD) * dSlot === 0;
    (1 - openX + header) * xSlot === 0;
    var S = 256 * (sOwn + sPeer + sHeld) + sSlot;
    var D = 256 * (dOwn + dPeer) + dSlot;
    var X = 256 * (xOwn + xPeer + xHeld + xHeader) + xSlot;

    // ---------------------------------------------------------------- 6. Order of memory, and of groups (group-disjoint)
    // A cell was opened before this row; S and D of an effect before its group.
    startOut <== seq + continuesIn * (startIn - seq);
    signal sinceD <== effect * (seq - startOut);
    signal sinceS <== (effect - InvokeProgram) * (seq - startOut);
    var seqs[5] = [aSeq, bSeq, sSeq, dSeq, xSeq];
    var bounds[5] = [seq, seq, seq - sinceS, seq - sinceD, seq];
    signal gap[5];
    for (var i = 0; i < 5; i++) {
        gap[i] <== opens[i] * (bounds[i] - 1 - seqs[i]);
        _ <== Num2Bits(32)(gap[i]);
        (1 - opens[i]) * seqs[i] === 0;
    }

    // ---------------------------------------------------------------- 7. Headers and clocks (invocation-causal)
    aWords[0] === real * 1 + 8 * aLow + (1 << 44) * aClock + HEADER_SEQ() * aSeq;
    bWords[0] === openB - CreateProgram + 8 * bInbox + (1 << 12) * bSteps + (1 << 44) * bClock + HEADER_SEQ() * bSeq;
    is[0] * aWords[0] === 0;
    is[0] * aWords[1] === 0;
    is[0] * aWords[2] === 0;
    for (var i = 0; i < 3; i++) {
        (1 - openB + CreateProgram) * bWords[i] === 0;
    }
    // clock = 1 + max(aClock, bClock): neither gap is negative, one is 0.
    _ <== Num2Bits(32)(clock - real - aClock);
    _ <== Num2Bits(32)(clock - real - bClock);
    (clock - real - aClock) * (clock - real - bClock) === 0;

    // ---------------------------------------------------------------- 8. The capability in use (capability-attenuates, expiry-enforced)
    (1 - holds) * (scoped + expires) === 0;
    (1 - holds - Lineage) * (capRights + holder) === 0;
    (1 - claimBy - derives) * subjected === 0;
    var nonceFound = 0;
    var parentFound = 0;
    for (var i = 0; i < 32; i++) {
        nonceFound += spareBits[i] * (1 << i);
        parentFound += spareBits[32 + i] * (1 << i);
    }
    // Its line: a Lineage row shows that X was derived from S, as both are now, and what comes behind it carries on from X, and is
    // nothing else. Without one before, a capability has no parent, and its holder is who granted it: the root.
    signal capSlot <== xSlot + (guarded + Lineage) * (sSlot - xSlot);
    lineIn * (256 * holder + capSlot - heirIn) === 0;
    lineIn * (1 - holds - Lineage) === 0;
    lineIn * (actor - lineActorIn) === 0;
    signal begins <== (holds + Lineage) * (1 - lineIn);
    begins * parentFound === 0;
    signal root <== holder + lineIn * (rootIn - holder);
    (guarded + watchBy) * (root - peer) === 0;
    claimBy * (root - grantor) === 0;
    lineOut <== Lineage;
    heirOut <== Lineage * X;
    rootOut <== Lineage * root;
    claimBy * (1 - capBits[0]) === 0;
    guarded * (1 - capBits[1]) === 0;
    watchBy * (1 - capBits[2]) === 0;
    signal unscoped <== claimBy * (1 - scoped);
    unscoped * escrowed === 0;
    signal aim <== S + guarded * (X - S);
    signal aimLent <== derives * scope;
    signal scopeFound <== scoped * (aim + aimLent);
    // In use it ends later than now; lent on, not before what is derived from it.
    signal ending <== atOut + 1 + derives * (term - atOut - 1);
    signal expiry <== expires * (ending + expiryGap);
    signal subject <== subjected * resource;
    var capPayload = actor + (1 << 24) * scopeFound + (1 << 56) * capRights;
    var capLow = spare + HIGH() * expiry;
    // What is lent on is narrower or the same: rights a subset, one slot of the root's where it was all, an end where there was one.
    derives * (1 - capBits[3]) === 0;
    signal both[8];
    var kept = 0;
    for (var i = 0; i < 8; i++) {
        both[i] <== rightsBits[i] * capBits[i];
        kept += both[i] * (1 << i);
    }
    derives * (rights - kept) === 0;
    narrows * (1 - derives) === 0;
    signal wide <== derives * (1 - scoped);
    (wide - narrows) * scope === 0;
    signal within <== narrows * (scope - 256 * root);
    signal lentEnding <== derives * expires;
    signal lentTerm <== lentEnding * term;

    // ---------------------------------------------------------------- 9. S (no-double-spend, escrow-atomic)
    signal kindTaken <== takes * kind;
    signal kindOnSlot <== onSlot * resource;
    signal sCapPayload <== guarded * capPayload;
    signal parentPayload <== Lineage * (kind + (1 << 56) * rights);
    var sRanks = 0;
    var dRanks = 0;
    for (var i = 0; i < WATCHES(); i++) {
        sRanks += sWatch[i] * (1 << i);
        dRanks += dWatch[i] * (1 << i);
    }
    sWords[0] === CELL_RESOURCE() * (takes + slotHolds) + CELL_CAPABILITY() * (guarded + Lineage)
        + 8 * (sRanks + (1 << 4) * (kindTaken + kindOnSlot) + (1 << 60) * sEscrow + sCapPayload + parentPayload) + SEQ() * sSeq;
    (1 - openS + guarded + Lineage) * (sRanks + sEscrow) === 0;
    slotHolds * (1 - onSlot) === 0;

    // deadline found: 0, ahead of `at`, or passed (by the grace, for a claim in place). Until it, an escrow is its holder's to claim;
    // from then on its giver's to take back, by itself or by who was lent the claim.
    before * (1 - claimSelf) === 0;
    after * (1 - RevokeResource - claimBy - inPlace) === 0;
    before * after === 0;
    signal ahead <== before * (atOut + 1 + term);
    signal passed <== after * (atOut - term - GRACE() * inPlace);
    var deadline = ahead + passed;

    signal rest <== Split * spare;
    signal sTaken <== takes * (quantity + MIDDLE() * resource + HIGH() * deadline);
    signal sCap <== guarded * capLow;
    var quantityLow = 0;
    var quantityHigh = 0;
    for (var i = 0; i < 104; i++) {
        quantityLow += quantityBits[i] * (1 << i);
    }
    for (var i = 104; i < 128; i++) {
        quantityHigh += quantityBits[i] * (1 << (i - 104));
    }
    signal parentWord <== Lineage * (spare + MIDDLE() * quantityLow);
    (1 - onSlot) * (sWords[1] - sTaken - rest - sCap - parentWord) === 0;
    takesOwn * sEscrow === 0;
    RevokeResource * (sEscrow - actor) === 0;
    claimSelf * owned === 0;

    // ---------------------------------------------------------------- 10. D
    signal kindMerged <== Merge * kind;
    dWords[0] === CELL_RESOURCE() * Merge + 8 * (dRanks + (1 << 4) * kindMerged) + SEQ() * dSeq;
    // Where D is closed as well: a Check that named a rank of D would owe itself again.
    (1 - openD + DeclareEntry + DelegateCapability + WatchResource) * dRanks === 0;
    // The sum of a merge is in 128 bits (conservation); D keeps its id, which is scope + 2^32 · expiryGap and which the row names.
    signal merged <== Merge * (spare - quantity);
    signal mergedId <== Merge * (scope + (1 << 32) * expiryGap);
    dWords[1] === merged + MIDDLE() * mergedId;
    // inbox-respected; the same eight bits hold 256 − inbox of a new program, or a slot of the root's.
    signal passSelf <== Pass * eq;
    signal beyond <== (EscrowToProgram + Pass - passSelf) * (dSlot - bInbox);
    signal newInbox <== CreateProgram * scope;
    _ <== Num2Bits(8)(beyond + 256 * CreateProgram - newInbox + within);

    // ---------------------------------------------------------------- 11. X
    var cleared = clears[0] + clears[1] + clears[2] + clears[3];
    cleared === Clear;
    signal entryPayload <== (InvokeProgram + Pass) * (rights + (1 << 8) * scope + (1 << 40) * kind);
    // Which rank: of the watch that is set or taken away, or whose turn it is to be checked.
    var rankNumber = 0;
    var rankBit = 0;
    var ranks = 0;
    for (var i = 0; i < WATCHES(); i++) {
        rankNumber += i * (rank[i] + turn[i] + turn[WATCHES() + i]);
        rankBit += (1 << i) * (rank[i] + turn[i] + turn[WATCHES() + i]);
        ranks += rank[i];
    }
    signal watchPayload <== Check * (S + (1 << 32) * kind + (1 << 88) * rights + (1 << 96) * rankNumber);
    signal childPayload <== Lineage * (scope + (1 << 32) * expiryGap);
    signal barePayload <== (Clear + Unwatch + Trigger + header) * spare;
    signal headerSeq <== header * xSeq;
    signal xCapPayload <== (claimBy + watchBy + derives) * capPayload;
    xWords[0] === CELL_PROGRAM() * header + CELL_ENTRY() * (InvokeProgram + Pass) + CELL_CAPABILITY() * (claimBy + watchBy + derives + Lineage) + CELL_ARMED() * (Unwatch + Check) + CELL_FIRED() * Trigger
        + CELL_CAPABILITY() * clears[0] + CELL_ENTRY() * clears[1] + CELL_FIRED() * clears[2] + CELL_SPENT() * clears[3]
        + 8 * (entryPayload + watchPayload + barePayload + xCapPayload + childPayload)
        + SEQ() * xSeq + (HEADER_SEQ() - SEQ()) * headerSeq;
    var beyondHeader = 0;
    for (var i = 73; i < 128; i++) {
        beyondHeader += spareBits[i];
    }
    header * beyondHeader === 0;
    (1 - openX) * xWords[1] === 0;
    (1 - openX) * xWords[2] === 0;
    (claimBy + watchBy + derives) * (xWords[1] - capLow - MIDDLE() * subject) === 0;
    // A child: its nonce, the parent it names (S, as it is now), its subject and expiry.
    Lineage * (xWords[1] - quantityHigh - (1 << 24) * capRights - (1 << 32) * S - (1 << 64) * nonceFound - MIDDLE() * resource - HIGH() * term) === 0;
    InvokeProgram * (xWords[2] - argument) === 0;
    Trigger * (xWords[2] - digest) === 0;
    var target = 0;
    for (var i = 0; i < 32; i++) {
        target += spareBits[i] * (1 << i);
    }
    Unwatch * (target + (1 << 32) * (spareBits[96] + 2 * spareBits[97]) - S - (1 << 32) * rankNumber) === 0;

    // ---------------------------------------------------------------- 12. What is not used is 0
    (CreateProgram + DelegateCapability + Clear + Unwatch + Trigger + JoinWith + RotateAuthority + is[0]) * kind === 0;
    (1 - takes - Issue - DeclareEntry - WatchResource - Lineage) * quantity === 0;
    (1 - takes - onSlot - DelegateCapability - Lineage) * resource === 0;
    (1 - CreateProgram - DeclareEntry - InvokeProgram - Pass - DelegateCapability - JoinWith - Merge - Lineage) * scope === 0;
    // A Clear says what it clears: a watch that has fired, say, and not one whose trigger was applied meanwhile.
    (1 - DeclareEntry - InvokeProgram - Pass - DelegateCapability - WatchResource - Check - Lineage) * rights
        === clears[0] + 2 * clears[1] + 3 * clears[2] + 4 * clears[3];
    // Where it is no other word, it is the key of who receives, the id that is merged into, or the selector or the trigger of what is taken
    // away: numbers that a signature covers mean something else where other rows come before (log-signed).
    var gone = Clear + Unwatch;
    signal removedWord <== gone * xWords[2];
    signal peerKey <== (EscrowToProgram + Pass + DelegateCapability + JoinWith) * bWords[1];
    (1 - CreateProgram - RotateAuthority - DeclareEntry - InvokeProgram - WatchResource) * argument === peerKey + mergedId + removedWord;
    (1 - EscrowToProgram - DelegateCapability - Lineage - before - after) * term === 0;
    (1 - Split - Merge - Clear - Unwatch - Trigger - Check - JoinWith - Pass - Lineage - holds - header) * spare === 0;
    (1 - Merge - Lineage - expires) * expiryGap === 0;

    // ---------------------------------------------------------------- 13. Rules of single operations
    // A kind is issued by its issuer (conservation).
    var issuer = 0;
    for (var i = 32; i < 56; i++) {
        issuer += kindBits[i] * (1 << (i - 32));
    }
    Issue * (issuer - actor) === 0;
    // Not 0: what is issued, both parts of a split, the expiry of what is derived from what expires.
    signal issued <== Issue * quantity;
    signal parts <== rest * quantity;
    (issued + parts + lentTerm) * inverse === Issue + Split + lentEnding;
    (1 - Issue - Split - lentEnding) * inverse === 0;
    // Only an open program makes an open one (log-signed).
    signal keyless <== IsZero()(argument);
    signal opened <== CreateProgram * keyless;
    opened * aWords[1] === 0;
    // A guard is 0 or 1.
    signal guard <== DeclareEntry * scope;
    guard * (scope - 1) === 0;
    // A join waits for steps of its peer.
    JoinWith * (spare - bSteps + scope) === 0;

    // A kind that a row on a slot reads has 56 bits, so that it is not told apart from escrowFrom in two ways. And no capability names an id
    // that a trigger made: what comes before moves it.
    var resourceTop = 0;
    for (var i = 56; i < 64; i++) {
        resourceTop += resourceBits[i];
    }
    (onSlot + DelegateCapability) * resourceTop === 0;

    // ---------------------------------------------------------------- 14. Calls (escrow-atomic: all arguments or nothing)
    component call = Call();
    call.invoke <== InvokeProgram;
    call.pass <== Pass;
    call.check <== Check;
    call.actor <== actor;
    call.entry <== X;
    call.nargs <== rights;
    call.quantity <== quantity;
    call.minimum <== xWords[1];
    call.spare <== spare;
    call.calling <== calling;
    call.leftIn <== callLeftIn;
    call.sumIn <== callSumIn;
    call.entryIn <== callEntryIn;
    call.actorIn <== callActorIn;
    callingOut <== call.callingOut;
    callLeftOut <== call.leftOut;
    callSumOut <== call.sumOut;
    callEntryOut <== call.entryOut;
    callActorOut <== call.actorOut;

    // ---------------------------------------------------------------- 15. Watches (watch-deterministic)
    // A new watch gets the lowest rank that is free; one that is taken away or checked has its rank on the slot.
    ranks === WatchResource + Unwatch;
    signal hit[WATCHES()];
    signal taken[WATCHES()];
    var hits = 0;
    var lower = 0;
    var takenBelow = 0;
    for (var i = 0; i < WATCHES(); i++) {
        hit[i] <== (rank[i] + turn[i] + turn[WATCHES() + i]) * sWatch[i];
        hits += hit[i];
        taken[i] <== rank[i] * takenBelow;
        lower += taken[i];
        takenBelow += sWatch[i];
    }
    // In a Check, at most one turn differs from 0 (PendingChecks, step 1), so this makes it 1.
    hits === Unwatch + Check;
    WatchResource * (lower - rankNumber) === 0;
    // The condition is one of five.
    var chosen = 0;
    var choiceNumber = 0;
    for (var i = 0; i < 5; i++) {
        chosen += choice[i];
        choiceNumber += (i + 1) * choice[i];
    }
    chosen === WatchResource + Check;
    signal conditionFound <== (WatchResource + Check) * rights;
    choiceNumber === conditionFound;
    signal quantityInPlace <== inPlace * quantity;
    component owed = PendingChecks(WATCHES());
    owed.check <== Check;
    owed.turn <== turn;
    owed.slot <== S;
    owed.choice <== choice;
    owed.filter <== kind;
    owed.threshold <== xWords[1];
    owed.distance <== spare;
    owed.fired <== fired;
    owed.sIn <== owesSIn;
    owed.sAddressIn <== owesSAddressIn;
    owed.sAfterIn <== owesSAfterIn;
    owed.sQuantityIn <== owesSQuantityIn;
    owed.dIn <== owesDIn;
    owed.dAddressIn <== owesDAddressIn;
    owed.dBeforeIn <== owesDBeforeIn;
    owed.dQuantityIn <== owesDQuantityIn;
    owed.kindIn <== owesKindIn;
    // A watch on D means that a resource arrives there (step 10).
    for (var i = 0; i < WATCHES(); i++) {
        owed.sChanged[i] <== takes * sWatch[i];
        owed.dChanged[i] <== dWatch[i];
    }
    owed.sAddress <== S;
    owed.sAfter <== Split + inPlace;
    owed.sQuantity <== rest + quantityInPlace;
    owed.dAddress <== D;
    owed.dBefore <== Merge;
    owed.dQuantity <== quantity + merged;
    owed.kind <== kind;
    owesSOut <== owed.sOut;
    owesSAddressOut <== owed.sAddressOut;
    owesSAfterOut <== owed.sAfterOut;
    owesSQuantityOut <== owed.sQuantityOut;
    owesDOut <== owed.dOut;
    owesDAddressOut <== owed.dAddressOut;
    owesDBeforeOut <== owed.dBeforeOut;
    owesDQuantityOut <== owed.dQuantityOut;
    owesKindOut <== owed.kindOut;

    // ---------------------------------------------------------------- 16. Effect, group, log
    signal resourceNamed <== (takes + DelegateCapability) * resource;
    signal termNamed <== (EscrowToProgram + DelegateCapability) * term;
    var p1 = op + (1 << 5) * actor + (1 << 29) * peer + (1 << 53) * S + (1 << 85) * D + (1 << 117) * X + (1 << 149) * termNamed
        + (1 << 189) * resourceNamed;
    signal p2 <== (1 - Lineage) * (kind + (1 << 56) * quantity + (1 << 184) * scope + (1 << 216) * rights);
    component group = Group();
    group.effect <== effect;
    group.trigger <== Trigger;
    group.check <== Check;
    group.continues <== continuesIn;
    group.last <== last;
    group.digest <== digest;
    group.logIn <== aWords[2];
    var inbox = 0;
    for (var i = 0; i < 9; i++) {
        inbox += aLowBits[i] * (1 << i);
    }
    group.inbox <== inbox;
    group.p1 <== p1;
    group.p2 <== p2;
    group.argument <== argument;
    group.actor <== actor;
    group.chainIn <== chainIn;
    group.digestIn <== digestIn;
    group.triggeredIn <== triggeredIn;
    group.triggerActorIn <== triggerActorIn;
    signed <== group.signed;
    // No program becomes open again, and a trigger changes no key (log-signed).
    RotateAuthority * (keyless + 1 - signed) === 0;
    chainOut <== group.chainOut;
    triggeredOut <== group.triggeredOut;
    triggerActorOut <== group.triggerActorOut;
    continuesOut <== 1 - last;
    // A group closes with nothing owed (group-whole); padding is alone.
    last * (owed.rest + callingOut + Lineage) === 0;
    is[0] * (1 - last + continuesIn) === 0;

    // ---------------------------------------------------------------- 17. What is left in the cells
    for (var i = 0; i < 5; i++) {
        open[i] <== opens[i];
    }
    address[0] <== 256 * actor;
    address[1] <== 256 * peer;
    address[2] <== S;
    address[3] <== D;
    address[4] <== X;
    for (var i = 0; i < 3; i++) {
        found[0][i] <== aWords[i];
        found[1][i] <== bWords[i];
        found[2][i] <== i < 2 ? sWords[i] : 0;
        found[3][i] <== i < 2 ? dWords[i] : 0;
        found[4][i] <== xWords[i];
    }
    signal renew[5];
    for (var i = 0; i < 5; i++) {
        renew[i] <== opens[i] * (seq - seqs[i]);
    }
    // A: clock, steps, authority, log.
    left[0][0] <== aWords[0] + (1 << 44) * (clock - aClock) + (1 << 12) * signed + HEADER_SEQ() * renew[0];
    left[0][1] <== aWords[1] + RotateAuthority * (argument - aWords[1]);
    left[0][2] <== group.logOut;
    // B: clock, unless it is only waited for; a new program.
    signal moved <== (openB - JoinWith) * (clock - bClock);
    left[1][0] <== bWords[0] + CreateProgram + 8 * newInbox + (1 << 44) * moved + HEADER_SEQ() * renew[1];
    left[1][1] <== bWords[1] + CreateProgram * argument;
    left[1][2] <== bWords[2];
    // S: emptied, divided, accepted in place, watched or not.
    var leaves = takes - Split - inPlace;
    signal vacated <== leaves * (CELL_RESOURCE() + 8 * ((1 << 4) * kind + (1 << 60) * sEscrow));
    signal accepted <== inPlace * sEscrow;
    signal watched <== (WatchResource - Unwatch - fired) * rankBit;
    left[2][0] <== sWords[0] - vacated - 8 * (1 << 60) * accepted + 8 * watched + SEQ() * renew[2];
    signal emptied <== leaves * sWords[1];
    signal divided <== Split * quantity;
    signal freed <== inPlace * deadline;
    left[2][1] <== sWords[1] - emptied - divided - HIGH() * freed;
    left[2][2] <== 0;
    // D: a resource, an entry, a capability or a watch.
    signal resourcePayload <== arrives * (dRanks + (1 << 4) * kind);
    signal escrowPayload <== EscrowToProgram * actor;
    signal declared <== DeclareEntry * (rights + (1 << 8) * scope + (1 << 40) * kind);
    signal delegated <== DelegateCapability * (peer + (1 << 24) * scope + (1 << 56) * rights);
    signal watching <== WatchResource * (S + (1 << 32) * kind + (1 << 88) * rights + (1 << 96) * rankNumber);
    signal dRenewed <== openD * seq;
    left[3][0] <== CELL_RESOURCE() * arrives + CELL_ENTRY() * DeclareEntry + CELL_CAPABILITY() * DelegateCapability + CELL_ARMED() * WatchResource
        + 8 * (resourcePayload + (1 << 60) * escrowPayload + declared + delegated + watching) + SEQ() * dRenewed;
    signal amount <== (arrives + DeclareEntry + WatchResource) * quantity;
    signal keptId <== (arrives - Issue - Split - Merge + DelegateCapability) * resource;
    // An id is the maker's number and how many effects of its own it has made; where a trigger makes it, it follows from seq.
    var steps = 0;
    for (var i = 9; i < 41; i++) {
        steps += aLowBits[i] * (1 << (i - 9));
    }
    signal idMade <== TRIGGERED_ID() + seq + signed * ((1 << 32) * actor + steps - TRIGGERED_ID() - seq);
    signal newId <== (Issue + Split) * idMade;
    signal nonce <== DelegateCapability * seq;
    signal link <== derives * ((1 << 32) * X + (1 << 64) * nonceFound);
    left[3][1] <== dWords[1] + amount + nonce + link + MIDDLE() * (keptId + newId) + HIGH() * termNamed;
    left[3][2] <== (DeclareEntry + WatchResource) * argument;
    // X: gone, fired or spent.
    signal removed[2];
    removed[0] <== gone * (xWords[0] - SEQ() * xSeq);
    removed[1] <== gone * xWords[1];
    signal headerRenew <== header * (seq - xSeq);
    left[4][0] <== xWords[0] - removed[0] + fired + Trigger + SEQ() * renew[4] + (HEADER_SEQ() - SEQ()) * headerRenew;
    left[4][1] <== xWords[1] - removed[1];
    left[4][2] <== xWords[2] - removedWord;

    // ---------------------------------------------------------------- 18. The record's leaf
    leaf <== Hash(13)(TAG_RECORD(), [
        aWords[0] + (1 << 120) * bWords[0],
        sWords[0] + (1 << 166) * atOut + (1 << 206) * last,
        aWords[1], aWords[2], bWords[1], bWords[2], sWords[1], dWords[0], dWords[1], xWords[0], xWords[1], xWords[2],
        group.u
    ]);
}
