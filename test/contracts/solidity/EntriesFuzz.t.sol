// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAssets} from "../../../contracts/interfaces/IAssets.sol";
import {IEntries} from "../../../contracts/interfaces/IEntries.sol";
import {IMoorings} from "../../../contracts/interfaces/IMoorings.sol";
import {ITimeMaps} from "../../../contracts/interfaces/ITimeMaps.sol";
import {Random} from "./Base.sol";
import {Forger} from "./Forger.sol";
import {MooredWorld} from "./MooredWorld.sol";

/// @title Deposits: what is taken, what enters, what goes back
contract EntriesFuzzTest is MooredWorld {
    bytes32 private map = moor("map");

    function depositCall(uint256 quantity, uint256 program, uint256 slot, uint256 authority, uint40 deadline)
        private
        view
        returns (bytes memory)
    {
        return abi.encodeCall(
            registry.deposit, (map, ETHER_LABEL, quantity, program, slot, authority, deadline)
        );
    }

    function refundCall(uint256 number, uint256 quantity) private view returns (bytes memory) {
        return abi.encodeCall(registry.refund, (map, number, ETHER_LABEL, quantity, PROGRAM, KEY));
    }

    function testFuzz_ADepositIsTakenInItsBoundsOnly(uint256 seed) public {
        Random memory random = Random(seed);
        uint256 program = [uint256(0), 1, 2, 5, (1 << 24) - 1, 1 << 24][next(random) % 6];
        uint256 slot = [uint256(0), 1, 255, 256][next(random) % 4];
        uint256 authority = [uint256(0), 1, Forger.ORDER - 1, Forger.ORDER][next(random) % 4];
        uint40 deadline = uint40(between(random, block.timestamp - 1, block.timestamp + 2));
        bytes memory call = depositCall(5, program, slot, authority, deadline);
        (bool accepted, bytes4 reason) = attemptWith(PAYER, address(registry), call, 5);
        bool receiver = program > 1 && program < 1 << 24 && slot < 256 && authority != 0 && authority < Forger.ORDER;
        bool later = deadline > block.timestamp;
        require(accepted == (receiver && later), "taken otherwise");
        if (!receiver) require(reason == IEntries.WrongReceiver.selector, "not for its receiver");
        else if (!later) require(reason == IEntries.DeadlinePassed.selector, "not for its deadline");
    }

    function test_EtherIsWhatItSays() public {
        bytes memory call = depositCall(5, PROGRAM, 0, KEY, uint40(block.timestamp + 1));
        refuses(PAYER, address(registry), call, 4, IAssets.WrongValue.selector);
        refuses(PAYER, address(registry), call, 6, IAssets.WrongValue.selector);
        call = depositCall(0, PROGRAM, 0, KEY, uint40(block.timestamp + 1));
        refuses(PAYER, address(registry), call, 0, IEntries.QuantityOutOfRange.selector);
        call = depositCall(1 << 128, PROGRAM, 0, KEY, uint40(block.timestamp + 1));
        refuses(PAYER, address(registry), call, 1 << 128, IEntries.QuantityOutOfRange.selector);
        call = depositCall((1 << 128) - 1, PROGRAM, 0, KEY, uint40(block.timestamp + 1));
        accepts(PAYER, address(registry), call, (1 << 128) - 1);
    }

    function test_OnlyAMooredMapThatIsNotFrozenTakesDeposits() public {
        bytes memory call =
            abi.encodeCall(registry.deposit, ("other", ETHER_LABEL, 5, PROGRAM, 0, KEY, type(uint40).max));
        refuses(PAYER, address(registry), call, 5, IMoorings.NotMoored.selector);
        freeze(map);
        call = depositCall(5, PROGRAM, 0, KEY, type(uint40).max);
        refuses(PAYER, address(registry), call, 5, IMoorings.MapIsFrozen.selector);
    }

    function test_ADepositIsAsItWasMade() public {
        uint256 number = depositFor(map, 5);
        (address payer, uint40 deadline, uint40 entered, uint8 slot, bytes32 content) =
            registry.getDeposit(map, number);
        require(number == 1 && payer == PAYER && slot == 0);
        require(deadline == block.timestamp + 1 hours && entered == block.timestamp);
        require(content == keccak256(abi.encode(ETHER_LABEL, 5, PROGRAM, KEY)));
    }

    /// @dev A row that enters what nobody deposited, or not so.
    function testFuzz_ADepositEntersAsItWasMadeOrNotAtAll(uint256 seed, uint256 lie) public {
        Random memory random = Random(seed);
        uint256 quantity = between(random, 1, 1 << 100);
        uint256 number = depositFor(map, quantity);
        uint256 entered = block.timestamp;
        vm.warp(entered + between(random, 0, 1 hours));
        Line memory line = enterOf(number, ETHER_LABEL, quantity);
        lie %= 12;
        bytes4 wanted = IEntries.EntryRefused.selector;
        if (lie == 1) line.peer = between(random, 2, 1 << 23) * 2;
        if (lie == 2) line.argument = between(random, 0, KEY - 1);
        if (lie == 3) line.quantity = quantity + between(random, 1, 1 << 100);
        if (lie == 4) line.quantity = quantity - between(random, 1, quantity);
        if (lie == 5) line.id = ENTRY + number + between(random, 1, 1 << 60);
        if (lie == 6) line.id = between(random, 0, ENTRY + number - 1);
        if (lie == 7) line.label = between(random, 2, FACT - 1);
        if (lie == 8) line.issuer = between(random, 2, (1 << 24) - 1);
        if (lie == 9) line.label = FACT + between(random, 0, FACT - 1);
        if (lie == 10) (line.actor, wanted) = (between(random, 2, (1 << 24) - 1), IAssets.RowRefused.selector);
        if (lie == 11) line.id = between(random, 0, 1) << 63 | number;
        (bool accepted, bytes4 reason) = advance(map, line);
        require(accepted == (lie == 0), "judged otherwise");
        require(accepted || reason == wanted, "refused for another reason");
        require(registry.purse(map, ETHER_LABEL) == (accepted ? quantity : 0), "the purse is another");
        if (!accepted) return;
        (accepted, reason) = advance(map, enterOf(number, ETHER_LABEL, quantity));
        require(!accepted && reason == IEntries.EntryRefused.selector, "entered twice");
        vm.warp(block.timestamp + 30 days);
        refuses(PAYER, address(registry), refundCall(number, quantity), 0, IEntries.UnknownDeposit.selector);
    }

    function testFuzz_ASlotThatIsNamedIsKept(uint256 slot, uint256 where) public {
        (slot, where) = (slot % 256, where % 2 == 0 ? slot % 256 : where % 256);
        bytes memory call = depositCall(5, PROGRAM, slot, KEY, uint40(block.timestamp + 1));
        accepts(PAYER, address(registry), call, 5);
        Line memory line = enterOf(1, ETHER_LABEL, 5);
        line.destination = PROGRAM * 256 + where;
        (bool accepted,) = advance(map, line);
        require(accepted == (slot == 0 || slot == where), "in another slot");
    }

    /// @dev To the second: from the deposit to its deadline.
    function test_ADepositEntersInItsTime() public {
        vm.warp(block.timestamp + 1 days);
        uint256 start = block.timestamp;
        depositFor(map, 5);
        uint256 deadline = start + 1 hours;
        vm.warp(deadline + 10);
        for (uint256 i = 0; i < 2; ++i) {
            Line memory line = enterOf(1, ETHER_LABEL, 5);
            line.time = i == 0 ? start - 1 : deadline + 1;
            bytes memory call = advanceCall(map, one(line), start - 5, 0);
            refuses(OPERATOR, address(registry), call, 0, IEntries.EntryRefused.selector);
        }
        bytes memory ends = snapshotOf(start);
        accepts(OPERATOR, address(registry), ends, 0);
        depositFor(map, 5);
        vm.warp(deadline + 1 hours + 10);
        Line memory last = enterOf(2, ETHER_LABEL, 5);
        last.time = deadline + 10 + 1 hours;
        accepts(OPERATOR, address(registry), advanceCall(map, one(last), last.time - 1, 0), 0);
    }

    function snapshotOf(uint256 time) private returns (bytes memory) {
        Line memory line = enterOf(1, ETHER_LABEL, 5);
        line.time = time;
        return advanceCall(map, one(line), time - 5, 0);
    }

    /// @dev To the second: a batch may still bring it until the deadline and the lag have passed.
    function test_ARefundComesWhenNoBatchCanCome() public {
        uint256 number = depositFor(map, 5);
        uint256 until = block.timestamp + 1 hours + LAG;
        vm.warp(until);
        refuses(STRANGER, address(registry), refundCall(number, 5), 0, IEntries.RefundTooEarly.selector);
        Line memory line = enterOf(number, ETHER_LABEL, 5);
        line.time = until - LAG;
        bytes memory late = advanceCall(map, one(line), line.time, 0);
        vm.warp(until + 1);
        (bool accepted,) = attempt(OPERATOR, address(registry), late);
        require(!accepted, "entered after all");
        refuses(STRANGER, address(registry), refundCall(number, 6), 0, IEntries.WrongDeposit.selector);
        accepts(STRANGER, address(registry), refundCall(number, 5), 0);
        require(registry.owed(PAYER, ETHER_LABEL) == 5, "not the payer's");
        refuses(STRANGER, address(registry), refundCall(number, 5), 0, IEntries.UnknownDeposit.selector);
        uint256 before = PAYER.balance;
        require(registry.withdraw(ETHER_LABEL, PAYER) == 5 && PAYER.balance == before + 5, "not paid");
        bytes memory again = abi.encodeCall(registry.withdraw, (ETHER_LABEL, PAYER));
        refuses(PAYER, address(registry), again, 0, IAssets.NothingOwed.selector);
    }

    function test_TheLastSecondStillEnters() public {
        uint256 number = depositFor(map, 5);
        vm.warp(block.timestamp + 1 hours + LAG);
        Line memory line = enterOf(number, ETHER_LABEL, 5);
        line.time = block.timestamp - LAG;
        accepts(OPERATOR, address(registry), advanceCall(map, one(line), line.time, 0), 0);
    }

    function test_AFrozenMapGivesDepositsBackAtOnce() public {
        uint256 number = depositFor(map, 5);
        bytes memory call =
            abi.encodeCall(registry.deposit, (map, ETHER_LABEL, 6, PROGRAM, 0, KEY, type(uint40).max));
        accepts(PAYER, address(registry), call, 6);
        freeze(map);
        accepts(STRANGER, address(registry), refundCall(number + 1, 6), 0);
        accepts(STRANGER, address(registry), refundCall(number, 5), 0);
        require(registry.owed(PAYER, ETHER_LABEL) == 11, "not the payer's");
    }

    /// @dev A deposit for one map is none for another, even under a key whose secrets are known.
    function test_ADepositIsForItsMapOnly() public {
        bytes32 other = moor("other");
        uint256 number = depositFor(map, 5);
        (bool accepted, bytes4 reason) = advance(other, enterOf(number, ETHER_LABEL, 5));
        require(!accepted && reason == IEntries.EntryRefused.selector, "entered elsewhere");
        require(registry.getMooring(other).entries == 0 && registry.getMooring(map).entries == 1);
    }

    /// @dev A later batch of the same call finds the deposit gone.
    function test_TwoRowsDoNotEnterOneDeposit() public {
        uint256 number = depositFor(map, 5);
        Line[] memory lines = new Line[](2);
        (lines[0], lines[1]) = (enterOf(number, ETHER_LABEL, 5), enterOf(number, ETHER_LABEL, 5));
        (bool accepted, bytes4 reason) = advanceAs(OPERATOR, map, lines, 0);
        require(!accepted && reason == IEntries.EntryRefused.selector, "entered twice");
        require(registry.purse(map, ETHER_LABEL) == 0, "half of the call stayed");
    }

    /// @dev What the rows did is undone if the proof does not say so.
    function test_NothingEntersByAFalseProof() public {
        uint256 number = depositFor(map, 5);
        bytes memory call = advanceCall(map, one(enterOf(number, ETHER_LABEL, 5)), block.timestamp, 0);
        // The proof is now one for another chain.
        vm.chainId(1);
        (bool accepted,) = attempt(OPERATOR, address(registry), call);
        require(!accepted && registry.purse(map, ETHER_LABEL) == 0, "entered");
        (address payer,,,,) = registry.getDeposit(map, number);
        require(payer == PAYER, "the deposit is gone");
    }

    function test_MooringIsAskedOfAnUnknownMap() public view {
        require(registry.getMooring("no map").patience == 0);
        try registry.getMap("no map") returns (ITimeMaps.TimeMap memory) {
            revert("known");
        } catch {}
    }
}
