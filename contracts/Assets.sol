// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TimeMaps} from "./TimeMaps.sol";
import {IAssets} from "./interfaces/IAssets.sol";
import {CrossingRow} from "./lib/CrossingRow.sol";
import {Tokens} from "./lib/Tokens.sol";

/// @title Assets: what can enter moored maps, and what the registry owes to accounts
/// @notice See `IAssets`.
abstract contract Assets is IAssets, TimeMaps {
    /// @dev The label of ether.
    uint256 internal constant _ETHER = 1;

    /// @inheritdoc IAssets
    mapping(uint256 label => address token) public override tokenOf;

    /// @inheritdoc IAssets
    mapping(address token => uint256 label) public override labelOf;

    /// @inheritdoc IAssets
    mapping(address recipient => mapping(uint256 label => uint256 quantity)) public override owed;

    /// @inheritdoc IAssets
    mapping(bytes32 mapId => mapping(uint256 label => uint256 quantity)) public override purse;

    uint256 private _labels = _ETHER;
    bool private transient _entered;

    /// @dev For everything that calls a token or a recipient: one at a time, or a deposit within a deposit would be
    /// counted twice.
    modifier once() {
        if (_entered) revert Reentered();
        _entered = true;
        _;
        _entered = false;
    }

    /// @inheritdoc IAssets
    function list(address token) external override returns (uint256 label) {
        if (token.code.length == 0) revert NoCode(token);
        if (labelOf[token] != 0) revert TokenExists(token, labelOf[token]);
        // Labels from 2^31 on are facts. Nobody can pay for so many.
        label = ++_labels;
        (labelOf[token], tokenOf[label]) = (label, token);
        emit TokenListed(label, token);
    }

    /// @inheritdoc IAssets
    function withdraw(uint256 label, address recipient) external override once returns (uint256 quantity) {
        quantity = owed[recipient][label];
        if (quantity == 0) revert NothingOwed(recipient, label);
        delete owed[recipient][label];
        emit Withdrawn(recipient, label, quantity);
        address token = tokenOf[label];
        if (!Tokens.pay(token, recipient, quantity)) revert TransferFailed(token, recipient);
    }

    /// @notice Takes an asset from the caller. Only for functions that are `once`.
    /// @param label the asset
    /// @param quantity how much the caller sends
    /// @return arrived how much came
    function _collect(uint256 label, uint256 quantity) internal returns (uint256 arrived) {
        uint256 wanted = label == _ETHER ? quantity : 0;
        if (msg.value != wanted) revert WrongValue(msg.value, wanted);
        if (label == _ETHER) return quantity;
        address token = tokenOf[label];
        if (token == address(0)) revert UnknownAsset(label);
        uint256 before = Tokens.balance(token);
        if (!Tokens.take(token, quantity)) revert TransferFailed(token, address(this));
        uint256 present = Tokens.balance(token);
        return present > before ? present - before : 0;
    }

    /// @dev Takes an asset out of a map's purse, and owes it to an account.
    function _credit(bytes32 mapId, address recipient, uint256 label, uint256 quantity, uint256 cause) internal {
        uint256 held = purse[mapId][label];
        if (held < quantity) revert PurseTooSmall(label, quantity, held);
        // Below 2^31: facts have no purse.
        purse[mapId][label] = held - quantity;
        owed[recipient][label] += quantity;
        emit Credited(mapId, recipient, label, quantity, cause);
    }

    /// @dev Pays what a program retires to the account that it named.
    function _payRetired(bytes32 mapId, CrossingRow.Row memory row) internal {
        uint256 recipient = row.argument;
        if (recipient == 0 || recipient > type(uint160).max) revert RowRefused(row.seq, CrossingRow.RETIRE);
        _credit(mapId, address(uint160(recipient)), row.label, row.quantity, row.seq);
    }
}
