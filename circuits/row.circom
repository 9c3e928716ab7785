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
//     is[19]            one-hot over the operation numbers; is[0] is padding
//     actor, peer       programs                                                                 4L bits
//     sSlot, dSlot, xSlot   slots of the cells S, D, X                                           8 bits
//     resource          id (or subject; in rows on a slot: the kind of what lies in it)          64 bits
//     kind 56 bits, quantity 128 bits, scope 32 bits, rights 8 bits, argument a word
//     term              new deadline or expiry; or distance of `at` from the deadline found      40 bits
//     last              this row closes its group                                                bit
//     digest            of the group, a word
//   private, what is found in the cells
//     aWords[3] … xWords[3]     words as found (S and D have no third)
//     aLow              inbox and steps of A                                                     41 bits
//     aClock, bClock, bInbox 9 bits, bSteps 32 bits
//     aSeq … xSeq       seq of each cell, below the row's
//     sWatch, dWatch    bit: the slot is watched
//     sEscrow           escrowFrom in S                                                          24 bits
//     slotHolds         in a row on a slot: a resource lies in it                                bit
//     clears[4]         Clear: which sort of cell (capability, entry, fired, spent)              bits
//   private, witnesses of a comparison or choice
//     clock             the actor's clock afterwards                                             32 bits
//     wait              at − at of the row before                                                40 bits
//     spare             128 bits, one use per operation: rest of a split, sum of a merge, surplus of a call, distance of a
//                       condition or of steps, low part of a capability, payload of a cell that is cleared or of a header
//     inPlace           a claim leaves the resource where it is                                  bit
//     before, after     the deadline found lies ahead / has passed                               bits
//     expires           the capability in use has an expiry                                      bit
//     expiryGap         expiry − at − 1; or high part of an id in a merge                        40 bits
//     capRights         rights of the capability in use                                          8 bits
//     scoped, subjected it names one slot / one resource                                         bits
//     choice[5]         which condition                                                          bits
//     fired             the watch fires                                                          bit
//     inverse           shows that what must not be 0 is not
//   private, state left by the row before: see the names ending in In; output: the same with Out
//   output
//     leaf              of the record in traceRoot
//     address[5], open[5], found[5][3], left[5][3]    the memory tuples of the columns A, B, S, D, X
template Row(L) {
    signal input seq;
    signal input is[19];
    signal input actor;
    signal input peer;
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
    signal input sWatch;
    signal input dWatch;
    signal input sEscrow;
    signal input slotHolds;
    signal input clears[4];
    signal input clock;
    signal input wait;
    signal input spare;
    signal input inPlace;
    signal input before;
    signal input after;
    signal input expires;
    signal input expiryGap;
    signal input capRights;
    signal input scoped;
    signal input subjected;
    signal input choice[5];
    signal input fired;
    signal input inverse;

    signal input atIn;
    signal input continuesIn;
    signal input startIn;
    signal input chainIn;
    signal input digestIn;
    signal input triggeredIn;
    signal input triggerActorIn;
    signal input calling;
    signal input callLeftIn;
    signal input callSumIn;
    signal input callEntryIn;
    signal input callActorIn;
    signal input owesSIn;
    signal input owesSAddressIn;
    signal input owesSAfterIn;
    signal input owesSQuantityIn;
    signal input owesDIn;
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
    signal output callingOut;
    signal output callLeftOut;
    signal output callSumOut;
    signal output callEntryOut;
    signal output callActorOut;
    signal output owesSOut;
    signal output owesSAddressOut;
    signal output owesSAfterOut;
    signal output owesSQuantityOut;
    signal output owesDOut;
    signal output owesDAddressOut;
    signal output owesDBeforeOut;
    signal output owesDQuantityOut;
    signal output owesKindOut;

    signal output leaf;
    signal output address[5];
    signal output open[5];
    signal output found[5][3];
    signal output left[5][3];

    // ---------------------------------------------------------------- 1. The operation
    var ones = 0;
    var op = 0;
    for (var i = 0; i < 19; i++) {
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
    var effect = real - Check - Trigger;
    var takesOwn = Retire + EscrowToProgram + Pass + Split + Merge;      // S is the actor's, outright
    var takes = takesOwn + ClaimFromProgram + RevokeResource;            // S is a resource
    var onSlot = WatchResource + Unwatch + Check;                        // S is a slot, whatever lies in it
    var meets = CreateProgram + EscrowToProgram + ClaimFromProgram + RevokeResource + InvokeProgram + Pass + DelegateCapability + onSlot + JoinWith;

    var bits[15] = [last, sWatch, dWatch, slotHolds, inPlace, before, after, expires, scoped, subjected, fired, clears[0], clears[1], clears[2], clears[3]];
    for (var i = 0; i < 15; i++) {
        bits[i] * (bits[i] - 1) === 0;
    }
    for (var i = 0; i < 5; i++) {
        choice[i] * (choice[i] - 1) === 0;
    }

    // ---------------------------------------------------------------- 2. Ranges
    _ <== Num2Bits(4 * L)(actor);
    _ <== Num2Bits(4 * L)(peer);
    _ <== Num2Bits(8)(sSlot);
    _ <== Num2Bits(8)(dSlot);
    _ <== Num2Bits(8)(xSlot);
    _ <== Num2Bits(64)(resource);
    signal kindBits[56] <== Num2Bits(56)(kind);
    _ <== Num2Bits(128)(quantity);
    _ <== Num2Bits(32)(scope);
    _ <== Num2Bits(8)(rights);
    _ <== Num2Bits(40)(term);
    signal spareBits[128] <== Num2Bits(128)(spare);
    _ <== Num2Bits(40)(expiryGap);
    signal capBits[8] <== Num2Bits(8)(capRights);
    _ <== Num2Bits(24)(sEscrow);
    _ <== Num2Bits(41)(aLow);
    _ <== Num2Bits(9)(bInbox);
    _ <== Num2Bits(32)(bSteps);
    _ <== Num2Bits(32)(clock);
    _ <== Num2Bits(40)(wait);

    // ---------------------------------------------------------------- 3. Time (time-monotone)
    atOut <== atIn + wait;
    is[0] * wait === 0;

    // ---------------------------------------------------------------- 4. Which columns are open
    signal eq <== IsEqual()([actor, peer]);
    (CreateProgram + EscrowToProgram + RevokeResource + DelegateCapability + JoinWith) * eq === 0;
    (1 - meets) * peer === 0;
    is[0] * actor === 0;
    signal claimSelf <== ClaimFromProgram * eq;
    signal watchSelf <== WatchResource * eq;
    signal otherSelf <== (InvokeProgram + Pass + Unwatch + Check) * eq;
    signal guarded <== InvokeProgram * scope;
    var claimBy = ClaimFromProgram - claimSelf;
    var watchBy = WatchResource - watchSelf;
    var holds = guarded + claimBy + watchBy;                             // a capability is used
    inPlace * (1 - claimSelf) === 0;

    var openB = meets - claimSelf - watchSelf - otherSelf;
    var openS = takes + onSlot + guarded;
    var arrives = Issue + EscrowToProgram + ClaimFromProgram - inPlace + RevokeResource + Pass + Split + Merge;  // D gets a resource
    var openD = arrives + DeclareEntry + DelegateCapability + WatchResource;
    // A new program is the next one: the header before it is there (its creator's own, or opened in X).
    signal follows <== IsEqual()([actor + 1, peer]);
    signal byNeighbour <== CreateProgram * follows;
    var header = CreateProgram - byNeighbour;                            // X is a header
    var openX = InvokeProgram + Pass + Clear + Unwatch + Check + Trigger + claimBy + watchBy + header;
    var opens[5] = [real, openB, openS, openD, openX];

    // ---------------------------------------------------------------- 5. Addresses (no-unscoped-access)
    // escrowed: what lies in S is in escrow; whoever put it there, and nobody else, may lend the claim to it.
    signal owned <== IsZero()(sEscrow);
    var escrowed = 1 - owned;
    signal grantor <== peer + escrowed * (sEscrow - peer);
    signal sOwn <== takesOwn * actor;
    signal sPeer <== (ClaimFromProgram + RevokeResource + onSlot + guarded) * peer;
    signal dOwn <== (openD - EscrowToProgram - Pass) * actor;
    signal dPeer <== (EscrowToProgram + Pass) * peer;
    signal xOwn <== (Clear + Unwatch + Check + Trigger) * actor;
    signal xPeer <== (InvokeProgram + Pass + watchBy) * peer;
    signal xGrantor <== claimBy * grantor;
    signal xHeader <== header * (peer - 1);
    (1 - openS) * sSlot === 0;
    (1 - openD) * dSlot === 0;
    (1 - openX + header) * xSlot === 0;
    var S = 256 * (sOwn + sPeer) + sSlot;
    var D = 256 * (dOwn + dPeer) + dSlot;
    var X = 256 * (xOwn + xPeer + xGrantor + xHeader) + xSlot;

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
    (1 - holds) * (scoped + expires + capRights) === 0;
    (1 - claimBy) * subjected === 0;
    claimBy * (1 - capBits[0]) === 0;
    guarded * (1 - capBits[1]) === 0;
    watchBy * (1 - capBits[2]) === 0;
    signal unscoped <== claimBy * (1 - scoped);
    unscoped * escrowed === 0;
    signal aim <== S + guarded * (X - S);
    signal scopeFound <== scoped * aim;
    signal expiry <== expires * (atOut + 1 + expiryGap);
    signal subject <== subjected * resource;
    var capPayload = actor + (1 << 24) * scopeFound + (1 << 56) * capRights;
    var capLow = spare + HIGH() * expiry;

    // ---------------------------------------------------------------- 9. S (no-double-spend, escrow-atomic)
    signal kindTaken <== takes * kind;
    signal kindOnSlot <== onSlot * resource;
    signal sCapPayload <== guarded * capPayload;
    sWords[0] === CELL_RESOURCE() * (takes + slotHolds) + CELL_CAPABILITY() * guarded
        + 8 * (sWatch + (1 << 4) * (kindTaken + kindOnSlot) + (1 << 60) * sEscrow + sCapPayload) + SEQ() * sSeq;
    (1 - openS + guarded) * (sWatch + sEscrow) === 0;
    slotHolds * (1 - onSlot) === 0;

    // deadline found: 0, ahead of `at`, or passed (by the grace, for a claim in place).
    before * (1 - ClaimFromProgram) === 0;
    after * (1 - RevokeResource - inPlace) === 0;
    before * after === 0;
    signal ahead <== before * (atOut + 1 + term);
    signal passed <== after * (atOut - term - GRACE() * inPlace);
    var deadline = ahead + passed;

    signal rest <== Split * spare;
    signal sTaken <== takes * (quantity + MIDDLE() * resource + HIGH() * deadline);
    signal sCap <== guarded * capLow;
    (1 - onSlot) * (sWords[1] - sTaken - rest - sCap) === 0;
    takesOwn * sEscrow === 0;
    RevokeResource * (sEscrow - actor) === 0;
    claimSelf * owned === 0;

    // ---------------------------------------------------------------- 10. D
    signal kindMerged <== Merge * kind;
    dWords[0] === CELL_RESOURCE() * Merge + 8 * (dWatch + (1 << 4) * kindMerged) + SEQ() * dSeq;
    (1 - openD + DeclareEntry + DelegateCapability + WatchResource) * dWatch === 0;
    // The sum of a merge is in 128 bits (conservation); D keeps its id, which is scope + 2^32 · expiryGap.
    dWords[1] === Merge * (spare - quantity + MIDDLE() * (scope + (1 << 32) * expiryGap));
    // inbox-respected; the same eight bits hold 256 − inbox of a new program.
    signal passSelf <== Pass * eq;
    signal beyond <== (EscrowToProgram + Pass - passSelf) * (dSlot - bInbox);
    signal newInbox <== CreateProgram * scope;
    _ <== Num2Bits(8)(beyond + 256 * CreateProgram - newInbox);

    // ---------------------------------------------------------------- 11. X
    var cleared = clears[0] + clears[1] + clears[2] + clears[3];
    cleared === Clear;
    signal entryPayload <== (InvokeProgram + Pass) * (rights + (1 << 8) * scope + (1 << 40) * kind);
    signal watchPayload <== Check * (S + (1 << 32) * kind + (1 << 88) * rights);
    signal barePayload <== (Clear + Unwatch + Trigger + header) * spare;
    signal headerSeq <== header * xSeq;
    signal xCapPayload <== (claimBy + watchBy) * capPayload;
    xWords[0] === CELL_PROGRAM() * header + CELL_ENTRY() * (InvokeProgram + Pass) + CELL_CAPABILITY() * (claimBy + watchBy) + CELL_ARMED() * (Unwatch + Check) + CELL_FIRED() * Trigger
        + CELL_CAPABILITY() * clears[0] + CELL_ENTRY() * clears[1] + CELL_FIRED() * clears[2] + CELL_SPENT() * clears[3]
        + 8 * (entryPayload + watchPayload + barePayload + xCapPayload)
        + SEQ() * xSeq + (HEADER_SEQ() - SEQ()) * headerSeq;
    var beyondHeader = 0;
    for (var i = 73; i < 128; i++) {
        beyondHeader += spareBits[i];
    }
    header * beyondHeader === 0;
    (1 - openX) * xWords[1] === 0;
    (1 - openX) * xWords[2] === 0;
    (claimBy + watchBy) * (xWords[1] - capLow - MIDDLE() * subject) === 0;
    InvokeProgram * (xWords[2] - argument) === 0;
    Trigger * (xWords[2] - digest) === 0;
    var target = 0;
    for (var i = 0; i < 32; i++) {
        target += spareBits[i] * (1 << i);
    }
    Unwatch * (target - S) === 0;

    // ---------------------------------------------------------------- 12. What is not used is 0
    (CreateProgram + DelegateCapability + Clear + Unwatch + Trigger + JoinWith + is[0]) * kind === 0;
    (1 - takes - Issue - DeclareEntry - WatchResource) * quantity === 0;
    (1 - takes - onSlot - DelegateCapability) * resource === 0;
    (1 - CreateProgram - DeclareEntry - InvokeProgram - Pass - DelegateCapability - JoinWith - Merge) * scope === 0;
    (1 - DeclareEntry - InvokeProgram - Pass - DelegateCapability - WatchResource - Check) * rights === 0;
    (1 - DeclareEntry - InvokeProgram - WatchResource) * argument === 0;
    (1 - EscrowToProgram - DelegateCapability - before - after) * term === 0;
    (1 - Split - Merge - Clear - Unwatch - Trigger - Check - JoinWith - Pass - holds - header) * spare === 0;
    (1 - Merge - expires) * expiryGap === 0;

    // ---------------------------------------------------------------- 13. Rules of single operations
    // A kind is issued by its issuer (conservation).
    var issuer = 0;
    for (var i = 32; i < 56; i++) {
        issuer += kindBits[i] * (1 << (i - 32));
    }
    Issue * (issuer - actor) === 0;
    // Not 0: what is issued, both parts of a split.
    signal issued <== Issue * quantity;
    signal parts <== rest * quantity;
    (issued + parts) * inverse === Issue + Split;
    (1 - Issue - Split) * inverse === 0;
    // Only an open program makes an open one; with keys comes the other kind.
    CreateProgram * aWords[1] === 0;
    // A guard is 0 or 1.
    signal guard <== DeclareEntry * scope;
    guard * (scope - 1) === 0;
    // A join waits for steps of its peer.
    JoinWith * (spare - bSteps + scope) === 0;

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
    // Watched slots are watched once; a new watch needs an unwatched slot. The condition is one of five.
    WatchResource * sWatch === 0;
    (Unwatch + Check) * (1 - sWatch) === 0;
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
    signal sum <== Merge * (spare - quantity);
    component owed = Owed();
    owed.check <== Check;
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
    owed.sChanged <== takes * sWatch;
    owed.dChanged <== arrives * dWatch;
    owed.sAddress <== S;
    owed.sAfter <== Split + inPlace;
    owed.sQuantity <== rest + quantityInPlace;
    owed.dAddress <== D;
    owed.dBefore <== Merge;
    owed.dQuantity <== quantity + sum;
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
    signal scopeNamed <== scope - Merge * scope;
    signal termNamed <== (EscrowToProgram + DelegateCapability) * term;
    var p1 = op + (1 << 5) * actor + (1 << 29) * peer + (1 << 53) * S + (1 << 85) * D + (1 << 117) * X + (1 << 149) * termNamed
        + (1 << 189) * (resource - kindOnSlot);
    var p2 = kind + (1 << 56) * quantity + (1 << 184) * scopeNamed + (1 << 216) * rights;
    component group = Group();
    group.effect <== effect;
    group.trigger <== Trigger;
    group.check <== Check;
    group.continues <== continuesIn;
    group.last <== last;
    group.digest <== digest;
    group.logIn <== aWords[2];
    group.p1 <== p1;
    group.p2 <== p2;
    group.argument <== argument;
    group.actor <== actor;
    group.chainIn <== chainIn;
    group.digestIn <== digestIn;
    group.triggeredIn <== triggeredIn;
    group.triggerActorIn <== triggerActorIn;
    chainOut <== group.chainOut;
    triggeredOut <== group.triggeredOut;
    triggerActorOut <== group.triggerActorOut;
    continuesOut <== 1 - last;
    // A group closes with nothing owed (group-whole); padding is alone.
    last * (owesSOut + owesDOut + callingOut) === 0;
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
    // A: clock, steps, log.
    left[0][0] <== aWords[0] + (1 << 44) * (clock - aClock) + (1 << 12) * group.signed + HEADER_SEQ() * renew[0];
    left[0][1] <== aWords[1];
    left[0][2] <== group.logOut;
    // B: clock, unless it is only waited for; a new program.
    signal moved <== (openB - JoinWith) * (clock - bClock);
    left[1][0] <== bWords[0] + CreateProgram + 8 * newInbox + (1 << 44) * moved + HEADER_SEQ() * renew[1];
    left[1][1] <== bWords[1];
    left[1][2] <== bWords[2];
    // S: emptied, divided, accepted in place, watched or not.
    var leaves = takes - Split - inPlace;
    signal vacated <== leaves * (CELL_RESOURCE() + 8 * ((1 << 4) * kind + (1 << 60) * sEscrow));
    signal accepted <== inPlace * sEscrow;
    left[2][0] <== sWords[0] - vacated - 8 * (1 << 60) * accepted + 8 * (WatchResource - Unwatch - fired) + SEQ() * renew[2];
    signal emptied <== leaves * sWords[1];
    signal divided <== Split * quantity;
    signal freed <== inPlace * deadline;
    left[2][1] <== sWords[1] - emptied - divided - HIGH() * freed;
    left[2][2] <== 0;
    // D: a resource, an entry, a capability or a watch.
    signal resourcePayload <== arrives * (dWatch + (1 << 4) * kind);
    signal escrowPayload <== EscrowToProgram * actor;
    signal declared <== DeclareEntry * (rights + (1 << 8) * scope + (1 << 40) * kind);
    signal delegated <== DelegateCapability * (peer + (1 << 24) * scope + (1 << 56) * rights);
    signal watching <== WatchResource * (S + (1 << 32) * kind + (1 << 88) * rights);
    signal dRenewed <== openD * seq;
    left[3][0] <== CELL_RESOURCE() * arrives + CELL_ENTRY() * DeclareEntry + CELL_CAPABILITY() * DelegateCapability + CELL_ARMED() * WatchResource
        + 8 * (resourcePayload + (1 << 60) * escrowPayload + declared + delegated + watching) + SEQ() * dRenewed;
    signal amount <== (arrives + DeclareEntry + WatchResource) * quantity;
    signal keptId <== (arrives - Issue - Split - Merge + DelegateCapability) * resource;
    signal newId <== (Issue + Split) * seq;
    signal nonce <== DelegateCapability * seq;
    left[3][1] <== dWords[1] + amount + nonce + MIDDLE() * (keptId + newId) + HIGH() * termNamed;
    left[3][2] <== (DeclareEntry + WatchResource) * argument;
    // X: gone, fired or spent.
    var gone = Clear + Unwatch;
    signal removed[3];
    removed[0] <== gone * (xWords[0] - SEQ() * xSeq);
    removed[1] <== gone * xWords[1];
    removed[2] <== gone * xWords[2];
    signal headerRenew <== header * (seq - xSeq);
    left[4][0] <== xWords[0] - removed[0] + fired + Trigger + SEQ() * renew[4] + (HEADER_SEQ() - SEQ()) * headerRenew;
    left[4][1] <== xWords[1] - removed[1];
    left[4][2] <== xWords[2] - removed[2];

    // ---------------------------------------------------------------- 18. The record's leaf
    leaf <== Hash(13)(TAG_RECORD(), [
        aWords[0] + (1 << 120) * bWords[0],
        sWords[0] + (1 << 166) * atOut + (1 << 206) * last,
        aWords[1], aWords[2], bWords[1], bWords[2], sWords[1], dWords[0], dWords[1], xWords[0], xWords[1], xWords[2],
        group.u
    ]);
}
