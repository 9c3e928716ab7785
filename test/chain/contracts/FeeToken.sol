// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Erc20} from "./Erc20.sol";

/// @title A token that keeps a hundredth of each transfer
/// @notice The loud one emits an event for the receiver's share and one for the fee, so its events are the whole truth.
/// The silent one emits one event for the whole value: the receiver gets less than it says, the collector gets more.
contract FeeToken is Erc20 {
    uint256 private constant PARTS = 100;

    bool public immutable loud;
    address public immutable collector;

    constructor(string memory name_, uint256 supply, bool loud_, address collector_) Erc20(name_) {
        loud = loud_;
        collector = collector_;
        _mint(msg.sender, supply);
    }

    function _transfer(address from, address to, uint256 value) internal override {
        uint256 fee = value / PARTS;
        _take(from, value);
        _balances[to] += value - fee;
        _balances[collector] += fee;
        if (loud) {
            emit Transfer(from, to, value - fee);
            emit Transfer(from, collector, fee);
        } else {
            emit Transfer(from, to, value);
        }
    }
}
