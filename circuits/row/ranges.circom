pragma circom 2.2.0;

include "bitify.circom";
include "layout.circom";
include "row/inputs.circom";

// Parts of the numbers of a row, from their bits.
bus Parts() {
    signal resourceTop;     // bits 56 and up of the resource, without bit 61
    signal resourceEntry;   // bit 61 of the resource: the id of what entered
    signal issuer;          // of the kind                                    24 bits
    signal fact;            // bit 31 of the kind: a kind of the chain's that is no asset
    signal quantityLow;     // bits 0 to 103 of the quantity                  104 bits
    signal quantityHigh;    // bits 104 and up of the quantity                24 bits
    signal rightsBits[8];   // of the rights
    signal capBits[8];      // of the rights of the capability in use
    signal spareLow;        // bits 0 to 31 of the spare number               32 bits
    signal spareNext;       // bits 32 to 63 of the spare number              32 bits
    signal spareRank;       // bits 96 and 97 of the spare number             2 bits
    signal spareBeyond;     // sum of the bits 73 and up of the spare number
    signal inbox;           // of A                                           9 bits
    signal steps;           // of A                                           32 bits
}

// The numbers of a row have no more bits than they should. Programs are below 16^L.
template Ranges(L) {
    input Operation() op;
    input Found() found;
    input Choice() choice;
    output Parts() parts;

    // ---------------------------------------- 2. Ranges
    _ <== Num2Bits(4 * L)(op.actor);
    _ <== Num2Bits(4 * L)(op.peer);
    _ <== Num2Bits(4 * L)(op.holder);
    _ <== Num2Bits(8)(op.sSlot);
    _ <== Num2Bits(8)(op.dSlot);
    _ <== Num2Bits(8)(op.xSlot);
    signal resourceBits[64] <== Num2Bits(64)(op.resource);
    signal kindBits[56] <== Num2Bits(56)(op.kind);
    signal quantityBits[128] <== Num2Bits(128)(op.quantity);
    _ <== Num2Bits(32)(op.scope);
    signal rightsBits[8] <== Num2Bits(8)(op.rights);
    _ <== Num2Bits(40)(op.term);
    signal spareBits[128] <== Num2Bits(128)(choice.spare);
    _ <== Num2Bits(40)(choice.expiryGap);
    signal capBits[8] <== Num2Bits(8)(choice.capRights);
    _ <== Num2Bits(24)(found.sEscrow);
    signal aLowBits[41] <== Num2Bits(41)(found.aLow);
    _ <== Num2Bits(9)(found.bInbox);
    _ <== Num2Bits(32)(found.bSteps);
    _ <== Num2Bits(32)(choice.clock);
    _ <== Num2Bits(40)(choice.wait);

    parts.rightsBits <== rightsBits;
    parts.capBits <== capBits;
    var resourceTop = 0;
    for (var i = 56; i < 64; i++) {
        resourceTop += i == ENTRY_BIT() ? 0 : resourceBits[i];
    }
    parts.resourceTop <== resourceTop;
    parts.resourceEntry <== resourceBits[ENTRY_BIT()];
    var issuer = 0;
    for (var i = 32; i < 56; i++) {
        issuer += kindBits[i] * (1 << (i - 32));
    }
    parts.issuer <== issuer;
    parts.fact <== kindBits[31];
    var quantityLow = 0;
    var quantityHigh = 0;
    for (var i = 0; i < 104; i++) {
        quantityLow += quantityBits[i] * (1 << i);
    }
    for (var i = 104; i < 128; i++) {
        quantityHigh += quantityBits[i] * (1 << (i - 104));
    }
    parts.quantityLow <== quantityLow;
    parts.quantityHigh <== quantityHigh;
    var spareLow = 0;
    var spareNext = 0;
    for (var i = 0; i < 32; i++) {
        spareLow += spareBits[i] * (1 << i);
        spareNext += spareBits[32 + i] * (1 << i);
    }
    parts.spareLow <== spareLow;
    parts.spareNext <== spareNext;
    parts.spareRank <== spareBits[96] + 2 * spareBits[97];
    var spareBeyond = 0;
    for (var i = 73; i < 128; i++) {
        spareBeyond += spareBits[i];
    }
    parts.spareBeyond <== spareBeyond;
    var inbox = 0;
    for (var i = 0; i < 9; i++) {
        inbox += aLowBits[i] * (1 << i);
    }
    parts.inbox <== inbox;
    var steps = 0;
    for (var i = 9; i < 41; i++) {
        steps += aLowBits[i] * (1 << (i - 9));
    }
    parts.steps <== steps;
}
