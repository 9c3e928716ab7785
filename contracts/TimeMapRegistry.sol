// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "./lib/Groth16.sol";
import {Groth16Many} from "./lib/Groth16Many.sol";
import {Span} from "./lib/Span.sol";
import {TimeMaps} from "./TimeMaps.sol";

/// @title The heads of time maps, moved only by proofs
/// @notice A time map is the state of many programs, committed to by one root. Whoever is a submitter of the map hands
/// in a proof that a batch of transitions leads from the head's root to another; this contract checks the proof, that
/// the batch continues the head, and that its times are credible. It re-runs nothing and trusts nobody who ran anything.
///
/// Public inputs of every proof, in this order: preRoot, postRoot, traceRoot, span (see `Span`), domain (see `domain`).
///
/// There is no administrator and no upgrade; a map's owner cannot move its head without a proof. No call goes anywhere
/// but to precompiles, so nothing can re-enter. Proofs are malleable: no bytes of a proof name anything here.
contract TimeMapRegistry is TimeMaps {
    /// @dev What has to be left to look at one of several proofs, of which one is bad, by itself.
    uint256 private constant NAMING_GAS = 250_000;

    /// @notice One batch: what it states, and the proof. It begins where the one before it ended, so that its preRoot need
    /// not be said; and this contract computes the domain itself.
    /// @param proof A (x, y), B (x1, x0, y1, y0: the imaginary part first), C (x, y)
    struct Batch {
        uint256 postRoot;
        uint256 traceRoot;
        uint256 span;
        uint256[8] proof;
    }

    /// @notice Successive batches under one key.
    struct Stretch {
        bytes32 vkeyHash;
        Batch[] batches;
    }

    /// @dev A map's head while batches are applied to it.
    struct Head {
        uint256 root;
        uint256 seq;
        uint256 time;
        uint256 maxLag;
    }

    /// @notice Batches were proven under a key, and the head is now at the end of the last.
    /// @param preRoot the root at which the first begins; each of the others begins at the postRoot before it
    /// @param statements postRoot, traceRoot and span of each
    event Advanced(bytes32 indexed mapId, bytes32 indexed vkeyHash, uint256 preRoot, uint256[3][] statements);

    /// @notice The caller may not hand in proofs of this map.
    error NotSubmitter(address caller);
    /// @notice There is no batch in the call, or in a stretch of it.
    error NoBatches();
    /// @notice The batches do not begin at the head's root.
    error WrongPreRoot(uint256 given, uint256 head);
    /// @notice The batch does not begin with the transition after the head's last.
    error WrongSeq(uint256 given, uint256 expected);
    /// @notice The batch holds no transition.
    error EmptyBatch();
    /// @notice The batch's last transition would have a number of more than 32 bits.
    error SeqExhausted(uint256 last);
    /// @notice The batch begins before the head's time, in Unix seconds.
    error BeforeHead(uint256 notBefore, uint256 headTime);
    /// @notice The batch ends before it begins, in Unix seconds.
    error UntilBeforeStart(uint256 until, uint256 notBefore);
    /// @notice The batch begins more than `maxLag` seconds before the block's time.
    error TooOld(uint256 notBefore, uint256 blockTime, uint256 maxLag);
    /// @notice The proof of this batch of the call, counted from 0, does not hold.
    error ProofRejected(uint256 batch);
    /// @notice Of the proofs from `first` to `last` of the call, counted from 0, one at least does not hold, and too little
    /// gas was left to find out which.
    error ProofsRejected(uint256 first, uint256 last);

    /// @notice Binds a proof to this map, contract, chain and protocol, so that it counts nowhere else:
    /// uint256(keccak256(abi.encode("TimeBandits", PROTOCOL_VERSION, chainId, address(this), mapId))) mod `Groth16.ORDER`,
    /// the types being string, uint256, uint256, address, bytes32.
    /// @dev Computed anew each time: where a chain splits in two, so do the domains.
    function domain(bytes32 mapId) public view returns (uint256) {
        bytes memory named = abi.encode("TimeBandits", PROTOCOL_VERSION, block.chainid, address(this), mapId);
        return uint256(keccak256(named)) % Groth16.ORDER;
    }

    /// @notice Moves the head over one batch or several, each continuing the one before; all or none.
    /// @dev The proofs of a stretch are checked together.
    /// Lag is counted from `notBefore`, not from `until`: the prover may choose `until` as late as he likes, but
    /// no transition may claim to be older than `notBefore`, so this bounds how far back one can be dated.
    /// @param preRoot the root at which the first batch begins: the head's
    function advance(bytes32 mapId, uint256 preRoot, Stretch[] calldata stretches) external {
        TimeMap storage map = known(mapId);
        if (!isSubmitter[mapId][msg.sender]) revert NotSubmitter(msg.sender);
        if (stretches.length == 0) revert NoBatches();
        Head memory head = Head(map.root, map.seq, map.time, map.maxLag);
        if (preRoot != head.root) revert WrongPreRoot(preRoot, head.root);
        uint256 boundTo = domain(mapId);
        uint256 first = 0;
        for (uint256 i = 0; i < stretches.length; ++i) {
            bytes32 vkeyHash = stretches[i].vkeyHash;
            Batch[] calldata batches = stretches[i].batches;
            if (batches.length == 0) revert NoBatches();
            uint256[26] memory key = usableKey(mapId, vkeyHash);
            uint256 start = head.root;
            for (uint256 j = 0; j < batches.length; ++j) {
                follow(head, batches[j]);
            }
            checkProofs(key, vkeyHash, boundTo, start, batches, first);
            announce(mapId, vkeyHash, start, batches);
            first += batches.length;
        }
        map.root = head.root;
        map.seq = uint32(head.seq);
        map.time = uint40(head.time);
    }

    /// @dev Refuses a batch that does not continue the head, else moves the head in memory.
    function follow(Head memory head, Batch calldata batch) private view {
        (uint256 firstSeq, uint256 count, uint256 notBefore, uint256 until) = Span.unpack(batch.span);
        uint256 last = head.seq;
        if (firstSeq != last + 1) revert WrongSeq(firstSeq, last + 1);
        if (count == 0) revert EmptyBatch();
        last += count;
        if (last > type(uint32).max) revert SeqExhausted(last);
        // head's time ≤ notBefore ≤ until ≤ the block's time ≤ notBefore + maxLag
        if (notBefore < head.time) revert BeforeHead(notBefore, head.time);
        if (until < notBefore) revert UntilBeforeStart(until, notBefore);
        if (until > block.timestamp) revert FromTheFuture(until, block.timestamp);
        if (block.timestamp - notBefore > head.maxLag) revert TooOld(notBefore, block.timestamp, head.maxLag);
        head.root = batch.postRoot;
        head.seq = last;
        head.time = until;
    }

    /// @dev Checks the batches of a stretch: one as ever, several by `Groth16Many`, which cannot say which proof is bad, so
    /// that they are then looked at one by one.
    /// @param start the root at which the stretch begins
    /// @param first the number of its first batch in the call
    function checkProofs(
        uint256[26] memory key,
        bytes32 vkeyHash,
        uint256 boundTo,
        uint256 start,
        Batch[] calldata batches,
        uint256 first
    ) private view {
        uint256 count = batches.length;
        if (count > 1) {
            uint256[11][] calldata claims;
            assembly ("memory-safe") {
                // A batch is eleven words, without a gap.
                claims.offset := batches.offset
                claims.length := count
            }
            if (Groth16Many.verify(key, vkeyHash, boundTo, start, claims)) return;
        }
        for (uint256 i = 0; i < count; ++i) {
            if (count > 1 && gasleft() < NAMING_GAS) break;
            Batch calldata batch = batches[i];
            if (!Groth16.verify(key, [start, batch.postRoot, batch.traceRoot, batch.span, boundTo], batch.proof)) {
                revert ProofRejected(first + i);
            }
            if (count == 1) return;
            start = batch.postRoot;
        }
        revert ProofsRejected(first, first + count - 1);
    }

    /// @dev Emits `Advanced`. By hand, since the compiler would copy the statements twice on their way.
    function announce(bytes32 mapId, bytes32 vkeyHash, uint256 start, Batch[] calldata batches) private {
        bytes32 topic = Advanced.selector;
        assembly ("memory-safe") {
            // Beyond the free pointer: preRoot, where the array is, its length, its elements.
            let data := mload(0x40)
            mstore(data, start)
            mstore(add(data, 0x20), 0x40)
            mstore(add(data, 0x40), batches.length)
            let end := add(data, 0x60)
            let batch := batches.offset
            for { let i := 0 } lt(i, batches.length) { i := add(i, 1) } {
                calldatacopy(end, batch, 0x60)
                end := add(end, 0x60)
                batch := add(batch, 0x160)
            }
            log3(data, sub(end, data), topic, mapId, vkeyHash)
        }
    }
}
