pragma circom 2.2.0;

include "layout.circom";
include "row/row.circom";

// The state before the first row: nothing to carry on from.
template FirstState() {
    signal input notBefore; // earliest time of the batch                     40 bits
    output RowState() firstState;

    // 1. Time and group.
    firstState.time <== notBefore;
    firstState.start <== 0;
    firstState.groupState.continues <== 0;
    firstState.groupState.chain <== 0;
    firstState.groupState.digest <== 0;
    firstState.groupState.triggered <== 0;
    firstState.groupState.triggerActor <== 0;

    // 2. Lineage.
    firstState.lineageState.lineage <== 0;
    firstState.lineageState.actor <== 0;
    firstState.lineageState.child <== 0;
    firstState.lineageState.root <== 0;

    // 3. Call.
    firstState.callState.calling <== 0;
    firstState.callState.left <== 0;
    firstState.callState.sum <== 0;
    firstState.callState.entry <== 0;
    firstState.callState.actor <== 0;

    // 4. Checks owed.
    for (var i = 0; i < WATCHES(); i++) {
        firstState.owedChecks.s[i] <== 0;
        firstState.owedChecks.d[i] <== 0;
    }
    firstState.owedChecks.sAddress <== 0;
    firstState.owedChecks.sAfter <== 0;
    firstState.owedChecks.sQuantity <== 0;
    firstState.owedChecks.dAddress <== 0;
    firstState.owedChecks.dBefore <== 0;
    firstState.owedChecks.dQuantity <== 0;
    firstState.owedChecks.kind <== 0;
}
