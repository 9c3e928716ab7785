// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TimeMapRegistry} from "../../../contracts/TimeMapRegistry.sol";
import {ITimeMapRegistry} from "../../../contracts/interfaces/ITimeMapRegistry.sol";
import {ITimeMaps} from "../../../contracts/interfaces/ITimeMaps.sol";
import {Groth16} from "../../../contracts/lib/Groth16.sol";
import {Base, Random} from "./Base.sol";
import {Forger} from "./Forger.sol";

/// @title Two registries with three maps and three keys, and what ought to be true of them
/// @dev The model is kept apart from the registries: it follows what was accepted, and never asks them.
contract World is Base {
    address internal constant OWNER = address(0xA11CE);
    address internal constant STRANGER = address(0xBAD);
    uint256 internal constant KEYS = 3;
    uint256 internal constant PLACES = 3;
    uint256 internal constant DELAY = 2 days;

    /// @dev A map of a registry, and its head as the model has it. Places 0 and 2 have the same map id.
    struct Place {
        TimeMapRegistry registry;
        bytes32 mapId;
        uint256 root;
        uint256 seq;
        uint256 time;
        uint256 genesisRoot;
        uint256 genesisTime;
        uint256 maxLag;
    }

    struct ModelVerifier {
        bool known;
        bool disabled;
        uint256 enabledFrom;
    }

    /// @dev A call of `advance`, and where it leads.
    struct Call {
        uint256 preRoot;
        ITimeMapRegistry.KeyRun[] runs;
        /// The number of each run's key.
        uint256[] keys;
        uint256 root;
        uint256 seq;
        uint256 time;
    }

    Place[] internal places;
    bytes32[KEYS] internal hashes;
    mapping(uint256 place => mapping(uint256 key => ModelVerifier)) internal model;
    mapping(uint256 place => mapping(address caller => bool)) internal submits;
    mapping(uint256 place => address) internal owners;
    mapping(uint256 place => address) internal pendingOwners;

    constructor() {
        TimeMapRegistry here = new TimeMapRegistry();
        TimeMapRegistry there = new TimeMapRegistry();
        for (uint256 i = 0; i < KEYS; ++i) {
            hashes[i] = here.storeKey(Forger.key(alphaOf(i)));
            there.storeKey(Forger.key(alphaOf(i)));
        }
        found(here, "one", 30 days);
        found(here, "two", 2 hours);
        found(there, "one", 30 days);
    }

    /// @dev The discrete logarithm of a key's alpha.
    function alphaOf(uint256 key) internal pure returns (uint256) {
        return 11 + key;
    }

    /// @dev Creates a map that takes keys 0 and 1.
    function found(TimeMapRegistry registry, bytes32 salt, uint40 maxLag) private {
        ITimeMaps.Terms memory terms;
        (terms.salt, terms.maxLag, terms.verifierDelay) = (salt, maxLag, uint40(DELAY));
        (terms.genesisRoot, terms.genesisTime) = (uint256(salt) % Forger.ORDER, uint40(block.timestamp - 1 hours));
        terms.verifiers = new ITimeMaps.Profile[](2);
        for (uint256 i = 0; i < 2; ++i) {
            terms.verifiers[i].vkeyHash = hashes[i];
            model[places.length][i] = ModelVerifier(true, false, block.timestamp);
        }
        terms.submitters = new address[](1);
        terms.submitters[0] = OWNER;
        submits[places.length][OWNER] = true;
        owners[places.length] = OWNER;
        vm.prank(OWNER);
        bytes32 mapId = registry.createMap(terms);
        places.push(
            Place({
                registry: registry,
                mapId: mapId,
                root: terms.genesisRoot,
                seq: 0,
                time: terms.genesisTime,
                genesisRoot: terms.genesisRoot,
                genesisTime: terms.genesisTime,
                maxLag: maxLag
            })
        );
    }

    /// @dev The domain by its definition.
    function domainOf(Place memory place, uint256 chainId) internal pure returns (uint256) {
        return domainUnder(2, place, chainId);
    }

    /// @dev The same for any version of the protocol.
    function domainUnder(uint256 version, Place memory place, uint256 chainId) internal pure returns (uint256) {
        bytes memory named = abi.encode("TimeBandits", version, chainId, address(place.registry), place.mapId);
        return uint256(keccak256(named)) % Forger.ORDER;
    }

    function packSpan(uint256 firstSeq, uint256 count, uint256 notBefore, uint256 until)
        internal
        pure
        returns (uint256)
    {
        return firstSeq | count << 32 | notBefore << 48 | until << 88;
    }

    /// @dev An element of the field, at its ends more often than chance would.
    function element(Random memory random) internal pure returns (uint256) {
        return between(random, 0, Forger.ORDER - 1);
    }

    /// @dev A call that continues the place's head honestly, of so many runs with up to so many batches each.
    function honest(Random memory random, uint256 spot, uint256 runs, uint256 most)
        internal
        view
        returns (Call memory made)
    {
        Place memory place = places[spot];
        (made.root, made.seq, made.time, made.preRoot) = (place.root, place.seq, place.time, place.root);
        made.runs = new ITimeMapRegistry.KeyRun[](runs);
        made.keys = new uint256[](runs);
        for (uint256 i = 0; i < runs; ++i) {
            made.keys[i] = next(random) % KEYS;
            made.runs[i].vkeyHash = hashes[made.keys[i]];
            made.runs[i].batches = new ITimeMapRegistry.Batch[](between(random, 1, most));
            for (uint256 j = 0; j < made.runs[i].batches.length; ++j) {
                made.runs[i].batches[j] = honestBatch(random, place, made, i);
            }
        }
    }

    function honestBatch(Random memory random, Place memory place, Call memory made, uint256 run)
        private
        view
        returns (ITimeMapRegistry.Batch memory batch)
    {
        uint256 oldest = block.timestamp - place.maxLag;
        uint256 notBefore = between(random, made.time > oldest ? made.time : oldest, block.timestamp);
        uint256 until = between(random, notBefore, block.timestamp);
        uint256 count = between(random, 1, 100);
        (batch.postRoot, batch.traceRoot) = (element(random), element(random));
        batch.span = packSpan(made.seq + 1, count, notBefore, until);
        batch.proof = prove(random, place, made.root, batch, made.keys[run]);
        (made.root, made.seq, made.time) = (batch.postRoot, made.seq + count, until);
    }

    /// @dev A valid proof of what the batch states at this place on this chain.
    function prove(
        Random memory random,
        Place memory place,
        uint256 preRoot,
        ITimeMapRegistry.Batch memory batch,
        uint256 key
    ) internal view returns (uint256[8] memory) {
        return proveFor(random, domainOf(place, block.chainid), preRoot, batch, key);
    }

    function proveFor(
        Random memory random,
        uint256 domain,
        uint256 preRoot,
        ITimeMapRegistry.Batch memory batch,
        uint256 key
    ) internal view returns (uint256[8] memory) {
        uint256[7] memory inputs = [preRoot, batch.postRoot, batch.traceRoot, batch.span, domain, 0, 1];
        return Forger.proof(alphaOf(key), inputs, between(random, 1, Forger.ORDER - 1));
    }

    /// @dev Whether the model says that every key of the call counts now.
    function keysCount(uint256 spot, Call memory made) internal view returns (bool) {
        for (uint256 i = 0; i < made.keys.length; ++i) {
            ModelVerifier memory verifier = model[spot][made.keys[i]];
            if (!verifier.known || verifier.disabled || verifier.enabledFrom > block.timestamp) return false;
        }
        return true;
    }

    function encode(uint256 spot, Call memory made) internal view returns (bytes memory) {
        bytes[] memory none = new bytes[](0);
        return abi.encodeCall(TimeMapRegistry.advance, (places[spot].mapId, made.preRoot, made.runs, none, 0));
    }

    function handIn(address caller, uint256 spot, Call memory made) internal returns (bool accepted, bytes4 reason) {
        return attempt(caller, address(places[spot].registry), encode(spot, made));
    }

    /// @dev Moves the model as the call says.
    function follow(uint256 spot, Call memory made) internal {
        (places[spot].root, places[spot].seq, places[spot].time) = (made.root, made.seq, made.time);
    }

    /// @dev Whether the place's head is where the model has it, and everything fixed at the creation as it was then.
    function agrees(uint256 spot) public view returns (bool) {
        Place memory place = places[spot];
        ITimeMaps.TimeMap memory map = place.registry.getMap(place.mapId);
        return map.root == place.root && map.seq == place.seq && map.time == place.time && map.owner == owners[spot]
            && place.registry.pendingOwner(place.mapId) == pendingOwners[spot]
            && map.genesisRoot == place.genesisRoot && map.genesisTime == place.genesisTime
            && map.maxLag == place.maxLag && map.verifierDelay == DELAY && map.dataPolicy == 0;
    }

    /// @dev Whether the place's verifiers and submitters are the model's, and the keys' words what they were.
    function agreesOnRights(uint256 spot) public view returns (bool) {
        Place memory place = places[spot];
        (bytes32[] memory names, ITimeMaps.Verifier[] memory list) = place.registry.getVerifiers(place.mapId);
        uint256 known = 0;
        for (uint256 i = 0; i < KEYS; ++i) {
            ModelVerifier memory expected = model[spot][i];
            if (!expected.known) continue;
            known++;
            bool found_ = false;
            for (uint256 j = 0; j < names.length; ++j) {
                if (names[j] != hashes[i]) continue;
                found_ = list[j].disabled == expected.disabled && list[j].enabledFrom == expected.enabledFrom
                    && list[j].key == place.registry.keyPlace(hashes[i]);
            }
            if (!found_) return false;
            if (keccak256(abi.encode(place.registry.getKey(hashes[i]))) != hashes[i]) return false;
        }
        return known == names.length && place.registry.isSubmitter(place.mapId, OWNER) == submits[spot][OWNER]
            && place.registry.isSubmitter(place.mapId, STRANGER) == submits[spot][STRANGER];
    }
}
