pragma circom 2.2.0;

include "comparators.circom";
include "layout.circom";
include "row/inputs.circom";
include "row/operation.circom";

// Which of the columns A, B, S, D and X are open, and why.
bus Columns() {
    signal open[5];     // bits: the row finds and leaves a cell in A, B, S, D, X
    signal self;        // bit: the peer is the actor
    signal guarded;     // bit: an InvokeProgram that needs a capability, which lies in S
    signal claimSelf;   // bit: a ClaimFromProgram from the actor's own memory
    signal claimBy;     // bit: a ClaimFromProgram by a capability, which lies in X
    signal watchBy;     // bit: a WatchResource by a capability, which lies in X
    signal holds;       // bit: a capability is used
    signal arrives;     // bit: D gets a resource
    signal header;      // bit: X is the header before a new program's
}

template OpenColumns() {
    input Operation() op;
    input Sort() sort;
    input Choice() choice;
    output Columns() columns;

    var CreateProgram = op.is[OP_CREATE_PROGRAM()];
    var InvokeProgram = op.is[OP_INVOKE_PROGRAM()];
    var Pass = op.is[OP_PASS()];
    var DelegateCapability = op.is[OP_DELEGATE_CAPABILITY()];
    var WatchResource = op.is[OP_WATCH_RESOURCE()];
    var Unwatch = op.is[OP_UNWATCH()];
    var Check = op.is[OP_CHECK()];
    var Lineage = op.is[OP_LINEAGE()];

    // ---------------------------------------- 4. Which columns are open
    // CreateProgram, EscrowToProgram, RevokeResource, DelegateCapability, JoinWith, Enter and Eject open B for any
    // peer. It cannot be the actor: A and B would find the one header twice, and a cell that an earlier row left is
    // found once (memory; the same keeps S and D apart).
    signal self <== IsEqual()([op.actor, op.peer]);
    (1 - sort.meets - Lineage) * op.peer === 0;
    op.is[OP_PADDING()] * op.actor === 0;
    signal claimSelf <== op.is[OP_CLAIM_FROM_PROGRAM()] * self;
    signal watchSelf <== WatchResource * self;
    signal otherSelf <== (InvokeProgram + Pass + Unwatch + Check) * self;
    signal guarded <== InvokeProgram * op.scope;
    var claimBy = op.is[OP_CLAIM_FROM_PROGRAM()] - claimSelf;
    var watchBy = WatchResource - watchSelf;
    var derives = choice.derives;
    choice.inPlace * (1 - claimSelf) === 0;
    derives * (1 - DelegateCapability) === 0;
    // A new program is the next one: the header before it is there (its creator's own, or opened in X).
    signal follows <== IsEqual()([op.actor + 1, op.peer]);
    signal byNeighbour <== CreateProgram * follows;
    var header = CreateProgram - byNeighbour;
    var arrives = op.is[OP_ISSUE()] + op.is[OP_ESCROW_TO_PROGRAM()] + op.is[OP_CLAIM_FROM_PROGRAM()] - choice.inPlace
        + op.is[OP_REVOKE_RESOURCE()] + Pass + op.is[OP_SPLIT()] + op.is[OP_MERGE()] + op.is[OP_ENTER()];

    columns.self <== self;
    columns.guarded <== guarded;
    columns.claimSelf <== claimSelf;
    columns.claimBy <== claimBy;
    columns.watchBy <== watchBy;
    columns.holds <== guarded + claimBy + watchBy + derives;
    columns.arrives <== arrives;
    columns.header <== header;
    columns.open[0] <== sort.real;
    columns.open[1] <== sort.meets - claimSelf - watchSelf - otherSelf;
    columns.open[2] <== sort.takes + sort.onSlot + guarded + Lineage;
    columns.open[3] <== arrives + op.is[OP_DECLARE_ENTRY()] + DelegateCapability + WatchResource;
    columns.open[4] <== InvokeProgram + Pass + op.is[OP_CLEAR()] + Unwatch + Check + op.is[OP_TRIGGER()]
        + claimBy + watchBy + derives + Lineage + header;
}

// Where the cells S, D and X lie, and who may lend the claim to S.
bus Addresses() {
    signal s;           // address of S, 256 times its program plus its slot  32 bits
    signal d;           // address of D                                       32 bits
    signal x;           // address of X                                       32 bits
    signal escrowed;    // bit: the resource in S is in escrow
    signal grantor;     // program that may lend the claim to S               24 bits
}

template AddressesOfColumns() {
    input Operation() op;
    input Sort() sort;
    input Found() found;
    input Choice() choice;
    input Columns() columns;
    output Addresses() at;

    var EscrowToProgram = op.is[OP_ESCROW_TO_PROGRAM()];
    var Pass = op.is[OP_PASS()];
    var Lineage = op.is[OP_LINEAGE()];
    var Enter = op.is[OP_ENTER()];
    var header = columns.header;

    // ---------------------------------------- 5. Addresses (no-unscoped-access)
    // Where the resource in S is in escrow, only its giver may lend the claim to it.
    signal owned <== IsZero()(found.sEscrow);
    at.escrowed <== 1 - owned;
    at.grantor <== op.peer + (1 - owned) * (found.sEscrow - op.peer);
    signal sOwn <== sort.takesOwn * op.actor;
    signal sPeer <== (op.is[OP_CLAIM_FROM_PROGRAM()] + op.is[OP_REVOKE_RESOURCE()] + sort.onSlot) * op.peer;
    signal sHeld <== (columns.guarded + Lineage + op.is[OP_EJECT()]) * op.holder;
    signal dOwn <== (columns.open[3] - EscrowToProgram - Pass - Enter) * op.actor;
    signal dPeer <== (EscrowToProgram + Pass + Enter) * op.peer;
    signal xOwn <== (op.is[OP_CLEAR()] + op.is[OP_UNWATCH()] + op.is[OP_CHECK()] + op.is[OP_TRIGGER()]) * op.actor;
    signal xPeer <== (op.is[OP_INVOKE_PROGRAM()] + Pass + Lineage) * op.peer;
    signal xHeld <== (columns.claimBy + columns.watchBy + choice.derives) * op.holder;
    signal xHeader <== header * (op.peer - 1);
    (1 - columns.open[2]) * op.sSlot === 0;
    (1 - columns.open[3]) * op.dSlot === 0;
    (1 - columns.open[4] + header) * op.xSlot === 0;
    at.s <== 256 * (sOwn + sPeer + sHeld) + op.sSlot;
    at.d <== 256 * (dOwn + dPeer) + op.dSlot;
    at.x <== 256 * (xOwn + xPeer + xHeld + xHeader) + op.xSlot;
}
