// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CrossingHandler} from "./CrossingHandler.sol";

/// @title What holds of the money, whatever is tried, in any order
contract CrossingInvariantsTest {
    CrossingHandler private handler;

    function setUp() public {
        handler = new CrossingHandler();
    }

    /// @dev Asked by the runner: the calls go to the handler alone.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev The registry has what it owes: to the wei, as nobody gave it anything besides.
    function invariant_TheRegistryHasWhatIsDue() public view {
        for (uint256 label = 1; label < 3; ++label) {
            require(handler.balance(label) == handler.due(label), "too little, or too much");
            require(handler.balance(label) == handler.brought(label) - handler.paid(label), "not what was brought");
        }
    }

    /// @dev A purse is what entered its map less what left it.
    function invariant_PursesAreTheModels() public view {
        for (uint256 label = 1; label < 3; ++label) {
            require(handler.pursesAgree(label), "a purse is another");
        }
    }

    /// @dev That the handler is able to do what it is for.
    function test_TheHandlerCrossesInEachWay() public {
        for (uint256 i = 0; i < 40; ++i) {
            handler.deposit(i, i, i % 3 == 0);
            if (i % 3 > 0) handler.enter(i, 1);
            handler.retire(i, i, i % 2 == 0);
            handler.ask(i, i, i % 3 == 0);
            if (i % 4 != 3) handler.eject(i, i % 2 == 0);
            if (i % 9 == 8) handler.dismiss(i);
            handler.wait(20 hours);
            handler.refund(i / 2);
            if (i > 20) handler.freezeMap(i);
            handler.leaveFrozen(i, i, i % 2 == 0);
            handler.reclaim(i);
            handler.withdraw(i, i % 2 == 0);
        }
        require(handler.entered() > 3 && handler.refunded() > 3 && handler.ejected() > 1, "too little was accepted");
        require(handler.ended() > 0 && handler.exited() > 0, "no map ended");
        invariant_TheRegistryHasWhatIsDue();
        invariant_PursesAreTheModels();
    }
}
