// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Code} from "./Code.sol";
import {DevelopmentKey} from "./DevelopmentKey.sol";

/// @title Verification keys as data
/// @notice A key is 30 words: alpha (x, y), beta, gamma, delta (each x1, x0, y1, y0: the imaginary part first), then
/// the eight points IC0..IC7 (x, y). Its name is keccak256 of these words. It is stored as the code of a contract that
/// cannot be called or changed, so the key that was checked is the key that verifies. One more byte follows the words:
/// whether the key is a development key. This is determined once.
library VerifyingKey {
    uint256 private constant WORDS = 30;
    uint256 private constant ALPHA = 0;
    uint256 private constant BETA = 2;
    uint256 private constant GAMMA = 6;
    uint256 private constant DELTA = 10;
    uint256 private constant INPUTS = 14;

    uint256 private constant G1_X = 1;
    uint256 private constant G2_X1 = 11559732032986387107991004021392285783925812861821192530917403151452391805634;
    uint256 private constant G2_X0 = 10857046999023057135944570762232829481370756359578518086990519993285655852781;

    /// @notice Gamma is delta or its negative, so anyone can forge proofs.
    error GammaIsDelta();

    /// @notice Beta is gamma or its negative, so anyone can forge proofs.
    error BetaIsGamma();

    /// @notice Beta is delta or its negative, so anyone can forge proofs.
    error BetaIsDelta();

    /// @notice Delta is the generator or its negative: the key has no contribution, so anyone can forge proofs.
    error DeltaIsGenerator();

    /// @notice Alpha or beta is the generator or its negative: the powers of tau have no contribution.
    error AlphaOrBetaIsGenerator();

    /// @notice The point that begins at word `word` is at infinity. An input with such a point would not be bound.
    error PointAtInfinity(uint256 word);

    /// @notice The words from `word` on are not a point of the group.
    error NotAPoint(uint256 word);

    /// @notice Stores a key as code.
    /// @param key the 30 words
    /// @param development whether it is a development key
    /// @return pointer the contract whose code is the key
    function store(uint256[30] memory key, bool development) internal returns (address pointer) {
        return Code.store(abi.encodePacked(key, development));
    }

    /// @notice Reverts for a key that is malformed, that makes forging easy, or that is a development key on a public
    /// chain. Someone may still know the secrets of a key that passes.
    /// @param key the 30 words
    /// @return development whether it is a development key
    function check(uint256[30] memory key) internal view returns (bool development) {
        _checkG1(key, ALPHA);
        _checkG2(key, BETA);
        _checkG2(key, GAMMA);
        _checkG2(key, DELTA);
        for (uint256 word = INPUTS; word < WORDS; word += 2) {
            _checkG1(key, word);
        }
        // Only a point and its negative share an x, and both make forging equally easy.
        if (_sameX(key, GAMMA, key[DELTA], key[DELTA + 1])) revert GammaIsDelta();
        if (_sameX(key, DELTA, G2_X1, G2_X0)) revert DeltaIsGenerator();
        if (_sameX(key, BETA, key[GAMMA], key[GAMMA + 1])) revert BetaIsGamma();
        if (_sameX(key, BETA, key[DELTA], key[DELTA + 1])) revert BetaIsDelta();
        if (key[ALPHA] == G1_X || _sameX(key, BETA, G2_X1, G2_X0)) revert AlphaOrBetaIsGenerator();
        development = DevelopmentKey.recognises(key);
        DevelopmentKey.refuseOnPublicChain(development);
    }

    /// @notice A stored key.
    /// @param pointer the contract whose code is the key
    /// @return key the 30 words
    function load(address pointer) internal view returns (uint256[30] memory key) {
        assembly ("memory-safe") {
            extcodecopy(pointer, key, 1, mul(WORDS, 0x20))
        }
    }

    /// @notice Reverts on a public chain for a stored development key. `check` has refused such keys before they were
    /// stored, but the state of a test chain can be carried to another chain id.
    /// @param pointer the contract whose code is the key
    function refuseDevelopmentKey(address pointer) internal view {
        bool development;
        assembly ("memory-safe") {
            mstore(0, 0)
            extcodecopy(pointer, 31, add(1, mul(WORDS, 0x20)), 1)
            development := mload(0)
        }
        DevelopmentKey.refuseOnPublicChain(development);
    }

    /// @notice A key's name.
    /// @param key the 30 words
    /// @return keccak256 of the words
    function hash(uint256[30] memory key) internal pure returns (bytes32) {
        return keccak256(abi.encode(key));
    }

    /// @dev The addition precompile refuses points off the curve, and the whole curve is the group. A chain without the
    /// precompile answers nothing, and then no point is accepted.
    function _checkG1(uint256[30] memory key, uint256 word) private view {
        if (key[word] == 0 && key[word + 1] == 0) revert PointAtInfinity(word);
        (bool ok, bytes memory answer) = address(6).staticcall(abi.encode(key[word], key[word + 1], 0, 0));
        if (!ok || answer.length != 0x40) revert NotAPoint(word);
    }

    /// @dev The pairing precompile refuses points outside the subgroup, also against the point at infinity.
    function _checkG2(uint256[30] memory key, uint256 word) private view {
        if (key[word] == 0 && key[word + 1] == 0 && key[word + 2] == 0 && key[word + 3] == 0) {
            revert PointAtInfinity(word);
        }
        (bool ok, bytes memory answer) =
            address(8).staticcall(abi.encode(0, 0, key[word], key[word + 1], key[word + 2], key[word + 3]));
        if (!ok || answer.length != 0x20) revert NotAPoint(word);
    }

    /// @dev Whether the point of G2 at `word` has this x.
    function _sameX(uint256[30] memory key, uint256 word, uint256 x1, uint256 x0) private pure returns (bool) {
        return key[word] == x1 && key[word + 1] == x0;
    }
}
