// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Token, WrappedEther} from "./Tokens.sol";

/// @title A pool of two tokens
/// @notice The product of its reserves never falls.
contract Pool {
    /// @notice The token that is paid in.
    Token public immutable first;
    /// @notice The token that is paid out.
    Token public immutable second;
    uint256 private _firstReserve;
    uint256 private _secondReserve;

    /// @notice The swap would lower the product of the reserves.
    error ProductFell(uint256 product, uint256 before);

    constructor(Token first_, Token second_) {
        first = first_;
        second = second_;
    }

    /// @notice Pays out some of the second token, if enough of the first was sent before.
    /// @param amount how many of the second token
    /// @param to the receiver
    function swap(uint256 amount, address to) external {
        uint256 before = _firstReserve * _secondReserve;
        second.transfer(to, amount);
        sync();
        if (_firstReserve * _secondReserve < before) revert ProductFell(_firstReserve * _secondReserve, before);
    }

    /// @notice The reserves as of the last `sync` or `swap`.
    /// @return of the first token
    /// @return of the second token
    function reserves() external view returns (uint256, uint256) {
        return (_firstReserve, _secondReserve);
    }

    /// @notice Sets the reserves to the pool's balances.
    function sync() public {
        _firstReserve = first.balanceOf(address(this));
        _secondReserve = second.balanceOf(address(this));
    }
}

/// @title Buys tokens for ether
/// @notice Wraps the ether and swaps it in a pool.
contract Router {
    WrappedEther private immutable _ether;

    /// @notice The pool pays out fewer tokens than wanted.
    error TooDear(uint256 amount, uint256 wanted);

    constructor(WrappedEther wrapped) {
        _ether = wrapped;
    }

    /// @notice Buys tokens for the ether sent. The pool keeps 0.3 % of it.
    /// @param pool a pool of wrapped ether and the token
    /// @param least smallest acceptable number of tokens
    /// @param to the receiver
    /// @return amount number of tokens that `to` received
    function buy(Pool pool, uint256 least, address to) external payable returns (uint256 amount) {
        (uint256 etherReserve, uint256 tokenReserve) = pool.reserves();
        uint256 effective = msg.value * 997;
        amount = effective * tokenReserve / (etherReserve * 1000 + effective);
        if (amount < least) revert TooDear(amount, least);
        _ether.deposit{value: msg.value}();
        _ether.transfer(address(pool), msg.value);
        pool.swap(amount, to);
    }
}
