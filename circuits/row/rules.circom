pragma circom 2.2.0;

include "comparators.circom";
include "layout.circom";
include "row/inputs.circom";
include "row/operation.circom";
include "row/ranges.circom";
include "row/columns.circom";
include "row/capability.circom";

// The inputs that an operation does not use.
template UnusedIsZero() {
    signal input mergedId;      // id that a Merge keeps                      64 bits
    input Operation() op;
    input Sort() sort;
    input Found() found;
    input Choice() choice;
    input Columns() columns;
    signal output removedWord;  // selector or trigger of the cell that is taken away
    signal output named;        // of the argument: what the state says, the receiver's key or the id merged into

    var CreateProgram = op.is[OP_CREATE_PROGRAM()];
    var Issue = op.is[OP_ISSUE()];
    var DeclareEntry = op.is[OP_DECLARE_ENTRY()];
    var EscrowToProgram = op.is[OP_ESCROW_TO_PROGRAM()];
    var InvokeProgram = op.is[OP_INVOKE_PROGRAM()];
    var Pass = op.is[OP_PASS()];
    var DelegateCapability = op.is[OP_DELEGATE_CAPABILITY()];
    var Clear = op.is[OP_CLEAR()];
    var WatchResource = op.is[OP_WATCH_RESOURCE()];
    var Unwatch = op.is[OP_UNWATCH()];
    var Check = op.is[OP_CHECK()];
    var Trigger = op.is[OP_TRIGGER()];
    var JoinWith = op.is[OP_JOIN_WITH()];
    var Split = op.is[OP_SPLIT()];
    var Merge = op.is[OP_MERGE()];
    var RotateAuthority = op.is[OP_ROTATE_AUTHORITY()];
    var Lineage = op.is[OP_LINEAGE()];
    var Enter = op.is[OP_ENTER()];
    var Eject = op.is[OP_EJECT()];
    var takes = sort.takes;

    // ---------------------------------------- 12. What is not used is 0
    (CreateProgram + DelegateCapability + Clear + Unwatch + Trigger + JoinWith + RotateAuthority + op.is[OP_PADDING()])
        * op.kind === 0;
    (1 - takes - Issue - DeclareEntry - WatchResource - Lineage - Enter) * op.quantity === 0;
    (1 - takes - sort.onSlot - DelegateCapability - Lineage - Enter) * op.resource === 0;
    (1 - CreateProgram - DeclareEntry - InvokeProgram - Pass - DelegateCapability - JoinWith - Merge - Lineage - Eject)
        * op.scope === 0;
    // A Clear says what it clears: a watch that has fired, say, and not one whose trigger was applied meanwhile.
    (1 - DeclareEntry - InvokeProgram - Pass - DelegateCapability - WatchResource - Check - Lineage) * op.rights
        === found.clears[0] + 2 * found.clears[1] + 3 * found.clears[2] + 4 * found.clears[3];
    // Where it is no other word, the argument is the receiver's key, the id that is merged into, or the selector or the
    // trigger that is taken away: numbers under a signature mean something else where other rows come before
    // (log-signed).
    removedWord <== (Clear + Unwatch) * found.xWords[2];
    signal peerKey <== (EscrowToProgram + Pass + DelegateCapability + JoinWith) * found.bWords[1];
    // A Retire says what its actor likes: of an asset, whom its chain shall pay. The chain itself reads the peer's key
    // in what it let in or out.
    signal keyShown <== (Enter + Eject) * found.bWords[1];
    (1 - CreateProgram - RotateAuthority - DeclareEntry - InvokeProgram - WatchResource - op.is[OP_RETIRE()])
        * op.argument === peerKey + keyShown + mergedId + removedWord;
    named <== peerKey + mergedId;
    (1 - EscrowToProgram - DelegateCapability - Lineage - Eject - choice.before - choice.after) * op.term === 0;
    (1 - Split - Merge - Clear - Unwatch - Trigger - Check - JoinWith - Pass - Lineage - columns.holds - columns.header)
        * choice.spare === 0;
    (1 - Merge - Lineage - choice.expires) * choice.expiryGap === 0;
}

// Rules of single operations.
template SingleOperations() {
    signal input rest;      // of a Split, 0 otherwise                        128 bits
    input Operation() op;
    input Sort() sort;
    input Found() found;
    input Choice() choice;
    input Parts() parts;
    input Capability() capability;
    signal output keyless;  // bit: the argument is 0

    var Issue = op.is[OP_ISSUE()];
    var Split = op.is[OP_SPLIT()];
    var lentEnding = capability.lentEnding;

    // ---------------------------------------- 13. Rules of single operations
    // A kind is issued by its issuer (conservation), and what enters is of the chain's kinds.
    (Issue + op.is[OP_ENTER()]) * (parts.issuer - op.actor) === 0;
    // Not 0: what is issued, both parts of a split, the expiry of what is derived from what expires.
    signal issued <== Issue * op.quantity;
    signal shares <== rest * op.quantity;
    (issued + shares + capability.lentTerm) * choice.inverse === Issue + Split + lentEnding;
    (1 - Issue - Split - lentEnding) * choice.inverse === 0;
    // Only an open program makes an open one (log-signed).
    keyless <== IsZero()(op.argument);
    signal opened <== op.is[OP_CREATE_PROGRAM()] * keyless;
    opened * found.aWords[1] === 0;
    // A guard is 0 or 1.
    signal guard <== op.is[OP_DECLARE_ENTRY()] * op.scope;
    guard * (op.scope - 1) === 0;
    // A join waits for steps of its peer.
    op.is[OP_JOIN_WITH()] * (choice.spare - found.bSteps + op.scope) === 0;
    // A kind that a row on a slot reads has 56 bits, so that it is not told apart from escrowFrom in two ways. And no
    // capability names an id that a trigger made: earlier rows move it.
    // The id of what entered is its registry's, so a capability may name it.
    (sort.onSlot + op.is[OP_DELEGATE_CAPABILITY()]) * parts.resourceTop === 0;
    sort.onSlot * parts.resourceEntry === 0;
}
