// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title What is asked of a token without moving it
/// @notice A part of ERC-20.
interface IBalance {
    /// @notice How much of a token an account has.
    /// @param account the account
    /// @return how much
    function balanceOf(address account) external view returns (uint256);
}
