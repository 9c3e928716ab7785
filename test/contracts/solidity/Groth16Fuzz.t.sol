// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "../../../contracts/Groth16.sol";
import {Groth16Many} from "../../../contracts/Groth16Many.sol";
import {Span} from "../../../contracts/Span.sol";
import {Base, Random} from "./Base.sol";
import {Forger} from "./Forger.sol";

/// @dev The libraries as a contract, so that what they refuse can be caught.
contract Verifiers {
    function one(uint256[26] memory key, uint256[5] memory inputs, uint256[8] calldata proof)
        external
        view
        returns (bool)
    {
        return Groth16.verify(key, inputs, proof);
    }

    function many(uint256[26] memory key, uint256 domain, uint256 preRoot, uint256[11][] calldata claims)
        external
        view
        returns (bool)
    {
        return Groth16Many.verify(key, bytes32(0), domain, preRoot, claims);
    }

    function hashOf(bytes32 vkeyHash, uint256 domain, uint256 preRoot, uint256[11][] calldata claims)
        external
        pure
        returns (bytes32)
    {
        return Groth16Many.hashOf(vkeyHash, domain, preRoot, claims);
    }

    function unpack(uint256 span) external pure returns (uint256, uint256, uint256, uint256) {
        return Span.unpack(span);
    }
}

/// @title The two verifiers against each other and against what is known of the proofs
contract Groth16FuzzTest is Base {
    uint256 private constant ALPHA = 11;
    Verifiers private verifiers = new Verifiers();

    /// @dev A number at the edge of something.
    function edge(Random memory random) private pure returns (uint256) {
        uint256 any = between(random, 0, Forger.ORDER - 1);
        uint256 field = Groth16.BASE_FIELD;
        uint256 order = Forger.ORDER;
        uint256[10] memory edges =
            [0, 1, order - 1, order, order + any, field - 1, field, field + 1, type(uint256).max, any];
        return edges[next(random) % 10];
    }

    function testFuzz_InputsAtTheEdgesHoldExactlyIfReduced(uint256 seed) public view {
        Random memory random = Random(seed);
        uint256[5] memory inputs;
        bool reduced = true;
        for (uint256 i = 0; i < 5; ++i) {
            inputs[i] = edge(random);
            reduced = reduced && inputs[i] < Forger.ORDER;
        }
        // Valid for the inputs modulo the order, so that only the check of their size refuses the others.
        uint256[8] memory proof = Forger.proof(ALPHA, inputs, between(random, 1, Forger.ORDER - 1));
        try verifiers.one(Forger.key(ALPHA), inputs, proof) returns (bool valid) {
            require(reduced && valid, "taken for another");
        } catch (bytes memory reason) {
            require(!reduced && bytes4(reason) == Groth16.InputNotReduced.selector, "refused for another reason");
        }
    }

    function testFuzz_AWordAtTheEdgeSpoilsAProof(uint256 seed, uint256 word) public view {
        Random memory random = Random(seed);
        uint256[5] memory inputs = [next(random) % Forger.ORDER, 2, 3, 4, 5];
        uint256[8] memory proof = Forger.proof(ALPHA, inputs, between(random, 1, Forger.ORDER - 1));
        uint256 value = edge(random);
        if (next(random) % 2 == 0) value = proof[word % 8] ^ (1 << next(random) % 256);
        if (value == proof[word % 8]) return;
        proof[word % 8] = value;
        require(!verifiers.one(Forger.key(ALPHA), inputs, proof), "accepted");
    }

    /// @dev Taken from the field modulo 2^256 and then reduced, this y of A is what the right one would be.
    function testFuzz_AHasNoOtherName(uint256 seed) public view {
        Random memory random = Random(seed);
        uint256[5] memory inputs = [next(random) % Forger.ORDER, 2, 3, 4, 5];
        uint256[8] memory proof = Forger.proof(ALPHA, inputs, between(random, 1, Forger.ORDER - 1));
        uint256 field = Groth16.BASE_FIELD;
        proof[1] = field + addmod(proof[1], type(uint256).max % field + 1, field);
        require(!verifiers.one(Forger.key(ALPHA), inputs, proof), "accepted");
    }

    function testFuzz_PointsOutsideTheirGroupsAreRefused(uint256 seed) public view {
        Random memory random = Random(seed);
        uint256[5] memory inputs = [next(random) % Forger.ORDER, 2, 3, 4, 5];
        uint256[8] memory proof = Forger.proof(ALPHA, inputs, between(random, 1, Forger.ORDER - 1));
        // On the twist, not in the subgroup of prime order.
        (proof[2], proof[3]) = (1, 2);
        proof[4] = 19659275751359636165940301690575149581329631496732780143538578556285923319774;
        proof[5] = 7292567877523311580221095596750716176434782432868683424513645834767876293070;
        require(!verifiers.one(Forger.key(ALPHA), inputs, proof), "accepted");
        (proof[2], proof[3], proof[4], proof[5]) = (0, 0, 0, 0);
        require(!verifiers.one(Forger.key(ALPHA), inputs, proof), "infinity was accepted");
    }

    /// @dev Negating A and B gives another proof of the same: nothing may ever be named by a proof's bytes.
    function testFuzz_AProofHasATwin(uint256 seed) public view {
        Random memory random = Random(seed);
        uint256[5] memory inputs = [next(random) % Forger.ORDER, 2, 3, 4, 5];
        uint256[8] memory proof = Forger.proof(ALPHA, inputs, between(random, 1, Forger.ORDER - 1));
        proof[1] = Groth16.BASE_FIELD - proof[1];
        require(!verifiers.one(Forger.key(ALPHA), inputs, proof), "half of the twin was accepted");
        proof[4] = Groth16.BASE_FIELD - proof[4];
        proof[5] = Groth16.BASE_FIELD - proof[5];
        require(verifiers.one(Forger.key(ALPHA), inputs, proof), "the twin was refused");
    }

    function testFuzz_ManyHoldExactlyIfEachHolds(uint256 seed, uint256 count, uint256 spoiled) public view {
        Random memory random = Random(seed);
        uint256[11][] memory claims = new uint256[11][](1 + count % 6);
        uint256 preRoot = next(random) % Forger.ORDER;
        uint256 domain = next(random) % Forger.ORDER;
        uint256 root = preRoot;
        bool each = true;
        for (uint256 i = 0; i < claims.length; ++i) {
            claims[i] = claim(random, root, domain, spoiled >> i & 1 == 1 && spoiled >> 128 & 1 == 1);
            each = each && holds(root, domain, claims[i]);
            root = claims[i][0];
        }
        try verifiers.many(Forger.key(ALPHA), domain, preRoot, claims) returns (bool valid) {
            require(valid == each, "together they are judged otherwise");
        } catch (bytes memory reason) {
            require(!each && bytes4(reason) == Groth16.InputNotReduced.selector, "refused for another reason");
        }
    }

    /// @dev Whoever could change anything without changing the coefficients could make errors cancel.
    function testFuzz_TheCoefficientsDependOnEveryBit(uint256 seed, uint256 count, uint256 bit) public view {
        Random memory random = Random(seed);
        uint256[11][] memory claims = new uint256[11][](2 + count % 5);
        for (uint256 i = 0; i < claims.length; ++i) {
            for (uint256 j = 0; j < 11; ++j) {
                claims[i][j] = next(random);
            }
        }
        uint256[3] memory others = [next(random), next(random), next(random)];
        bytes32 before = verifiers.hashOf(bytes32(others[0]), others[1], others[2], claims);
        // Each of the three that stand once in every run, and any of the many.
        for (uint256 i = 0; i < 3; ++i) {
            others[i] ^= 1 << bit % 256;
            bytes32 changed = verifiers.hashOf(bytes32(others[0]), others[1], others[2], claims);
            require(changed != before, "does not depend on key, domain or root");
            others[i] ^= 1 << bit % 256;
        }
        uint256 word = next(random) % (11 * claims.length);
        claims[word / 11][word % 11] ^= 1 << bit % 256;
        require(verifiers.hashOf(bytes32(others[0]), others[1], others[2], claims) != before, "does not depend on a claim");
    }

    function testFuzz_ManyBeginAtAReducedRoot(uint256 seed) public view {
        Random memory random = Random(seed);
        uint256[11][] memory claims = new uint256[11][](1);
        uint256 any = between(random, 0, type(uint256).max - Forger.ORDER);
        claims[0] = claim(random, any % Forger.ORDER, 4, false);
        require(verifiers.many(Forger.key(ALPHA), 4, any % Forger.ORDER, claims), "refused");
        try verifiers.many(Forger.key(ALPHA), 4, any % Forger.ORDER + Forger.ORDER, claims) {
            revert("accepted");
        } catch (bytes memory reason) {
            require(bytes4(reason) == Groth16.InputNotReduced.selector, "refused for another reason");
        }
    }

    function claim(Random memory random, uint256 root, uint256 domain, bool spoil)
        private
        view
        returns (uint256[11] memory made)
    {
        (made[0], made[1], made[2]) = (next(random) % Forger.ORDER, edge(random) % Forger.ORDER, next(random) >> 128);
        uint256[5] memory inputs = [root, made[0], made[1], made[2], domain];
        uint256[8] memory proof = Forger.proof(ALPHA, inputs, between(random, 1, Forger.ORDER - 1));
        for (uint256 i = 0; i < 8; ++i) {
            made[3 + i] = proof[i];
        }
        if (spoil) {
            uint256 word = next(random) % 11;
            made[word] = next(random) % 2 == 0 ? edge(random) : made[word] ^ (1 << next(random) % 256);
        }
    }

    function holds(uint256 root, uint256 domain, uint256[11] memory made) private view returns (bool) {
        if (root >= Forger.ORDER) return false;
        uint256[5] memory inputs = [root, made[0], made[1], made[2], domain];
        uint256[8] memory proof;
        for (uint256 i = 0; i < 8; ++i) {
            proof[i] = made[3 + i];
        }
        try verifiers.one(Forger.key(ALPHA), inputs, proof) returns (bool valid) {
            return valid;
        } catch {
            return false;
        }
    }

    function testFuzz_ASpanIsItsFields(uint32 firstSeq, uint16 count, uint40 notBefore, uint40 until) public view {
        uint256 span = uint256(firstSeq) | uint256(count) << 32 | uint256(notBefore) << 48 | uint256(until) << 88;
        (uint256 a, uint256 b, uint256 c, uint256 d) = verifiers.unpack(span);
        require(a == firstSeq && b == count && c == notBefore && d == until, "other fields");
    }

    function testFuzz_ASpanHasNoBitsAboveItsFields(uint256 span) public view {
        try verifiers.unpack(span) {
            require(span >> 128 == 0, "accepted");
        } catch {
            require(span >> 128 != 0, "refused");
        }
    }
}
