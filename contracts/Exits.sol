// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Assets} from "./Assets.sol";
import {IExits} from "./interfaces/IExits.sol";
import {CrossingRow} from "./lib/CrossingRow.sol";
import {Entitled} from "./lib/Entitled.sol";

/// @title Exits: leaving a moored map without its operator's leave
/// @notice See `IExits`.
abstract contract Exits is IExits, Assets {
    /// @dev Gas whose price at the block's base fee a request brings: what its answer costs, whichever it is.
    uint256 private constant _ANSWER_GAS = 400_000;

    mapping(bytes32 mapId => mapping(uint256 request => Request)) private _requests;
    mapping(bytes32 mapId => mapping(bytes32 signed => bool used)) private _used;
    mapping(bytes32 mapId => mapping(uint256 word => uint256 bits)) private _left;

    /// @inheritdoc IExits
    function requestExit(bytes32 mapId, uint256 number, Exit calldata wish, uint256[8] calldata proof)
        external
        payable
        override
        returns (uint256 request)
    {
        bytes32 key = _requireMoored(mapId, false).exitKey;
        (address recipient, Entitled.Resource memory asset) =
            _checkExit(mapId, key, rootAt(mapId, number), wish, proof);
        uint256 least = _ANSWER_GAS * block.basefee;
        if (msg.value < least || msg.value > type(uint96).max) revert FeeTooSmall(msg.value, least);
        bytes32 name;
        assembly ("memory-safe") {
            // What was signed, and by whom: all but w0. So a signature is good for one request.
            let words := mload(0x40)
            calldatacopy(words, wish, 0x60)
            calldatacopy(add(words, 0x60), add(wish, 0x80), 0x20)
            name := keccak256(words, 0x80)
        }
        if (_used[mapId][name]) revert ExitUsed();
        _used[mapId][name] = true;
        request = _nameOf(uint32(wish.place), wish.program, wish.authority);
        if (_requests[mapId][request].time != 0) revert RequestIsOpen(request);
        uint32 head = _requireMap(mapId).advances;
        _requests[mapId][request] = Request({
            recipient: recipient,
            fee: uint96(msg.value),
            id: uint64(asset.id),
            time: uint40(block.timestamp),
            head: head,
            authority: wish.authority
        });
        emit ExitRequested(
            mapId,
            request,
            recipient,
            asset.id,
            wish.authority,
            block.timestamp,
            head,
            msg.value
        );
    }

    /// @inheritdoc IExits
    function dismiss(bytes32 mapId, uint256 request, uint256 number, Cell calldata cell, uint256[8] calldata proof)
        external
        override
    {
        bytes32 key = _requireMoored(mapId, false).cellKey;
        Request storage open = _requireRequest(mapId, request);
        if (!isSubmitter[mapId][msg.sender]) _requireLate(mapId, request, 1);
        if (number < open.head) revert RootTooOld(number, open.head);
        if (!_disproves(cell, request, open)) revert CellRefused();
        uint256[7] memory inputs = [rootAt(mapId, number), 0, 0, 0, 0, 0, 0];
        assembly ("memory-safe") {
            calldatacopy(add(inputs, 0x20), cell, 0x80)
        }
        if (!_verifies(key, inputs, proof)) revert ExitProofRejected();
        _close(mapId, request, msg.sender);
        emit ExitDismissed(mapId, request, msg.sender);
    }

    /// @inheritdoc IExits
    function freeze(bytes32 mapId, uint256 request) external override {
        Moored storage moored = _requireMoored(mapId, false);
        _requireLate(mapId, request, 2);
        moored.frozen = true;
        emit MapFrozen(mapId, request);
    }

    /// @inheritdoc IExits
    function leaveFrozen(bytes32 mapId, Exit calldata wish, uint256[8] calldata proof) external override {
        bytes32 key = _requireMoored(mapId, true).exitKey;
        (address recipient, Entitled.Resource memory asset) =
            _checkExit(mapId, key, _headRoot(mapId, _requireMap(mapId)), wish, proof);
        uint256 location = uint32(wish.place);
        (uint256 word, uint256 bit) = (location >> 8, 1 << (location & 255));
        if (_left[mapId][word] & bit != 0) revert HasLeft(location);
        _left[mapId][word] |= bit;
        emit Left(mapId, wish.program, location);
        _credit(mapId, recipient, asset.label, asset.quantity, location << 32);
    }

    /// @inheritdoc IExits
    function reclaim(bytes32 mapId, uint256 request) external override {
        _requireMoored(mapId, true);
        address recipient = _requireRequest(mapId, request).recipient;
        emit FeeReclaimed(mapId, request, recipient, _close(mapId, request, recipient));
    }

    /// @inheritdoc IExits
    function getRequest(bytes32 mapId, uint256 request) external view override returns (Request memory) {
        return _requests[mapId][request];
    }

    /// @dev Approves a row that ejects a resource, and pays for it; reverts if no open request asks for it.
    function _eject(bytes32 mapId, CrossingRow.Row memory row) internal {
        uint256 request = _nameOf(row.source, row.peer, row.argument);
        Request storage open = _requests[mapId][request];
        if (
            open.time == 0 || open.id != row.id || open.authority != row.argument || row.issuer != CrossingRow.CHAIN
                || row.label >= CrossingRow.FIRST_FACT
                || !Entitled.isEntitled(row.peer, row.source >> 8, row.escrowFrom, row.deadline, open.time)
        ) revert EjectRefused(row.seq, request);
        _credit(mapId, open.recipient, row.label, row.quantity, row.seq);
        _close(mapId, request, msg.sender);
        emit ExitAnswered(mapId, request, msg.sender, row.seq);
    }

    /// @dev Whether a request is open.
    function _isOpen(bytes32 mapId, uint256 request) internal view returns (bool) {
        return _requests[mapId][request].time != 0;
    }

    /// @dev Reverts unless a request has been open for longer than so many patiences.
    function _requireLate(bytes32 mapId, uint256 request, uint256 patiences) internal view {
        uint256 from = _requireRequest(mapId, request).time + patiences * _requireMoored(mapId, false).patience;
        if (block.timestamp <= from) revert NotLate(request, from, block.timestamp);
    }

    /// @dev Closes a request, and owes its fee to an account.
    function _close(bytes32 mapId, uint256 request, address answerer) private returns (uint256 fee) {
        fee = _requests[mapId][request].fee;
        delete _requests[mapId][request];
        owed[answerer][_ETHER] += fee;
    }

    /// @dev An open request; reverts if there is none of this name.
    function _requireRequest(bytes32 mapId, uint256 request) private view returns (Request storage open) {
        open = _requests[mapId][request];
        if (open.time == 0) revert UnknownRequest(request);
    }

    /// @dev Checks an exit against a root; reverts if it does not hold, or at this time.
    function _checkExit(bytes32 mapId, bytes32 key, uint256 root, Exit calldata wish, uint256[8] calldata proof)
        private
        view
        returns (address recipient, Entitled.Resource memory asset)
    {
        bool found;
        (found, asset) = Entitled.unpack(wish.w0, wish.w1);
        recipient = address(uint160(wish.place >> 32));
        if (
            !found || asset.issuer != CrossingRow.CHAIN || asset.label >= CrossingRow.FIRST_FACT
                || recipient == address(0) || wish.place >> 232 != 0 || wish.program > type(uint24).max
        ) revert MalformedExit();
        uint256 validUntil = wish.place >> 192;
        if (validUntil < block.timestamp) revert ExitExpired(validUntil, block.timestamp);
        uint256 location = uint32(wish.place);
        if (!_isEntitled(wish.program, location, asset, block.timestamp)) {
            revert NotEntitled(wish.program, location, block.timestamp);
        }
        uint256[7] memory inputs = [root, domain(mapId), 0, 0, 0, 0, 0];
        assembly ("memory-safe") {
            calldatacopy(add(inputs, 0x40), wish, 0xa0)
        }
        if (!_verifies(key, inputs, proof)) revert ExitProofRejected();
    }

    /// @dev Whether a cell, at a root that is not older than a request, shows that its maker is not entitled.
    function _disproves(Cell calldata cell, uint256 request, Request storage open) private view returns (bool) {
        uint256 program = request >> 32 & 0xffffff;
        // The program's header: a key that was rotated away takes nothing out by an old root.
        if (cell.location == program << 8) return cell.w1 != open.authority;
        if (cell.location != uint32(request)) return false;
        (bool found, Entitled.Resource memory resource) = Entitled.unpack(cell.w0, cell.w1);
        return !found || resource.id != open.id || !_isEntitled(program, cell.location, resource, open.time);
    }

    /// @dev Whether a program is entitled to what lies in a cell.
    function _isEntitled(uint256 program, uint256 location, Entitled.Resource memory resource, uint256 time)
        private
        pure
        returns (bool)
    {
        return Entitled.isEntitled(program, location >> 8, resource.escrowFrom, resource.deadline, time);
    }

    /// @dev A request's name. Of the key 200 bits are enough that nobody else's can be hit.
    function _nameOf(uint256 location, uint256 program, uint256 authority) private pure returns (uint256) {
        return location | program << 32 | authority << 56;
    }
}
