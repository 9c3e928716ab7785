// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Assets} from "./Assets.sol";
import {IEntries} from "./interfaces/IEntries.sol";
import {CrossingRow} from "./lib/CrossingRow.sol";
import {Groth16} from "./lib/Groth16.sol";

/// @title Entries: what crosses from the chain into a moored map
/// @notice See `IEntries`.
abstract contract Entries is IEntries, Assets {
    /// @dev An open deposit. What a transition has to show beyond that is hashed.
    struct Deposit {
        address payer;
        uint40 deadline;
        uint40 entered;
        uint8 slot;
        bytes32 content;
    }

    /// @dev An observation, and the last time at which it may be shown; its time is 0 if there is none.
    struct Observation {
        uint128 quantity;
        uint40 time;
        uint48 until;
        uint32 feed;
    }

    /// @dev What a feed's contract gets, so that the caller cannot choose where it runs out.
    uint256 private constant _FEED_GAS = 200_000;
    /// @dev What has to be left for that: a call passes on 63 of 64 parts, after it has paid for two cold accounts, as
    /// the target may name another one whose code it has.
    uint256 private constant _GAS_FOR_FEED = 210_000;

    mapping(bytes32 mapId => mapping(uint256 number => Deposit)) private _deposits;
    mapping(bytes32 mapId => mapping(uint256 number => Observation)) private _observations;
    mapping(bytes32 mapId => mapping(uint256 feed => uint256 number)) private _shown;

    /// @inheritdoc IEntries
    function deposit(
        bytes32 mapId,
        uint256 label,
        uint256 quantity,
        uint256 program,
        uint256 slot,
        uint256 authority,
        uint40 deadline
    ) external payable override once returns (uint256 number) {
        if (
            program <= CrossingRow.CHAIN || program > type(uint24).max || slot > type(uint8).max || authority == 0
                || authority >= Groth16.ORDER
        ) revert WrongReceiver(program, slot, authority);
        if (deadline <= block.timestamp) revert DeadlinePassed(deadline, block.timestamp);
        quantity = _collect(label, quantity);
        if (quantity == 0 || quantity > type(uint128).max) revert QuantityOutOfRange(quantity);
        number = _nextEntry(mapId);
        _deposits[mapId][number] = Deposit({
            payer: msg.sender,
            deadline: deadline,
            entered: uint40(block.timestamp),
            slot: uint8(slot),
            content: _contentOf(label, quantity, program, authority)
        });
        emit Deposited(
            mapId,
            number,
            msg.sender,
            label,
            quantity,
            program,
            slot,
            authority,
            deadline,
            block.timestamp
        );
    }

    /// @inheritdoc IEntries
    function refund(
        bytes32 mapId,
        uint256 number,
        uint256 label,
        uint256 quantity,
        uint256 program,
        uint256 authority
    ) external override {
        Deposit storage open = _deposits[mapId][number];
        if (open.payer == address(0)) revert UnknownDeposit(mapId, number);
        if (open.content != _contentOf(label, quantity, program, authority)) revert WrongDeposit(mapId, number);
        if (!_isFrozen(mapId)) {
            // A batch that arrives later begins after the deadline.
            uint256 until = uint256(open.deadline) + _requireMap(mapId).maxLag;
            if (block.timestamp <= until) revert RefundTooEarly(until, block.timestamp);
        }
        address payer = open.payer;
        delete _deposits[mapId][number];
        owed[payer][label] += quantity;
        emit DepositRefunded(mapId, number, payer, label, quantity);
    }

    /// @inheritdoc IEntries
    function observe(bytes32 mapId, uint256 feed) external override returns (uint256 number) {
        if (feed >= _feeds[mapId].length) revert UnknownFeed(mapId, feed);
        (uint256 quantity, uint256 fresh) = _ask(_feeds[mapId][feed]);
        number = _nextEntry(mapId);
        _observations[mapId][number] = Observation({
            quantity: uint128(quantity),
            time: uint40(block.timestamp),
            until: uint48(block.timestamp + fresh),
            feed: uint32(feed)
        });
        emit Observed(mapId, number, feed, quantity, block.timestamp);
    }

    /// @inheritdoc IEntries
    function getDeposit(bytes32 mapId, uint256 number)
        external
        view
        override
        returns (address payer, uint40 deadline, uint40 entered, uint8 slot, bytes32 content)
    {
        Deposit storage open = _deposits[mapId][number];
        return (open.payer, open.deadline, open.entered, open.slot, open.content);
    }

    /// @dev Approves a row that enters a deposit or shows an observation; reverts if none allows it.
    function _enter(bytes32 mapId, CrossingRow.Row memory row) internal {
        uint256 number;
        unchecked {
            // Below the first, it becomes a number that no entry has.
            number = row.id - CrossingRow.FIRST_ENTRY;
        }
        bool allowed = row.issuer == CrossingRow.CHAIN
            && (row.label < CrossingRow.FIRST_FACT ? _enterDeposit(mapId, number, row) : _show(mapId, number, row));
        if (!allowed) revert EntryRefused(row.seq, number);
    }

    /// @dev Consumes the deposit that a row enters.
    function _enterDeposit(bytes32 mapId, uint256 number, CrossingRow.Row memory row) private returns (bool) {
        Deposit storage open = _deposits[mapId][number];
        if (open.payer == address(0) || row.time < open.entered || row.time > open.deadline) return false;
        if (open.slot != 0 && open.slot != uint8(row.destination)) return false;
        if (open.content != _contentOf(row.label, row.quantity, row.peer, row.argument)) return false;
        delete _deposits[mapId][number];
        purse[mapId][row.label] += row.quantity;
        emit DepositEntered(mapId, number, row.seq);
        return true;
    }

    /// @dev Allows the observation that a row shows. It stays; only older ones of its feed count no more.
    function _show(bytes32 mapId, uint256 number, CrossingRow.Row memory row) private returns (bool) {
        Observation storage seen = _observations[mapId][number];
        uint256 feed = row.label - CrossingRow.FIRST_FACT;
        if (seen.time == 0 || seen.feed != feed || seen.quantity != row.quantity) return false;
        if (row.time < seen.time || row.time > seen.until) return false;
        uint256 shown = _shown[mapId][feed];
        if (number < shown) return false;
        if (number > shown) _shown[mapId][feed] = number;
        return true;
    }

    /// @dev The next number of a moored map's entries.
    function _nextEntry(bytes32 mapId) private returns (uint256) {
        return ++_requireMoored(mapId, false).entries;
    }

    /// @notice Asks a feed's contract; reverts if it gives no number.
    /// @param pointer the contract whose code is the feed
    /// @return quantity the number plus the offset, shifted, and never beyond 0 or 2^128 - 1
    /// @return fresh see `Feed`
    function _ask(address pointer) private view returns (uint256 quantity, uint256 fresh) {
        address target;
        uint256 shift;
        int256 offset;
        int256 value;
        bool answered;
        assembly ("memory-safe") {
            // The words of `abi.encode(feed)`: 0x20, target, fresh, shift, offset, 0xa0, length of the data, data.
            let feed := mload(0x40)
            extcodecopy(pointer, feed, 1, extcodesize(pointer))
            target := mload(add(feed, 0x20))
            fresh := mload(add(feed, 0x40))
            shift := mload(add(feed, 0x60))
            offset := mload(add(feed, 0x80))
            if gt(gas(), _GAS_FOR_FEED) {
                answered := staticcall(_FEED_GAS, target, add(feed, 0xe0), mload(add(feed, 0xc0)), 0, 0x20)
                // A target without code answers nothing.
                answered := and(answered, gt(returndatasize(), 0x1f))
                value := mload(0)
            }
        }
        if (!answered) revert FeedFailed(target);
        unchecked {
            int256 sum = value + offset;
            // Beyond the ends, it stays there.
            if ((sum < value) != (offset < 0)) sum = offset < 0 ? type(int256).min : type(int256).max;
            sum >>= shift;
            quantity = sum < 0 ? 0 : uint256(sum);
        }
        if (quantity > type(uint128).max) quantity = type(uint128).max;
    }

    /// @dev What a transition has to show of a deposit.
    function _contentOf(uint256 label, uint256 quantity, uint256 program, uint256 authority)
        private
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(label, quantity, program, authority));
    }
}
