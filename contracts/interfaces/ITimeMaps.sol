// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IKeyStore} from "./IKeyStore.sol";
import {IMoorings} from "./IMoorings.sol";

/// @title Time maps: their terms, owners, verifiers and submitters
/// @notice A map's owner may add a verifier after the map's public delay, disable a verifier at once, choose the
/// submitters, and hand the map on in two steps. Nothing else about a map can change, except its head: see
/// `ITimeMapRegistry`.
interface ITimeMaps is IKeyStore, IMoorings {
    /// @notice A verification key and its profile.
    /// @param profile name of the batch shape whose circuit the key belongs to, in ASCII, padded with zeros
    /// @param vkeyHash the key's name
    struct Profile {
        bytes32 profile;
        bytes32 vkeyHash;
    }

    /// @notice The terms that a map fixes at its creation.
    /// @param salt distinguishes the maps of one creator
    /// @param genesisRoot root of the state before the first transition; `MOORED_GENESIS_ROOT` for a moored map
    /// @param genesisTime no transition happened earlier, in Unix seconds
    /// @param maxLag greatest age of a batch's oldest transition when the batch arrives, in seconds
    /// @param verifierDelay notice before an added verifier counts, in seconds
    /// @param dataPolicy who keeps the trace; `DATA_POLICY_CHAIN` for a moored map, else `DATA_POLICY_OPERATOR`
    /// @param verifiers the keys that count from the start; `storeKey` must have stored each
    /// @param submitters the accounts that may submit proofs
    /// @param mooring see `Mooring`
    struct Terms {
        bytes32 salt;
        uint256 genesisRoot;
        uint40 genesisTime;
        uint40 maxLag;
        uint40 verifierDelay;
        uint8 dataPolicy;
        Profile[] verifiers;
        address[] submitters;
        Mooring mooring;
    }

    /// @notice A map's head and terms.
    /// @param root the head: root after transition `seq`
    /// @param seq number of the last accepted transition; 0 at genesis
    /// @param time `until` of the last accepted batch, in Unix seconds; genesisTime at genesis
    /// @param maxLag see `Terms`
    /// @param verifierDelay see `Terms`
    /// @param createdIn number of the block that created the map; none of its events is older
    /// @param dataPolicy see `Terms`
    /// @param advances how often the head has moved; the number of the root at the head, see `rootAt`
    /// @param owner the account that controls verifiers and submitters; at first the creator
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
        uint32 advances;
        address owner;
        uint40 genesisTime;
        uint256 genesisRoot;
    }

    /// @notice A verifier of one map.
    /// @param key the contract whose code is the verification key; zero if the map has no such verifier
    /// @param enabledFrom time from which it counts, in Unix seconds
    /// @param disabled whether the owner has disabled it
    /// @param profile see `Profile`
    struct Verifier {
        address key;
        uint40 enabledFrom;
        bool disabled;
        bytes32 profile;
    }

    /// @notice A map was created.
    /// @param mapId the map's name
    /// @param owner the creator
    /// @param salt see `Terms`
    /// @param genesisRoot see `Terms`
    /// @param genesisTime see `Terms`
    /// @param maxLag see `Terms`
    /// @param verifierDelay see `Terms`
    /// @param dataPolicy see `Terms`
    event MapCreated(
        bytes32 indexed mapId,
        address indexed owner,
        bytes32 salt,
        uint256 genesisRoot,
        uint40 genesisTime,
        uint40 maxLag,
        uint40 verifierDelay,
        uint8 dataPolicy
    );

    /// @notice A verifier was added.
    /// @param mapId the map's name
    /// @param vkeyHash the name of its key
    /// @param profile see `Profile`
    /// @param enabledFrom time from which it counts, in Unix seconds
    event VerifierAdded(bytes32 indexed mapId, bytes32 indexed vkeyHash, bytes32 profile, uint40 enabledFrom);

    /// @notice A verifier was disabled.
    /// @param mapId the map's name
    /// @param vkeyHash the name of its key
    event VerifierRemoved(bytes32 indexed mapId, bytes32 indexed vkeyHash);

    /// @notice An account was allowed to submit proofs, or no longer is.
    /// @param mapId the map's name
    /// @param submitter the account
    /// @param allowed whether it may submit from now on
    event SubmitterSet(bytes32 indexed mapId, address indexed submitter, bool allowed);

    /// @notice The owner has named the account that may accept the map.
    /// @param mapId the map's name
    /// @param owner the present owner
    /// @param pendingOwner the account; zero withdraws an earlier offer
    event OwnershipTransferStarted(bytes32 indexed mapId, address indexed owner, address indexed pendingOwner);

    /// @notice The map has a new owner.
    /// @param mapId the map's name
    /// @param previousOwner the owner until now
    /// @param owner the owner from now on
    event OwnershipTransferred(bytes32 indexed mapId, address indexed previousOwner, address indexed owner);

    /// @notice No map has this name.
    error UnknownMap(bytes32 mapId);
    /// @notice The caller has a map with this salt and this genesis root already.
    error MapExists(bytes32 mapId);
    /// @notice There is no data policy with this number.
    error UnknownDataPolicy(uint8 dataPolicy);
    /// @notice The lag of a moored map is above the maximum. Both are in seconds.
    error LagTooLong(uint40 maxLag, uint40 longest);
    /// @notice With a lag of zero no batch can arrive in time.
    error LagIsZero();
    /// @notice The notice before added verifiers count is below the minimum. Both are in seconds.
    error DelayTooShort(uint40 delay, uint40 minimum);
    /// @notice The batch ends, or the genesis is, after the block's time. Both are in Unix seconds.
    error FromTheFuture(uint256 time, uint256 blockTime);
    /// @notice No root with this number is kept: the head was not there yet, or has moved 8,192 times since.
    error UnknownRoot(uint256 number);
    /// @notice The map has this verifier already, and it is not disabled.
    error VerifierExists(bytes32 vkeyHash);
    /// @notice Only the map's owner may do this.
    error NotOwner(address caller, address owner);
    /// @notice Only the account that the owner has named may accept the map. Zero: no account is named.
    error NotPendingOwner(address caller, address pendingOwner);
    /// @notice The map has no verifier with this key.
    error UnknownVerifier(bytes32 vkeyHash);
    /// @notice The verifier counts only from `enabledFrom` on. The block's time is `time`. Both are in Unix seconds.
    error VerifierNotYetEnabled(bytes32 vkeyHash, uint256 enabledFrom, uint256 time);
    /// @notice The owner has disabled the verifier.
    error VerifierDisabled(bytes32 vkeyHash);

    /// @notice Creates a map. The caller owns it.
    /// @dev The name says who made the map and where it begins. On a chain that has lost the map, the same caller gets
    /// the same name again.
    /// @param terms see `Terms`
    /// @return mapId the map's name: keccak256(abi.encode(caller, salt, genesisRoot))
    function createMap(Terms calldata terms) external returns (bytes32 mapId);

    /// @notice Adds a verifier. It counts after the map's delay. A disabled verifier may be proposed again.
    /// @param mapId the map's name
    /// @param verifier its stored key and its profile
    /// @return enabledFrom time from which it counts, in Unix seconds
    function proposeVerifier(bytes32 mapId, Profile calldata verifier) external returns (uint40 enabledFrom);

    /// @notice Disables a verifier at once, also one that does not count yet.
    /// @param mapId the map's name
    /// @param vkeyHash the name of its key
    function disableVerifier(bytes32 mapId, bytes32 vkeyHash) external;

    /// @notice Allows an account to submit proofs, or stops allowing it.
    /// @param mapId the map's name
    /// @param submitter the account
    /// @param allowed whether it may submit
    function setSubmitter(bytes32 mapId, address submitter, bool allowed) external;

    /// @notice Names the account that may accept the map, in place of any named before. The caller stays the owner
    /// until that account accepts.
    /// @param mapId the map's name
    /// @param newOwner the account; zero names none
    function transferOwnership(bytes32 mapId, address newOwner) external;

    /// @notice Makes the caller the map's owner if the owner has named it. Verifiers and submitters stay the same.
    /// @param mapId the map's name
    function acceptOwnership(bytes32 mapId) external;

    /// @notice The protocol version whose proofs the maps accept: its rules, hashes and files. Every map's domain
    /// contains it, so proofs of other versions do not count here.
    /// @return the version
    function PROTOCOL_VERSION() external view returns (uint256);

    /// @notice The data policy by which the operator keeps the trace. If it is withheld, the map halts.
    /// @return the policy's number
    function DATA_POLICY_OPERATOR() external view returns (uint8);

    /// @notice The data policy of moored maps: every row is published in the call that proves it. From the genesis and
    /// the events `RowsPublished`, anyone can compute every state of the map.
    /// @return the policy's number
    function DATA_POLICY_CHAIN() external view returns (uint8);

    /// @notice The shortest notice that a map may give before an added verifier counts.
    /// @return the notice, in seconds
    function MIN_VERIFIER_DELAY() external view returns (uint40);

    /// @notice Whether an account may submit proofs of a map.
    /// @param mapId the map's name
    /// @param caller the account
    /// @return allowed whether it may
    function isSubmitter(bytes32 mapId, address caller) external view returns (bool allowed);

    /// @notice The account that may accept the map.
    /// @param mapId the map's name
    /// @return account its address; zero if the owner has named none
    function pendingOwner(bytes32 mapId) external view returns (address account);

    /// @notice A map's head and terms.
    /// @param mapId the map's name
    /// @return see `TimeMap`
    function getMap(bytes32 mapId) external view returns (TimeMap memory);

    /// @notice The number of the root at a map's head: how many calls have moved it. `getMap` says it as well, for more
    /// gas.
    /// @param mapId the map's name
    /// @return number see `rootAt`
    function lastRoot(bytes32 mapId) external view returns (uint256 number);

    /// @notice A root at which the head stood after a call of `advance`. The last 8,192 are kept.
    /// @param mapId the map's name
    /// @param number how many calls had moved the head by then; 0 is the genesis; `lastRoot` says the last
    /// @return the root
    function rootAt(bytes32 mapId, uint256 number) external view returns (uint256);

    /// @notice Binds a proof to one map, contract, chain and protocol version, so that it counts nowhere else:
    /// uint256(keccak256(abi.encode("TimeBandits", PROTOCOL_VERSION, chainId, address(this), mapId))) mod
    /// `Groth16.ORDER`. The types are string, uint256, uint256, address, bytes32.
    /// @dev It is computed anew each time. Where a chain splits in two, so do the domains.
    /// @param mapId the map's name
    /// @return the fifth public input of every proof of the map
    function domain(bytes32 mapId) external view returns (uint256);

    /// @notice All verifiers that a map has or had, in the order in which they were added.
    /// @param mapId the map's name
    /// @return hashes the names of their keys
    /// @return list see `Verifier`
    function getVerifiers(bytes32 mapId) external view returns (bytes32[] memory hashes, Verifier[] memory list);
}
