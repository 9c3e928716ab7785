// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Token} from "./Token.sol";

/// @title An exchange of two tokens
/// @notice The product of its reserves never falls. Each swap costs the same fee in wei.
contract Exchange {
    /// @notice The fee for a swap, in wei.
    uint256 public constant FEE = 0.001 ether;

    /// @notice The token that is paid in.
    Token public immutable first;
    /// @notice The token that is paid out.
    Token public immutable second;
    /// @notice Tokens of each that it holds and trades with.
    uint256 public firstReserve;
    /// @notice See `firstReserve`.
    uint256 public secondReserve;

    /// @notice The fee is another one.
    error WrongFee(uint256 sent, uint256 fee);
    /// @notice The swap gives fewer tokens than wanted.
    error TooDear(uint256 amount, uint256 wanted);

    constructor(Token first_, Token second_) {
        (first, second) = (first_, second_);
    }

    /// @notice Swaps some of the caller's first token, which the caller has approved, for the second.
    /// @param amount how many of the first token
    /// @param least smallest acceptable number of the second
    /// @return bought number of the second that the caller received
    function swap(uint256 amount, uint256 least) external payable returns (uint256 bought) {
        if (msg.value != FEE) revert WrongFee(msg.value, FEE);
        bought = amount * secondReserve / (firstReserve + amount);
        if (bought < least) revert TooDear(bought, least);
        firstReserve += amount;
        secondReserve -= bought;
        first.transferFrom(msg.sender, address(this), amount);
        second.transfer(msg.sender, bought);
    }

    /// @notice Trades with all tokens that were sent here.
    function open() external {
        firstReserve = first.balanceOf(address(this));
        secondReserve = second.balanceOf(address(this));
    }
}
