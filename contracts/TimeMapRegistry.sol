// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {DevelopmentKey} from "./DevelopmentKey.sol";
import {Groth16} from "./Groth16.sol";
import {Groth16Many} from "./Groth16Many.sol";
import {Span} from "./Span.sol";
import {VerifyingKey} from "./VerifyingKey.sol";

/// @title The heads of time maps, moved only by proofs
/// @notice A time map is the state of many programs, committed to by one root. Whoever is a submitter of the map hands
/// in a proof that a batch of transitions leads from the head's root to another; this contract checks the proof, that
/// the batch continues the head, and that its times are credible. It re-runs nothing and trusts nobody who ran anything.
///
/// Public inputs of every proof, in this order: preRoot, postRoot, traceRoot, span (see `Span`), domain (see `domain`).
///
/// There is no administrator and no upgrade. A map's owner may add a verifier after the map's public delay, disable one
/// at once, and choose the submitters; the owner cannot move a head without a proof. No call goes anywhere but to
/// precompiles, so nothing can re-enter. Proofs are malleable: no bytes of a proof name anything here.
contract TimeMapRegistry {
    /// @notice The only data policy so far: the operator keeps the trace. If it is withheld, the map halts.
    uint8 public constant DATA_POLICY_OPERATOR = 0;

    /// @notice The shortest notice, in seconds, that a map may give before an added verifier counts.
    uint40 public constant MIN_VERIFIER_DELAY = 1 days;

    /// @dev What has to be left to look at one of several proofs, of which one is bad, by itself.
    uint256 private constant NAMING_GAS = 250_000;

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
    /// @param owner who created the map
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

    /// @notice What a proof states, but for the domain, which this contract computes itself.
    struct Statement {
        uint256 preRoot;
        uint256 postRoot;
        uint256 traceRoot;
        uint256 span;
    }

    /// @notice One batch: which verifier, what it states, and the proof.
    /// @param proof A (x, y), B (x1, x0, y1, y0: the imaginary part first), C (x, y)
    struct Batch {
        bytes32 vkeyHash;
        Statement statement;
        uint256[8] proof;
    }

    /// @dev A map's head while batches are applied to it.
    struct Head {
        uint256 root;
        uint256 seq;
        uint256 time;
        uint256 maxLag;
        uint256 domain;
    }

    /// @notice A verification key is kept here from now on, as the code at `place`.
    event KeyStored(bytes32 indexed vkeyHash, address place);

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

    /// @notice A batch was proven and the head is now at its end. `seq` is the number of its last transition.
    event Advanced(
        bytes32 indexed mapId,
        uint32 indexed seq,
        bytes32 indexed vkeyHash,
        uint16 count,
        uint256 preRoot,
        uint256 postRoot,
        uint256 traceRoot,
        uint256 span
    );

    /// @notice No map has this name.
    error UnknownMap(bytes32 mapId);
    /// @notice The caller has a map with this salt already.
    error MapExists(bytes32 mapId);
    /// @notice There is no data policy of this number.
    error UnknownDataPolicy(uint8 dataPolicy);
    /// @notice With a lag of zero no batch could ever arrive in time.
    error LagIsZero();
    /// @notice The notice before added verifiers count is shorter, in seconds, than this contract admits.
    error DelayTooShort(uint40 delay, uint40 minimum);
    /// @notice No key with this hash is stored here.
    error UnknownKey(bytes32 vkeyHash);
    /// @notice The key is stored here already.
    error KeyExists(bytes32 vkeyHash);
    /// @notice The map has this verifier already, and has not disabled it.
    error VerifierExists(bytes32 vkeyHash);
    /// @notice Only the map's owner may do this.
    error NotOwner(address caller, address owner);
    /// @notice The caller may not hand in proofs of this map.
    error NotSubmitter(address caller);
    /// @notice There is no batch in the call.
    error NoBatches();
    /// @notice The map has no verifier with this key.
    error UnknownVerifier(bytes32 vkeyHash);
    /// @notice The verifier counts from `enabledFrom` only; it is `time` now, in Unix seconds.
    error VerifierNotYetEnabled(bytes32 vkeyHash, uint256 enabledFrom, uint256 time);
    /// @notice The map's owner has turned the verifier off.
    error VerifierDisabled(bytes32 vkeyHash);
    /// @notice The batch does not begin at the head's root.
    error WrongPreRoot(uint256 given, uint256 head);
    /// @notice The batch does not begin with the transition after the head's last.
    error WrongSeq(uint256 given, uint256 expected);
    /// @notice The batch holds no transition.
    error EmptyBatch();
    /// @notice The batch's last transition would have a number of more than 32 bits.
    error SeqExhausted(uint256 last);
    /// @notice The batch begins before the head's time, in Unix seconds.
    error BeforeHead(uint256 notBefore, uint256 headTime);
    /// @notice The batch ends before it begins, in Unix seconds.
    error UntilBeforeStart(uint256 until, uint256 notBefore);
    /// @notice The batch ends, or the genesis is, after the block's time, in Unix seconds.
    error FromTheFuture(uint256 time, uint256 blockTime);
    /// @notice The batch begins more than `maxLag` seconds before the block's time.
    error TooOld(uint256 notBefore, uint256 blockTime, uint256 maxLag);
    /// @notice The proof of this batch of the call, counted from 0, does not hold. The number of batches stands for one of
    /// several that were checked together, where too little gas was left to find out which.
    error ProofRejected(uint256 batch);

    /// @notice Where each verification key is stored, by its hash; zero where it is not.
    mapping(bytes32 vkeyHash => address place) public keyPlace;

    mapping(bytes32 mapId => TimeMap) private maps;

    /// @notice Whether an account may hand in proofs of a map.
    mapping(bytes32 mapId => mapping(address caller => bool)) public isSubmitter;

    mapping(bytes32 mapId => mapping(bytes32 vkeyHash => Verifier)) private verifiers;
    mapping(bytes32 mapId => bytes32[]) private verifierHashes;

    // ---------------------------------------------------------------------------------------------------- keys and maps

    /// @notice Checks a verification key and keeps it. Anyone may; what may be used is for each map to say.
    /// @param key the 26 words of `VerifyingKey`
    function storeKey(uint256[26] calldata key) external returns (bytes32 vkeyHash) {
        uint256[26] memory copy = key;
        vkeyHash = VerifyingKey.hash(copy);
        if (keyPlace[vkeyHash] != address(0)) revert KeyExists(vkeyHash);
        VerifyingKey.check(copy);
        address place = VerifyingKey.store(copy);
        keyPlace[vkeyHash] = place;
        emit KeyStored(vkeyHash, place);
    }

    /// @notice Creates a map, owned by the caller. Its name is keccak256(abi.encode(caller, salt)).
    function createMap(Terms calldata terms) external returns (bytes32 mapId) {
        mapId = keccak256(abi.encode(msg.sender, terms.salt));
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

    /// @notice Binds a proof to this map, contract and chain, so that it counts nowhere else:
    /// uint256(keccak256(abi.encode("TimeBandits", chainId, address(this), mapId))) mod `Groth16.ORDER`,
    /// the types being string, uint256, address, bytes32.
    /// @dev Computed anew each time: where a chain splits in two, so do the domains.
    function domain(bytes32 mapId) public view returns (uint256) {
        return uint256(keccak256(abi.encode("TimeBandits", block.chainid, address(this), mapId))) % Groth16.ORDER;
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

    /// @notice The 26 words of a stored key, see `VerifyingKey`.
    function getKey(bytes32 vkeyHash) external view returns (uint256[26] memory) {
        return VerifyingKey.load(placeOf(vkeyHash));
    }

    // -------------------------------------------------------------------------------------------------------- the owner

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

    // ------------------------------------------------------------------------------------------------------ the advance

    /// @notice Moves the head over one batch or several, each continuing the one before; all or none.
    /// @dev The proofs of successive batches under one key are checked together.
    /// Lag is counted from `notBefore`, not from `until`: the prover may choose `until` as late as he likes, but
    /// no transition may claim to be older than `notBefore`, so this bounds how far back one can be dated.
    function advance(bytes32 mapId, Batch[] calldata batches) external {
        TimeMap storage map = known(mapId);
        if (!isSubmitter[mapId][msg.sender]) revert NotSubmitter(msg.sender);
        if (batches.length == 0) revert NoBatches();
        Head memory head = Head(map.root, map.seq, map.time, map.maxLag, domain(mapId));
        for (uint256 from = 0; from < batches.length;) {
            uint256 to = from;
            bytes32 vkeyHash = batches[from].vkeyHash;
            uint256[26] memory key = usableKey(mapId, vkeyHash);
            for (; to < batches.length; ++to) {
                Batch calldata batch = batches[to];
                if (batch.vkeyHash != vkeyHash) break;
                uint16 count = follow(head, batch.statement);
                announce(mapId, uint32(head.seq), count, batch);
            }
            checkProofs(key, head.domain, batches, from, to);
            from = to;
        }
        map.root = head.root;
        map.seq = uint32(head.seq);
        map.time = uint40(head.time);
    }

    /// @notice Whether a proof holds under a stored key, for whoever wants to know; nothing follows from it.
    /// @param inputs preRoot, postRoot, traceRoot, span, domain
    function verifies(bytes32 vkeyHash, uint256[5] calldata inputs, uint256[8] calldata proof)
        external
        view
        returns (bool)
    {
        return Groth16.verify(VerifyingKey.load(placeOf(vkeyHash)), inputs, proof);
    }

    // ---------------------------------------------------------------------------------------------------------- private

    /// @dev Refuses a statement that does not continue the head, else moves the head in memory.
    function follow(Head memory head, Statement calldata statement) private view returns (uint16 count) {
        if (statement.preRoot != head.root) revert WrongPreRoot(statement.preRoot, head.root);
        Span.Fields memory span = Span.unpack(statement.span);
        if (span.firstSeq != head.seq + 1) revert WrongSeq(span.firstSeq, head.seq + 1);
        if (span.count == 0) revert EmptyBatch();
        checkTimes(span, head.time, head.maxLag);
        count = span.count;
        head.root = statement.postRoot;
        head.seq += count;
        head.time = span.until;
        if (head.seq > type(uint32).max) revert SeqExhausted(head.seq);
    }

    /// @dev head's time ≤ notBefore ≤ until ≤ the block's time ≤ notBefore + maxLag
    function checkTimes(Span.Fields memory span, uint256 headTime, uint256 maxLag) private view {
        if (span.notBefore < headTime) revert BeforeHead(span.notBefore, headTime);
        if (span.until < span.notBefore) revert UntilBeforeStart(span.until, span.notBefore);
        if (span.until > block.timestamp) revert FromTheFuture(span.until, block.timestamp);
        if (block.timestamp - span.notBefore > maxLag) revert TooOld(span.notBefore, block.timestamp, maxLag);
    }

    /// @dev Checks the batches from `from` to before `to`, all under the same key: one as ever, several by `Groth16Many`,
    /// which cannot say which proof is bad, so that they are then looked at one by one.
    function checkProofs(uint256[26] memory key, uint256 boundTo, Batch[] calldata batches, uint256 from, uint256 to)
        private
        view
    {
        if (to - from > 1) {
            uint256[13][] calldata claims;
            assembly ("memory-safe") {
                // A batch is thirteen words.
                claims.offset := add(batches.offset, mul(from, 0x1a0))
                claims.length := sub(to, from)
            }
            if (Groth16Many.verify(key, boundTo, claims)) return;
        }
        for (uint256 i = from; i < to; ++i) {
            if (to - from > 1 && gasleft() < NAMING_GAS) break;
            Batch calldata batch = batches[i];
            if (!Groth16.verify(key, publicInputs(batch.statement, boundTo), batch.proof)) revert ProofRejected(i);
            if (to - from == 1) return;
        }
        revert ProofRejected(batches.length);
    }

    function publicInputs(Statement calldata statement, uint256 boundTo) private pure returns (uint256[5] memory) {
        return [statement.preRoot, statement.postRoot, statement.traceRoot, statement.span, boundTo];
    }

    function announce(bytes32 mapId, uint32 seq, uint16 count, Batch calldata batch) private {
        Statement calldata statement = batch.statement;
        emit Advanced(
            mapId,
            seq,
            batch.vkeyHash,
            count,
            statement.preRoot,
            statement.postRoot,
            statement.traceRoot,
            statement.span
        );
    }

    function usableKey(bytes32 mapId, bytes32 vkeyHash) private view returns (uint256[26] memory key) {
        Verifier storage verifier = verifiers[mapId][vkeyHash];
        address place = verifier.key;
        if (place == address(0)) revert UnknownVerifier(vkeyHash);
        if (verifier.disabled) revert VerifierDisabled(vkeyHash);
        if (verifier.enabledFrom > block.timestamp) {
            revert VerifierNotYetEnabled(vkeyHash, verifier.enabledFrom, block.timestamp);
        }
        key = VerifyingKey.load(place);
        // Again, since a test chain's state can be carried to another chain id.
        DevelopmentKey.refuseOnPublicChain(key);
    }

    function addVerifier(bytes32 mapId, Profile calldata added, uint40 enabledFrom) private {
        address place = placeOf(added.vkeyHash);
        DevelopmentKey.refuseOnPublicChain(VerifyingKey.load(place));
        Verifier storage verifier = verifiers[mapId][added.vkeyHash];
        if (verifier.key == address(0)) verifierHashes[mapId].push(added.vkeyHash);
        else if (!verifier.disabled) revert VerifierExists(added.vkeyHash);
        verifiers[mapId][added.vkeyHash] =
            Verifier({key: place, enabledFrom: enabledFrom, disabled: false, profile: added.profile});
        emit VerifierAdded(mapId, added.vkeyHash, added.profile, enabledFrom);
    }

    function placeOf(bytes32 vkeyHash) private view returns (address place) {
        place = keyPlace[vkeyHash];
        if (place == address(0)) revert UnknownKey(vkeyHash);
    }

    function known(bytes32 mapId) private view returns (TimeMap storage map) {
        map = maps[mapId];
        // Of a map that exists, maxLag is not zero, and lies beside the head's seq and time.
        if (map.maxLag == 0) revert UnknownMap(mapId);
    }

    function owned(bytes32 mapId) private view returns (TimeMap storage map) {
        map = known(mapId);
        if (map.owner != msg.sender) revert NotOwner(msg.sender, map.owner);
    }
}
