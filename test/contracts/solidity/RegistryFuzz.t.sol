// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TimeMapRegistry} from "../../../contracts/TimeMapRegistry.sol";
import {TimeMaps} from "../../../contracts/TimeMaps.sol";
import {ITimeMapRegistry} from "../../../contracts/interfaces/ITimeMapRegistry.sol";
import {ITimeMaps} from "../../../contracts/interfaces/ITimeMaps.sol";
import {Random} from "./Base.sol";
import {Forger} from "./Forger.sol";
import {Spoiler} from "./Spoiler.sol";

/// @title One property of the registry each, for anything the runner comes up with
contract RegistryFuzzTest is Spoiler {
    /// @dev A call that this test's keys all admit.
    function admitted(Random memory random, uint256 spot) private view returns (Call memory made) {
        do {
            made = honest(random, spot, between(random, 1, 2), 3);
        } while (!keysCount(spot, made));
    }

    function refuses(address caller, uint256 spot, Call memory made) private {
        (bool accepted,) = handIn(caller, spot, made);
        require(!accepted, "accepted");
        require(agrees(spot), "refused, but the map is another");
    }

    function accepts(uint256 spot, Call memory made) private {
        (bool accepted,) = handIn(OWNER, spot, made);
        require(accepted, "refused");
        follow(spot, made);
        require(agrees(spot), "the map is not where the call leads");
    }

    function testFuzz_AnHonestCallMovesTheHeadWhereItSays(uint256 seed, uint256 place) public {
        Random memory random = Random(seed);
        uint256 spot = place % PLACES;
        accepts(spot, admitted(random, spot));
        accepts(spot, admitted(random, spot));
        for (uint256 other = 0; other < PLACES; ++other) {
            require(agrees(other), "another map has moved");
        }
    }

    function testFuzz_NoBitOfACallCanBeChanged(uint256 seed, uint256 bit) public {
        Random memory random = Random(seed);
        bytes memory data = encode(0, admitted(random, 0));
        uint256 place = bit % (8 * data.length);
        data[place / 8] ^= bytes1(uint8(1 << (place % 8)));
        attempt(OWNER, address(places[0].registry), data);
        require(agrees(0) && agreesOnRights(0), "a changed call had an effect");
    }

    function testFuzz_ACallCutShortOrLongerHasNoOtherEffect(uint256 seed, uint256 length) public {
        Random memory random = Random(seed);
        Call memory made = admitted(random, 0);
        bytes memory data = encode(0, made);
        uint256 kept = length % data.length;
        bytes memory cut = new bytes(kept);
        for (uint256 i = 0; i < kept; ++i) {
            cut[i] = data[i];
        }
        (bool accepted,) = attempt(OWNER, address(places[0].registry), cut);
        require(!accepted && agrees(0), "half a call was accepted");
        (accepted,) = attempt(OWNER, address(places[0].registry), bytes.concat(data, abi.encode(seed)));
        follow(0, made);
        require(accepted && agrees(0), "what follows the arguments had an effect");
    }

    function testFuzz_ALieAnywhereIsRefused(uint256 seed, uint256 place, uint256 kind) public {
        refusesLie(seed, place % PLACES, kind % LIES);
    }

    function test_EveryLieIsRefused() public {
        for (uint256 lie = 0; lie < LIES; ++lie) {
            for (uint256 seed = 0; seed < 9; ++seed) {
                // As a call, whose memory goes when it ends.
                this.refusesLie(seed, seed % PLACES, lie);
            }
        }
    }

    /// @dev By the name it should be refused by.
    function refusesLie(uint256 seed, uint256 spot, uint256 lie) public {
        Random memory random = Random(seed);
        Call memory made = liable(random, spot);
        spoil(random, spot, made, lie);
        (bool accepted, bytes4 reason) = handIn(OWNER, spot, made);
        require(!accepted && agrees(spot), "accepted");
        (bytes4 one, bytes4 other) = reasons(lie);
        require(one == 0x0 || reason == one || reason == other, "refused for another reason");
    }

    /// @dev A call that can be spoilt, and would be accepted if it were not.
    function liable(Random memory random, uint256 spot) private view returns (Call memory made) {
        do {
            made = spoilable(random, spot);
        } while (!keysCount(spot, made));
    }

    function testFuzz_NumbersEndBeforeTheyComeRoundAgain(uint256 seed) public {
        // No map can be advanced so far in a test: its first word holds seq in the lowest 32 bits.
        bytes32 slot = keccak256(abi.encode(places[0].mapId, 1));
        address registry = address(places[0].registry);
        uint256 seq = type(uint32).max - 1;
        vm.store(registry, slot, bytes32(uint256(vm.load(registry, slot)) | seq));
        places[0].seq = seq;
        Random memory random = Random(seed);
        Call memory made;
        do {
            made = honest(random, 0, 1, 1);
        } while (!keysCount(0, made));
        (bool accepted, bytes4 reason) = handIn(OWNER, 0, made);
        if (accepted) follow(0, made);
        require(agrees(0), "the map is another");
        bool exhausted = reason == ITimeMapRegistry.SeqExhausted.selector;
        require(accepted ? made.seq == type(uint32).max : exhausted, "came round");
    }

    /// @dev A map that is not moored states nothing of rows: the point is 0 and the value 1, in each proof of a call.
    function testFuzz_WhatIsNotPublishedIsNotStated(uint256 seed, bool point, uint256 by) public {
        Random memory random = Random(seed);
        Call memory made = admitted(random, 0);
        ITimeMapRegistry.Batch[] memory batches = made.runs[0].batches;
        uint256 index = next(random) % batches.length;
        ITimeMapRegistry.Batch memory batch = batches[index];
        uint256 domain = domainOf(places[0], block.chainid);
        uint256 preRoot = index == 0 ? made.preRoot : batches[index - 1].postRoot;
        uint256[7] memory inputs = [preRoot, batch.postRoot, batch.traceRoot, batch.span, domain, 0, 1];
        inputs[point ? 5 : 6] = addmod(inputs[point ? 5 : 6], 1 + by % (Forger.ORDER - 1), Forger.ORDER);
        batch.proof = Forger.proof(alphaOf(made.keys[0]), inputs, between(random, 1, Forger.ORDER - 1));
        (bool accepted, bytes4 reason) = handIn(OWNER, 0, made);
        require(!accepted && reason == ITimeMapRegistry.ProofRejected.selector, "accepted, or another reason");
        require(agrees(0), "the map is another");
    }

    function test_NothingIsNotACall() public {
        Call memory made;
        made.preRoot = places[0].root;
        (bool accepted, bytes4 reason) = handIn(OWNER, 0, made);
        require(!accepted && reason == ITimeMapRegistry.NoBatches.selector, "no stretch");
        made.runs = new ITimeMapRegistry.KeyRun[](1);
        made.runs[0].vkeyHash = hashes[0];
        (accepted, reason) = handIn(OWNER, 0, made);
        require(!accepted && reason == ITimeMapRegistry.NoBatches.selector, "no batch");
    }

    function testFuzz_LittleGasNeverMakesALieTrue(uint256 seed, uint256 kind, uint256 gasGiven) public {
        Random memory random = Random(seed);
        Call memory made = liable(random, 0);
        spoil(random, 0, made, kind % LIES);
        bytes memory data = encode(0, made);
        vm.prank(OWNER);
        (bool accepted,) = address(places[0].registry).call{gas: 30_000 + gasGiven % 2_000_000}(data);
        require(!accepted && agrees(0), "accepted");
    }

    function testFuzz_LittleGasMovesAllOrNothing(uint256 seed, uint256 gasGiven) public {
        Random memory random = Random(seed);
        Call memory made = admitted(random, 0);
        bytes memory data = encode(0, made);
        vm.prank(OWNER);
        (bool accepted,) = address(places[0].registry).call{gas: 30_000 + gasGiven % 1_000_000}(data);
        if (accepted) follow(0, made);
        require(agrees(0), "half of a call was accepted");
    }

    function testFuzz_ACallCountsOnceAndHereOnly(uint256 seed, uint256 chain) public {
        Random memory random = Random(seed);
        Call memory made = admitted(random, 0);
        refuses(OWNER, 1, made);
        refuses(OWNER, 2, made);
        uint256 other = 1 + chain % type(uint32).max;
        if (other != block.chainid) {
            uint256 own = block.chainid;
            vm.chainId(other);
            refuses(OWNER, 0, made);
            vm.chainId(own);
        }
        accepts(0, made);
        refuses(OWNER, 0, made);
    }

    function testFuzz_NobodyButSubmittersAdvances(uint256 seed, address caller) public {
        Random memory random = Random(seed);
        if (caller != OWNER) refuses(caller, 0, admitted(random, 0));
    }

    function testFuzz_NobodyButTheOwnerHasSayOverAMap(address caller, bytes32 word, bool flag) public {
        if (caller == OWNER) return;
        (address registry, bytes32 mapId) = (address(places[0].registry), places[0].mapId);
        bytes[6] memory calls = [
            abi.encodeCall(TimeMaps.transferOwnership, (mapId, caller)),
            abi.encodeCall(TimeMaps.transferOwnership, (mapId, address(0))),
            abi.encodeCall(TimeMaps.setSubmitter, (mapId, caller, flag)),
            abi.encodeCall(TimeMaps.disableVerifier, (mapId, hashes[0])),
            abi.encodeCall(TimeMaps.proposeVerifier, (mapId, ITimeMaps.Profile(word, hashes[2]))),
            abi.encodeCall(TimeMaps.proposeVerifier, (mapId, ITimeMaps.Profile(word, hashes[0])))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool accepted, bytes4 reason) = attempt(caller, registry, calls[i]);
            require(!accepted && reason == ITimeMaps.NotOwner.selector, "a stranger was heard");
        }
        require(agrees(0) && agreesOnRights(0), "a stranger had an effect");
    }

    /// @dev The one that was named takes the map, and no other; then the new owner is heard and the old one is not.
    function testFuzz_AMapIsHandedOnInTwoSteps(address heir, address other, address third) public {
        (address registry, bytes32 mapId) = (address(places[0].registry), places[0].mapId);
        bytes memory accept = abi.encodeCall(TimeMaps.acceptOwnership, (mapId));
        (bool accepted, bytes4 reason) = attempt(heir, registry, accept);
        require(!accepted || heir == address(0), "taken without an offer");
        if (heir == address(0)) return;
        order(OWNER, abi.encodeCall(TimeMaps.transferOwnership, (mapId, third)));
        order(OWNER, abi.encodeCall(TimeMaps.transferOwnership, (mapId, heir)));
        pendingOwners[0] = heir;
        require(agrees(0), "the offer has moved the map");
        if (other != heir) {
            (accepted, reason) = attempt(other, registry, accept);
            require(!accepted && reason == ITimeMaps.NotPendingOwner.selector, "taken by another");
        }
        order(heir, accept);
        (owners[0], pendingOwners[0]) = (heir, address(0));
        require(agrees(0) && agreesOnRights(0), "not handed on as offered");
        (accepted,) = attempt(heir, registry, accept);
        require(!accepted, "taken twice");
        bytes memory said = abi.encodeCall(TimeMaps.setSubmitter, (mapId, STRANGER, true));
        if (heir != OWNER) {
            (accepted, reason) = attempt(OWNER, registry, said);
            require(!accepted && reason == ITimeMaps.NotOwner.selector, "the old owner is heard");
        }
        order(heir, said);
        submits[0][STRANGER] = true;
        require(agreesOnRights(0) && agrees(1) && agrees(2), "another map has another owner");
    }

    function testFuzz_AnOfferThatWasTakenBackIsWorthNothing(address heir) public {
        bytes32 mapId = places[0].mapId;
        order(OWNER, abi.encodeCall(TimeMaps.transferOwnership, (mapId, heir)));
        order(OWNER, abi.encodeCall(TimeMaps.transferOwnership, (mapId, address(0))));
        bytes memory accept = abi.encodeCall(TimeMaps.acceptOwnership, (mapId));
        (bool accepted, bytes4 reason) = attempt(heir, address(places[0].registry), accept);
        bool refused = !accepted && reason == ITimeMaps.NotPendingOwner.selector;
        require(heir == address(0) || refused, "taken all the same");
    }

    function order(address caller, bytes memory data) private {
        (bool accepted,) = attempt(caller, address(places[0].registry), data);
        require(accepted, "refused");
    }

    /// @dev A proof for another version of the protocol, valid in everything else.
    function testFuzz_AProofOfAnotherProtocolDoesNotCount(uint256 seed, uint256 asked) public {
        (Random memory random, uint256 version) = (Random(seed), asked % 4);
        Call memory made;
        do {
            made = honest(random, 0, 1, 1);
        } while (!keysCount(0, made));
        ITimeMapRegistry.Batch memory batch = made.runs[0].batches[0];
        uint256 domain = domainUnder(version, places[0], block.chainid);
        batch.proof = proveFor(random, domain, made.preRoot, batch, made.keys[0]);
        (bool accepted, bytes4 reason) = handIn(OWNER, 0, made);
        require(accepted == (version == 2), "counts under another protocol");
        require(accepted || reason == ITimeMapRegistry.ProofRejected.selector, "refused for something else");
    }

    function testFuzz_ADisabledVerifierIsDead(uint256 seed, uint256 time) public {
        Random memory random = Random(seed);
        Call memory made;
        do {
            made = admitted(random, 0);
        } while (made.keys[made.keys.length - 1] != 0);
        bytes32 mapId = places[0].mapId;
        vm.prank(OWNER);
        places[0].registry.disableVerifier(mapId, hashes[0]);
        model[0][0].disabled = true;
        refuses(OWNER, 0, made);
        vm.warp(block.timestamp + time % 20 days);
        (bool accepted, bytes4 reason) = handIn(OWNER, 0, freshUnder(random, 0));
        require(!accepted && reason == ITimeMaps.VerifierDisabled.selector, "not dead");
    }

    function testFuzz_AnAddedVerifierCountsAfterTheNoticeAndNotBefore(uint256 seed, uint256 time) public {
        Random memory random = Random(seed);
        bytes32 mapId = places[0].mapId;
        (bool accepted,) = handIn(OWNER, 0, freshUnder(random, 2));
        require(!accepted, "counts without notice");
        vm.prank(OWNER);
        places[0].registry.proposeVerifier(mapId, ITimeMaps.Profile("profile", hashes[2]));
        uint256 waited = between(Random(time), DELAY - 2, DELAY + 2);
        vm.warp(block.timestamp + waited);
        Call memory made = freshUnder(random, 2);
        (accepted,) = handIn(OWNER, 0, made);
        require(accepted == (waited >= DELAY), "the notice is another");
    }

    function testFuzz_ABatchMayBeAsOldAsTheLagAndNoOlder(uint256 seed, uint256 age) public {
        Random memory random = Random(seed);
        vm.warp(block.timestamp + places[0].maxLag);
        uint256 oldest = block.timestamp - places[0].maxLag;
        Call memory made = freshUnder(random, 0);
        ITimeMapRegistry.Batch memory batch = made.runs[0].batches[0];
        uint256 notBefore = between(Random(age), oldest - 2, oldest + 2);
        batch.span = packSpan(1, 1, notBefore, block.timestamp);
        batch.proof = prove(random, places[0], made.preRoot, batch, 0);
        (bool accepted, bytes4 reason) = handIn(OWNER, 0, made);
        require(accepted == (notBefore >= oldest), "the lag is another");
        require(accepted || reason == ITimeMapRegistry.TooOld.selector, "refused for something else");
    }

    /// @dev A call of one batch under this key.
    function freshUnder(Random memory random, uint256 key) private view returns (Call memory made) {
        do {
            made = honest(random, 0, 1, 1);
        } while (made.keys[0] != key);
    }

    function testFuzz_AMapIsCreatedOnceAndAsItsTermsSay(uint256 seed, address creator) public {
        Random memory random = Random(seed);
        ITimeMaps.Terms memory terms;
        terms.salt = bytes32(next(random));
        terms.genesisRoot = between(random, Forger.ORDER - 2, Forger.ORDER + 1);
        terms.genesisTime = uint40(between(random, block.timestamp - 2, block.timestamp + 2));
        terms.maxLag = uint40(between(random, 0, 2));
        terms.verifierDelay = uint40(between(random, 1 days - 2, 1 days + 2));
        terms.dataPolicy = uint8(between(random, 0, 2));
        TimeMapRegistry registry = places[0].registry;
        (bool accepted,) = attempt(creator, address(registry), abi.encodeCall(TimeMaps.createMap, (terms)));
        require(
            accepted
                == (
                    terms.genesisRoot < Forger.ORDER && terms.genesisTime <= block.timestamp && terms.maxLag > 0
                        && terms.verifierDelay >= 1 days && terms.dataPolicy == 0
                ),
            "the terms say otherwise"
        );
        if (!accepted) return;
        bytes32 mapId = keccak256(abi.encode(creator, terms.salt, terms.genesisRoot));
        ITimeMaps.TimeMap memory map = registry.getMap(mapId);
        require(map.owner == creator && map.root == terms.genesisRoot && map.seq == 0 && map.time == terms.genesisTime);
        (accepted,) = attempt(creator, address(registry), abi.encodeCall(TimeMaps.createMap, (terms)));
        require(!accepted, "created twice");
        // Another beginning under the same salt is another map.
        terms.genesisRoot = terms.genesisRoot - 1;
        (accepted,) = attempt(creator, address(registry), abi.encodeCall(TimeMaps.createMap, (terms)));
        require(accepted, "another genesis has the same name");
        require(registry.getMap(mapId).genesisRoot == terms.genesisRoot + 1, "another genesis took the map's place");
    }
}
