// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAssets} from "../../../contracts/interfaces/IAssets.sol";
import {IEntries} from "../../../contracts/interfaces/IEntries.sol";
import {IMoorings} from "../../../contracts/interfaces/IMoorings.sol";
import {Random} from "./Base.sol";
import {MooredWorld} from "./MooredWorld.sol";

/// @dev A contract that answers as it is told, or with what is left of the gas.
contract Oracle {
    int256 private value;
    uint256 private size = 32;
    bool private fails;

    function set(int256 value_, uint256 size_, bool fails_) external {
        (value, size, fails) = (value_, size_, fails_);
    }

    function latest(uint256 argument) external view {
        require(!fails && argument == 77, "no");
        (int256 answer, uint256 length) = (value, size);
        assembly {
            mstore(0, answer)
            return(0, length)
        }
    }

    function gasLeft() external view returns (uint256) {
        return gasleft();
    }

    function burn() external view returns (uint256 sum) {
        for (uint256 i = 0; gasleft() > 200; ++i) {
            sum += i;
        }
        revert("all of it");
    }
}

/// @title Feeds, observations, and the facts that rows show
contract FactsFuzzTest is MooredWorld {
    uint256 private constant FRESH = 10 minutes;
    Oracle private oracle = new Oracle();
    bytes32 private map = moorWith("map", feeds(0, 0));
    bytes private ask;

    /// @dev Feed 0 is the oracle's value; the others tell of gas, burn it, and have no code.
    function feeds(uint8 shift, int256 offset) private view returns (IMoorings.Feed[] memory list) {
        list = new IMoorings.Feed[](4);
        bytes memory data = abi.encodeCall(Oracle.latest, (77));
        list[0] = IMoorings.Feed(address(oracle), uint40(FRESH), shift, offset, data);
        list[1] = IMoorings.Feed(address(oracle), type(uint40).max, 0, 0, abi.encodeCall(Oracle.gasLeft, ()));
        list[2] = IMoorings.Feed(address(oracle), 0, 0, 0, abi.encodeCall(Oracle.burn, ()));
        list[3] = IMoorings.Feed(address(0xC0DE), 0, 0, 0, "");
    }

    function showOf(uint256 number, uint256 feed, uint256 quantity) private view returns (Line memory line) {
        line = enterOf(number, FACT + feed, quantity);
    }

    function observed(int256 value) private returns (uint256) {
        oracle.set(value, 32, false);
        return registry.observe(map, 0);
    }

    /// @dev Whether a fact of that quantity is shown.
    function shows(uint256 number, uint256 feed, uint256 quantity) private returns (bool accepted) {
        bytes4 reason;
        (accepted, reason) = advance(map, showOf(number, feed, quantity));
        require(accepted || reason == IEntries.EntryRefused.selector, "refused for another reason");
    }

    function test_WhatTheFeedSaysIsShownInItsTime() public {
        uint256 number = observed(500);
        uint256 start = block.timestamp;
        require(!shows(number, 0, 499) && !shows(number, 1, 500) && !shows(number + 1, 0, 500), "another fact");
        require(shows(number, 0, 500) && shows(number, 0, 500), "not shown twice");
        vm.warp(start + FRESH);
        require(shows(number, 0, 500), "not to the last second");
        vm.warp(start + FRESH + 1);
        require(!shows(number, 0, 500), "stale");
        bytes memory back = advanceCall(map, one(backdated(number, start + FRESH)), start + FRESH, 0);
        accepts(OPERATOR, address(registry), back, 0);
    }

    function backdated(uint256 number, uint256 time) private view returns (Line memory line) {
        line = showOf(number, 0, 500);
        line.time = time;
    }

    function test_NotBeforeItWasObserved() public {
        vm.warp(block.timestamp + 1 days);
        uint256 number = observed(500);
        bytes memory early =
            advanceCall(map, one(backdated(number, block.timestamp - 1)), block.timestamp - 1, 0);
        refuses(OPERATOR, address(registry), early, 0, IEntries.EntryRefused.selector);
    }

    /// @dev A map does not go back to an older number; each feed by itself.
    function test_AnOlderFactIsShownNoMore() public {
        (uint256 first, uint256 second) = (observed(500), observed(600));
        uint256 third = registry.observe(map, 1);
        require(shows(first, 0, 500) && shows(second, 0, 600) && shows(second, 0, 600), "not in turn");
        require(!shows(first, 0, 500), "shown again");
        require(third == second + 1, "another number");
    }

    function testFuzz_TheNumberIsShiftedAndStopsAtTheEnds(uint256 seed) public {
        Random memory random = Random(seed);
        int256[8] memory edges = [
            type(int256).min,
            type(int256).max,
            int256(0),
            -1,
            1,
            int256(uint256(type(uint128).max)),
            int256(uint256(type(uint128).max)) + 1,
            int256(next(random)) >> next(random) % 256
        ];
        (int256 value, int256 offset) = (edges[next(random) % 8], edges[next(random) % 8]);
        uint8 shift = uint8([uint256(0), 1, 8, 127, 128, 254, 255, next(random)][next(random) % 8]);
        bytes32 other = moorWith("other", feeds(shift, offset));
        oracle.set(value, 32, false);
        uint256 number = registry.observe(other, 0);
        uint256 expected = quantityOf(value, offset, shift);
        (bool accepted,) = advance(other, showOf(number, 0, expected));
        require(accepted, "another number");
    }

    /// @dev In two halves, so that nothing overflows.
    function quantityOf(int256 value, int256 offset, uint8 shift) private pure returns (uint256) {
        int256 high = (value >> 128) + (offset >> 128);
        uint256 low = uint256(uint128(uint256(value))) + uint128(uint256(offset));
        high += int256(low >> 128);
        if (high < 0) return 0;
        if (high >= int256(1) << 127) return most(uint256(type(int256).max) >> shift);
        return most((uint256(high) << 128 | uint128(low)) >> shift);
    }

    function most(uint256 value) private pure returns (uint256) {
        return value > type(uint128).max ? type(uint128).max : value;
    }

    function test_AFeedThatGivesNoNumberIsNotObserved() public {
        bytes memory call = abi.encodeCall(registry.observe, (map, 0));
        oracle.set(5, 32, true);
        refuses(STRANGER, address(registry), call, 0, IEntries.FeedFailed.selector);
        oracle.set(5, 31, false);
        refuses(STRANGER, address(registry), call, 0, IEntries.FeedFailed.selector);
        oracle.set(5, 3200, false);
        accepts(STRANGER, address(registry), call, 0);
        for (uint256 feed = 2; feed < 4; ++feed) {
            call = abi.encodeCall(registry.observe, (map, feed));
            refuses(STRANGER, address(registry), call, 0, IEntries.FeedFailed.selector);
        }
        call = abi.encodeCall(registry.observe, (map, 4));
        refuses(STRANGER, address(registry), call, 0, IEntries.UnknownFeed.selector);
        require(registry.getMooring(map).entries == 1, "a failure was counted");
    }

    /// @dev The contract gets the same gas whatever the caller gives, or the call fails.
    function testFuzz_AFeedGetsItsGas(uint256 gas_) public {
        gas_ = 205_000 + gas_ % 200_000;
        try registry.observe{gas: gas_}(map, 1) returns (uint256 number) {
            bool shown = false;
            for (uint256 spent = 0; spent < 400 && !shown; ++spent) {
                shown = shows(number, 1, 200_000 - spent);
            }
            require(shown, "it got less");
        } catch {}
    }

    function test_AFrozenMapObservesNothing() public {
        freeze(map);
        bytes memory call = abi.encodeCall(registry.observe, (map, 1));
        refuses(STRANGER, address(registry), call, 0, IMoorings.MapIsFrozen.selector);
    }

    /// @dev No effect moves a fact; to let it go is its holder's business, and pays nothing.
    function test_AFactNeverMoves() public {
        for (uint256 op = 0; op < 32; ++op) {
            for (uint256 label = 1; label < 3; ++label) {
                judged(op, label, 1);
            }
            judged(op, 2, 2);
        }
    }

    function judged(uint256 op, uint256 label, uint256 issuer) private {
        Line memory line;
        (line.op, line.actor, line.issuer, line.label) = (op, PROGRAM, issuer % 3, FACT - 2 + label % 4);
        (line.quantity, line.time) = (0, block.timestamp);
        bool fact = line.issuer == 1 && line.label >= FACT;
        bool moves = op == 5 || op == 6 || op == 7 || op == 9 || op == 17 || op == 18;
        // Of other kinds, the circuit refuses it: nothing of the registry would move.
        bool refusedAnyway = (op == ENTER || op == EJECT) && line.issuer == 1;
        bool pays = op == RETIRE && line.issuer == 1 && !fact;
        (bool accepted, bytes4 reason) = advance(map, line);
        require(accepted == !(refusedAnyway || pays || (fact && moves)), "judged otherwise");
        require(accepted || reason == IAssets.RowRefused.selector, "refused for another reason");
    }

    /// @dev The chain's program has three effects only.
    function testFuzz_TheChainDoesNothingElse(uint256 op) public {
        op %= 32;
        Line memory line = plain();
        line.op = op;
        (bool accepted, bytes4 reason) = advance(map, line);
        require(accepted == (op == 1), "judged otherwise");
        if (!accepted && op != ENTER && op != EJECT) require(reason == IAssets.RowRefused.selector, "another reason");
    }
}
