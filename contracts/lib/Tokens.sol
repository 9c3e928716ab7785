// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IBalance} from "../interfaces/IBalance.sol";

/// @title Moving ether and tokens of any sort
/// @notice Some tokens return nothing, some return false instead of reverting. A token's answer is copied no further
/// than the first word.
library Tokens {
    /// @notice Sends a token, or ether if there is none.
    /// @param token the token's contract; zero: ether
    /// @param to the receiver
    /// @param amount how much
    /// @return whether it moved
    function pay(address token, address to, uint256 amount) internal returns (bool) {
        if (token == address(0)) return _call(to, amount, "");
        return _call(token, 0, abi.encodeWithSelector(0xa9059cbb, to, amount));
    }

    /// @notice Takes a token from the caller, who has approved as much.
    /// @param token the token's contract
    /// @param amount how much
    /// @return whether the token says that it moved
    function take(address token, uint256 amount) internal returns (bool) {
        return _call(token, 0, abi.encodeWithSelector(0x23b872dd, msg.sender, address(this), amount));
    }

    /// @notice How much of a token is here. Reverts if the token does not say.
    /// @param token the token's contract
    /// @return amount how much
    function balance(address token) internal view returns (uint256 amount) {
        return IBalance(token).balanceOf(address(this));
    }

    /// @dev Calls a contract; true if it does not revert, and returns nothing or true. A token has code: it is listed.
    function _call(address target, uint256 value, bytes memory data) private returns (bool moved) {
        assembly ("memory-safe") {
            moved := call(gas(), target, value, add(data, 0x20), mload(data), 0, 0x20)
            // A recipient of ether may answer what it wants.
            let quiet := or(iszero(mload(data)), iszero(returndatasize()))
            moved := and(moved, or(quiet, and(gt(returndatasize(), 0x1f), eq(mload(0), 1))))
        }
    }
}
