// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Token} from "./Token.sol";

/// @title A token with a fee on each transfer
/// @notice The receiver gets less than was sent. The rest is the fee collector's.
contract FeeToken is Token {
    /// @notice Who gets the fees: the deployer.
    address public immutable collector;

    constructor(string memory name_, string memory symbol_, uint256 supply) Token(name_, symbol_, supply) {
        collector = msg.sender;
    }

    /// @notice The fee for moving so many: one in a hundred, rounded up.
    /// @param amount how many
    /// @return fee how many of them the collector gets
    function feeFor(uint256 amount) public pure returns (uint256 fee) {
        return (amount + 99) / 100;
    }

    /// @dev What the collector sends is free of it.
    function _move(address from, address to, uint256 amount) internal override {
        uint256 fee = from == collector ? 0 : feeFor(amount);
        super._move(from, to, amount - fee);
        if (fee > 0) super._move(from, collector, fee);
    }
}
