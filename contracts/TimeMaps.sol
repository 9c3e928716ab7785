// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {KeyStore} from "./KeyStore.sol";
import {IMoorings} from "./interfaces/IMoorings.sol";
import {ITimeMaps} from "./interfaces/ITimeMaps.sol";
import {Code} from "./lib/Code.sol";
import {Groth16} from "./lib/Groth16.sol";
import {VerifyingKey} from "./lib/VerifyingKey.sol";

/// @title Time maps: their terms, owners, verifiers and submitters
/// @notice Everything about a map except the advance of its head, see `TimeMapRegistry`.
abstract contract TimeMaps is ITimeMaps, KeyStore {
    /// @dev The fields of a `TimeMap`, but for its root: that is the newest of `_roots`.
    struct MapState {
        uint32 seq;
        uint40 time;
        uint40 maxLag;
        uint40 verifierDelay;
        uint40 createdIn;
        uint8 dataPolicy;
        uint32 advances;
        address owner;
        uint40 genesisTime;
        uint256 genesisRoot;
    }

    /// @inheritdoc ITimeMaps
    uint256 public constant override PROTOCOL_VERSION = 2;

    /// @inheritdoc ITimeMaps
    uint8 public constant override DATA_POLICY_OPERATOR = 0;

    /// @inheritdoc ITimeMaps
    uint8 public constant override DATA_POLICY_CHAIN = 1;

    /// @inheritdoc ITimeMaps
    uint40 public constant override MIN_VERIFIER_DELAY = 1 days;

    /// @inheritdoc IMoorings
    uint256 public constant override MOORED_GENESIS_ROOT =
        1507364487076672681928594473112304035522742635048617544107134066004824162478;

    /// @dev Bounds on the terms of a moored map: whoever brought something has the time to leave before its operator
    /// can take it, and before a verifier counts that was added later. Rows tell their time in 28 bits, see `Rows`.
    uint40 private constant _LONGEST_LAG = 1 days;
    uint40 private constant _SHORTEST_PATIENCE = 1 days;
    uint40 private constant _LONGEST_PATIENCE = 7 days;
    uint40 private constant _MOORED_VERIFIER_DELAY = 30 days;

    /// @dev How many roots of a map are kept.
    uint256 private constant _ROOTS = 8192;

    mapping(bytes32 mapId => MapState map) private _maps;

    /// @dev The last roots of each map, its head's among them: root n is at place n mod `_ROOTS`.
    mapping(bytes32 mapId => mapping(uint256 place => uint256 root)) private _roots;
    mapping(bytes32 mapId => Moored moored) private _moored;

    /// @dev What each moored map may show: contracts whose code is a `Feed`.
    mapping(bytes32 mapId => address[] feeds) internal _feeds;

    /// @inheritdoc ITimeMaps
    mapping(bytes32 mapId => mapping(address caller => bool allowed)) public override isSubmitter;

    mapping(bytes32 mapId => mapping(bytes32 vkeyHash => Verifier verifier)) private _verifiers;
    mapping(bytes32 mapId => bytes32[] vkeyHashes) private _verifierHashes;

    /// @inheritdoc ITimeMaps
    mapping(bytes32 mapId => address account) public override pendingOwner;

    /// @inheritdoc ITimeMaps
    function createMap(Terms calldata terms) external override returns (bytes32 mapId) {
        mapId = keccak256(abi.encode(msg.sender, terms.salt, terms.genesisRoot));
        MapState storage map = _maps[mapId];
        if (map.maxLag != 0) revert MapExists(mapId);
        if (terms.genesisRoot >= Groth16.ORDER) revert Groth16.InputNotReduced(0, terms.genesisRoot);
        if (terms.genesisTime > block.timestamp) revert FromTheFuture(terms.genesisTime, block.timestamp);
        if (terms.maxLag == 0) revert LagIsZero();
        if (terms.verifierDelay < MIN_VERIFIER_DELAY) revert DelayTooShort(terms.verifierDelay, MIN_VERIFIER_DELAY);
        if (terms.dataPolicy > DATA_POLICY_CHAIN) revert UnknownDataPolicy(terms.dataPolicy);
        bool moored = terms.dataPolicy == DATA_POLICY_CHAIN;
        Mooring calldata mooring = terms.mooring;
        if (
            moored != (terms.genesisRoot == MOORED_GENESIS_ROOT) || (!moored && !_isZero(mooring))
        ) revert MooringContradicted(terms.genesisRoot);
        _roots[mapId][0] = terms.genesisRoot;
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
        if (moored) _moor(mapId, terms);
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
        MapState storage map = _requireOwner(mapId);
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
        MapState storage map = _requireMap(mapId);
        address pending = pendingOwner[mapId];
        if (pending != msg.sender) revert NotPendingOwner(msg.sender, pending);
        delete pendingOwner[mapId];
        emit OwnershipTransferred(mapId, map.owner, msg.sender);
        map.owner = msg.sender;
    }

    /// @inheritdoc ITimeMaps
    function getMap(bytes32 mapId) external view override returns (TimeMap memory) {
        MapState storage map = _requireMap(mapId);
        return TimeMap({
            root: _headRoot(mapId, map),
            seq: map.seq,
            time: map.time,
            maxLag: map.maxLag,
            verifierDelay: map.verifierDelay,
            createdIn: map.createdIn,
            dataPolicy: map.dataPolicy,
            advances: map.advances,
            owner: map.owner,
            genesisTime: map.genesisTime,
            genesisRoot: map.genesisRoot
        });
    }

    /// @inheritdoc IMoorings
    function getMooring(bytes32 mapId) external view override returns (Moored memory) {
        return _moored[mapId];
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

    /// @inheritdoc ITimeMaps
    function lastRoot(bytes32 mapId) external view override returns (uint256 number) {
        return _requireMap(mapId).advances;
    }

    /// @inheritdoc ITimeMaps
    function rootAt(bytes32 mapId, uint256 number) public view override returns (uint256) {
        MapState storage map = _requireMap(mapId);
        uint256 newest = map.advances;
        if (number > newest || newest - number >= _ROOTS) revert UnknownRoot(number);
        return _roots[mapId][number % _ROOTS];
    }

    /// @inheritdoc ITimeMaps
    function domain(bytes32 mapId) public view override returns (uint256) {
        bytes memory preimage = abi.encode("TimeBandits", PROTOCOL_VERSION, block.chainid, address(this), mapId);
        return uint256(keccak256(preimage)) % Groth16.ORDER;
    }

    /// @dev Moves a map's head, and keeps its root.
    function _moveHead(bytes32 mapId, MapState storage map, uint256 root, uint256 seq, uint256 time) internal {
        // Each advance is at least one transition, so this is never above seq.
        uint32 advances = map.advances + 1;
        map.seq = uint32(seq);
        map.time = uint40(time);
        map.advances = advances;
        _roots[mapId][advances % _ROOTS] = root;
    }

    /// @dev The root at a map's head.
    function _headRoot(bytes32 mapId, MapState storage map) internal view returns (uint256) {
        return _roots[mapId][map.advances % _ROOTS];
    }

    /// @dev What a moored map has beyond any map; reverts if the map is not moored, or is frozen where it may not be,
    /// or the other way round.
    function _requireMoored(bytes32 mapId, bool frozen) internal view returns (Moored storage moored) {
        moored = _moored[mapId];
        if (moored.patience == 0) revert NotMoored(mapId);
        if (moored.frozen == frozen) return moored;
        if (frozen) revert MapNotFrozen(mapId);
        revert MapIsFrozen(mapId);
    }

    /// @dev Whether a map has ended.
    function _isFrozen(bytes32 mapId) internal view returns (bool) {
        return _moored[mapId].frozen;
    }

    /// @dev Where the key of a verifier that counts now is; reverts for any other.
    function _usableKey(bytes32 mapId, bytes32 vkeyHash) internal view returns (address pointer) {
        Verifier storage verifier = _verifiers[mapId][vkeyHash];
        pointer = verifier.key;
        if (pointer == address(0)) revert UnknownVerifier(vkeyHash);
        if (verifier.disabled) revert VerifierDisabled(vkeyHash);
        if (verifier.enabledFrom > block.timestamp) {
            revert VerifierNotYetEnabled(vkeyHash, verifier.enabledFrom, block.timestamp);
        }
        VerifyingKey.refuseDevelopmentKey(pointer);
    }

    /// @dev A map; reverts if none has this name.
    function _requireMap(bytes32 mapId) internal view returns (MapState storage map) {
        map = _maps[mapId];
        // No map has a maxLag of zero. It lies in one word with the head's seq and time.
        if (map.maxLag == 0) revert UnknownMap(mapId);
    }

    /// @dev Checks the bounds of a moored map's terms, and keeps them.
    function _moor(bytes32 mapId, Terms calldata terms) private {
        Mooring calldata mooring = terms.mooring;
        uint40 patience = mooring.patience;
        if (patience < _SHORTEST_PATIENCE || patience > _LONGEST_PATIENCE) revert PatienceOutOfRange(patience);
        if (terms.maxLag > _LONGEST_LAG) revert LagTooLong(terms.maxLag, _LONGEST_LAG);
        if (terms.verifierDelay < _MOORED_VERIFIER_DELAY) {
            revert DelayTooShort(terms.verifierDelay, _MOORED_VERIFIER_DELAY);
        }
        _requireKey(mooring.exitKey);
        _requireKey(mooring.cellKey);
        Moored storage moored = _moored[mapId];
        moored.patience = patience;
        moored.exitKey = mooring.exitKey;
        moored.cellKey = mooring.cellKey;
        for (uint256 i = 0; i < mooring.feeds.length; ++i) {
            _feeds[mapId].push(Code.store(abi.encode(mooring.feeds[i])));
        }
        emit MapMoored(mapId, patience, mooring.exitKey, mooring.cellKey, mooring.feeds);
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
    function _requireOwner(bytes32 mapId) private view returns (MapState storage map) {
        map = _requireMap(mapId);
        if (map.owner != msg.sender) revert NotOwner(msg.sender, map.owner);
    }

    /// @dev Whether a mooring is that of a map that is not moored.
    function _isZero(Mooring calldata mooring) private pure returns (bool) {
        return mooring.patience == 0 && mooring.exitKey == 0 && mooring.cellKey == 0 && mooring.feeds.length == 0;
    }
}
