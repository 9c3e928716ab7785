pragma circom 2.2.0;

include "layout.circom";
include "row/inputs.circom";
include "row/ranges.circom";
include "row/columns.circom";

// The line of a capability, from its root down, as a row leaves it.
bus LineageState() {
    signal lineage; // bit: this is a Lineage row; what comes next carries on from its child
    signal actor;   // of the row                                             24 bits
    signal child;   // address of the capability that was derived             32 bits
    signal root;    // program that granted the first of the line             24 bits
}

// The capability that a row uses, or lends on.
bus Capability() {
    signal payload;     // of its w0
    signal low;         // its w1, without the subject
    signal subject;     // the resource that it names, 0 = any                64 bits
    signal nonce;       // of its w1                                          32 bits
    signal within;      // slot of the root's that it is narrowed to          checked in section 10
    signal lentEnding;  // bit: it is lent on, and has an expiry
    signal lentTerm;    // the new expiry, if lentEnding                      40 bits
}

template CapabilityInUse() {
    signal input time;  // `at` of the row                                    40 bits
    input Operation() op;
    input Choice() choice;
    input Parts() parts;
    input Columns() columns;
    input Addresses() at;
    input LineageState() previous;
    output LineageState() next;
    output Capability() capability;

    var Lineage = op.is[OP_LINEAGE()];
    var guarded = columns.guarded;
    var claimBy = columns.claimBy;
    var watchBy = columns.watchBy;
    var holds = columns.holds;
    var derives = choice.derives;
    var lineage = previous.lineage;

    // ---------------------------------------- 8. The capability in use
    // (capability-attenuates, expiry-enforced)
    (1 - holds) * (choice.scoped + choice.expires) === 0;
    signal ejectFrom <== op.is[OP_EJECT()] * op.holder;
    (1 - holds - Lineage) * (choice.capRights + op.holder) === ejectFrom;
    (1 - claimBy - derives) * choice.subjected === 0;
    // Its lineage: a Lineage row shows that X was derived from S, as both are now. The next row carries on from X, and
    // does nothing else. Without such a row a capability has no parent, and its holder granted it: the root.
    signal capSlot <== op.xSlot + (guarded + Lineage) * (op.sSlot - op.xSlot);
    lineage * (256 * op.holder + capSlot - previous.child) === 0;
    lineage * (1 - holds - Lineage) === 0;
    lineage * (op.actor - previous.actor) === 0;
    signal begins <== (holds + Lineage) * (1 - lineage);
    begins * parts.spareNext === 0;
    signal root <== op.holder + lineage * (previous.root - op.holder);
    (guarded + watchBy) * (root - op.peer) === 0;
    claimBy * (root - at.grantor) === 0;
    next.lineage <== Lineage;
    next.actor <== op.actor;
    next.child <== Lineage * at.x;
    next.root <== Lineage * root;
    // Its rights: to claim, to invoke, to watch.
    claimBy * (1 - parts.capBits[0]) === 0;
    guarded * (1 - parts.capBits[1]) === 0;
    watchBy * (1 - parts.capBits[2]) === 0;
    signal unscoped <== claimBy * (1 - choice.scoped);
    unscoped * at.escrowed === 0;
    signal aim <== at.s + guarded * (at.x - at.s);
    signal aimLent <== derives * op.scope;
    signal scopeFound <== choice.scoped * (aim + aimLent);
    // In use it ends later than now; lent on, not before what is derived from it.
    signal ending <== time + 1 + derives * (op.term - time - 1);
    signal expiry <== choice.expires * (ending + choice.expiryGap);
    signal subject <== choice.subjected * op.resource;
    capability.payload <== op.actor + (1 << 24) * scopeFound + (1 << 56) * choice.capRights;
    capability.low <== choice.spare + HIGH() * expiry;
    capability.subject <== subject;
    capability.nonce <== parts.spareLow;
    // What is lent on is narrower or the same: rights a subset, one slot of the root's where it was all, an end where
    // there was one. The right to delegate is asked for.
    derives * (1 - parts.capBits[3]) === 0;
    signal sharedRights[8];
    var kept = 0;
    for (var i = 0; i < 8; i++) {
        sharedRights[i] <== parts.rightsBits[i] * parts.capBits[i];
        kept += sharedRights[i] * (1 << i);
    }
    derives * (op.rights - kept) === 0;
    choice.narrows * (1 - derives) === 0;
    signal unscopedParent <== derives * (1 - choice.scoped);
    (unscopedParent - choice.narrows) * op.scope === 0;
    signal within <== choice.narrows * (op.scope - 256 * root);
    signal lentEnding <== derives * choice.expires;
    signal lentTerm <== lentEnding * op.term;
    capability.within <== within;
    capability.lentEnding <== lentEnding;
    capability.lentTerm <== lentTerm;
}
