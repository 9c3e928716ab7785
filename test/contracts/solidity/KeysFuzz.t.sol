// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {KeyStore} from "../../../contracts/KeyStore.sol";
import {TimeMapRegistry} from "../../../contracts/TimeMapRegistry.sol";
import {IKeyStore} from "../../../contracts/interfaces/IKeyStore.sol";
import {DevelopmentKey} from "../../../contracts/lib/DevelopmentKey.sol";
import {Groth16} from "../../../contracts/lib/Groth16.sol";
import {VerifyingKey} from "../../../contracts/lib/VerifyingKey.sol";
import {Base, Random} from "./Base.sol";
import {Forger} from "./Forger.sol";

/// @title Which verification keys are kept
contract KeysFuzzTest is Base {
    TimeMapRegistry private registry = new TimeMapRegistry();

    function storing(uint256[30] memory key) private returns (bool accepted, bytes4 reason) {
        return attempt(address(this), address(registry), abi.encodeCall(KeyStore.storeKey, (key)));
    }

    function refusedFor(uint256[30] memory key, bytes4 expected) private {
        (bool accepted, bytes4 reason) = storing(key);
        require(!accepted && reason == expected, "kept, or refused for another reason");
    }

    function testFuzz_AKeyIsKeptOnceAndWordForWord(uint256 alpha) public {
        uint256 known = 2 + alpha % (Forger.ORDER - 3);
        uint256[30] memory key = Forger.key(known);
        (bool accepted,) = storing(key);
        require(accepted, "refused");
        bytes32 name = keccak256(abi.encode(key));
        require(keccak256(abi.encode(registry.getKey(name))) == name, "other words");
        require(registry.keyPlace(name).code[0] == 0x00, "the key can be called");
        refusedFor(key, IKeyStore.KeyExists.selector);
        uint256[7] memory inputs = [uint256(1), 2, 3, 4, 5, 6, 7];
        uint256[8] memory proof = Forger.proof(known, inputs, 7);
        require(registry.verifies(name, inputs, proof), "a good proof does not hold");
        inputs[4] = 6;
        require(!registry.verifies(name, inputs, proof), "it holds for another map");
    }

    function testFuzz_NoKeyIsFoundThatWasNotKept(bytes32 name) public {
        uint256[7] memory inputs;
        uint256[8] memory proof;
        (bool found, bytes4 reason) =
            attempt(address(this), address(registry), abi.encodeCall(KeyStore.verifies, (name, inputs, proof)));
        require(!found && reason == IKeyStore.UnknownKey.selector, "found");
    }

    function testFuzz_OnlyKeysThatAreTheirPointsAreKept(uint256 seed) public {
        Random memory random = Random(seed);
        uint256[30] memory key = Forger.key(between(random, 2, Forger.ORDER - 2));
        uint256 word = next(random) % 30;
        uint256[7] memory edges = [
            0, key[word] ^ 1 << next(random) % 256, type(uint256).max, Forger.ORDER, Groth16.BASE_FIELD, 1,
            key[word] + 1
        ];
        uint256 edge = edges[next(random) % 7];
        if (edge == key[word]) return;
        key[word] = edge;
        refusedFor(key, VerifyingKey.NotAPoint.selector);
    }

    function test_NoPointOfAKeyIsAtInfinity() public {
        for (uint256 word = 0; word < 26;) {
            uint256[30] memory key = Forger.key(11);
            uint256 length = word < 2 || word >= 14 ? 2 : 4;
            for (uint256 end = word + length; word < end; ++word) {
                key[word] = 0;
            }
            refusedFor(key, VerifyingKey.PointAtInfinity.selector);
        }
    }

    function test_KeysThatAnybodyCanForgeUnderAreRefused() public {
        // In turn: alpha, beta, delta the generator; gamma delta; beta gamma; beta delta. And the negatives of all of
        // them.
        bytes4[6] memory reasons = [
            VerifyingKey.AlphaOrBetaIsGenerator.selector,
            VerifyingKey.AlphaOrBetaIsGenerator.selector,
            VerifyingKey.DeltaIsGenerator.selector,
            VerifyingKey.GammaIsDelta.selector,
            VerifyingKey.BetaIsGamma.selector,
            VerifyingKey.BetaIsDelta.selector
        ];
        uint256[6] memory places = [uint256(0), 2, 10, 6, 6, 10];
        uint256[6] memory likes = [uint256(0), 0, 0, 10, 2, 2];
        for (uint256 i = 0; i < 12; ++i) {
            uint256[30] memory key = Forger.key(11);
            (uint256 word, uint256 like) = (places[i / 2], likes[i / 2]);
            if (word == 0) (key[0], key[1]) = (1, 2);
            else if (like == 0) putGenerator(key, word);
            else putG2(key, word, [key[like], key[like + 1], key[like + 2], key[like + 3]]);
            if (i % 2 == 1) negate(key, word);
            vm.chainId(i % 3 == 0 ? 31337 : 1);
            refusedFor(key, reasons[i / 2]);
        }
    }

    function putG2(uint256[30] memory key, uint256 word, uint256[4] memory point) private pure {
        for (uint256 i = 0; i < 4; ++i) {
            key[word + i] = point[i];
        }
    }

    function putGenerator(uint256[30] memory key, uint256 word) private pure {
        uint256[4] memory generator = [
            uint256(11559732032986387107991004021392285783925812861821192530917403151452391805634),
            10857046999023057135944570762232829481370756359578518086990519993285655852781,
            4082367875863433681332203403145435568316851327593401208105741076214120093531,
            8495653923123431417604973247489272438418190587263600148770280649306958101930
        ];
        putG2(key, word, generator);
    }

    function negate(uint256[30] memory key, uint256 word) private pure {
        uint256 first = word == 0 ? 1 : word + 2;
        for (uint256 i = first; i < (word == 0 ? 2 : word + 4); ++i) {
            key[i] = Groth16.BASE_FIELD - key[i];
        }
    }

    /// @dev The product of the seed's alpha and beta, divided by 23, which is this test's beta.
    uint256 private constant SEED_ALPHA_TIMES_BETA_OVER_23 =
        16073952318674050315237722987779015170378874220981282662614099509688445102473;

    function testFuzz_DevelopmentKeysAreForTestChainsOnly(uint64 chain, uint256 seed) public {
        uint256[4] memory chains = [uint256(31337), 1337, 1, chain == 0 ? 10 : chain];
        uint256 id = chains[chain % 4];
        vm.chainId(id);
        uint256[30] memory key = disguised(seed % 6, id);
        if (seed % 12 > 5) negate(key, [uint256(0), 2, 6, 10, 0, 2][seed % 6]);
        if (id != 31337 && id != 1337) {
            refusedFor(key, DevelopmentKey.DevelopmentKeyOnPublicChain.selector);
            return;
        }
        (bool accepted,) = storing(key);
        require(accepted, "refused at home");
        // Carried to another chain, it is known there for what it is, and can be neither tried nor given to a map.
        vm.chainId(1);
        uint256[7] memory inputs;
        uint256[8] memory proof;
        bytes memory trying = abi.encodeCall(KeyStore.verifies, (keccak256(abi.encode(key)), inputs, proof));
        (bool tried, bytes4 reason) = attempt(address(this), address(registry), trying);
        require(!tried && reason == DevelopmentKey.DevelopmentKeyOnPublicChain.selector, "tried abroad");
    }

    /// @dev A key with the seed's alpha, beta, gamma or delta, or with its e(alpha, beta) in other points.
    function disguised(uint256 how, uint256 alpha) private view returns (uint256[30] memory key) {
        key = Forger.key(how > 3 ? SEED_ALPHA_TIMES_BETA_OVER_23 : 2 + alpha % 1000);
        if (how == 0) (key[0], key[1]) = (DevelopmentKey.ALPHA_X, DevelopmentKey.ALPHA_Y);
        uint256[4] memory beta =
            [DevelopmentKey.BETA_X1, DevelopmentKey.BETA_X0, DevelopmentKey.BETA_Y1, DevelopmentKey.BETA_Y0];
        uint256[4] memory gamma = [
            DevelopmentKey.GAMMA_X1,
            DevelopmentKey.GAMMA_X0,
            17982810044647872208923597285306705957500149877104894449037822709877923009973,
            18243152007035681599263369624800785065261739245359447412000684520651954503731
        ];
        uint256[4] memory delta = [
            DevelopmentKey.DELTA_X1,
            DevelopmentKey.DELTA_X0,
            19680525242369279261579183667242046019205270250659329765604942968606538660232,
            7989741289762629045427907546571981339471501310233412340318058178238210335402
        ];
        if (how == 1) putG2(key, 2, beta);
        if (how == 2) putG2(key, 6, gamma);
        if (how == 3) putG2(key, 10, delta);
    }

    /// @dev The nearest that is none: a product that is the seed's but for a little.
    function testFuzz_OtherKeysAreForEveryChain(uint64 chain, uint8 away) public {
        vm.chainId(chain == 0 ? 10 : chain);
        uint256 distance = 1 + uint256(away);
        (bool above,) = storing(Forger.key(SEED_ALPHA_TIMES_BETA_OVER_23 + distance));
        (bool below,) = storing(Forger.key(SEED_ALPHA_TIMES_BETA_OVER_23 - distance));
        require(above && below, "taken for a development key");
    }
}
