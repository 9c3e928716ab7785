pragma circom 2.2.0;

include "poseidon.circom";
include "layout.circom";
include "comparators.circom";

// The chain of a group, its digest, and the log of who acts in it (group-whole, log-signed).
//
// Box of Group
//   private  effect       bit: an effect row (not padding, Check, Trigger)
//   private  trigger      bit: a Trigger row
//   private  continues    bit: the row before did not close its group
//   private  last         bit: this row closes the group
//   private  digest       the group's digest G, word, the same in all its rows
//   private  logIn        log of the actor as found, word
//   private  inbox        of the actor: it goes in with the log, since a program's creation is in no log of its own                 9 bits
//   private  p1, p2, argument   the packed row, words
//   private  chainIn, digestIn, triggeredIn, triggerActorIn   as the row before left them
//   private  actor        24 bits
//   private  check        bit: a Check row
//   output   u            Poseidon(chain; log lane, p1, p2, argument)
//   output   signed       bit: the effect is the actor's own, so its log and steps grow
//   output   logOut       log of the actor as left
//   output   chainOut, triggeredOut, triggerActorOut
template Group() {
    signal input effect;
    signal input trigger;
    signal input check;
    signal input continues;
    signal input last;
    signal input digest;
    signal input logIn;
    signal input inbox;
    signal input p1;
    signal input p2;
    signal input argument;
    signal input actor;
    signal input chainIn;
    signal input digestIn;
    signal input triggeredIn;
    signal input triggerActorIn;
    signal output u;
    signal output signed;
    signal output logOut;
    signal output chainOut;
    signal output triggeredOut;
    signal output triggerActorOut;

    // 1. One digest per group; a Trigger row comes first.
    continues * (digest - digestIn) === 0;
    trigger * continues === 0;

    // 2. What a trigger applies is done by the watch's program, and was signed when the watch was set.
    signal triggered <== continues * triggeredIn;
    signal bound <== triggered * (1 - check);
    bound * (actor - triggerActorIn) === 0;
    signed <== effect * (1 - triggered);
    triggeredOut <== triggered + trigger;
    triggerActorOut <== triggerActorIn + trigger * (actor - triggerActorIn);

    // 3. The link. A log that already is the digest (a second row of the same program) does not go in again.
    signal again <== IsEqual()([logIn, digest]);
    signal fresh <== signed * (1 - again);
    // The inbox is a small number, so no other log makes up for another inbox. It is never 0: so a group that happens once more, under the
    // log that it left and therefore without it, has another digest, and one signature covers it once.
    signal logLane <== fresh * (logIn + inbox);
    signal chain <== TAG_GROUP() + continues * (chainIn - TAG_GROUP());
    u <== Hash(4)(chain, [logLane, p1, p2, argument]);
    chainOut <== chain + effect * (u - chain) + trigger * (TAG_TRIGGER() - TAG_GROUP());

    // 4. The last link is the digest, and the digest is the new log.
    last * (chainOut - digest) === 0;
    logOut <== logIn + signed * (digest - logIn);
}
