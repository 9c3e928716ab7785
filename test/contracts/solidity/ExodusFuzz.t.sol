// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAssets} from "../../../contracts/interfaces/IAssets.sol";
import {IExits} from "../../../contracts/interfaces/IExits.sol";
import {IMoorings} from "../../../contracts/interfaces/IMoorings.sol";
import {Entitled} from "../../../contracts/lib/Entitled.sol";
import {Random} from "./Base.sol";
import {MooredWorld} from "./MooredWorld.sol";

/// @title Maps that have ended, and who is entitled
contract ExodusFuzzTest is MooredWorld {
    bytes32 private map = moor("map");

    constructor() {
        fill(map, 1000);
    }

    function test_AMapIsFrozenAfterTwoPatiencesAndNotBefore() public {
        uint256 name = request(map, wishOf(holding(400)));
        bytes memory call = abi.encodeCall(registry.freeze, (map, name));
        vm.warp(block.timestamp + 2 * PATIENCE);
        refuses(STRANGER, address(registry), call, 0, IExits.NotLate.selector);
        bytes memory reclaim = abi.encodeCall(registry.reclaim, (map, name));
        refuses(STRANGER, address(registry), reclaim, 0, IMoorings.MapNotFrozen.selector);
        bytes memory leaving = leaveCall(map, wishOf(holding(400)));
        refuses(STRANGER, address(registry), leaving, 0, IMoorings.MapNotFrozen.selector);
        vm.warp(block.timestamp + 1);
        bytes memory other = abi.encodeCall(registry.freeze, (map, 1));
        refuses(STRANGER, address(registry), other, 0, IExits.UnknownRequest.selector);
        accepts(STRANGER, address(registry), call, 0);
        require(registry.getMooring(map).frozen, "not frozen");
        refuses(STRANGER, address(registry), call, 0, IMoorings.MapIsFrozen.selector);
        (bool accepted, bytes4 reason) = advance(map, plain());
        require(!accepted && reason == IMoorings.MapIsFrozen.selector, "it moved");
        (accepted, reason) = advanceAs(STRANGER, map, one(ejectOf(holding(400))), name);
        require(!accepted && reason == IMoorings.MapIsFrozen.selector, "it moved for a stranger");
        bytes memory late = requestCall(map, wishOf(holding(401)));
        refuses(STRANGER, address(registry), late, 1, IMoorings.MapIsFrozen.selector);
        late = dismissCall(map, name, 1, IExits.Cell(PLACE, 0, 0, 0));
        refuses(OPERATOR, address(registry), late, 0, IMoorings.MapIsFrozen.selector);
        accepts(STRANGER, address(registry), reclaim, 0);
        require(registry.owed(RECIPIENT, ETHER_LABEL) == 1 gwei, "the fee is gone");
        refuses(STRANGER, address(registry), reclaim, 0, IExits.UnknownRequest.selector);
    }

    function test_WhatIsInACellLeavesOnce() public {
        freeze(map);
        Holding memory held = holding(400);
        bytes memory call = leaveCall(map, wishOf(held));
        accepts(STRANGER, address(registry), call, 0);
        require(registry.owed(RECIPIENT, ETHER_LABEL) == 400 && registry.purse(map, ETHER_LABEL) == 600, "not paid");
        refuses(STRANGER, address(registry), call, 0, IExits.HasLeft.selector);
        // Neither by other words, nor for somebody else.
        (held.escrowFrom, held.deadline) = (PROGRAM + 1, block.timestamp);
        IExits.Exit memory wish = wishOf(held);
        wish.program = PROGRAM + 1;
        refuses(STRANGER, address(registry), leaveCall(map, wish), 0, IExits.HasLeft.selector);
        // The next slot is another.
        wish = wishOf(holding(600));
        wish.place += 1;
        accepts(STRANGER, address(registry), leaveCall(map, wish), 0);
        wish.place += 1;
        refuses(STRANGER, address(registry), leaveCall(map, wish), 0, IAssets.PurseTooSmall.selector);
    }

    function test_LeavingIsProvenAgainstTheLastRoot() public {
        uint256 before = registry.getMap(map).root;
        (bool accepted,) = advance(map, plain());
        require(accepted);
        freeze(map);
        IExits.Exit memory wish = wishOf(holding(400));
        bytes memory call = abi.encodeCall(registry.leaveFrozen, (map, wish, exitProof(map, before, wish)));
        refuses(STRANGER, address(registry), call, 0, IExits.ExitProofRejected.selector);
        wish.place = PLACE | uint256(uint160(RECIPIENT)) << 32 | block.timestamp - 1 << 192;
        refuses(STRANGER, address(registry), leaveCall(map, wish), 0, IExits.ExitExpired.selector);
    }

    function test_AWishIsForOneMap() public {
        bytes32 other = moor("other");
        freeze(map);
        freeze(other);
        IExits.Exit memory wish = wishOf(holding(400));
        uint256[8] memory proof = exitProof(map, registry.getMap(other).root, wish);
        bytes memory call = abi.encodeCall(registry.leaveFrozen, (other, wish, proof));
        refuses(STRANGER, address(registry), call, 0, IExits.ExitProofRejected.selector);
        // Even with a proof of what never was there: this map's purse is empty.
        refuses(STRANGER, address(registry), leaveCall(other, wish), 0, IAssets.PurseTooSmall.selector);
    }

    /// @dev The rules, told in another way: by who could take it at that time.
    function testFuzz_WhoIsEntitled(uint256 seed) public pure {
        Random memory random = Random(seed);
        uint256 holder = between(random, 2, 4);
        uint256 from = [uint256(0), 2, 3, 4][next(random) % 4];
        uint256 program = between(random, 1, 5);
        uint256 deadline = from == 0 ? 0 : [uint256(0), 1_000_000][next(random) % 2];
        uint256 grace = 30 * 86_400;
        uint256 time = [uint256(999_999), 1_000_000, 999_999 + grace, 1_000_000 + grace][next(random) % 4];
        // Receiver: ClaimFromProgram by itself. Giver: RevokeResource.
        bool claims = program == holder && (from == 0 || deadline == 0 || time < deadline || time >= deadline + grace);
        bool revokes = from != 0 && program == from && (deadline == 0 || time >= deadline);
        require(Entitled.isEntitled(program, holder, from, deadline, time) == (claims || revokes), "judged otherwise");
    }

    function testFuzz_ACellIsItsFields(uint32 label, uint24 issuer, uint24 from, uint128 quantity, uint64 id)
        public
        pure
    {
        uint256 rest = uint256(keccak256(abi.encode(label, issuer, from)));
        uint256 deadline = uint40(rest >> 40);
        // Watches, seq, and the bits between the fields say nothing of it.
        uint256 w0 = 2 | (rest & 15) << 3 | uint256(label) << 7 | uint256(issuer) << 39 | uint256(from) << 63;
        w0 |= uint256(uint32(rest)) << 131;
        uint256 w1 = uint256(quantity) | uint256(id) << 130 | deadline << 194;
        (bool found, Entitled.Resource memory held) = Entitled.unpack(w0, w1);
        require(found && held.label == label && held.issuer == issuer && held.escrowFrom == from, "w0");
        require(held.quantity == quantity && held.id == id && held.deadline == deadline, "w1");
        for (uint256 kind = 0; kind < 8; ++kind) {
            (found,) = Entitled.unpack(w0 & ~uint256(7) | kind, w1);
            require(found == (kind == 2), "another type");
        }
    }

    /// @dev At the request's second, for receiver and giver: Eject and dismissal exclude each other.
    function testFuzz_ExactlyOneAnswersARequest(uint256 seed) public {
        Random memory random = Random(seed);
        Holding memory held = holding(400);
        uint256 name = request(map, wishOf(held));
        // What the head holds by then, in whatever way it came to that.
        if (next(random) % 2 == 0) held.escrowFrom = PROGRAM + next(random) % 2;
        if (held.escrowFrom != 0 && next(random) % 4 != 0) {
            uint256 now_ = block.timestamp;
            held.deadline = [now_, now_ + 1, now_ - 30 days, now_ - 30 days + 1][next(random) % 4];
        }
        if (next(random) % 4 == 0) held.id++;
        uint256 key = next(random) % 4 == 0 ? KEY + 1 : KEY;
        uint256 wait = between(random, 0, 2 * PATIENCE);
        vm.warp(block.timestamp + wait);
        IExits.Cell memory cell = IExits.Cell(PLACE, 0, 0, 0);
        (cell.w0, cell.w1) = cellOf(held);
        IExits.Cell memory header = IExits.Cell(PROGRAM * 256, 1, key, 0);
        Line memory line = ejectOf(held);
        line.argument = key;
        bytes memory ejection = advanceCall(map, one(line), earliest(map), 0);
        bytes memory first = dismissCall(map, name, 1, cell);
        bytes memory second = dismissCall(map, name, 1, header);
        bool dismissed = would(first) || would(second);
        require(dismissed != would(ejection), "both, or none");
    }

    /// @dev Whether the operator's call would be accepted. It leaves no trace.
    function would(bytes memory data) private returns (bool accepted) {
        try this.tried(data) {
            revert("it did not revert");
        } catch (bytes memory answer) {
            return bytes1(answer) == 0x01;
        }
    }

    function tried(bytes calldata data) external {
        (bool accepted,) = attempt(OPERATOR, address(registry), data);
        assembly {
            mstore(0, shl(248, accepted))
            revert(0, 32)
        }
    }
}
