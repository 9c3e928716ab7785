// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {DevelopmentKey} from "../../../contracts/DevelopmentKey.sol";
import {Groth16} from "../../../contracts/Groth16.sol";
import {KeyStore} from "../../../contracts/KeyStore.sol";
import {TimeMapRegistry} from "../../../contracts/TimeMapRegistry.sol";
import {VerifyingKey} from "../../../contracts/VerifyingKey.sol";
import {Base, Random} from "./Base.sol";
import {Forger} from "./Forger.sol";

/// @title Which verification keys are kept
contract KeysFuzzTest is Base {
    TimeMapRegistry private registry = new TimeMapRegistry();

    function storing(uint256[26] memory key) private returns (bool accepted, bytes4 reason) {
        return attempt(address(this), address(registry), abi.encodeCall(KeyStore.storeKey, (key)));
    }

    function refusedFor(uint256[26] memory key, bytes4 expected) private {
        (bool accepted, bytes4 reason) = storing(key);
        require(!accepted && reason == expected, "kept, or refused for another reason");
    }

    function testFuzz_AKeyIsKeptOnceAndWordForWord(uint256 alpha) public {
        uint256[26] memory key = Forger.key(2 + alpha % (Forger.ORDER - 3));
        (bool accepted,) = storing(key);
        require(accepted, "refused");
        bytes32 name = keccak256(abi.encode(key));
        require(keccak256(abi.encode(registry.getKey(name))) == name, "other words");
        require(registry.keyPlace(name).code[0] == 0x00, "the key can be called");
        refusedFor(key, KeyStore.KeyExists.selector);
    }

    function testFuzz_NoKeyIsFoundThatWasNotKept(bytes32 name) public {
        uint256[5] memory inputs;
        uint256[8] memory proof;
        (bool found, bytes4 reason) =
            attempt(address(this), address(registry), abi.encodeCall(KeyStore.verifies, (name, inputs, proof)));
        require(!found && reason == KeyStore.UnknownKey.selector, "found");
    }

    function testFuzz_OnlyKeysThatAreTheirPointsAreKept(uint256 seed) public {
        Random memory random = Random(seed);
        uint256[26] memory key = Forger.key(between(random, 2, Forger.ORDER - 2));
        uint256 word = next(random) % 26;
        uint256[7] memory edges =
            [0, key[word] ^ 1 << next(random) % 256, type(uint256).max, Forger.ORDER, Groth16.BASE_FIELD, 1, key[word] + 1];
        uint256 edge = edges[next(random) % 7];
        if (edge == key[word]) return;
        key[word] = edge;
        refusedFor(key, VerifyingKey.NotAPoint.selector);
    }

    function test_NoPointOfAKeyIsAtInfinity() public {
        for (uint256 word = 0; word < 26;) {
            uint256[26] memory key = Forger.key(11);
            uint256 length = word < 2 || word >= 14 ? 2 : 4;
            for (uint256 end = word + length; word < end; ++word) {
                key[word] = 0;
            }
            refusedFor(key, VerifyingKey.PointAtInfinity.selector);
        }
    }

    function test_KeysThatAnybodyCanForgeUnderAreRefused() public {
        // In turn: alpha, beta, delta the generator; gamma delta. And the negatives of all of them.
        bytes4[4] memory reasons = [
            VerifyingKey.AlphaOrBetaIsGenerator.selector,
            VerifyingKey.AlphaOrBetaIsGenerator.selector,
            VerifyingKey.DeltaIsGenerator.selector,
            VerifyingKey.GammaIsDelta.selector
        ];
        uint256[4] memory places = [uint256(0), 2, 10, 6];
        for (uint256 i = 0; i < 8; ++i) {
            uint256[26] memory key = Forger.key(11);
            uint256 word = places[i / 2];
            if (word == 0) (key[0], key[1]) = (1, 2);
            else if (word == 6) (key[6], key[7], key[8], key[9]) = (key[10], key[11], key[12], key[13]);
            else putGenerator(key, word);
            if (i % 2 == 1) negate(key, word);
            refusedFor(key, reasons[i / 2]);
        }
    }

    function putGenerator(uint256[26] memory key, uint256 word) private pure {
        key[word] = 11559732032986387107991004021392285783925812861821192530917403151452391805634;
        key[word + 1] = 10857046999023057135944570762232829481370756359578518086990519993285655852781;
        key[word + 2] = 4082367875863433681332203403145435568316851327593401208105741076214120093531;
        key[word + 3] = 8495653923123431417604973247489272438418190587263600148770280649306958101930;
    }

    function negate(uint256[26] memory key, uint256 word) private pure {
        uint256 first = word == 0 ? 1 : word + 2;
        for (uint256 i = first; i < (word == 0 ? 2 : word + 4); ++i) {
            key[i] = Groth16.BASE_FIELD - key[i];
        }
    }

    function testFuzz_DevelopmentKeysAreForTestChainsOnly(uint64 chain) public {
        uint256[26] memory alpha = Forger.key(11);
        alpha[0] = DevelopmentKey.ALPHA_X;
        uint256[26] memory beta = Forger.key(11);
        (beta[2], beta[3]) = (DevelopmentKey.BETA_X1, DevelopmentKey.BETA_X0);
        // Spoilt as they are, they are refused everywhere; only on test chains, for being no points.
        uint256[4] memory chains = [uint256(31337), 1337, 1, chain == 0 ? 10 : chain];
        uint256 id = chains[chain % 4];
        vm.chainId(id);
        bytes4 expected = id == 31337 || id == 1337
            ? VerifyingKey.NotAPoint.selector
            : DevelopmentKey.DevelopmentKeyOnPublicChain.selector;
        refusedFor(alpha, expected);
        refusedFor(beta, expected);
    }
}
