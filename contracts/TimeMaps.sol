// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "./lib/Groth16.sol";
import {KeyStore} from "./KeyStore.sol";
import {VerifyingKey} from "./lib/VerifyingKey.sol";

/// @title Time maps: their terms, their owners, and whose proofs they take
/// @notice All but the advance of a head, see `TimeMapRegistry`. A map's owner may add a verifier after the map's public
/// delay, disable one at once, choose the submitters, and hand the map on in two steps. Nothing else of a map ever changes
/// but the head.
abstract contract TimeMaps is KeyStore {
    /// @notice The version of the protocol whose proofs the maps here take: its rules, hashes and files. It is part of every
    /// map's domain, so that proofs of another version count nowhere here.
    uint256 public constant PROTOCOL_VERSION = 2;

    /// @notice The only data policy so far: the operator keeps the trace. If it is withheld, the map halts.
    uint8 public constant DATA_POLICY_OPERATOR = 0;

    /// @notice The shortest notice, in seconds, that a map may give before an added verifier counts.
    uint40 public constant MIN_VERIFIER_DELAY = 1 days;

    /// @notice A verification key and the profile (batch shape) whose circuit it belongs to.
    /// @param profile the profile's name in ASCII, padded with zeros
    struct Profile {
        bytes32 profile;
        bytes32 vkeyHash;
    }

    /// @notice What a map fixes at its creation.
    /// @param salt distinguishes the maps of one creator
    /// @param genesisRoot root of the state before the first transition
    /// @param genesisTime no transition happened earlier, in Unix seconds
    /// @param maxLag how old the oldest transition of a batch may be when the batch arrives, in seconds
    /// @param verifierDelay notice before an added verifier counts, in seconds
    /// @param dataPolicy who keeps the trace; `DATA_POLICY_OPERATOR`
    /// @param verifiers the keys that count from the start, all stored with `storeKey` before
    /// @param submitters who may hand in proofs
    struct Terms {
        bytes32 salt;
        uint256 genesisRoot;
        uint40 genesisTime;
        uint40 maxLag;
        uint40 verifierDelay;
        uint8 dataPolicy;
        Profile[] verifiers;
        address[] submitters;
    }

    /// @notice A map as it stands.
    /// @param root the head: root after transition `seq`
    /// @param seq number of the last accepted transition, 0 at genesis
    /// @param time the last accepted batch's `until`, genesisTime at genesis
    /// @param maxLag see `Terms`
    /// @param verifierDelay see `Terms`
    /// @param createdIn number of the block that created the map: no event of it is older
    /// @param dataPolicy see `Terms`
    /// @param owner who has the say over the map: at first who created it
    /// @param genesisTime see `Terms`
    /// @param genesisRoot see `Terms`
    struct TimeMap {
        uint256 root;
        uint32 seq;
        uint40 time;
        uint40 maxLag;
        uint40 verifierDelay;
        uint40 createdIn;
        uint8 dataPolicy;
        address owner;
        uint40 genesisTime;
        uint256 genesisRoot;
    }

    /// @notice A verifier of one map.
    /// @param key the contract whose code is the verification key; zero where the map has no such verifier
    /// @param enabledFrom when it begins to count, in Unix seconds
    /// @param disabled whether the owner has turned it off
    /// @param profile see `Profile`
    struct Verifier {
        address key;
        uint40 enabledFrom;
        bool disabled;
        bytes32 profile;
    }

    /// @notice A map exists from now on, with these terms.
    event MapCreated(
        bytes32 indexed mapId,
        address indexed owner,
        uint256 genesisRoot,
        uint40 genesisTime,
        uint40 maxLag,
        uint40 verifierDelay,
        uint8 dataPolicy
    );

    /// @notice A verifier will count from `enabledFrom` on, in Unix seconds.
    event VerifierAdded(bytes32 indexed mapId, bytes32 indexed vkeyHash, bytes32 profile, uint40 enabledFrom);

    /// @notice A verifier counts no longer.
    event VerifierRemoved(bytes32 indexed mapId, bytes32 indexed vkeyHash);

    /// @notice An account may hand in proofs of a map, or no longer.
    event SubmitterSet(bytes32 indexed mapId, address indexed submitter, bool allowed);

    /// @notice A map's owner has named the account that may take the map over; zero means that nobody may.
    event OwnershipTransferStarted(bytes32 indexed mapId, address indexed owner, address indexed pendingOwner);

    /// @notice A map has another owner from now on.
    event OwnershipTransferred(bytes32 indexed mapId, address indexed previousOwner, address indexed owner);

    /// @notice No map has this name.
    error UnknownMap(bytes32 mapId);
    /// @notice The caller has a map with this salt and this genesis root already.
    error MapExists(bytes32 mapId);
    /// @notice There is no data policy of this number.
    error UnknownDataPolicy(uint8 dataPolicy);
    /// @notice With a lag of zero no batch could ever arrive in time.
    error LagIsZero();
    /// @notice The notice before added verifiers count is shorter, in seconds, than this contract admits.
    error DelayTooShort(uint40 delay, uint40 minimum);
    /// @notice The batch ends, or the genesis is, after the block's time, in Unix seconds.
    error FromTheFuture(uint256 time, uint256 blockTime);
    /// @notice The map has this verifier already, and has not disabled it.
    error VerifierExists(bytes32 vkeyHash);
    /// @notice Only the map's owner may do this.
    error NotOwner(address caller, address owner);
    /// @notice Only the account that the map's owner has named may take the map over; zero where none is named.
    error NotPendingOwner(address caller, address pendingOwner);
    /// @notice The map has no verifier with this key.
    error UnknownVerifier(bytes32 vkeyHash);
    /// @notice The verifier counts from `enabledFrom` only; it is `time` now, in Unix seconds.
    error VerifierNotYetEnabled(bytes32 vkeyHash, uint256 enabledFrom, uint256 time);
    /// @notice The map's owner has turned the verifier off.
    error VerifierDisabled(bytes32 vkeyHash);

    mapping(bytes32 mapId => TimeMap) private maps;

    /// @notice Whether an account may hand in proofs of a map.
    mapping(bytes32 mapId => mapping(address caller => bool)) public isSubmitter;

    mapping(bytes32 mapId => mapping(bytes32 vkeyHash => Verifier)) private verifiers;
    mapping(bytes32 mapId => bytes32[]) private verifierHashes;

    /// @notice The account that may take a map over; zero where its owner has named none.
    mapping(bytes32 mapId => address) public pendingOwner;

    /// @notice Creates a map, owned by the caller. Its name is keccak256(abi.encode(caller, salt, genesisRoot)): it says who
    /// made the map and where the map begins, and is the same where the same caller makes the same map again on a chain
    /// that has lost it.
    function createMap(Terms calldata terms) external returns (bytes32 mapId) {
        mapId = keccak256(abi.encode(msg.sender, terms.salt, terms.genesisRoot));
        TimeMap storage map = maps[mapId];
        if (map.maxLag != 0) revert MapExists(mapId);
        if (terms.genesisRoot >= Groth16.ORDER) revert Groth16.InputNotReduced(0, terms.genesisRoot);
        if (terms.genesisTime > block.timestamp) revert FromTheFuture(terms.genesisTime, block.timestamp);
        if (terms.maxLag == 0) revert LagIsZero();
        if (terms.verifierDelay < MIN_VERIFIER_DELAY) revert DelayTooShort(terms.verifierDelay, MIN_VERIFIER_DELAY);
        if (terms.dataPolicy != DATA_POLICY_OPERATOR) revert UnknownDataPolicy(terms.dataPolicy);
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
            terms.genesisRoot,
            terms.genesisTime,
            terms.maxLag,
            terms.verifierDelay,
            terms.dataPolicy
        );
        for (uint256 i = 0; i < terms.verifiers.length; ++i) {
            addVerifier(mapId, terms.verifiers[i], uint40(block.timestamp));
        }
        for (uint256 i = 0; i < terms.submitters.length; ++i) {
            isSubmitter[mapId][terms.submitters[i]] = true;
            emit SubmitterSet(mapId, terms.submitters[i], true);
        }
    }

    /// @notice Announces another verifier; it counts after the map's delay. One that was disabled may be announced again.
    function proposeVerifier(bytes32 mapId, Profile calldata verifier) external returns (uint40 enabledFrom) {
        TimeMap storage map = owned(mapId);
        enabledFrom = uint40(block.timestamp) + map.verifierDelay;
        addVerifier(mapId, verifier, enabledFrom);
    }

    /// @notice Turns a verifier off, at once, also one that does not count yet.
    function disableVerifier(bytes32 mapId, bytes32 vkeyHash) external {
        owned(mapId);
        Verifier storage verifier = verifiers[mapId][vkeyHash];
        if (verifier.key == address(0)) revert UnknownVerifier(vkeyHash);
        if (verifier.disabled) revert VerifierDisabled(vkeyHash);
        verifier.disabled = true;
        emit VerifierRemoved(mapId, vkeyHash);
    }

    /// @notice Lets someone hand in proofs, or no longer.
    function setSubmitter(bytes32 mapId, address submitter, bool allowed) external {
        owned(mapId);
        isSubmitter[mapId][submitter] = allowed;
        emit SubmitterSet(mapId, submitter, allowed);
    }

    /// @notice Names the account that may take the map over, in place of any named before; zero names nobody. The map stays
    /// the caller's until that account accepts.
    function transferOwnership(bytes32 mapId, address newOwner) external {
        owned(mapId);
        pendingOwner[mapId] = newOwner;
        emit OwnershipTransferStarted(mapId, msg.sender, newOwner);
    }

    /// @notice Makes the caller the map's owner, if the owner has named it. Verifiers and submitters stay as they are.
    function acceptOwnership(bytes32 mapId) external {
        TimeMap storage map = known(mapId);
        address pending = pendingOwner[mapId];
        if (pending != msg.sender) revert NotPendingOwner(msg.sender, pending);
        delete pendingOwner[mapId];
        emit OwnershipTransferred(mapId, map.owner, msg.sender);
        map.owner = msg.sender;
    }

    /// @notice A map's head and terms.
    function getMap(bytes32 mapId) external view returns (TimeMap memory) {
        return known(mapId);
    }

    /// @notice All verifiers that a map ever had, with their hashes.
    function getVerifiers(bytes32 mapId) external view returns (bytes32[] memory hashes, Verifier[] memory list) {
        hashes = verifierHashes[mapId];
        list = new Verifier[](hashes.length);
        for (uint256 i = 0; i < hashes.length; ++i) {
            list[i] = verifiers[mapId][hashes[i]];
        }
    }

    /// @dev The key of a verifier that counts now; refuses any other.
    function usableKey(bytes32 mapId, bytes32 vkeyHash) internal view returns (uint256[26] memory key) {
        Verifier storage verifier = verifiers[mapId][vkeyHash];
        address place = verifier.key;
        if (place == address(0)) revert UnknownVerifier(vkeyHash);
        if (verifier.disabled) revert VerifierDisabled(vkeyHash);
        if (verifier.enabledFrom > block.timestamp) {
            revert VerifierNotYetEnabled(vkeyHash, verifier.enabledFrom, block.timestamp);
        }
        VerifyingKey.refuseDevelopmentKey(place);
        key = VerifyingKey.load(place);
    }

    function known(bytes32 mapId) internal view returns (TimeMap storage map) {
        map = maps[mapId];
        // Of a map that exists, maxLag is not zero, and lies beside the head's seq and time.
        if (map.maxLag == 0) revert UnknownMap(mapId);
    }

    function owned(bytes32 mapId) private view returns (TimeMap storage map) {
        map = known(mapId);
        if (map.owner != msg.sender) revert NotOwner(msg.sender, map.owner);
    }

    function addVerifier(bytes32 mapId, Profile calldata added, uint40 enabledFrom) private {
        address place = placeOf(added.vkeyHash);
        VerifyingKey.refuseDevelopmentKey(place);
        Verifier storage verifier = verifiers[mapId][added.vkeyHash];
        if (verifier.key == address(0)) verifierHashes[mapId].push(added.vkeyHash);
        else if (!verifier.disabled) revert VerifierExists(added.vkeyHash);
        verifiers[mapId][added.vkeyHash] =
            Verifier({key: place, enabledFrom: enabledFrom, disabled: false, profile: added.profile});
        emit VerifierAdded(mapId, added.vkeyHash, added.profile, enabledFrom);
    }
}
