// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {DevelopmentKey} from "./DevelopmentKey.sol";
import {Groth16} from "./Groth16.sol";

/// @title Verification keys as data
/// @notice A key is 26 words: alpha (x, y), beta, gamma, delta (each x1, x0, y1, y0: the imaginary part first), then the
/// six points IC0..IC5 (x, y). Its name is keccak256 of these words. It is stored as the code of a contract that nothing
/// can call or change, so the key that was checked is the key that verifies. Behind the words is one byte more: whether it
/// is a development key, which is found out once.
library VerifyingKey {
    uint256 private constant WORDS = 26;
    uint256 private constant ALPHA = 0;
    uint256 private constant BETA = 2;
    uint256 private constant GAMMA = 6;
    uint256 private constant DELTA = 10;
    uint256 private constant INPUTS = 14;

    uint256 private constant G1_X = 1;
    uint256 private constant G2_X1 = 11559732032986387107991004021392285783925812861821192530917403151452391805634;
    uint256 private constant G2_X0 = 10857046999023057135944570762232829481370756359578518086990519993285655852781;

    /// @notice Gamma is delta or its negative: whoever sees the key can forge.
    error GammaIsDelta();

    /// @notice Beta is gamma or its negative: whoever sees the key can forge.
    error BetaIsGamma();

    /// @notice Beta is delta or its negative: whoever sees the key can forge.
    error BetaIsDelta();

    /// @notice Delta is the generator or its negative: nobody has contributed to the key, so anybody can forge.
    error DeltaIsGenerator();

    /// @notice Alpha or beta is the generator or its negative: the powers of tau have no contribution.
    error AlphaOrBetaIsGenerator();

    /// @notice The word at `word` begins a point at infinity; an input whose point is at infinity would not be bound.
    error PointAtInfinity(uint256 word);

    /// @notice The word at `word` begins something that is not a point of its group.
    error NotAPoint(uint256 word);

    function hash(uint256[26] memory key) internal pure returns (bytes32) {
        return keccak256(abi.encode(key));
    }

    /// @notice Refuses keys that are malformed, that anyone can forge under, or that are development keys on a public
    /// chain. A key that passes may still be one of which somebody knows the secrets.
    /// @return development whether it is a development key
    function check(uint256[26] memory key) internal view returns (bool development) {
        checkG1(key, ALPHA);
        checkG2(key, BETA);
        checkG2(key, GAMMA);
        checkG2(key, DELTA);
        for (uint256 word = INPUTS; word < WORDS; word += 2) {
            checkG1(key, word);
        }
        // A point's x is shared by exactly the point and its negative, and the one is as easily forged under as the other.
        if (sameX(key, GAMMA, key[DELTA], key[DELTA + 1])) revert GammaIsDelta();
        if (sameX(key, DELTA, G2_X1, G2_X0)) revert DeltaIsGenerator();
        if (sameX(key, BETA, key[GAMMA], key[GAMMA + 1])) revert BetaIsGamma();
        if (sameX(key, BETA, key[DELTA], key[DELTA + 1])) revert BetaIsDelta();
        if (key[ALPHA] == G1_X || sameX(key, BETA, G2_X1, G2_X0)) revert AlphaOrBetaIsGenerator();
        development = DevelopmentKey.recognises(key);
        DevelopmentKey.refuseOnPublicChain(development);
    }

    /// @notice Puts the key where it can be read for 3,000 gas. The first byte, STOP, makes the code inert.
    function store(uint256[26] memory key, bool development) internal returns (address place) {
        bytes memory code = abi.encodePacked(hex"00", key, development);
        // PUSH4 length, DUP1, PUSH1 14, PUSH1 0, CODECOPY, PUSH1 0, RETURN: the constructor that returns what follows it
        bytes memory creation = abi.encodePacked(hex"63", uint32(code.length), hex"80600e6000396000f3", code);
        assembly ("memory-safe") {
            place := create(0, add(creation, 0x20), mload(creation))
        }
        require(place != address(0));
    }

    function load(address place) internal view returns (uint256[26] memory key) {
        assembly ("memory-safe") {
            extcodecopy(place, key, 1, mul(WORDS, 0x20))
        }
    }

    /// @notice Reverts on a public chain if the key that is stored there is a development key. It was refused when it was
    /// stored, but a test chain's state can be carried to another chain id.
    function refuseDevelopmentKey(address place) internal view {
        bool development;
        assembly ("memory-safe") {
            mstore(0, 0)
            extcodecopy(place, 31, add(1, mul(WORDS, 0x20)), 1)
            development := mload(0)
        }
        DevelopmentKey.refuseOnPublicChain(development);
    }

    function sameX(uint256[26] memory key, uint256 word, uint256 x1, uint256 x0) private pure returns (bool) {
        return key[word] == x1 && key[word + 1] == x0;
    }

    /// @dev The addition precompile refuses what is not on the curve, and all of the curve is the group. Where there is no
    /// such precompile, nothing is answered, and nothing is a point.
    function checkG1(uint256[26] memory key, uint256 word) private view {
        if (key[word] == 0 && key[word + 1] == 0) revert PointAtInfinity(word);
        (bool ok, bytes memory answer) = address(6).staticcall(abi.encode(key[word], key[word + 1], 0, 0));
        if (!ok || answer.length != 0x40) revert NotAPoint(word);
    }

    /// @dev The pairing precompile refuses what is not in the subgroup, also against the point at infinity.
    function checkG2(uint256[26] memory key, uint256 word) private view {
        if (key[word] == 0 && key[word + 1] == 0 && key[word + 2] == 0 && key[word + 3] == 0) {
            revert PointAtInfinity(word);
        }
        (bool ok, bytes memory answer) =
            address(8).staticcall(abi.encode(0, 0, key[word], key[word + 1], key[word + 2], key[word + 3]));
        if (!ok || answer.length != 0x20) revert NotAPoint(word);
    }
}
