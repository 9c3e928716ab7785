// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IEntries} from "./IEntries.sol";
import {IExits} from "./IExits.sol";

/// @title The heads of time maps, moved only by proofs
/// @notice A time map is the state of many programs, committed to by one root. A submitter of the map hands in a proof
/// that a batch of transitions leads from the head's root to another root. The registry checks the proof, that the
/// batch continues the head, and that its times are credible. It runs no transition, and trusts no one who ran them.
///
/// Public inputs of every proof, in this order: preRoot, postRoot, traceRoot, span (see `Span`), domain (see `domain`),
/// point and value (see `Rows`; 0 and 1 if the map does not publish its rows).
interface ITimeMapRegistry is IEntries, IExits {
    /// @notice One batch: its statement and its proof. It begins at the root at which the batch before it ends, so it
    /// does not repeat its preRoot. The registry computes the domain.
    /// @param postRoot root after the batch's last transition
    /// @param traceRoot commitment to the batch's transitions
    /// @param span numbers and times of the transitions, see `Span`
    /// @param proof A (x, y), B (x1, x0, y1, y0: the imaginary part first), C (x, y)
    struct Batch {
        uint256 postRoot;
        uint256 traceRoot;
        uint256 span;
        uint256[8] proof;
    }

    /// @notice Successive batches under one key.
    /// @param vkeyHash the key's name
    /// @param batches one or more
    struct KeyRun {
        bytes32 vkeyHash;
        Batch[] batches;
    }

    /// @notice A batch was accepted: the head moved over it. A call emits one for each of its batches, in order.
    /// @param mapId the map's name
    /// @param firstSeq number of the batch's first transition
    /// @param vkeyHash the name of the key of its proof
    /// @param preRoot root before its first transition
    /// @param postRoot root after its last transition
    /// @param traceRoot commitment to its transitions
    /// @param span numbers and times of its transitions, see `Span`
    event Advanced(
        bytes32 indexed mapId,
        uint256 indexed firstSeq,
        bytes32 vkeyHash,
        uint256 preRoot,
        uint256 postRoot,
        uint256 traceRoot,
        uint256 span
    );

    /// @notice The rows of a batch of a moored map were published. The proof shows that they are those of the batch.
    /// @param mapId the map's name
    /// @param firstSeq number of the batch's first transition
    /// @param rows the rows, packed as `Rows` reads them; replaying them from the genesis gives every state of the map
    event RowsPublished(bytes32 indexed mapId, uint256 indexed firstSeq, bytes rows);

    /// @notice The call names a late request, and does not answer it.
    error LateNotAnswered(uint256 request);
    /// @notice A moored map takes the rows of every batch of a call, and any other map takes none.
    error WrongRows(uint256 given, uint256 expected);
    /// @notice The call, or one of its key runs, holds no batch.
    error NoBatches();
    /// @notice The batches do not begin at the head's root.
    error WrongPreRoot(uint256 given, uint256 head);
    /// @notice The batch does not begin with the transition after the head's last.
    error WrongSeq(uint256 given, uint256 expected);
    /// @notice The batch holds no transition.
    error EmptyBatch();
    /// @notice The number of the batch's last transition would need more than 32 bits.
    error SeqExhausted(uint256 last);
    /// @notice The batch begins before the head's time. Both are in Unix seconds.
    error BeforeHead(uint256 notBefore, uint256 headTime);
    /// @notice The batch ends before it begins. Both are in Unix seconds.
    error UntilBeforeStart(uint256 until, uint256 notBefore);
    /// @notice The batch begins more than `maxLag` seconds before the block's time.
    error TooOld(uint256 notBefore, uint256 blockTime, uint256 maxLag);
    /// @notice The proof of this batch does not hold. Batches of the call are counted from 0.
    error ProofRejected(uint256 batch);
    /// @notice At least one of the proofs from `first` to `last` does not hold. Too little gas was left to find out
    /// which. Batches of the call are counted from 0.
    error ProofsRejected(uint256 first, uint256 last);

    /// @notice Moves the head over one or more batches. Each continues the one before it. All are accepted or none.
    /// @dev The lag counts from `notBefore`. The prover may choose `until` as late as they like, but no transition may
    /// claim to be older than `notBefore`. So the lag bounds how far back a transition can be dated.
    /// @param mapId the map's name
    /// @param preRoot root at which the first batch begins: the head's
    /// @param runs the batches, in order; the proofs of each key run are checked together
    /// @param rows of each batch of a moored map, packed as `Rows` reads them; none for any other map
    /// @param late 0: only a submitter may call; otherwise a request for an exit that has been open for longer than the
    /// map's patience, and that the call answers: then anybody may call, and every row is an Eject or a Check
    function advance(bytes32 mapId, uint256 preRoot, KeyRun[] calldata runs, bytes[] calldata rows, uint256 late)
        external;
}
