// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {KeyChecker} from "./KeyChecker.sol";
import {IKeyChecker} from "./interfaces/IKeyChecker.sol";
import {IKeyStore} from "./interfaces/IKeyStore.sol";
import {Groth16} from "./lib/Groth16.sol";
import {VerifyingKey} from "./lib/VerifyingKey.sol";

/// @title Verification keys, stored once for all maps
/// @notice See `IKeyStore`.
abstract contract KeyStore is IKeyStore {
    /// @inheritdoc IKeyStore
    mapping(bytes32 vkeyHash => address pointer) public override keyPlace;

    /// @dev The first contract that this one creates: its address is known by that.
    constructor() {
        new KeyChecker();
    }

    /// @inheritdoc IKeyStore
    function storeKey(uint256[30] calldata key) external override returns (bytes32 vkeyHash) {
        uint256[30] memory copy = key;
        vkeyHash = VerifyingKey.hash(copy);
        if (keyPlace[vkeyHash] != address(0)) revert KeyExists(vkeyHash);
        // RLP of this address and nonce 1, whose hash names the first contract created.
        bytes32 first = keccak256(abi.encodePacked(hex"d694", address(this), hex"01"));
        address pointer = VerifyingKey.store(copy, IKeyChecker(address(uint160(uint256(first)))).check(copy));
        keyPlace[vkeyHash] = pointer;
        emit KeyStored(vkeyHash, pointer);
    }

    /// @inheritdoc IKeyStore
    function getKey(bytes32 vkeyHash) external view override returns (uint256[30] memory) {
        return VerifyingKey.load(_requireKey(vkeyHash));
    }

    /// @inheritdoc IKeyStore
    function verifies(bytes32 vkeyHash, uint256[7] calldata inputs, uint256[8] calldata proof)
        external
        view
        override
        returns (bool)
    {
        return _verifies(vkeyHash, inputs, proof);
    }

    /// @dev Checks one proof under a stored key.
    function _verifies(bytes32 vkeyHash, uint256[7] memory inputs, uint256[8] calldata proof)
        internal
        view
        returns (bool)
    {
        address pointer = _requireKey(vkeyHash);
        VerifyingKey.refuseDevelopmentKey(pointer);
        return Groth16.verify(VerifyingKey.load(pointer), inputs, proof);
    }

    /// @dev Where a stored key is; reverts if it is not stored.
    function _requireKey(bytes32 vkeyHash) internal view returns (address pointer) {
        pointer = keyPlace[vkeyHash];
        if (pointer == address(0)) revert UnknownKey(vkeyHash);
    }
}
