// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "./lib/Groth16.sol";
import {VerifyingKey} from "./lib/VerifyingKey.sol";

/// @title The verification keys of all maps
/// @notice Anyone may have a key checked and kept; what may be used is for each map to say. That a key is kept says nothing
/// about who knows its secrets.
abstract contract KeyStore {
    /// @notice A verification key is kept here from now on, as the code at `place`.
    event KeyStored(bytes32 indexed vkeyHash, address place);

    /// @notice No key with this hash is stored here.
    error UnknownKey(bytes32 vkeyHash);
    /// @notice The key is stored here already.
    error KeyExists(bytes32 vkeyHash);

    /// @notice Where each verification key is stored, by its hash; zero where it is not.
    mapping(bytes32 vkeyHash => address place) public keyPlace;

    /// @notice Checks a verification key and keeps it.
    /// @param key the 26 words of `VerifyingKey`
    function storeKey(uint256[26] calldata key) external returns (bytes32 vkeyHash) {
        uint256[26] memory copy = key;
        vkeyHash = VerifyingKey.hash(copy);
        if (keyPlace[vkeyHash] != address(0)) revert KeyExists(vkeyHash);
        address place = VerifyingKey.store(copy, VerifyingKey.check(copy));
        keyPlace[vkeyHash] = place;
        emit KeyStored(vkeyHash, place);
    }

    /// @notice The 26 words of a stored key, see `VerifyingKey`.
    function getKey(bytes32 vkeyHash) external view returns (uint256[26] memory) {
        return VerifyingKey.load(placeOf(vkeyHash));
    }

    /// @notice Whether a proof holds under a stored key, for whoever wants to know; nothing follows from it.
    /// @param inputs preRoot, postRoot, traceRoot, span, domain
    /// @param proof see `Groth16.verify`
    function verifies(bytes32 vkeyHash, uint256[5] calldata inputs, uint256[8] calldata proof)
        external
        view
        returns (bool)
    {
        address place = placeOf(vkeyHash);
        VerifyingKey.refuseDevelopmentKey(place);
        return Groth16.verify(VerifyingKey.load(place), inputs, proof);
    }

    function placeOf(bytes32 vkeyHash) internal view returns (address place) {
        place = keyPlace[vkeyHash];
        if (place == address(0)) revert UnknownKey(vkeyHash);
    }
}
