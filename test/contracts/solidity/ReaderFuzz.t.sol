// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Stipend} from "../../../contracts/demo/Stipend.sol";
import {ITimeMapRegistry} from "../../../contracts/interfaces/ITimeMapRegistry.sol";
import {ITimeMaps} from "../../../contracts/interfaces/ITimeMaps.sol";
import {TimeMapReader} from "../../../contracts/reader/TimeMapReader.sol";
import {Forger} from "./Forger.sol";
import {MooredWorld} from "./MooredWorld.sol";

/// @dev The library as a contract.
contract Reading {
    function read(
        ITimeMapRegistry registry,
        bytes32 map,
        uint256 number,
        uint256 oldest,
        ITimeMapRegistry.Cell calldata cell,
        uint256[8] calldata proof
    ) external view {
        TimeMapReader.read(registry, map, number, oldest, cell, proof);
    }

    function program(ITimeMapRegistry.Cell calldata cell) external pure returns (TimeMapReader.Program memory) {
        return TimeMapReader.program(cell);
    }

    function resource(ITimeMapRegistry.Cell calldata cell) external pure returns (TimeMapReader.Resource memory) {
        return TimeMapReader.resource(cell);
    }

    function capability(ITimeMapRegistry.Cell calldata cell) external pure returns (TimeMapReader.Capability memory) {
        return TimeMapReader.capability(cell);
    }
}

/// @title Reading a moored map from another contract
contract ReaderFuzzTest is MooredWorld {
    uint256 private constant GRANTEE = 5;
    uint256 private constant NONCE = 12;
    Reading private reading = new Reading();
    bytes32 private map = moor("map");

    /// @dev A capability of `PROGRAM` for claiming and watching, that expires in a day.
    function standing() private view returns (ITimeMapRegistry.Cell memory cell) {
        cell.location = PLACE;
        cell.w0 = 3 | GRANTEE << 3 | PLACE << 27 | uint256(5) << 59 | uint256(77) << 131;
        cell.w1 = NONCE | uint256(9) << 130 | block.timestamp + 1 days << 194;
    }

    function proofOf(uint256 number, ITimeMapRegistry.Cell memory cell) private view returns (uint256[8] memory) {
        uint256 root = registry.rootAt(map, number);
        return Forger.proof(CELL, [root, cell.location, cell.w0, cell.w1, cell.w2, 0, 0], 3);
    }

    function readCall(uint256 number, uint256 oldest, ITimeMapRegistry.Cell memory cell)
        private
        view
        returns (bytes memory)
    {
        return abi.encodeCall(Reading.read, (registry, map, number, oldest, cell, proofOf(number, cell)));
    }

    function test_ACellIsReadAtTheHeadOrAsFarBackAsIsAccepted() public {
        for (uint256 i = 0; i < 3; ++i) {
            (bool accepted,) = advance(map, plain());
            require(accepted);
        }
        ITimeMapRegistry.Cell memory cell = standing();
        for (uint256 number = 0; number < 4; ++number) {
            for (uint256 oldest = 0; oldest < 5; ++oldest) {
                (bool accepted, bytes4 reason) = attempt(STRANGER, address(reading), readCall(number, oldest, cell));
                require(accepted == (number + oldest >= 3), "judged otherwise");
                require(accepted || reason == TimeMapReader.TooOld.selector, "refused for another reason");
            }
        }
        bytes memory call = abi.encodeCall(Reading.read, (registry, map, 4, 0, cell, proofOf(3, cell)));
        refuses(STRANGER, address(reading), call, 0, ITimeMaps.UnknownRoot.selector);
    }

    function testFuzz_OnlyWhatIsShownIsRead(uint256 word, uint256 bit) public {
        ITimeMapRegistry.Cell memory cell = standing();
        uint256[8] memory proof = proofOf(0, cell);
        word %= 4;
        if (word == 0) cell.location ^= 1 << bit % 32;
        if (word == 1) cell.w0 ^= 1 << bit % 253;
        if (word == 2) cell.w1 ^= 1 << bit % 234;
        if (word == 3) cell.w2 ^= 1 << bit % 253;
        bytes memory call = abi.encodeCall(Reading.read, (registry, map, 0, 0, cell, proof));
        refuses(STRANGER, address(reading), call, 0, TimeMapReader.NotShown.selector);
    }

    function test_AMapThatIsNotMooredIsNotRead() public {
        uint256[8] memory proof;
        bytes memory call = abi.encodeCall(Reading.read, (registry, "none", 0, 0, standing(), proof));
        refuses(STRANGER, address(reading), call, 0, TimeMapReader.NotReadable.selector);
    }

    /// @dev The words by the protocol's table of cells.
    function testFuzz_ACellIsItsFields(uint256 seed) public view {
        uint256 bits = uint256(keccak256(abi.encode(seed)));
        ITimeMapRegistry.Cell memory cell;
        (uint256 a, uint256 b, uint256 c) = (uint24(bits), uint32(bits >> 24), uint32(bits >> 56));
        uint256 seq = uint32(bits >> 88);
        cell.w0 = 1 | (a & 511) << 3 | b << 12 | c << 44 | seq << 83;
        (cell.w1, cell.w2) = (bits >> 3, bits >> 4);
        TimeMapReader.Program memory program = reading.program(cell);
        require(program.inbox == a & 511 && program.steps == b && program.clock == c, "header");
        require(program.authority == cell.w1 && program.log == cell.w2, "header's words");
        cell.w0 = 2 | (a & 15) << 3 | uint256(uint56(bits >> 9)) << 7 | a << 63 | seq << 131;
        cell.w1 = uint128(bits) | uint256(uint64(bits >> 128)) << 130 | uint256(uint40(bits >> 192)) << 194;
        TimeMapReader.Resource memory resource = reading.resource(cell);
        require(resource.kind == uint56(bits >> 9) && resource.escrowFrom == a, "resource");
        require(resource.quantity == uint128(bits) && resource.id == uint64(bits >> 128), "quantity, id");
        require(resource.deadline == uint40(bits >> 192), "deadline");
        cell.w0 = 3 | a << 3 | b << 27 | uint256(uint8(bits >> 9)) << 59 | seq << 131;
        cell.w1 = b | c << 32 | seq << 64 | uint256(uint64(bits)) << 130 | uint256(uint40(bits >> 192)) << 194;
        TimeMapReader.Capability memory held = reading.capability(cell);
        require(held.grantee == a && held.scope == b && held.rights == uint8(bits >> 9), "capability");
        require(held.nonce == b && held.parent == c && held.parentNonce == seq, "line");
        require(held.subject == uint64(bits) && held.expiry == uint40(bits >> 192), "subject, expiry");
        for (uint256 kind = 0; kind < 8; ++kind) {
            cell.w0 = cell.w0 & ~uint256(7) | kind;
            try reading.capability(cell) {
                require(kind == 3, "another type");
            } catch (bytes memory reason) {
                require(kind != 3 && bytes4(reason) == TimeMapReader.WrongType.selector, "another reason");
            }
        }
    }

    function stipend() private returns (Stipend made) {
        ITimeMapRegistry.Cell memory cell = standing();
        uint256 payload = cell.w0 & ((1 << 131) - 1);
        Stipend.Agreement memory agreed =
            Stipend.Agreement(registry, map, cell.location, payload, cell.w1, 2, block.timestamp + 7 days);
        vm.deal(address(this), 1 ether);
        made = new Stipend{value: 1 ether}(agreed, RECIPIENT);
    }

    function claimCall(uint256 number, ITimeMapRegistry.Cell memory cell) private view returns (bytes memory) {
        return abi.encodeCall(Stipend.claim, (number, cell, proofOf(number, cell)));
    }

    function test_AStipendIsPaidWhileTheCapabilityStands() public {
        Stipend made = stipend();
        ITimeMapRegistry.Cell memory cell = standing();
        // Used since: another transition has opened the cell.
        cell.w0 ^= 1 << 140;
        accepts(STRANGER, address(made), claimCall(0, cell), 0);
        require(RECIPIENT.balance == 1 ether && address(made).balance == 0, "not paid");
    }

    /// @dev Another capability in that slot, the same in another, a revoked one, one that has expired, an old root.
    function testFuzz_AStipendIsNotPaidForAnythingElse(uint256 how, uint256 bit) public {
        Stipend made = stipend();
        ITimeMapRegistry.Cell memory cell = standing();
        how %= 6;
        bytes4 wanted = Stipend.NotTheCapability.selector;
        if (how == 0) cell.location ^= 1 << bit % 32;
        if (how == 1) cell.w0 ^= 1 << bit % 131;
        if (how == 2) cell.w1 ^= 1 << bit % 234;
        if (how == 3) (cell.w0, cell.w1) = (0, 0);
        if (how == 4) {
            vm.warp(block.timestamp + 1 days);
            wanted = Stipend.Expired.selector;
        }
        if (how == 5) {
            for (uint256 i = 0; i < 3; ++i) {
                (bool accepted,) = advance(map, plain());
                require(accepted);
            }
            wanted = TimeMapReader.TooOld.selector;
        }
        refuses(STRANGER, address(made), claimCall(0, cell0(cell, how)), 0, wanted);
        require(address(made).balance == 1 ether, "paid");
    }

    /// @dev The cell as agreed, where only time has changed.
    function cell0(ITimeMapRegistry.Cell memory cell, uint256 how) private view returns (ITimeMapRegistry.Cell memory) {
        if (how == 4) cell.w1 = NONCE | uint256(9) << 130 | block.timestamp << 194;
        return cell;
    }

    function test_TheGiverTakesBackWhatWasNotPaid() public {
        Stipend made = stipend();
        bytes memory call = abi.encodeCall(Stipend.takeBack, ());
        refuses(address(this), address(made), call, 0, Stipend.NotYet.selector);
        vm.warp(block.timestamp + 7 days);
        refuses(STRANGER, address(made), call, 0, Stipend.NotYet.selector);
        refuses(address(this), address(made), call, 0, Stipend.NotPaid.selector);
    }
}
