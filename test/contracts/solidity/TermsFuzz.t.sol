// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TimeMaps} from "../../../contracts/TimeMaps.sol";
import {IKeyStore} from "../../../contracts/interfaces/IKeyStore.sol";
import {IMoorings} from "../../../contracts/interfaces/IMoorings.sol";
import {ITimeMaps} from "../../../contracts/interfaces/ITimeMaps.sol";
import {Random} from "./Base.sol";
import {MooredWorld} from "./MooredWorld.sol";

/// @title The terms of moored maps, and the ring of roots
contract TermsFuzzTest is MooredWorld {
    function create(ITimeMaps.Terms memory terms) private returns (bool accepted, bytes4 reason) {
        return attempt(OPERATOR, address(registry), abi.encodeCall(TimeMaps.createMap, (terms)));
    }

    function testFuzz_EachTermHasItsBounds(uint256 seed) public {
        Random memory random = Random(seed);
        ITimeMaps.Terms memory terms = termsOf("map");
        uint256 patience = [uint256(0), 1 days - 1, 1 days, 7 days, 7 days + 1, type(uint40).max][next(random) % 6];
        uint256 lag = [uint256(0), 1, 1 days, 1 days + 1, type(uint40).max][next(random) % 5];
        uint256 delay = [uint256(0), 1 days, 30 days - 1, 30 days, type(uint40).max][next(random) % 5];
        bool exits = next(random) % 8 != 0;
        bool cells = next(random) % 8 != 0;
        terms.mooring.patience = uint40(patience);
        (terms.maxLag, terms.verifierDelay) = (uint40(lag), uint40(delay));
        if (!exits) terms.mooring.exitKey = keccak256("no key");
        if (!cells) terms.mooring.cellKey = 0;
        bool patient = patience >= 1 days && patience <= 7 days;
        (bool accepted, bytes4 reason) = create(terms);
        bool sound = patient && lag > 0 && lag <= 1 days && delay >= 30 days && exits && cells;
        require(accepted == sound, "judged otherwise");
        if (accepted) return;
        require(
            reason == IMoorings.PatienceOutOfRange.selector || reason == ITimeMaps.LagTooLong.selector
                || reason == ITimeMaps.LagIsZero.selector || reason == ITimeMaps.DelayTooShort.selector
                || reason == IKeyStore.UnknownKey.selector,
            "refused for another reason"
        );
    }

    /// @dev Genesis, policy and mooring say the same, or there is no map.
    function testFuzz_AMapIsMooredInEverythingOrInNothing(bool root, bool policy, uint256 part) public {
        ITimeMaps.Terms memory terms = termsOf("map");
        part %= 6;
        if (!root) terms.genesisRoot++;
        if (!policy) terms.dataPolicy = 0;
        IMoorings.Mooring memory none;
        if (part == 1) (none.patience, terms.mooring) = (1 days, none);
        if (part == 2) (none.exitKey, terms.mooring) = (exitKey, none);
        if (part == 3) (none.cellKey, terms.mooring) = (cellKey, none);
        if (part == 4) (none.feeds, terms.mooring) = (new IMoorings.Feed[](1), none);
        if (part == 5) terms.mooring = none;
        (bool accepted, bytes4 reason) = create(terms);
        require(accepted == (root == policy && (root ? part == 0 : part == 5)), "judged otherwise");
        if (root != policy || (!root && part != 5)) {
            require(reason == IMoorings.MooringContradicted.selector, "refused for another reason");
        }
    }

    function test_AVerifierOfAMooredMapIsAnnouncedAMonthAhead() public {
        bytes32 map = moor("map");
        require(
            registry.proposeVerifier(map, ITimeMaps.Profile("p", exitKey)) == block.timestamp + 30 days, "too soon"
        );
    }

    /// @dev The last 8,192 roots are kept, of any map.
    function test_TheOldestRootIsThereAndOneOlderIsGone() public {
        bytes32 map = moor("map");
        uint256[] memory seen = new uint256[](4);
        for (uint256 i = 0; i < 3; ++i) {
            seen[i] = registry.getMap(map).root;
            require(registry.rootAt(map, i) == seen[i], "not kept");
            (bool accepted,) = advance(map, plain());
            require(accepted);
        }
        for (uint256 i = 0; i < 3; ++i) {
            require(registry.rootAt(map, i) == seen[i], "not kept for long");
        }
        unknownRoot(map, 4);
        unknownRoot(map, type(uint256).max);
        // As after so many more: of these two places, only the second has been written to again.
        skipTo(map, 8192);
        require(registry.rootAt(map, 1) == seen[1] && registry.rootAt(map, 2) == seen[2], "gone too soon");
        unknownRoot(map, 0);
        (bool moved,) = advance(map, plain());
        require(moved && registry.getMap(map).advances == 8193);
        unknownRoot(map, 1);
        require(registry.rootAt(map, 2) == seen[2], "gone too soon");
        require(registry.rootAt(map, 8193) == registry.getMap(map).root, "the newest is missing");
    }

    function unknownRoot(bytes32 map, uint256 number) private {
        bytes memory call = abi.encodeCall(registry.rootAt, (map, number));
        refuses(STRANGER, address(registry), call, 0, ITimeMaps.UnknownRoot.selector);
    }

    /// @dev Writes the number of advances where the registry keeps it: after seq, three times and the block, beside the
    /// data policy. The word is found by what it holds.
    function skipTo(bytes32 map, uint32 advances) private {
        ITimeMaps.TimeMap memory kept = registry.getMap(map);
        uint256 word = uint256(kept.seq) | uint256(kept.time) << 32 | uint256(kept.maxLag) << 72;
        word |= uint256(kept.verifierDelay) << 112 | uint256(kept.createdIn) << 152 | uint256(kept.dataPolicy) << 192;
        for (uint256 slot = 0; slot < 20; ++slot) {
            bytes32 place = keccak256(abi.encode(map, slot));
            if (vm.load(address(registry), place) != bytes32(word | uint256(kept.advances) << 200)) continue;
            vm.store(address(registry), place, bytes32(word | uint256(advances) << 200));
        }
        require(registry.getMap(map).advances == advances, "not where it was looked for");
    }
}
