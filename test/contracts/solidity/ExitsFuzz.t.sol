// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAssets} from "../../../contracts/interfaces/IAssets.sol";
import {IExits} from "../../../contracts/interfaces/IExits.sol";
import {IMoorings} from "../../../contracts/interfaces/IMoorings.sol";
import {ITimeMapRegistry} from "../../../contracts/interfaces/ITimeMapRegistry.sol";
import {ITimeMaps} from "../../../contracts/interfaces/ITimeMaps.sol";
import {Random} from "./Base.sol";
import {MooredWorld} from "./MooredWorld.sol";

/// @title Requests for an exit, and what answers them
contract ExitsFuzzTest is MooredWorld {
    bytes32 private map = moor("map");

    constructor() {
        fill(map, 1000);
    }

    function test_ARequestIsAnsweredByAnEject() public {
        Holding memory held = holding(400);
        uint256 name = request(map, wishOf(held));
        IExits.Request memory open = registry.getRequest(map, name);
        require(open.recipient == RECIPIENT && open.fee == 1 gwei && open.id == held.id && open.authority == KEY);
        require(open.time == block.timestamp && open.head == 1, "another time");
        (bool accepted,) = advance(map, ejectOf(held));
        require(accepted, "not answered");
        require(registry.owed(RECIPIENT, ETHER_LABEL) == 400 && registry.purse(map, ETHER_LABEL) == 600, "not paid");
        require(registry.owed(OPERATOR, ETHER_LABEL) == 1 gwei, "no fee");
        require(registry.getRequest(map, name).time == 0, "still open");
        bytes4 reason;
        (accepted, reason) = advance(map, ejectOf(held));
        require(!accepted && reason == IExits.EjectRefused.selector, "answered twice");
        refuses(STRANGER, address(registry), requestCall(map, wishOf(held)), 1 gwei, IExits.ExitUsed.selector);
    }

    /// @dev An Eject that differs from the request in one thing.
    function testFuzz_AnEjectIsOfWhatWasAskedForOrNothing(uint256 seed, uint256 lie) public {
        Random memory random = Random(seed);
        Holding memory held = holding(400);
        request(map, wishOf(held));
        Line memory line = ejectOf(held);
        lie %= 9;
        bytes4 wanted = IExits.EjectRefused.selector;
        if (lie == 1) line.peer = PROGRAM ^ 1 << next(random) % 24;
        if (lie == 2) line.source = PLACE ^ 1 << next(random) % 32;
        if (lie == 3) line.id = held.id ^ 1 << next(random) % 64;
        if (lie == 4) line.argument = KEY ^ 1 << next(random) % 250;
        if (lie == 5) line.label = FACT + next(random) % FACT;
        if (lie == 6) line.issuer = 1 ^ 1 << next(random) % 24;
        if (lie == 7) (line.scope, line.deadline) = (between(random, PROGRAM + 1, 1 << 23), block.timestamp);
        if (lie == 8) (line.quantity, wanted) = (between(random, 1001, 1 << 127), IAssets.PurseTooSmall.selector);
        (bool accepted, bytes4 reason) = advance(map, line);
        require(accepted == (lie == 0), "judged otherwise");
        require(accepted || reason == wanted, "refused for another reason");
        require(registry.owed(RECIPIENT, ETHER_LABEL) == (accepted ? 400 : 0), "paid otherwise");
    }

    function testFuzz_ARequestIsWellFormed(uint256 seed, uint256 lie) public {
        Random memory random = Random(seed);
        Holding memory held = holding(400);
        IExits.Exit memory wish = wishOf(held);
        lie %= 13;
        bytes4 wanted = IExits.MalformedExit.selector;
        if (lie == 1) wish.w0 = wish.w0 & ~uint256(7) | [uint256(0), 1, 3, 4, 5, 6, 7][next(random) % 7];
        if (lie == 2) wish.w0 ^= 1 << 39 + next(random) % 24;
        if (lie == 3) wish.w0 |= FACT << 7;
        if (lie == 4) wish.place = PLACE | block.timestamp + 1 << 192;
        if (lie == 5) wish.place |= 1 << 232 + next(random) % 20;
        if (lie == 6) wish.program |= 1 << 24 + next(random) % 200;
        if (lie == 7) (wish.place, wanted) = (timed(block.timestamp - 1), IExits.ExitExpired.selector);
        if (lie == 8) (wish.program, wanted) = (PROGRAM ^ 1 << next(random) % 24, IExits.NotEntitled.selector);
        if (lie == 9) wish.place = timed(block.timestamp);
        if (lie > 9) wish.w0 ^= 1 << 131 + next(random) % 32;
        bool sound = lie == 0 || lie >= 9;
        bytes memory call = requestCall(map, wish);
        (bool accepted, bytes4 reason) = attemptWith(STRANGER, address(registry), call, 1);
        require(accepted == sound, "judged otherwise");
        require(accepted || reason == wanted, "refused for another reason");
    }

    function timed(uint256 validUntil) private pure returns (uint256) {
        return PLACE | uint256(uint160(RECIPIENT)) << 32 | validUntil << 192;
    }

    /// @dev The proof is for this root, map, place, program, key and cell.
    function testFuzz_ARequestIsProven(uint256 word, uint256 bit) public {
        IExits.Exit memory wish = wishOf(holding(400));
        uint256[8] memory proof = exitProof(map, registry.rootAt(map, 1), wish);
        word %= 6;
        if (word == 0) wish.place ^= 1 << 32 + bit % 160;
        if (word == 1) wish.authority ^= 1 << bit % 250;
        if (word == 2) wish.w0 ^= 1 << 131 + bit % 32;
        if (word == 3) wish.w1 ^= 1 << bit % 190;
        bytes memory call = abi.encodeCall(registry.requestExit, (map, word == 4 ? 0 : 1, wish, proof));
        if (word == 5) {
            bytes32 other = moor("other");
            call = abi.encodeCall(registry.requestExit, (other, 0, wish, proof));
        }
        refuses(STRANGER, address(registry), call, 1, IExits.ExitProofRejected.selector);
    }

    function testFuzz_TheFeePaysForTheAnswer(uint256 basefee, uint256 short) public {
        basefee = 1 + basefee % 1000 gwei;
        vm.fee(basefee);
        uint256 least = 400_000 * basefee;
        bytes memory call = requestCall(map, wishOf(holding(400)));
        short = 1 + short % least;
        refuses(STRANGER, address(registry), call, least - short, IExits.FeeTooSmall.selector);
        refuses(STRANGER, address(registry), call, 1 << 96, IExits.FeeTooSmall.selector);
        accepts(STRANGER, address(registry), call, least + short - 1);
        require(registry.getRequest(map, nameOf(wishOf(holding(400)))).fee == least + short - 1, "another fee");
    }

    function test_ARequestPerCellProgramAndKey() public {
        Holding memory held = holding(400);
        request(map, wishOf(held));
        // The signature says nothing of the cell's seq, and counts once.
        held.seq = 4;
        bytes memory call = requestCall(map, wishOf(held));
        refuses(STRANGER, address(registry), call, 1, IExits.ExitUsed.selector);
        held.quantity = 399;
        call = requestCall(map, wishOf(held));
        refuses(STRANGER, address(registry), call, 1, IExits.RequestIsOpen.selector);
        // Who holds the new key asks although an old one has asked.
        IExits.Exit memory wish = wishOf(held);
        wish.authority = KEY + 1;
        request(map, wish);
        // What lies there was given in escrow: its giver asks beside its holder.
        Holding memory given = holding(400);
        (given.escrowFrom, given.deadline) = (PROGRAM + 1, block.timestamp);
        wish = wishOf(given);
        wish.program = PROGRAM + 1;
        request(map, wish);
    }

    /// @dev A cell that shows, or does not show, that a request is void.
    function testFuzz_ARequestIsDismissedByWhatShowsIt(uint256 seed, uint256 how) public {
        Random memory random = Random(seed);
        Holding memory held = holding(400);
        uint256 name = request(map, wishOf(held));
        IExits.Cell memory cell;
        cell.location = PLACE;
        (cell.w0, cell.w1) = cellOf(held);
        cell.w2 = next(random) % 100;
        how %= 12;
        bool shows = how < 6;
        if (how == 0) cell.w0 = 0;
        if (how == 1) cell.w0 = cell.w0 & ~uint256(7) | [uint256(0), 1, 3, 4, 5, 6, 7][next(random) % 7];
        if (how == 2) cell.w1 ^= 1 << 130 + next(random) % 64;
        if (how == 3) (held.escrowFrom, held.deadline) = (PROGRAM + 1, block.timestamp);
        if (how == 4) (held.escrowFrom, held.deadline) = (PROGRAM + 1, block.timestamp - 30 days + 1);
        if (how == 5) (cell.location, cell.w0, cell.w1) = (PROGRAM * 256, 1, KEY ^ 1 << next(random) % 250);
        // It is still there, if less or in escrow for the program.
        if (how == 7) held.quantity = 1;
        if (how == 8) (held.escrowFrom, held.deadline) = (PROGRAM + 1, block.timestamp + 1);
        if (how == 9) (held.escrowFrom, held.deadline) = (PROGRAM + 1, block.timestamp - 30 days);
        if (how == 10) (cell.location, cell.w0, cell.w1) = (PROGRAM * 256, 1, KEY);
        if (how == 11) (cell.location, cell.w0) = (PLACE ^ 1 << next(random) % 32, 0);
        if (how == 3 || how == 4 || how == 7 || how == 8 || how == 9) (cell.w0, cell.w1) = cellOf(held);
        bytes memory call = dismissCall(map, name, 1, cell);
        // An operator answers with what was at the request: it may answer later.
        vm.warp(block.timestamp + next(random) % PATIENCE);
        (bool accepted, bytes4 reason) = attempt(OPERATOR, address(registry), call);
        require(accepted == shows, "judged otherwise");
        require(accepted || reason == IExits.CellRefused.selector, "refused for another reason");
        require(registry.owed(OPERATOR, ETHER_LABEL) == (shows ? 1 gwei : 0), "another fee");
    }

    function test_ADismissalIsProvenAtARootNoOlderThanTheRequest() public {
        (bool accepted,) = advance(map, plain());
        require(accepted && registry.getMap(map).advances == 2);
        uint256 name = request(map, wishOf(holding(400)));
        IExits.Cell memory empty = IExits.Cell(PLACE, 0, 0, 0);
        bytes memory call = dismissCall(map, name, 1, empty);
        refuses(OPERATOR, address(registry), call, 0, IExits.RootTooOld.selector);
        uint256[8] memory proof;
        call = abi.encodeCall(registry.dismiss, (map, name, 3, empty, proof));
        refuses(OPERATOR, address(registry), call, 0, ITimeMaps.UnknownRoot.selector);
        call = abi.encodeCall(registry.dismiss, (map, name, 2, empty, proof));
        refuses(OPERATOR, address(registry), call, 0, IExits.ExitProofRejected.selector);
        call = dismissCall(map, name, 2, empty);
        refuses(STRANGER, address(registry), call, 0, IExits.NotLate.selector);
        vm.warp(block.timestamp + PATIENCE);
        refuses(STRANGER, address(registry), call, 0, IExits.NotLate.selector);
        vm.warp(block.timestamp + 1);
        accepts(STRANGER, address(registry), call, 0);
        require(registry.owed(STRANGER, ETHER_LABEL) == 1 gwei, "no fee");
        refuses(OPERATOR, address(registry), call, 0, IExits.UnknownRequest.selector);
    }

    /// @dev Whoever is not a submitter gets in by a late request, to answer it and nothing else.
    function test_AStrangerAnswersWhatIsLate() public {
        Holding memory held = holding(400);
        uint256 name = request(map, wishOf(held));
        Line[] memory lines = one(ejectOf(held));
        vm.warp(block.timestamp + PATIENCE);
        lines[0].time = block.timestamp;
        (bool accepted, bytes4 reason) = advanceAs(STRANGER, map, lines, 0);
        require(!accepted && reason == IExits.NotSubmitter.selector, "without a reason");
        (accepted, reason) = advanceAs(STRANGER, map, lines, name);
        require(!accepted && reason == IExits.NotLate.selector, "too early");
        vm.warp(block.timestamp + 1);
        lines[0].time = block.timestamp;
        (accepted, reason) = advanceAs(STRANGER, map, lines, name + 1);
        require(!accepted && reason == IExits.UnknownRequest.selector, "by another request");
        Line memory check;
        (check.op, check.actor, check.time) = (14, PROGRAM, block.timestamp);
        (accepted, reason) = advanceAs(STRANGER, map, one(check), name);
        require(!accepted && reason == ITimeMapRegistry.LateNotAnswered.selector, "without an answer");
        Line[] memory both = new Line[](2);
        (both[0], both[1]) = (lines[0], check);
        (accepted,) = advanceAs(STRANGER, map, both, name);
        require(accepted && registry.owed(STRANGER, ETHER_LABEL) == 1 gwei, "not answered");
        (accepted, reason) = advanceAs(STRANGER, map, both, name);
        require(!accepted && reason == IExits.UnknownRequest.selector, "answered again");
    }

    function testFuzz_AStrangerBringsNothingElse(uint256 op, uint256 actor) public {
        (op, actor) = (op % 32, actor % 3);
        Holding memory held = holding(400);
        uint256 name = request(map, wishOf(held));
        vm.warp(block.timestamp + PATIENCE + 1);
        Line[] memory lines = new Line[](2);
        lines[0] = ejectOf(held);
        (lines[1].op, lines[1].actor, lines[1].time) = (op, actor, block.timestamp);
        (bool accepted,) = advanceAs(STRANGER, map, lines, name);
        require(accepted == (op == 14 && actor != 1), "something else");
    }

    function test_AMapThatIsNotMooredHasNoExits() public {
        uint256[8] memory proof;
        bytes memory call = abi.encodeCall(registry.requestExit, ("none", 0, wishOf(holding(1)), proof));
        refuses(STRANGER, address(registry), call, 1, IMoorings.NotMoored.selector);
    }
}
