// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "./Groth16.sol";

/// @title Many Groth16 proofs under one verification key, in one pairing check
/// @notice Each proof's equation (see `Groth16`) is multiplied by its own coefficient r_i, and the sum is checked:
/// prod e(-r_i·A_i, B_i) · e(sum r_i·inputs_i, gamma) · e(sum r_i·C_i, delta) · e(sum r_i·alpha, beta) = 1.
/// The coefficients are hashes of all proofs and all statements, so proofs whose errors cancel cannot be chosen: one
/// try in 2^128 succeeds. The first coefficient is 1. This weakens nothing, since only ratios matter.
/// @dev k proofs need k + 3 pairs. The inputs are summed as scalars, so each of the key's points is multiplied once. A
/// point whose scalar is 0 is left out, and IC7 is added to IC0 first if their scalars are the same.
/// A precompile that refuses a point consumes all gas of its call. Each call therefore gets only a part of the gas
/// left, if that part suffices, so that enough remains to find the bad proof. No gas price is relied on.
library Groth16Batch {
    // Layout of the memory area that `_combine` and `_checkPairing` share. `sum` and `work` adjoin, so that one
    // addition takes both.
    // 0x000 sum: a point
    // 0x040 work: a point, or a point and a scalar
    // 0x0a0 scalars of the eight points IC0..IC7: the sum of the coefficients, and what the inputs sum up to
    // 0x1a0 pairs: six words each, one pair for every proof and three for the key

    /// @notice Checks proofs together. Each begins at the root at which the one before it ends. Reverts only if an
    /// input is not reduced.
    /// @param key the 30 words of `VerifyingKey`
    /// @param vkeyHash the key's name
    /// @param domain the fifth input of every proof, below `Groth16.ORDER`
    /// @param preRoot the first input of the first proof
    /// @param claims one or more of 11 words each: postRoot, traceRoot, span, and the proof as in `Groth16.verify`
    /// @param channel the sixth and the seventh input of each proof, one after the other, all below the order; empty if
    /// they are 0 and 1 for every proof
    /// @return valid whether all proofs hold; false also for coordinates that are not reduced or not on the curve
    function verify(
        uint256[30] memory key,
        bytes32 vkeyHash,
        uint256 domain,
        uint256 preRoot,
        uint256[11][] calldata claims,
        uint256[] memory channel
    ) internal view returns (bool valid) {
        // The first proof's A is negated here. All other coordinates go to a precompile unchanged.
        if (claims[0][4] >= Groth16.BASE_FIELD) return false;
        uint256 area;
        assembly ("memory-safe") {
            // Allocated: memory beyond the free pointer need not outlast an assembly block.
            area := mload(0x40)
            mstore(0x40, add(add(area, 0x3e0), mul(claims.length, 0xc0)))
        }
        bytes32 seed = hashOf(vkeyHash, domain, preRoot, claims, channel);
        (bool combined, bool reduced) = _combine(seed, preRoot, claims, area);
        if (!reduced) _refuseInput(preRoot, claims);
        _combineChannel(seed, channel, area);
        return combined && _checkPairing(key, domain, claims.length, area);
    }

    /// @notice The hash of all proofs and all statements. Every later preRoot is the postRoot before it.
    /// @param vkeyHash the key's name
    /// @param domain the fifth input of every proof
    /// @param preRoot the first input of the first proof
    /// @param claims see `verify`
    /// @param channel see `verify`; without it, the errors of two proofs could be chosen to cancel. If it is empty, the
    /// map says so, whose domain is hashed
    /// @return seed of the coefficients
    function hashOf(
        bytes32 vkeyHash,
        uint256 domain,
        uint256 preRoot,
        uint256[11][] calldata claims,
        uint256[] memory channel
    ) internal pure returns (bytes32 seed) {
        assembly ("memory-safe") {
            let text := mload(0x40)
            mstore(text, vkeyHash)
            mstore(add(text, 0x20), domain)
            mstore(add(text, 0x40), preRoot)
            let length := mul(claims.length, 0x160)
            calldatacopy(add(text, 0x60), claims.offset, length)
            let more := shl(5, mload(channel))
            mcopy(add(add(text, 0x60), length), add(channel, 0x20), more)
            seed := keccak256(text, add(0x60, add(length, more)))
        }
    }

    /// @notice Writes the pairs (-r·A, B), the sum of r·C, and the scalars into the area.
    /// @param seed see `hashOf`
    /// @param preRoot the first input of the first proof
    /// @param claims see `verify`
    /// @param sum address of the area
    /// @return valid whether the precompiles accepted all points; the loop ends at the first refusal
    /// @return reduced whether all inputs up to there are below the order
    function _combine(bytes32 seed, uint256 preRoot, uint256[11][] calldata claims, uint256 sum)
        private
        view
        returns (bool valid, bool reduced)
    {
        uint256 order = Groth16.ORDER;
        uint256 field = Groth16.BASE_FIELD;
        assembly ("memory-safe") {
            // Three calls may fail before the loop ends.
            let most := shr(2, gas())
            let scalars := add(sum, 0xa0)
            let pair := add(sum, 0x1a0)
            let claim := claims.offset

            mstore(scalars, 1)
            mstore(add(scalars, 0x20), preRoot)
            calldatacopy(add(scalars, 0x40), claim, 0x60)
            reduced := and(
                and(lt(preRoot, order), lt(mload(add(scalars, 0x40)), order)),
                and(lt(mload(add(scalars, 0x60)), order), lt(mload(add(scalars, 0x80)), order))
            )
            calldatacopy(pair, add(claim, 0x60), 0xc0)
            mstore(add(pair, 0x20), mod(sub(field, mload(add(pair, 0x20))), field))
            calldatacopy(sum, add(claim, 0x120), 0x40)

            valid := 1
            // The scratch space holds the seed, then the proof's number.
            mstore(0, seed)
            for { let i := 1 } and(lt(i, claims.length), valid) { i := add(i, 1) } {
                mstore(0x20, i)
                let r := shr(128, keccak256(0, 0x40))
                // Each is below 2^128, so the sum needs no reduction.
                mstore(scalars, add(mload(scalars), r))
                // The preRoot was checked as the postRoot before it. A loop would cost 1,300 gas for eight proofs.
                let at := add(scalars, 0x20)
                mstore(at, addmod(mload(at), mulmod(r, calldataload(claim), order), order))
                claim := add(claim, 0x160)
                at := add(scalars, 0x40)
                mstore(at, addmod(mload(at), mulmod(r, calldataload(claim), order), order))
                at := add(scalars, 0x60)
                mstore(at, addmod(mload(at), mulmod(r, calldataload(add(claim, 0x20)), order), order))
                at := add(scalars, 0x80)
                mstore(at, addmod(mload(at), mulmod(r, calldataload(add(claim, 0x40)), order), order))
                reduced := and(
                    and(reduced, lt(calldataload(claim), order)),
                    and(lt(calldataload(add(claim, 0x20)), order), lt(calldataload(add(claim, 0x40)), order))
                )

                let work := add(sum, 0x40)
                pair := add(pair, 0xc0)
                calldatacopy(work, add(claim, 0x60), 0x40)
                mstore(add(work, 0x40), sub(order, r))
                valid := staticcall(most, 7, work, 0x60, pair, 0x40)
                calldatacopy(add(pair, 0x40), add(claim, 0xa0), 0x80)

                calldatacopy(work, add(claim, 0x120), 0x40)
                mstore(add(work, 0x40), r)
                valid := and(valid, staticcall(most, 7, work, 0x60, work, 0x40))
                valid := and(valid, staticcall(most, 6, sum, 0x80, sum, 0x40))
            }
        }
    }

    /// @notice Adds the key's three pairs, and checks that the product of all pairings is one.
    /// @param key the 30 words of `VerifyingKey`
    /// @param domain the fifth input of every proof
    /// @param count number of the proofs
    /// @param sum address of the area
    /// @return valid whether it is one
    function _checkPairing(uint256[30] memory key, uint256 domain, uint256 count, uint256 sum)
        private
        view
        returns (bool valid)
    {
        uint256 order = Groth16.ORDER;
        assembly ("memory-safe") {
            let most := shr(1, gas())
            let work := add(sum, 0x40)
            let scalars := add(sum, 0xa0)
            let pairs := add(sum, 0x1a0)

            // C, delta
            let pair := add(pairs, mul(count, 0xc0))
            mcopy(pair, sum, 0x40)
            mcopy(add(pair, 0x40), add(key, 0x140), 0x80)
            // alpha, beta
            pair := add(pair, 0xc0)
            mcopy(work, key, 0x40)
            mstore(add(work, 0x40), mload(scalars))
            valid := staticcall(most, 7, work, 0x60, pair, 0x40)
            mcopy(add(pair, 0x40), add(key, 0x40), 0x80)
            // inputs, gamma
            pair := add(pair, 0xc0)
            mcopy(work, add(key, 0x1c0), 0x40)
            let total := mload(scalars)
            mstore(add(scalars, 0xa0), mulmod(total, domain, order))
            // If every value is 1, the scalar of IC7 is that of IC0: one multiplication takes their sum.
            let folded := eq(mload(add(scalars, 0xe0)), total)
            if folded {
                mcopy(sum, add(key, 0x380), 0x40)
                valid := and(valid, staticcall(most, 6, sum, 0x80, work, 0x40))
            }
            mstore(add(work, 0x40), total)
            valid := and(valid, staticcall(most, 7, work, 0x60, sum, 0x40))
            let end := sub(0x100, shl(5, folded))
            for { let j := 0x20 } lt(j, end) { j := add(j, 0x20) } {
                let scalar := mload(add(scalars, j))
                // The point of a map that publishes nothing is 0.
                if scalar {
                    mcopy(work, add(key, add(0x1c0, shl(1, j))), 0x40)
                    mstore(add(work, 0x40), scalar)
                    valid := and(valid, staticcall(most, 7, work, 0x60, work, 0x40))
                    valid := and(valid, staticcall(most, 6, sum, 0x80, sum, 0x40))
                }
            }
            mcopy(pair, sum, 0x40)
            mcopy(add(pair, 0x40), add(key, 0xc0), 0x80)

            if valid {
                // Half of the gas may be too little for the pairing. It then gets twice today's price, or all there is.
                most := shr(1, gas())
                let price := add(45000, mul(34000, add(count, 3)))
                if lt(most, price) { most := shl(1, price) }
                mstore(work, 0)
                valid := staticcall(most, 8, pairs, mul(add(count, 3), 0xc0), work, 0x20)
                valid := and(valid, eq(mload(work), 1))
            }
        }
    }

    /// @notice Writes the scalars of point and value into the area, with the coefficients of `_combine`.
    /// @param seed see `hashOf`
    /// @param channel see `verify`
    /// @param sum address of the area, to which `_combine` has written
    function _combineChannel(bytes32 seed, uint256[] memory channel, uint256 sum) private pure {
        uint256 order = Groth16.ORDER;
        assembly ("memory-safe") {
            let told := add(channel, 0x20)
            let end := add(told, shl(5, mload(channel)))
            let point := 0
            // If each is 1, their sum is that of the coefficients.
            let value := mload(add(sum, 0xa0))
            if mload(channel) {
                point := mload(told)
                value := mload(add(told, 0x20))
            }
            mstore(0, seed)
            let i := 1
            for { told := add(told, 0x40) } lt(told, end) { told := add(told, 0x40) } {
                mstore(0x20, i)
                let r := shr(128, keccak256(0, 0x40))
                point := addmod(point, mulmod(r, mload(told), order), order)
                value := addmod(value, mulmod(r, mload(add(told, 0x20)), order), order)
                i := add(i, 1)
            }
            mstore(add(sum, 0x160), point)
            mstore(add(sum, 0x180), value)
        }
    }

    /// @dev Reverts with the first input that is not reduced. The domain is always reduced.
    function _refuseInput(uint256 preRoot, uint256[11][] calldata claims) private pure {
        if (preRoot >= Groth16.ORDER) revert Groth16.InputNotReduced(0, preRoot);
        for (uint256 i = 0; i < claims.length; ++i) {
            for (uint256 j = 0; j < 3; ++j) {
                uint256 input = claims[i][j];
                if (input >= Groth16.ORDER) revert Groth16.InputNotReduced(1 + j, input);
            }
        }
    }
}
