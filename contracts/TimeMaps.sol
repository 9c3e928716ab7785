// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {KeyStore} from "./KeyStore.sol";
import {ITimeMaps} from "./interfaces/ITimeMaps.sol";
import {Groth16} from "./lib/Groth16.sol";
import {VerifyingKey} from "./lib/VerifyingKey.sol";

/// @title Time maps: their terms, owners, verifiers and submitters
/// @notice Everything about a map except the advance of its head, see `TimeMapRegistry`.
abstract contract TimeMaps is ITimeMaps, KeyStore {
    /// @inheritdoc ITimeMaps
    uint256 public constant override PROTOCOL_VERSION = 2;

    /// @inheritdoc ITimeMaps
    uint8 public constant override DATA_POLICY_OPERATOR = 0;

    /// @inheritdoc ITimeMaps
    uint8 public constant override DATA_POLICY_CHAIN = 1;

    /// @inheritdoc ITimeMaps
    uint40 public constant override MIN_VERIFIER_DELAY = 1 days;

    /// @dev Longest lag of a moored map, see `Rows`.
    uint40 private constant _LONGEST_LAG = (1 << 28) - 1;

    mapping(bytes32 mapId => TimeMap map) private _maps;

    /// @inheritdoc ITimeMaps
    mapping(bytes32 mapId => mapping(address caller => bool allowed)) public override isSubmitter;

    mapping(bytes32 mapId => mapping(bytes32 vkeyHash => Verifier verifier)) private _verifiers;
    mapping(bytes32 mapId => bytes32[] vkeyHashes) private _verifierHashes;

    /// @inheritdoc ITimeMaps
    mapping(bytes32 mapId => address account) public override pendingOwner;

    /// @inheritdoc ITimeMaps
    function createMap(Terms calldata terms) external override returns (bytes32 mapId) {
        mapId = keccak256(abi.encode(msg.sender, terms.salt, terms.genesisRoot));
        TimeMap storage map = _maps[mapId];
        if (map.maxLag != 0) revert MapExists(mapId);
        if (terms.genesisRoot >= Groth16.ORDER) revert Groth16.InputNotReduced(0, terms.genesisRoot);
        if (terms.genesisTime > block.timestamp) revert FromTheFuture(terms.genesisTime, block.timestamp);
        if (terms.maxLag == 0) revert LagIsZero();
        if (terms.verifierDelay < MIN_VERIFIER_DELAY) revert DelayTooShort(terms.verifierDelay, MIN_VERIFIER_DELAY);
        if (terms.dataPolicy > DATA_POLICY_CHAIN) revert UnknownDataPolicy(terms.dataPolicy);
        if (terms.dataPolicy == DATA_POLICY_CHAIN && terms.maxLag > _LONGEST_LAG) {
            revert LagTooLong(terms.maxLag, _LONGEST_LAG);
        }
        map.root = terms.genesisRoot;
        map.time = terms.genesisTime;
        map.maxLag = terms.maxLag;
        map.verifierDelay = terms.verifierDelay;
        map.createdIn = uint40(block.number);
        map.dataPolicy = terms.dataPolicy;
        map.owner = msg.sender;
        map.genesisTime = terms.genesisTime;
        map.genesisRoot = terms.genesisRoot;
        emit MapCreated(
            mapId,
            msg.sender,
            terms.salt,
            terms.genesisRoot,
            terms.genesisTime,
            terms.maxLag,
            terms.verifierDelay,
            terms.dataPolicy
        );
        for (uint256 i = 0; i < terms.verifiers.length; ++i) {
            _addVerifier(mapId, terms.verifiers[i], uint40(block.timestamp));
        }
        for (uint256 i = 0; i < terms.submitters.length; ++i) {
            isSubmitter[mapId][terms.submitters[i]] = true;
            emit SubmitterSet(mapId, terms.submitters[i], true);
        }
    }

    /// @inheritdoc ITimeMaps
    function proposeVerifier(bytes32 mapId, Profile calldata verifier) external override returns (uint40 enabledFrom) {
        TimeMap storage map = _requireOwner(mapId);
        enabledFrom = uint40(block.timestamp) + map.verifierDelay;
        _addVerifier(mapId, verifier, enabledFrom);
    }

    /// @inheritdoc ITimeMaps
    function disableVerifier(bytes32 mapId, bytes32 vkeyHash) external override {
        _requireOwner(mapId);
        Verifier storage verifier = _verifiers[mapId][vkeyHash];
        if (verifier.key == address(0)) revert UnknownVerifier(vkeyHash);
        if (verifier.disabled) revert VerifierDisabled(vkeyHash);
        verifier.disabled = true;
        emit VerifierRemoved(mapId, vkeyHash);
    }

    /// @inheritdoc ITimeMaps
    function setSubmitter(bytes32 mapId, address submitter, bool allowed) external override {
        _requireOwner(mapId);
        isSubmitter[mapId][submitter] = allowed;
        emit SubmitterSet(mapId, submitter, allowed);
    }

    /// @inheritdoc ITimeMaps
    function transferOwnership(bytes32 mapId, address newOwner) external override {
        _requireOwner(mapId);
        pendingOwner[mapId] = newOwner;
        emit OwnershipTransferStarted(mapId, msg.sender, newOwner);
    }

    /// @inheritdoc ITimeMaps
    function acceptOwnership(bytes32 mapId) external override {
        TimeMap storage map = _requireMap(mapId);
        address pending = pendingOwner[mapId];
        if (pending != msg.sender) revert NotPendingOwner(msg.sender, pending);
        delete pendingOwner[mapId];
        emit OwnershipTransferred(mapId, map.owner, msg.sender);
        map.owner = msg.sender;
    }

    /// @inheritdoc ITimeMaps
    function getMap(bytes32 mapId) external view override returns (TimeMap memory) {
        return _requireMap(mapId);
    }

    /// @inheritdoc ITimeMaps
    function getVerifiers(bytes32 mapId)
        external
        view
        override
        returns (bytes32[] memory hashes, Verifier[] memory list)
    {
        hashes = _verifierHashes[mapId];
        list = new Verifier[](hashes.length);
        for (uint256 i = 0; i < hashes.length; ++i) {
            list[i] = _verifiers[mapId][hashes[i]];
        }
    }

    /// @dev The key of a verifier that counts now; reverts for any other.
    function _usableKey(bytes32 mapId, bytes32 vkeyHash) internal view returns (uint256[30] memory key) {
        Verifier storage verifier = _verifiers[mapId][vkeyHash];
        address pointer = verifier.key;
        if (pointer == address(0)) revert UnknownVerifier(vkeyHash);
        if (verifier.disabled) revert VerifierDisabled(vkeyHash);
        if (verifier.enabledFrom > block.timestamp) {
            revert VerifierNotYetEnabled(vkeyHash, verifier.enabledFrom, block.timestamp);
        }
        VerifyingKey.refuseDevelopmentKey(pointer);
        key = VerifyingKey.load(pointer);
    }

    /// @dev A map; reverts if none has this name.
    function _requireMap(bytes32 mapId) internal view returns (TimeMap storage map) {
        map = _maps[mapId];
        // No map has a maxLag of zero. It lies in one word with the head's seq and time.
        if (map.maxLag == 0) revert UnknownMap(mapId);
    }

    /// @dev Adds a verifier to a map, or enables a disabled one again.
    function _addVerifier(bytes32 mapId, Profile calldata added, uint40 enabledFrom) private {
        address pointer = _requireKey(added.vkeyHash);
        VerifyingKey.refuseDevelopmentKey(pointer);
        Verifier storage verifier = _verifiers[mapId][added.vkeyHash];
        if (verifier.key == address(0)) _verifierHashes[mapId].push(added.vkeyHash);
        else if (!verifier.disabled) revert VerifierExists(added.vkeyHash);
        _verifiers[mapId][added.vkeyHash] =
            Verifier({key: pointer, enabledFrom: enabledFrom, disabled: false, profile: added.profile});
        emit VerifierAdded(mapId, added.vkeyHash, added.profile, enabledFrom);
    }

    /// @dev A map of the caller's; reverts if the caller does not own it.
    function _requireOwner(bytes32 mapId) private view returns (TimeMap storage map) {
        map = _requireMap(mapId);
        if (map.owner != msg.sender) revert NotOwner(msg.sender, map.owner);
    }
}
