// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title The checks of verification keys
/// @notice A contract of its own, without state or owner, because the registry's code would be too long otherwise. The
/// registry creates it first of all, so its address follows from the registry's.
interface IKeyChecker {
    /// @notice Reverts for a key that is malformed, that makes forging easy, or that is a development key on a public
    /// chain. Someone may still know the secrets of a key that passes.
    /// @param key the 30 words of `VerifyingKey`
    /// @return development whether it is a development key
    function check(uint256[30] calldata key) external view returns (bool development);
}
