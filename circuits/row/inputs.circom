pragma circom 2.2.0;

include "layout.circom";

// The inputs of a row that a prover chooses. Each is either computed from others or pinned down by a constraint of a
// numbered section in this folder: bits are boolean, numbers are range-checked in section 2, words are bound to memory
// by their tuples and to the transcript by the leaf. What an operation does not use is 0 (section 12).
//
// Programs are below 16^L: 4L bits.

// The operation, as its record has it.
bus Operation() {
    signal is[OPS()];   // one-hot over the operation numbers of layout.circom
    signal actor;       // program that acts                                  4L bits
    signal peer;        // program that it meets                              4L bits
    // Program in whose memory the capability in use lies; in a Lineage row, the parent; in an Eject, what leaves.
    signal holder;      //                                                    4L bits
    signal sSlot;       // slot of the cell S                                 8 bits
    signal dSlot;       // slot of the cell D                                 8 bits
    signal xSlot;       // slot of the cell X                                 8 bits
    signal resource;    // id (or subject)                                    64 bits
                        // in rows on a slot: kind of the resource in it      56 bits
    signal kind;        // of the resource                                    56 bits
    signal quantity;    //                                                    128 bits
    signal scope;       // in an Eject: escrowFrom as found                   32 bits
    signal rights;      //                                                    8 bits
    // Selector, trigger or authority; the peer's key; the id merged into; the word taken away; in a Retire, what it
    // says.
    signal argument;
    // New deadline or expiry; or distance of `at` from the deadline found; in an Eject, that deadline.
    signal term;        //                                                    40 bits
    signal last;        // bit: this row closes its group
    signal digest;      // of the group                                       word
}

// What the row finds in the cells.
bus Found() {
    signal aWords[3];           // words of A, the actor's header
    signal bWords[3];           // words of B, the peer's header
    signal sWords[2];           // words of S, which has no third
    signal dWords[2];           // words of D, which has no third
    signal xWords[3];           // words of X
    signal aLow;                // inbox and steps of A                       41 bits
    signal aClock;              // clock of A                                 32 bits
    signal bClock;              // clock of B                                 32 bits
    signal bInbox;              // inbox of B                                 9 bits
    signal bSteps;              // steps of B                                 32 bits
    signal aSeq;                // seq of each cell, below the row's          32 bits
    signal bSeq;
    signal sSeq;
    signal dSeq;
    signal xSeq;
    signal sWatch[WATCHES()];   // bits: ranks of the watches on the slot S
    signal dWatch[WATCHES()];   // bits: ranks of the watches on the slot D
    signal sEscrow;             // escrowFrom in S                            24 bits
    signal slotHolds;           // bit: in a row on a slot, a resource lies in it
    signal clears[4];           // bits: the sort of cell that a Clear clears: capability, entry, fired, spent
}

// Witnesses of a comparison or of a choice.
//
// A Lineage row keeps the words it finds in inputs that it does not use otherwise: S's payload in kind and rights, its
// low part in spare, its two upper parts in the low 104 bits of quantity; X's payload in scope and expiryGap, its nonce
// in the high 24 bits of quantity and in capRights, its subject and expiry in resource and term.
bus Choice() {
    signal clock;       // the actor's clock afterwards                       32 bits
    signal wait;        // `at` less the row before's `at`                    40 bits
    // One use per operation: rest of a split, sum of a merge, surplus of a call, distance of a condition or of steps,
    // low part of a capability, payload of a header or of a cell that is cleared.
    signal spare;       //                                                    128 bits
    signal held;        // bit: an Enter shows a fact in the place of the one before
    signal derives;     // bit: X is lent on, as the capability that the new one is derived from
    signal narrows;     // bit: one slot is lent on, of all
    signal inPlace;     // bit: a claim leaves the resource where it is
    signal before;      // bit: the deadline found lies ahead
    signal after;       // bit: the deadline found has passed
    signal expires;     // bit: the capability in use has an expiry
    // Expiry found less `at` less 1; where it is lent on, less the new one. In a merge: high part of an id.
    signal expiryGap;   //                                                    40 bits
    signal capRights;   // rights of the capability in use                    8 bits
    signal scoped;      // bit: the capability in use names one slot
    signal subjected;   // bit: the capability in use names one resource
    signal condition[5]; // bits: the condition, one of five
    signal rank[WATCHES()];             // one-hot: the rank that a watch gets, or gives up in Unwatch
    signal checkTurn[2 * WATCHES()];    // one-hot: which of the Checks owed this is, S's ranks, then D's
    signal fired;       // bit: the watch fires
    signal inverse;     // shows that a number is not 0
}
