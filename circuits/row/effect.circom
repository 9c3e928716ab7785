pragma circom 2.2.0;

include "group.circom";
include "layout.circom";
include "row/inputs.circom";
include "row/operation.circom";
include "row/ranges.circom";
include "row/columns.circom";

// The row as a link of its group, and in the log of its actor.
template Effect() {
    signal input keyless;       // bit: the argument is 0
    signal input owed;          // how many Checks are owed after this row
    signal input calling;       // bit: after this row, arguments are still to come
    input Operation() op;
    input Sort() sort;
    input Found() found;
    input Parts() parts;
    input Addresses() at;
    input GroupState() previous;
    output GroupState() next;
    signal output u;            // as in Group
    signal output signed;       // bit: the effect is the actor's own
    signal output logOut;       // log of the actor as left                   word
    signal output termNamed;    // deadline or expiry that the row sets; that an Eject finds   40 bits
    signal output p1;           // the row, packed: 253 bits
    signal output p2;           // the same: 224 bits

    var Lineage = op.is[OP_LINEAGE()];

    // ---------------------------------------- 16. Effect, group, log (group-whole, log-signed)
    signal resourceNamed <== (sort.takes + op.is[OP_DELEGATE_CAPABILITY()] + op.is[OP_ENTER()]) * op.resource;
    termNamed <== (op.is[OP_ESCROW_TO_PROGRAM()] + op.is[OP_DELEGATE_CAPABILITY()] + op.is[OP_EJECT()]) * op.term;
    component group = Group();
    group.effect <== sort.effect;
    group.trigger <== op.is[OP_TRIGGER()];
    group.check <== op.is[OP_CHECK()];
    group.last <== op.last;
    group.digest <== op.digest;
    group.logIn <== found.aWords[2];
    group.inbox <== parts.inbox;
    p1 <== sort.number + (1 << 5) * op.actor + (1 << 29) * op.peer + (1 << 53) * at.s + (1 << 85) * at.d
        + (1 << 117) * at.x + (1 << 149) * termNamed + (1 << 189) * resourceNamed;
    p2 <== (1 - Lineage) * (op.kind + (1 << 56) * op.quantity + (1 << 184) * op.scope + (1 << 216) * op.rights);
    group.p1 <== p1;
    group.p2 <== p2;
    group.argument <== op.argument;
    group.actor <== op.actor;
    group.previous <== previous;
    next <== group.next;
    u <== group.u;
    signed <== group.signed;
    logOut <== group.logOut;
    // No program becomes open again, and a trigger changes no key (log-signed).
    op.is[OP_ROTATE_AUTHORITY()] * (keyless + 1 - group.signed) === 0;
    // A group closes with nothing owed (group-whole); padding is alone.
    op.last * (owed + calling + Lineage) === 0;
    op.is[OP_PADDING()] * (1 - op.last + previous.continues) === 0;
}
