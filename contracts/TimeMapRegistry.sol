// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TimeMaps} from "./TimeMaps.sol";
import {ITimeMapRegistry} from "./interfaces/ITimeMapRegistry.sol";
import {Groth16} from "./lib/Groth16.sol";
import {Groth16Batch} from "./lib/Groth16Batch.sol";
import {Span} from "./lib/Span.sol";

/// @title The heads of time maps, moved only by proofs
/// @notice See `ITimeMapRegistry`. There is no administrator and no upgrade. A map's owner cannot move its head without
/// a proof. The only contracts called are precompiles, so nothing can re-enter. Proofs are malleable, so no name here
/// depends on a proof's bytes.
contract TimeMapRegistry is ITimeMapRegistry, TimeMaps {
    /// @dev A map's head while batches are applied to it.
    struct Head {
        uint256 root;
        uint256 seq;
        uint256 time;
        uint256 maxLag;
    }

    /// @dev Gas that must be left to check one proof alone, after several were refused together.
    uint256 private constant _NAMING_GAS = 250_000;

    /// @inheritdoc ITimeMapRegistry
    function advance(bytes32 mapId, uint256 preRoot, KeyRun[] calldata runs) external override {
        TimeMap storage map = _requireMap(mapId);
        if (!isSubmitter[mapId][msg.sender]) revert NotSubmitter(msg.sender);
        if (runs.length == 0) revert NoBatches();
        Head memory head = Head(map.root, map.seq, map.time, map.maxLag);
        if (preRoot != head.root) revert WrongPreRoot(preRoot, head.root);
        uint256 boundTo = domain(mapId);
        uint256 first = 0;
        for (uint256 i = 0; i < runs.length; ++i) {
            bytes32 vkeyHash = runs[i].vkeyHash;
            Batch[] calldata batches = runs[i].batches;
            if (batches.length == 0) revert NoBatches();
            uint256[26] memory key = _usableKey(mapId, vkeyHash);
            uint256 start = head.root;
            for (uint256 j = 0; j < batches.length; ++j) {
                _applyBatch(head, batches[j]);
            }
            _checkProofs(key, vkeyHash, boundTo, start, batches, first);
            _emitAdvanced(mapId, vkeyHash, start, batches);
            first += batches.length;
        }
        map.root = head.root;
        map.seq = uint32(head.seq);
        map.time = uint40(head.time);
    }

    /// @inheritdoc ITimeMapRegistry
    function domain(bytes32 mapId) public view override returns (uint256) {
        bytes memory preimage = abi.encode("TimeBandits", PROTOCOL_VERSION, block.chainid, address(this), mapId);
        return uint256(keccak256(preimage)) % Groth16.ORDER;
    }

    /// @dev Emits `Advanced`. Written by hand: the compiler's code would copy the statements twice.
    function _emitAdvanced(bytes32 mapId, bytes32 vkeyHash, uint256 start, Batch[] calldata batches) private {
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

    /// @dev Moves the head in memory over a batch; reverts if the batch does not continue the head.
    function _applyBatch(Head memory head, Batch calldata batch) private view {
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

    /// @notice Checks the proofs of a key run; reverts if one does not hold.
    /// @dev `Groth16Batch` checks several together. It cannot tell which proof is bad, so after a refusal each proof is
    /// checked alone.
    /// @param key the 26 words of `VerifyingKey`
    /// @param vkeyHash the key's name
    /// @param boundTo the map's domain
    /// @param start root at which the key run begins
    /// @param batches the key run's batches
    /// @param first number of its first batch in the call
    function _checkProofs(
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
            if (Groth16Batch.verify(key, vkeyHash, boundTo, start, claims)) return;
        }
        for (uint256 i = 0; i < count; ++i) {
            if (count > 1 && gasleft() < _NAMING_GAS) break;
            Batch calldata batch = batches[i];
            if (!Groth16.verify(key, [start, batch.postRoot, batch.traceRoot, batch.span, boundTo], batch.proof)) {
                revert ProofRejected(first + i);
            }
            if (count == 1) return;
            start = batch.postRoot;
        }
        revert ProofsRejected(first, first + count - 1);
    }
}
