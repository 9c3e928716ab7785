// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Token, WrappedEther} from "./Tokens.sol";

/// @title A pool of two tokens, whose reserves' product never falls
contract Pool {
    Token public immutable first;
    Token public immutable second;
    uint256 private firstReserve;
    uint256 private secondReserve;

    error ProductFell(uint256 product, uint256 before);

    constructor(Token first_, Token second_) {
        first = first_;
        second = second_;
    }

    /// @return Reserves of the first and of the second token.
    function reserves() external view returns (uint256, uint256) {
        return (firstReserve, secondReserve);
    }

    /// @notice Takes whatever has been sent here as the reserves.
    function sync() public {
        firstReserve = first.balanceOf(address(this));
        secondReserve = second.balanceOf(address(this));
    }

    /// @notice Pays out some of the second token, if enough of the first was sent before.
    function swap(uint256 amount, address to) external {
        uint256 before = firstReserve * secondReserve;
        second.transfer(to, amount);
        sync();
        if (firstReserve * secondReserve < before) revert ProductFell(firstReserve * secondReserve, before);
    }
}

/// @title Buys tokens for ether
contract Router {
    WrappedEther private immutable ether_;

    error TooDear(uint256 amount, uint256 wanted);

    constructor(WrappedEther wrapped) {
        ether_ = wrapped;
    }

    /// @param least fewer tokens than this are not worth it
    /// @return amount how many tokens `to` received; the pool keeps 0.3 % of the ether
    function buy(Pool pool, uint256 least, address to) external payable returns (uint256 amount) {
        (uint256 etherReserve, uint256 tokenReserve) = pool.reserves();
        uint256 effective = msg.value * 997;
        amount = effective * tokenReserve / (etherReserve * 1000 + effective);
        if (amount < least) revert TooDear(amount, least);
        ether_.deposit{value: msg.value}();
        ether_.transfer(address(pool), msg.value);
        pool.swap(amount, to);
    }
}
