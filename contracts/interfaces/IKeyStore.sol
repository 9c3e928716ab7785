// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title Verification keys, stored once for all maps
/// @notice Anyone may store a key. Each map decides which stored keys it uses. A stored key has passed the checks of
/// `VerifyingKey`; these do not show who knows its secrets.
interface IKeyStore {
    /// @notice A verification key was stored.
    /// @param vkeyHash the key's name: keccak256 of its 30 words
    /// @param pointer the contract whose code is the key
    event KeyStored(bytes32 indexed vkeyHash, address pointer);

    /// @notice No key with this hash is stored here.
    error UnknownKey(bytes32 vkeyHash);
    /// @notice The key is stored here already.
    error KeyExists(bytes32 vkeyHash);

    /// @notice Checks a verification key and stores it.
    /// @param key the 30 words of `VerifyingKey`
    /// @return vkeyHash the key's name
    function storeKey(uint256[30] calldata key) external returns (bytes32 vkeyHash);

    /// @notice The contract that holds a key as its code.
    /// @param vkeyHash the key's name
    /// @return pointer the contract's address; zero if the key is not stored
    function keyPlace(bytes32 vkeyHash) external view returns (address pointer);

    /// @notice A stored key.
    /// @param vkeyHash the key's name
    /// @return the 30 words of `VerifyingKey`
    function getKey(bytes32 vkeyHash) external view returns (uint256[30] memory);

    /// @notice Checks one proof under a stored key. Changes nothing.
    /// @param vkeyHash the key's name
    /// @param inputs preRoot, postRoot, traceRoot, span, domain, point, value
    /// @param proof A (x, y), B (x1, x0, y1, y0: the imaginary part first), C (x, y)
    /// @return whether the proof holds
    function verifies(bytes32 vkeyHash, uint256[7] calldata inputs, uint256[8] calldata proof)
        external
        view
        returns (bool);
}
