// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "./Groth16.sol";

/// @title Many Groth16 proofs under one verification key, in one pairing check
/// @notice Each proof's equation (see `Groth16`) is multiplied by a coefficient r_i of its own, and their sum is checked:
/// prod e(-r_i·A_i, B_i) · e(sum r_i·inputs_i, gamma) · e(sum r_i·C_i, delta) · e(sum r_i·alpha, beta) = 1.
/// The coefficients are hashes of all the proofs and all that they state, so nobody can choose proofs whose errors cancel:
/// one try in 2^128 would. The first coefficient is 1, which costs nothing in certainty: only ratios matter.
/// @dev k proofs are k + 3 pairs; the inputs are summed as scalars, so their points are multiplied once for all.
/// A precompile that refuses a point takes all the gas it was given. It is given no more than a part of what there is, where
/// that suffices, so that enough remains to name the culprit; no price is relied on.
library Groth16Many {
    // Memory from the free pointer on, none of it kept. Sum and work adjoin, so that the addition takes both.
    // 0x000 sum: a point
    // 0x040 work: a point, or a point and a scalar
    // 0x0a0 scalars: those of IC0 (which is the sum of the coefficients) and of the four inputs that differ
    // 0x140 pairs: six words each; before that, the transcript, which is shorter

    /// @notice Checks proofs together. Reverts only where an input is not reduced.
    /// @param key the 26 words of `VerifyingKey`
    /// @param domain the fifth input of every proof, below `Groth16.ORDER`
    /// @param claims one or more, 13 words each: the key's hash, preRoot, postRoot, traceRoot, span, and the proof as
    /// `Groth16.verify` takes it
    /// @return valid whether all proofs hold; false also for coordinates that are not reduced or not on the curve
    function verify(uint256[26] memory key, uint256 domain, uint256[13][] calldata claims)
        internal
        view
        returns (bool valid)
    {
        // The first proof's A is negated here; all other coordinates go to a precompile as they came.
        if (claims[0][6] >= Groth16.BASE_FIELD) return false;
        (bool made, bool reduced) = combine(domain, claims);
        if (!reduced) refuseInput(claims);
        return made && closes(key, domain, claims.length);
    }

    /// @dev Names the first input that is not reduced. The domain is.
    function refuseInput(uint256[13][] calldata claims) private pure {
        for (uint256 i = 0; i < claims.length; ++i) {
            for (uint256 j = 0; j < 4; ++j) {
                uint256 input = claims[i][1 + j];
                if (input >= Groth16.ORDER) revert Groth16.InputNotReduced(j, input);
            }
        }
    }

    /// @dev Leaves the pairs (-r·A, B), the sum of r·C, and the scalars.
    /// @return valid whether the precompiles took all points, up to the first that they did not
    /// @return reduced whether the inputs that were met are below the order
    function combine(uint256 domain, uint256[13][] calldata claims) private view returns (bool valid, bool reduced) {
        uint256 order = Groth16.ORDER;
        uint256 field = Groth16.BASE_FIELD;
        assembly ("memory-safe") {
            // Three calls may fail before the loop ends.
            let most := shr(2, gas())
            let sum := mload(0x40)
            let work := add(sum, 0x40)
            let scalars := add(sum, 0xa0)
            let pair := add(sum, 0x140)
            let claim := claims.offset

            mstore(pair, domain)
            calldatacopy(add(pair, 0x20), claim, mul(claims.length, 0x1a0))
            mstore(0, keccak256(pair, add(0x20, mul(claims.length, 0x1a0))))

            mstore(scalars, 1)
            calldatacopy(add(scalars, 0x20), add(claim, 0x20), 0x80)
            reduced := and(
                and(lt(mload(add(scalars, 0x20)), order), lt(mload(add(scalars, 0x40)), order)),
                and(lt(mload(add(scalars, 0x60)), order), lt(mload(add(scalars, 0x80)), order))
            )
            calldatacopy(pair, add(claim, 0xa0), 0xc0)
            mstore(add(pair, 0x20), mod(sub(field, mload(add(pair, 0x20))), field))
            calldatacopy(sum, add(claim, 0x160), 0x40)

            valid := 1
            for { let i := 1 } and(lt(i, claims.length), valid) { i := add(i, 1) } {
                claim := add(claim, 0x1a0)
                pair := add(pair, 0xc0)
                // The scratch space holds the transcript's hash and then the number.
                mstore(0x20, i)
                let r := shr(128, keccak256(0, 0x40))
                // Each is below 2^128, so the sum needs no reduction.
                mstore(scalars, add(mload(scalars), r))
                for { let j := 0x20 } lt(j, 0xa0) { j := add(j, 0x20) } {
                    let input := calldataload(add(claim, j))
                    reduced := and(reduced, lt(input, order))
                    mstore(add(scalars, j), addmod(mload(add(scalars, j)), mulmod(r, input, order), order))
                }

                calldatacopy(work, add(claim, 0xa0), 0x40)
                mstore(add(work, 0x40), sub(order, r))
                valid := staticcall(most, 7, work, 0x60, pair, 0x40)
                calldatacopy(add(pair, 0x40), add(claim, 0xe0), 0x80)

                calldatacopy(work, add(claim, 0x160), 0x40)
                mstore(add(work, 0x40), r)
                valid := and(valid, staticcall(most, 7, work, 0x60, work, 0x40))
                valid := and(valid, staticcall(most, 6, sum, 0x80, sum, 0x40))
            }
        }
    }

    /// @dev Adds the three pairs of the key, and checks all.
    function closes(uint256[26] memory key, uint256 domain, uint256 count) private view returns (bool valid) {
        uint256 order = Groth16.ORDER;
        assembly ("memory-safe") {
            let most := shr(1, gas())
            let sum := mload(0x40)
            let work := add(sum, 0x40)
            let scalars := add(sum, 0xa0)
            let pairs := add(sum, 0x140)

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
            valid := and(valid, staticcall(most, 7, work, 0x60, sum, 0x40))
            for { let j := 0x20 } lt(j, 0xc0) { j := add(j, 0x20) } {
                mcopy(work, add(key, add(0x1c0, shl(1, j))), 0x40)
                let scalar := mload(add(scalars, j))
                if eq(j, 0xa0) { scalar := mulmod(mload(scalars), domain, order) }
                mstore(add(work, 0x40), scalar)
                valid := and(valid, staticcall(most, 7, work, 0x60, work, 0x40))
                valid := and(valid, staticcall(most, 6, sum, 0x80, sum, 0x40))
            }
            mcopy(pair, sum, 0x40)
            mcopy(add(pair, 0x40), add(key, 0xc0), 0x80)

            if valid {
                // Half of the gas may be too little for this one: then twice today's price, or all there is.
                most := shr(1, gas())
                let price := add(45000, mul(34000, add(count, 3)))
                if lt(most, price) { most := shl(1, price) }
                valid := staticcall(most, 8, pairs, mul(add(count, 3), 0xc0), work, 0x20)
                valid := and(valid, eq(mload(work), 1))
            }
        }
    }
}
