// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TimeMapRegistry} from "../../../contracts/TimeMapRegistry.sol";
import {TimeMaps} from "../../../contracts/TimeMaps.sol";
import {Random} from "./Base.sol";
import {Spoiler} from "./Spoiler.sol";

/// @title Whatever anybody may try, honest or not, for the invariants
/// @dev Each action knows from the model what has to come of it, and reverts if something else does: the runner takes
///   that
/// for a failure.
contract Handler is Spoiler {
    struct Accepted {
        uint256 spot;
        bytes data;
    }

    Accepted[] private history;

    /// @dev How often each happened, so that a run can show that it tried what it should.
    uint256 public advanced;
    uint256 public refused;

    /// @dev Everybody's honest call: taken if the caller and the keys may, else refused.
    function advance(uint256 seed, uint256 place, uint256 stretches, bool stranger) external {
        Random memory random = Random(seed);
        uint256 spot = place % PLACES;
        Call memory made = honest(random, spot, 1 + stretches % 3, 3);
        address caller = stranger ? STRANGER : OWNER;
        bytes memory data = encode(spot, made);
        (bool accepted,) = attempt(caller, address(places[spot].registry), data);
        require(accepted == (submits[spot][caller] && keysCount(spot, made)), "the model says otherwise");
        if (!accepted) {
            refused++;
            return;
        }
        advanced++;
        follow(spot, made);
        history.push(Accepted(spot, data));
    }

    /// @dev A call that is honest but for one thing.
    function lie(uint256 seed, uint256 place, uint256 kind) external {
        Random memory random = Random(seed);
        uint256 spot = place % PLACES;
        Call memory made = spoilable(random, spot);
        spoil(random, spot, made, kind % LIES);
        (bool accepted,) = handIn(OWNER, spot, made);
        require(!accepted, "a lie was accepted");
        refused++;
    }

    /// @dev What was accepted once, again: at its own place or, by its bytes, at another.
    function replay(uint256 which, uint256 place) external {
        if (history.length == 0) return;
        Accepted storage old = history[which % history.length];
        uint256 spot = place % PLACES;
        bytes memory data = old.data;
        bytes32 mapId = places[spot].mapId;
        // The map's name is the first argument.
        assembly ("memory-safe") {
            mstore(add(data, 0x24), mapId)
        }
        (bool accepted,) = attempt(OWNER, address(places[spot].registry), data);
        require(!accepted, "a replay was accepted");
        refused++;
    }

    function disable(uint256 place, uint256 key, bool stranger) external {
        (uint256 spot, uint256 which) = (place % PLACES, key % KEYS);
        bytes memory data = abi.encodeCall(TimeMaps.disableVerifier, (places[spot].mapId, hashes[which]));
        (bool accepted, bool owner) = order(spot, stranger, data);
        ModelVerifier storage verifier = model[spot][which];
        require(accepted == (owner && verifier.known && !verifier.disabled), "the model says otherwise");
        if (accepted) verifier.disabled = true;
    }

    function propose(uint256 place, uint256 key, bool stranger) external {
        (uint256 spot, uint256 which) = (place % PLACES, key % KEYS);
        TimeMaps.Profile memory profile = TimeMaps.Profile("profile", hashes[which]);
        bytes memory data = abi.encodeCall(TimeMaps.proposeVerifier, (places[spot].mapId, profile));
        (bool accepted, bool owner) = order(spot, stranger, data);
        ModelVerifier storage verifier = model[spot][which];
        require(accepted == (owner && (!verifier.known || verifier.disabled)), "the model says otherwise");
        if (accepted) model[spot][which] = ModelVerifier(true, false, block.timestamp + DELAY);
    }

    function setSubmitter(uint256 place, bool whom, bool allowed, bool stranger) external {
        uint256 spot = place % PLACES;
        address submitter = whom ? STRANGER : OWNER;
        bytes memory data = abi.encodeCall(TimeMaps.setSubmitter, (places[spot].mapId, submitter, allowed));
        (bool accepted, bool owner) = order(spot, stranger, data);
        require(accepted == owner, "the model says otherwise");
        if (accepted) submits[spot][submitter] = allowed;
    }

    /// @dev The owner, or somebody else, offers a map to one of the two, or to nobody.
    function offer(uint256 place, uint256 whom, bool stranger) external {
        uint256 spot = place % PLACES;
        address offered = [OWNER, STRANGER, address(0)][whom % 3];
        bytes memory data = abi.encodeCall(TimeMaps.transferOwnership, (places[spot].mapId, offered));
        (bool accepted, bool owner) = order(spot, stranger, data);
        require(accepted == owner, "the model says otherwise");
        if (accepted) pendingOwners[spot] = offered;
    }

    /// @dev One of the two takes a map, offered or not.
    function accept(uint256 place, bool stranger) external {
        uint256 spot = place % PLACES;
        address caller = stranger ? STRANGER : OWNER;
        bytes memory data = abi.encodeCall(TimeMaps.acceptOwnership, (places[spot].mapId));
        (bool accepted,) = order(spot, stranger, data);
        require(accepted == (pendingOwners[spot] == caller), "the model says otherwise");
        if (accepted) (owners[spot], pendingOwners[spot]) = (caller, address(0));
    }

    /// @dev Calls as the stranger or as the one who owned all maps at first; `owner` says whether that is the map's
    ///   owner now.
    function order(uint256 spot, bool stranger, bytes memory data) private returns (bool accepted, bool owner) {
        address caller = stranger ? STRANGER : OWNER;
        owner = owners[spot] == caller;
        (accepted,) = attempt(caller, address(places[spot].registry), data);
    }

    function wait(uint256 time) external {
        vm.warp(block.timestamp + time % 3 days);
    }

    /// @dev The chain splits, or a test chain's state is carried elsewhere.
    function split(uint256 chain) external {
        vm.chainId([uint256(31337), 1, 10][chain % 3]);
    }
}
