// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Entries} from "./Entries.sol";
import {Exits} from "./Exits.sol";
import {ITimeMapRegistry} from "./interfaces/ITimeMapRegistry.sol";
import {CrossingRow} from "./lib/CrossingRow.sol";
import {Groth16} from "./lib/Groth16.sol";
import {Groth16Batch} from "./lib/Groth16Batch.sol";
import {Rows} from "./lib/Rows.sol";
import {Span} from "./lib/Span.sol";
import {VerifyingKey} from "./lib/VerifyingKey.sol";

/// @title The heads of time maps, moved only by proofs
/// @notice See `ITimeMapRegistry`. There is no administrator and no upgrade. A map's owner cannot move its head without
/// a proof. `advance` calls precompiles only. Tokens, recipients and feeds are called by `deposit`, `withdraw` and
/// `observe` alone. Proofs are malleable, so no name here depends on a proof's bytes.
contract TimeMapRegistry is ITimeMapRegistry, Entries, Exits {
    /// @dev A map's head while batches are applied to it.
    struct Head {
        uint256 root;
        uint256 seq;
        uint256 time;
        uint256 maxLag;
        bool moored;
        bool late;
        bytes32 mapId;
        uint256 domain;
        // The key of the run that is applied.
        bytes32 vkeyHash;
    }

    /// @dev Gas that must be left to check one proof alone, after several were refused together.
    uint256 private constant _NAMING_GAS = 250_000;

    /// @inheritdoc ITimeMapRegistry
    function advance(
        bytes32 mapId,
        uint256 preRoot,
        KeyRun[] calldata runs,
        bytes[] calldata rows,
        uint256 late
    ) external override {
        MapState storage map = _requireMap(mapId);
        if (late != 0) _requireLate(mapId, late, 1);
        else if (!isSubmitter[mapId][msg.sender]) revert NotSubmitter(msg.sender);
        if (runs.length == 0) revert NoBatches();
        Head memory head = Head({
            root: _headRoot(mapId, map),
            seq: map.seq,
            time: map.time,
            maxLag: map.maxLag,
            moored: map.dataPolicy == DATA_POLICY_CHAIN,
            late: late != 0,
            mapId: mapId,
            domain: domain(mapId),
            vkeyHash: 0
        });
        if (head.moored) _requireMoored(mapId, false);
        if (preRoot != head.root) revert WrongPreRoot(preRoot, head.root);
        uint256 first = 0;
        for (uint256 i = 0; i < runs.length; ++i) {
            first = _advanceOver(head, runs[i], rows, first);
        }
        uint256 published = head.moored ? first : 0;
        if (rows.length != published) revert WrongRows(rows.length, published);
        if (late != 0 && _isOpen(mapId, late)) revert LateNotAnswered(late);
        _moveHead(mapId, map, head.root, head.seq, head.time);
    }

    /// @notice Applies the batches of one key run, and checks their proofs.
    /// @param head moved over the batches
    /// @param run the key run
    /// @param rows those of all batches of the call
    /// @param first number of the run's first batch in the call
    /// @return number of the first batch behind the run
    function _advanceOver(
        Head memory head,
        KeyRun calldata run,
        bytes[] calldata rows,
        uint256 first
    ) private returns (uint256) {
        Batch[] calldata batches = run.batches;
        if (batches.length == 0) revert NoBatches();
        uint256[30] memory key = VerifyingKey.load(_usableKey(head.mapId, run.vkeyHash));
        head.vkeyHash = run.vkeyHash;
        uint256 start = head.root;
        uint256[] memory channel = new uint256[](head.moored ? 2 * batches.length : 0);
        for (uint256 i = 0; i < batches.length; ++i) {
            if (!head.moored) {
                _applyBatch(head, batches[i]);
            } else {
                if (first + i >= rows.length) revert WrongRows(rows.length, first + i + 1);
                (channel[2 * i], channel[2 * i + 1]) = _publish(head, batches[i], rows[first + i]);
            }
        }
        _checkProofs(key, run.vkeyHash, head.domain, start, batches, channel, first);
        return first + batches.length;
    }

    /// @notice Applies a batch of a moored map, does what its rows do on the chain, and publishes them. That they are
    /// the batch's is not known yet: if the proof does not say so, the whole call is undone.
    /// @param head moved over the batch
    /// @param batch the batch
    /// @param rows its rows
    /// @return point where the batch's proof must state the value of its rows
    /// @return value the value that it must state
    function _publish(Head memory head, Batch calldata batch, bytes calldata rows)
        private
        returns (uint256 point, uint256 value)
    {
        uint256[5] memory inputs = [head.domain, head.root, batch.postRoot, batch.traceRoot, batch.span];
        (uint256 firstSeq, uint256 count) = _applyBatch(head, batch);
        uint256[] memory crossing;
        (point, value, crossing) = Rows.read(rows, count, inputs, head.late);
        for (uint256 i = 0; i < crossing.length; ++i) {
            _cross(head, crossing[i], firstSeq + Rows.indexOf(crossing, count, i), batch.span);
        }
        Rows.release(crossing, count);
        emit RowsPublished(head.mapId, firstSeq, rows);
    }

    /// @notice Does for a row of a moored map what it does on the chain; reverts if the registry does not approve it.
    /// @param head of the map
    /// @param place where the row's words are, in memory
    /// @param seq number of the transition
    /// @param span of the row's batch
    function _cross(Head memory head, uint256 place, uint256 seq, uint256 span) private {
        (uint256 task, uint256 op) = CrossingRow.taskOf(place, head.late);
        if (task == CrossingRow.NOTHING) return;
        if (task == CrossingRow.REFUSE) revert RowRefused(seq, op);
        CrossingRow.Row memory row = CrossingRow.unpack(place, seq, uint40(span >> 48));
        if (task == CrossingRow.ENTER) _enter(head.mapId, row);
        else if (task == CrossingRow.EJECT) _eject(head.mapId, row);
        else _payRetired(head.mapId, row);
    }

    /// @notice Moves the head in memory over a batch, and says so; reverts if the batch does not continue the head.
    /// @param head moved over the batch
    /// @param batch the batch
    /// @return firstSeq number of the batch's first transition
    /// @return count number of its transitions
    function _applyBatch(Head memory head, Batch calldata batch)
        private
        returns (uint256 firstSeq, uint256 count)
    {
        uint256 notBefore;
        uint256 until;
        (firstSeq, count, notBefore, until) = Span.unpack(batch.span, head.moored);
        // Nothing overflows: numbers have 32 bits, counts 16, times and lags 40.
        unchecked {
            uint256 last = head.seq;
            if (firstSeq != last + 1) revert WrongSeq(firstSeq, last + 1);
            if (count == 0) revert EmptyBatch();
            last += count;
            if (last > type(uint32).max) revert SeqExhausted(last);
            // head's time ≤ notBefore ≤ until ≤ the block's time ≤ notBefore + maxLag
            if (notBefore < head.time) revert BeforeHead(notBefore, head.time);
            if (until < notBefore) revert UntilBeforeStart(until, notBefore);
            if (until > block.timestamp) revert FromTheFuture(until, block.timestamp);
            if (block.timestamp > notBefore + head.maxLag) revert TooOld(notBefore, block.timestamp, head.maxLag);
            head.seq = last;
        }
        emit Advanced(head.mapId, firstSeq, head.vkeyHash, head.root, batch.postRoot, batch.traceRoot, batch.span);
        head.root = batch.postRoot;
        head.time = until;
    }

    /// @notice Checks the proofs of a key run; reverts if one does not hold.
    /// @dev `Groth16Batch` checks several together. It cannot tell which proof is bad, so after a refusal each proof is
    /// checked alone.
    /// @param key the 30 words of `VerifyingKey`
    /// @param vkeyHash the key's name
    /// @param boundTo the map's domain
    /// @param start root at which the key run begins
    /// @param batches the key run's batches
    /// @param channel point and value of each, see `Rows`; empty if the map publishes nothing: they are 0 and 1 then
    /// @param first number of its first batch in the call
    function _checkProofs(
        uint256[30] memory key,
        bytes32 vkeyHash,
        uint256 boundTo,
        uint256 start,
        Batch[] calldata batches,
        uint256[] memory channel,
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
            if (Groth16Batch.verify(key, vkeyHash, boundTo, start, claims, channel)) return;
        }
        for (uint256 i = 0; i < count; ++i) {
            if (count > 1 && gasleft() < _NAMING_GAS) break;
            Batch calldata batch = batches[i];
            (uint256 point, uint256 value) = channel.length == 0 ? (0, 1) : (channel[2 * i], channel[2 * i + 1]);
            uint256[7] memory inputs = [start, batch.postRoot, batch.traceRoot, batch.span, boundTo, point, value];
            if (!Groth16.verify(key, inputs, batch.proof)) revert ProofRejected(first + i);
            if (count == 1) return;
            start = batch.postRoot;
        }
        revert ProofsRejected(first, first + count - 1);
    }
}
