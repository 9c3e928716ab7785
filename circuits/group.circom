pragma circom 2.2.0;

include "poseidon.circom";
include "layout.circom";
include "comparators.circom";

// The group that a row stands in, as the row leaves it.
bus GroupState() {
    signal continues;    // bit: the row does not close its group
    signal chain;        // link of the group's chain                         word
    signal digest;       // of the group, the same in all its rows            word
    signal triggered;    // bit: a trigger applies the group
    signal triggerActor; // program of the last trigger                       24 bits
}

// The chain of a group, its digest, and the log of who acts in it (group-whole, log-signed).
template Group() {
    signal input effect;   // bit: an effect row (not padding, Check, Trigger)
    signal input trigger;  // bit: a Trigger row
    signal input check;    // bit: a Check row
    signal input last;     // bit: this row closes the group
    signal input digest;   // the group's digest G, the same in all its rows                          word
    signal input logIn;    // log of the actor as found                                               word
    signal input inbox;    // of the actor; it goes in with the log, as no log has its own program's creation   9 bits
    signal input p1;       // the row, packed                                                         words
    signal input p2;
    signal input argument;
    signal input actor;    //                                                                         24 bits
    input GroupState() previous;
    output GroupState() next;
    signal output u;       // Poseidon(chain; log lane, p1, p2, argument)
    signal output signed;  // bit: the effect is the actor's own, so its log and steps grow
    signal output logOut;  // log of the actor as left

    // 1. One digest per group; a Trigger row comes first.
    var continues = previous.continues;
    continues * (digest - previous.digest) === 0;
    trigger * continues === 0;
    next.digest <== digest;
    next.continues <== 1 - last;

    // 2. What a trigger applies is done by the watch's program, and was signed when the watch was set.
    signal triggered <== continues * previous.triggered;
    signal bound <== triggered * (1 - check);
    bound * (actor - previous.triggerActor) === 0;
    signed <== effect * (1 - triggered);
    next.triggered <== triggered + trigger;
    next.triggerActor <== previous.triggerActor + trigger * (actor - previous.triggerActor);

    // 3. The link. A log that already is the digest (a second row of the same program) does not go in again.
    signal again <== IsEqual()([logIn, digest]);
    signal fresh <== signed * (1 - again);
    // The inbox is a small number, so no other log makes up for another inbox. It is never 0: so a group that happens
    // once more, under the log that it left and therefore without it, has another digest, and one signature covers it
    // once.
    signal logLane <== fresh * (logIn + inbox);
    signal chain <== TAG_GROUP() + continues * (previous.chain - TAG_GROUP());
    u <== Hash(4)(chain, [logLane, p1, p2, argument]);
    next.chain <== chain + effect * (u - chain) + trigger * (TAG_TRIGGER() - TAG_GROUP());

    // 4. The last link is the digest, and the digest is the new log.
    last * (next.chain - digest) === 0;
    logOut <== logIn + signed * (digest - logIn);
}
