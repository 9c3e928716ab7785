// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "../../../contracts/lib/Groth16.sol";
import {Span} from "../../../contracts/lib/Span.sol";
import {Base, Random} from "./Base.sol";
import {Forger} from "./Forger.sol";
import {Verifiers} from "./Verifiers.sol";

/// @title The two verifiers against each other and against what is known of the proofs
contract Groth16FuzzTest is Base {
    uint256 private constant ALPHA = 11;
    Verifiers private verifiers = new Verifiers();

    /// @dev A number at the edge of something.
    function edge(Random memory random) private pure returns (uint256) {
        uint256 any = between(random, 0, Forger.ORDER - 1);
        uint256 field = Groth16.BASE_FIELD;
        uint256[10] memory edges = [
            0, 1, Forger.ORDER - 1, Forger.ORDER, Forger.ORDER + any, field - 1, field, field + 1, type(uint256).max,
            any
        ];
        return edges[next(random) % 10];
    }

    function testFuzz_InputsAtTheEdgesHoldExactlyIfReduced(uint256 seed) public view {
        Random memory random = Random(seed);
        uint256[7] memory inputs;
        bool reduced = true;
        for (uint256 i = 0; i < 7; ++i) {
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
        uint256[7] memory inputs = [next(random) % Forger.ORDER, 2, 3, 4, 5, 6, 7];
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
        uint256[7] memory inputs = [next(random) % Forger.ORDER, 2, 3, 4, 5, 6, 7];
        uint256[8] memory proof = Forger.proof(ALPHA, inputs, between(random, 1, Forger.ORDER - 1));
        uint256 field = Groth16.BASE_FIELD;
        proof[1] = field + addmod(proof[1], type(uint256).max % field + 1, field);
        require(!verifiers.one(Forger.key(ALPHA), inputs, proof), "accepted");
    }

    function testFuzz_PointsOutsideTheirGroupsAreRefused(uint256 seed) public view {
        Random memory random = Random(seed);
        uint256[7] memory inputs = [next(random) % Forger.ORDER, 2, 3, 4, 5, 6, 7];
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
        uint256[7] memory inputs = [next(random) % Forger.ORDER, 2, 3, 4, 5, 6, 7];
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
        uint256[] memory channel = channelOf(random, claims.length);
        for (uint256 i = 0; i < claims.length; ++i) {
            uint256[3] memory others = [domain, channel[2 * i], channel[2 * i + 1]];
            claims[i] = claim(random, root, others, spoiled >> i & 1 == 1 && spoiled >> 128 & 1 == 1);
            // A value that is not the proof's.
            if (spoiled >> 64 + i & 1 == 1 && spoiled >> 129 & 1 == 1) {
                others[2] = channel[2 * i + 1] = next(random) % 9;
            }
            each = each && holds(root, others, claims[i]);
            root = claims[i][0];
        }
        try verifiers.many(Forger.key(ALPHA), domain, preRoot, claims, channel) returns (bool valid) {
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
        uint256[] memory channel = channelOf(random, claims.length);
        bytes32 before = verifiers.hashOf(bytes32(others[0]), others[1], others[2], claims, channel);
        // Each of the three that stand once in every run, and any of the many.
        for (uint256 i = 0; i < 3; ++i) {
            others[i] ^= 1 << bit % 256;
            bytes32 changed = verifiers.hashOf(bytes32(others[0]), others[1], others[2], claims, channel);
            require(changed != before, "does not depend on key, domain or root");
            others[i] ^= 1 << bit % 256;
        }
        uint256 word = next(random) % (11 * claims.length);
        claims[word / 11][word % 11] ^= 1 << bit % 256;
        bytes32 spoiled = verifiers.hashOf(bytes32(others[0]), others[1], others[2], claims, channel);
        require(spoiled != before, "does not depend on a claim");
        claims[word / 11][word % 11] ^= 1 << bit % 256;
        channel[word % channel.length] ^= 1 << bit % 256;
        spoiled = verifiers.hashOf(bytes32(others[0]), others[1], others[2], claims, channel);
        require(spoiled != before, "does not depend on a point or a value");
    }

    function testFuzz_ManyBeginAtAReducedRoot(uint256 seed) public view {
        Random memory random = Random(seed);
        uint256[11][] memory claims = new uint256[11][](1);
        uint256 any = between(random, 0, type(uint256).max - Forger.ORDER);
        uint256[] memory channel = channelOf(random, 1);
        claims[0] = claim(random, any % Forger.ORDER, [4, channel[0], channel[1]], false);
        require(verifiers.many(Forger.key(ALPHA), 4, any % Forger.ORDER, claims, channel), "refused");
        try verifiers.many(Forger.key(ALPHA), 4, any % Forger.ORDER + Forger.ORDER, claims, channel) {
            revert("accepted");
        } catch (bytes memory reason) {
            require(bytes4(reason) == Groth16.InputNotReduced.selector, "refused for another reason");
        }
    }

    /// @dev Points and values as the registry has them: below the order; 0 and 1 in a map that publishes nothing.
    function channelOf(Random memory random, uint256 count) private pure returns (uint256[] memory channel) {
        channel = new uint256[](2 * count);
        bool moored = next(random) % 2 == 0;
        for (uint256 i = 0; i < count; ++i) {
            channel[2 * i] = moored ? edge(random) % Forger.ORDER : 0;
            channel[2 * i + 1] = moored ? edge(random) % Forger.ORDER : 1;
        }
    }

    /// @dev A claim with the domain, the point and the value of `others`.
    function claim(Random memory random, uint256 root, uint256[3] memory others, bool spoil)
        private
        view
        returns (uint256[11] memory made)
    {
        (made[0], made[1], made[2]) = (next(random) % Forger.ORDER, edge(random) % Forger.ORDER, next(random) >> 128);
        uint256[7] memory inputs = [root, made[0], made[1], made[2], others[0], others[1], others[2]];
        uint256[8] memory proof = Forger.proof(ALPHA, inputs, between(random, 1, Forger.ORDER - 1));
        for (uint256 i = 0; i < 8; ++i) {
            made[3 + i] = proof[i];
        }
        if (spoil) {
            uint256 word = next(random) % 11;
            made[word] = next(random) % 2 == 0 ? edge(random) : made[word] ^ (1 << next(random) % 256);
        }
    }

    function holds(uint256 root, uint256[3] memory others, uint256[11] memory made) private view returns (bool) {
        if (root >= Forger.ORDER) return false;
        uint256[7] memory inputs = [root, made[0], made[1], made[2], others[0], others[1], others[2]];
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

    function testFuzz_ASpanIsItsFields(uint32 firstSeq, uint16 count, uint40 notBefore, uint40 until, bool moored)
        public
        view
    {
        uint256 span = uint256(firstSeq) | uint256(count) << 32 | uint256(notBefore) << 48 | uint256(until) << 88
            | uint256(moored ? 1 : 0) << 128;
        (uint256 a, uint256 b, uint256 c, uint256 d) = verifiers.unpack(span, moored);
        require(a == firstSeq && b == count && c == notBefore && d == until, "other fields");
        // The same batch of a map of the other sort.
        try verifiers.unpack(span, !moored) {
            revert("accepted");
        } catch (bytes memory reason) {
            require(bytes4(reason) == Span.WrongMooring.selector, "refused for another reason");
        }
    }

    function testFuzz_ASpanHasNoBitsAboveItsFields(uint256 span, bool moored) public view {
        try verifiers.unpack(span, moored) {
            require(span >> 128 == (moored ? 1 : 0), "accepted");
        } catch {
            require(span >> 128 != (moored ? 1 : 0), "refused");
        }
    }
}
