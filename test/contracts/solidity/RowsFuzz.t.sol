// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TimeMapRegistry} from "../../../contracts/TimeMapRegistry.sol";
import {ITimeMapRegistry} from "../../../contracts/interfaces/ITimeMapRegistry.sol";
import {ITimeMaps} from "../../../contracts/interfaces/ITimeMaps.sol";
import {Rows} from "../../../contracts/lib/Rows.sol";
import {Span} from "../../../contracts/lib/Span.sol";
import {Base, Random} from "./Base.sol";
import {Forger} from "./Forger.sol";

/// @dev The library as a contract, so that what it refuses can be caught.
contract RowsReader {
    function read(bytes calldata rows, uint256 count, uint256[5] memory head)
        external
        pure
        returns (uint256 point, uint256 value)
    {
        uint256 before;
        assembly ("memory-safe") {
            before := mload(0x40)
        }
        uint256[] memory places;
        (point, value, places) = Rows.read(rows, count, head, false);
        Rows.release(places, count);
        assembly ("memory-safe") {
            before := sub(mload(0x40), before)
        }
        require(before == 0, "memory is not given back");
    }

    /// @dev The numbers of the rows that may cross, and the sum of their words.
    function crossing(bytes calldata rows, uint256 count, bool all)
        external
        pure
        returns (uint256[] memory indices, uint256 sum)
    {
        uint256[5] memory head;
        (,, uint256[] memory places) = Rows.read(rows, count, head, all);
        indices = new uint256[](places.length);
        for (uint256 i = 0; i < places.length; ++i) {
            indices[i] = Rows.indexOf(places, count, i);
            uint256 place = places[i];
            assembly ("memory-safe") {
                sum := add(sum, add(mload(place), add(mload(add(place, 0x20)), mload(add(place, 0x40)))))
            }
        }
    }
}

/// @title Published rows, and maps that publish them
contract RowsFuzzTest is Base {
    uint256 private constant ALPHA = 11;
    RowsReader private reader = new RowsReader();
    TimeMapRegistry private registry = new TimeMapRegistry();
    bytes32 private key = registry.storeKey(Forger.key(ALPHA));

    /// @dev Random rows: their bytes, and their words as the protocol says them.
    function made(Random memory random, uint256 count) private pure returns (bytes memory rows, uint256[] memory all) {
        all = new uint256[](3 * count);
        for (uint256 i = 0; i < count; ++i) {
            all[3 * i] = between(random, 0, (1 << 253) - 1);
            all[3 * i + 1] = between(random, 0, (1 << 253) - 1);
            rows = abi.encodePacked(rows, all[3 * i], all[3 * i + 1]);
            if (next(random) % 2 == 0) continue;
            all[3 * i + 2] = between(random, 1, Forger.ORDER - 1);
            rows[rows.length - 64] |= 0x80;
            rows = abi.encodePacked(rows, all[3 * i + 2]);
        }
    }

    /// @dev Point and value, by the protocol's words alone.
    function expected(uint256[5] memory head, uint256[] memory all)
        private
        pure
        returns (uint256 point, uint256 value)
    {
        point = uint256(keccak256(abi.encodePacked(head, all))) % Forger.ORDER;
        value = 1;
        for (uint256 i = 0; i < all.length; ++i) {
            value = addmod(mulmod(value, point, Forger.ORDER), all[i], Forger.ORDER);
        }
    }

    function testFuzz_RowsAreTheirWords(uint256 seed, uint256 size) public view {
        Random memory random = Random(seed);
        uint256 count = size % 20;
        (bytes memory rows, uint256[] memory all) = made(random, count);
        uint256[5] memory head = [next(random), next(random), next(random), next(random), next(random)];
        (uint256 point, uint256 value) = reader.read(rows, count, head);
        (uint256 point_, uint256 value_) = expected(head, all);
        require(point == point_ && value == value_, "other words");
    }

    /// @dev Listed exactly are the rows whose actor or whose kind's issuer is program 1; or all, if all are asked for.
    function testFuzz_RowsThatMayCrossAreListed(uint256 seed, uint256 size) public view {
        Random memory random = Random(seed);
        uint256 count = size % 20;
        (bytes memory rows, uint256[] memory all) = made(random, count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 how = next(random) % 8;
            uint256 near = [uint256(1), 1, 0, 2, 3, 1 << 23 | 1, 1, 5][how];
            if (how % 2 == 0) all[3 * i] = all[3 * i] & ~(uint256(0xffffff) << 5) | near << 5;
            else all[3 * i + 1] = all[3 * i + 1] & ~(uint256(0xffffff) << 32) | near << 32;
        }
        rows = packed(all);
        (uint256[] memory some,) = reader.crossing(rows, count, false);
        uint256 found = 0;
        for (uint256 i = 0; i < count; ++i) {
            if (all[3 * i] >> 5 & 0xffffff != 1 && all[3 * i + 1] >> 32 & 0xffffff != 1) continue;
            require(some[found++] == i, "a row is not listed, or another");
        }
        require(found == some.length, "a row is listed that does not cross");
        (uint256[] memory each, uint256 sum) = reader.crossing(rows, count, true);
        for (uint256 i = 0; i < 3 * count; ++i) {
            unchecked {
                sum -= all[i];
            }
        }
        require(each.length == count && sum == 0, "not all are listed, or not their words");
    }

    function packed(uint256[] memory all) private pure returns (bytes memory rows) {
        for (uint256 i = 0; i < all.length; i += 3) {
            bool follows = all[i + 2] != 0;
            rows = abi.encodePacked(rows, all[i] | (follows ? 1 << 255 : 0), all[i + 1]);
            if (follows) rows = abi.encodePacked(rows, all[i + 2]);
        }
    }

    function testFuzz_RowsOfAnotherNumberAreRefused(uint256 seed, uint256 size) public view {
        Random memory random = Random(seed);
        uint256 count = 1 + size % 10;
        (bytes memory rows,) = made(random, count);
        uint256[5] memory head;
        refused(rows, count - 1, head);
        refused(abi.encodePacked(rows, uint8(0)), count, head);
        assembly ("memory-safe") {
            mstore(rows, sub(mload(rows), 1))
        }
        refused(rows, count, head);
        // One more is read from beyond the end, wherever that leads.
        refused(rows, count + 1, head);
    }

    function test_EachWordHasItsRange() public view {
        uint256[5] memory head;
        uint256 most = (1 << 253) - 1;
        uint256 follows = 1 << 255;
        reader.read(abi.encodePacked(most, most), 1, head);
        refused(abi.encodePacked(most + 1, most), 1, head);
        refused(abi.encodePacked(most, most + 1), 1, head);
        refused(abi.encodePacked(uint256(1 << 254), most), 1, head);
        refused(abi.encodePacked(most, follows | 1), 1, head);
        // The largest argument, another name of zero, and zero, which is left out.
        reader.read(abi.encodePacked(most | follows, most, Forger.ORDER - 1), 1, head);
        refused(abi.encodePacked(most | follows, most, Forger.ORDER), 1, head);
        refused(abi.encodePacked(most | follows, most, type(uint256).max), 1, head);
        refused(abi.encodePacked(most | follows, most, uint256(0)), 1, head);
    }

    function refused(bytes memory rows, uint256 count, uint256[5] memory head) private view {
        try reader.read(rows, count, head) {
            revert("accepted");
        } catch (bytes memory reason) {
            require(bytes4(reason) == Rows.MalformedRows.selector, "refused for another reason");
        }
    }

    function createMap(uint8 policy, uint40 maxLag) private returns (bool accepted, bytes4 reason, bytes32 mapId) {
        ITimeMaps.Terms memory terms;
        (terms.salt, terms.genesisRoot) = (bytes32(uint256(policy)), rootOf(policy));
        terms.genesisTime = uint40(block.timestamp - 9000);
        (terms.maxLag, terms.verifierDelay, terms.dataPolicy) = (maxLag, 30 days, policy);
        if (policy == 1) {
            terms.mooring.patience = 1 days;
            (terms.mooring.exitKey, terms.mooring.cellKey) = (key, key);
        }
        terms.verifiers = new ITimeMaps.Profile[](1);
        terms.verifiers[0].vkeyHash = key;
        terms.submitters = new address[](1);
        terms.submitters[0] = address(this);
        (accepted, reason) = attempt(address(this), address(registry), abi.encodeCall(registry.createMap, (terms)));
        mapId = keccak256(abi.encode(address(this), terms.salt, terms.genesisRoot));
    }

    function rootOf(uint256 policy) private view returns (uint256) {
        return policy == 1 ? registry.MOORED_GENESIS_ROOT() : 5;
    }

    /// @dev Two batches of a moored map in one call, honest or with one thing wrong.
    struct Pair {
        bytes32 mapId;
        uint256 domain;
        uint256 root;
        ITimeMapRegistry.KeyRun[] runs;
        bytes[] rows;
    }

    function pairOf(Random memory random, bytes32 mapId, uint256 moored) private view returns (Pair memory pair) {
        pair.mapId = mapId;
        pair.domain = registry.domain(mapId);
        pair.runs = new ITimeMapRegistry.KeyRun[](1);
        pair.runs[0].vkeyHash = key;
        pair.runs[0].batches = new ITimeMapRegistry.Batch[](2);
        pair.rows = new bytes[](2);
        pair.root = registry.getMap(mapId).root;
        uint256 root = pair.root;
        uint256 seq = 1;
        for (uint256 i = 0; i < 2; ++i) {
            uint256 count = 1 + next(random) % 5;
            uint256[] memory all;
            (pair.rows[i], all) = made(random, count);
            ITimeMapRegistry.Batch memory batch = pair.runs[0].batches[i];
            batch.postRoot = next(random) % Forger.ORDER;
            batch.traceRoot = next(random) % Forger.ORDER;
            uint256 time = block.timestamp - 100;
            batch.span = seq | count << 32 | time << 48 | time << 88 | moored << 128;
            uint256[5] memory head = [pair.domain, root, batch.postRoot, batch.traceRoot, batch.span];
            (uint256 point, uint256 value) = moored == 1 ? expected(head, all) : (uint256(0), uint256(1));
            batch.proof = Forger.proof(
                ALPHA, [root, batch.postRoot, batch.traceRoot, batch.span, pair.domain, point, value], 3 + i
            );
            (root, seq) = (batch.postRoot, seq + count);
        }
    }

    function handIn(Pair memory pair) private returns (bool accepted, bytes4 reason) {
        bytes memory data = abi.encodeCall(registry.advance, (pair.mapId, pair.root, pair.runs, pair.rows, 0));
        return attempt(address(this), address(registry), data);
    }

    function testFuzz_AMooredMapTakesItsRowsAndNoOthers(uint256 seed, uint256 how) public {
        Random memory random = Random(seed);
        (,, bytes32 mapId) = createMap(1, 3600);
        Pair memory pair = pairOf(random, mapId, 1);
        bytes memory kept = pair.rows[0];
        how %= 7;
        bytes4 wanted = 0;
        if (how == 1) {
            // Any bit of the last word.
            pair.rows[0] = abi.encodePacked(kept);
            pair.rows[0][kept.length - 1 - next(random) % 31] ^= bytes1(uint8(1 << next(random) % 8));
        }
        if (how == 2) {
            pair.rows[0] = pair.rows[1];
            pair.rows[1] = kept;
            if (keccak256(pair.rows[0]) == keccak256(kept)) return;
        }
        if (how == 3) (pair.rows, wanted) = (new bytes[](0), ITimeMapRegistry.WrongRows.selector);
        if (how == 4) {
            (pair.rows, wanted) = (new bytes[](3), ITimeMapRegistry.WrongRows.selector);
            Pair memory same = pairOf(Random(seed), mapId, 1);
            (pair.rows[0], pair.rows[1]) = (same.rows[0], same.rows[1]);
        }
        if (how == 5) (pair, wanted) = (pairOf(random, mapId, 0), Span.WrongMooring.selector);
        if (how == 6) (pair.rows[1], wanted) = ("", Rows.MalformedRows.selector);
        (bool accepted, bytes4 reason) = handIn(pair);
        require(accepted == (how == 0), "judged otherwise");
        if (wanted != 0) require(reason == wanted, "refused for another reason");
        if (accepted) {
            require(registry.getMap(mapId).root == pair.runs[0].batches[1].postRoot, "the head is elsewhere");
        }
    }

    function testFuzz_AnyOtherMapTakesNoRows(uint256 seed, bool with) public {
        Random memory random = Random(seed);
        (,, bytes32 mapId) = createMap(0, 3600);
        Pair memory pair = pairOf(random, mapId, 0);
        if (!with) pair.rows = new bytes[](0);
        (bool accepted, bytes4 reason) = handIn(pair);
        require(accepted == !with, "judged otherwise");
        require(accepted || reason == ITimeMapRegistry.WrongRows.selector, "refused for another reason");
    }
}
