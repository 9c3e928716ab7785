// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Handler} from "./Handler.sol";

/// @title What holds whatever is tried, in any order
contract RegistryInvariantsTest {
    Handler private handler;

    function setUp() public {
        handler = new Handler();
    }

    /// @dev Asked by the runner: the calls go to the handler alone.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Heads move along valid chains only, each by its own proofs only; nothing fixed at the creation ever
    ///   changes, and
    /// a map's owner only by an offer that was accepted.
    function invariant_HeadsAreTheModels() public view {
        for (uint256 spot = 0; spot < 3; ++spot) {
            require(handler.agrees(spot), "a map is not as the model has it");
        }
    }

    /// @dev Nobody but the owner changes verifiers and submitters; the keys' words never change.
    function invariant_RightsAreTheModels() public view {
        for (uint256 spot = 0; spot < 3; ++spot) {
            require(handler.agreesOnRights(spot), "the rights of a map are not as the model has them");
        }
    }

    /// @dev That the handler is able to do what it is for.
    function test_TheHandlerAdvancesAndIsRefused() public {
        for (uint256 i = 0; i < 24; ++i) {
            handler.advance(i, i, i, false);
            handler.lie(i, i, i);
            handler.replay(i, i);
            handler.wait(i * 600);
            handler.offer(i, i, i % 2 == 0);
            handler.accept(i, i % 3 == 0);
        }
        require(handler.advanced() >= 5, "too little was accepted");
        require(handler.refused() >= 48, "too little was refused");
        invariant_HeadsAreTheModels();
        invariant_RightsAreTheModels();
    }
}
