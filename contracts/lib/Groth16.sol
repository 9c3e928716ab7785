// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Groth16 over BN254 for any verification key with seven public inputs
/// @notice Checks the same equation as the verifier that snarkjs generates. The key is data instead of constants:
/// e(A, B) = e(alpha, beta) · e(IC0 + sum of input_i · IC_i, gamma) · e(C, delta).
/// @dev Calls only precompiles: 6 (addition), 7 (multiplication) and 8 (pairing).
library Groth16 {
    /// @notice The order of BN254's groups. Public inputs are below it.
    uint256 internal constant ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    /// @notice The field of the points' coordinates.
    uint256 internal constant BASE_FIELD =
        21888242871839275222246405745257275088696311157297823662689037894645226208583;

    /// @notice A public input is not below `ORDER`. It would be another name for a smaller one.
    error InputNotReduced(uint256 index, uint256 value);

    /// @notice Checks one proof. Reverts only if an input is not reduced.
    /// @param key the 30 words of `VerifyingKey`
    /// @param inputs preRoot, postRoot, traceRoot, span, domain, point, value
    /// @param proof A (x, y), B (x1, x0, y1, y0: the imaginary part first), C (x, y)
    /// @return valid whether the proof holds; false also for coordinates that are not reduced or not on the curve
    function verify(uint256[30] memory key, uint256[7] memory inputs, uint256[8] calldata proof)
        internal
        view
        returns (bool valid)
    {
        uint256 order = ORDER;
        uint256 field = BASE_FIELD;
        bool reduced;
        assembly ("memory-safe") {
            // Four pairs of points, six words each: (-A, B), (alpha, beta), (inputs, gamma), (C, delta).
            let pairs := mload(0x40)
            let sum := add(pairs, 0x180)
            let work := add(pairs, 0x300)

            mcopy(sum, add(key, 0x1c0), 0x40)
            reduced := 1
            // A is negated here, which would reduce its y. All other coordinates go to a precompile unchanged.
            valid := lt(calldataload(add(proof, 0x20)), field)
            for { let i := 0 } lt(i, 7) { i := add(i, 1) } {
                let input := mload(add(inputs, shl(5, i)))
                reduced := and(reduced, lt(input, order))
                // The point of a map that publishes nothing is 0.
                if input {
                    // work: IC point, input → product, sum → sum
                    mcopy(work, add(key, add(0x200, shl(6, i))), 0x40)
                    // Its value is 1.
                    if gt(input, 1) {
                        mstore(add(work, 0x40), input)
                        valid := and(valid, staticcall(gas(), 7, work, 0x60, work, 0x40))
                    }
                    mcopy(add(work, 0x40), sum, 0x40)
                    valid := and(valid, staticcall(gas(), 6, work, 0x80, sum, 0x40))
                }
            }

            calldatacopy(pairs, proof, 0xc0)
            mstore(add(pairs, 0x20), mod(sub(field, calldataload(add(proof, 0x20))), field))
            mcopy(add(pairs, 0xc0), key, 0xc0)
            mcopy(add(pairs, 0x1c0), add(key, 0xc0), 0x80)
            calldatacopy(add(pairs, 0x240), add(proof, 0xc0), 0x40)
            mcopy(add(pairs, 0x280), add(key, 0x140), 0x80)

            if and(valid, reduced) {
                // A chain without the precompile answers nothing, and this must not read as 1.
                mstore(work, 0)
                valid := staticcall(gas(), 8, pairs, 0x300, work, 0x20)
                valid := and(valid, eq(mload(work), 1))
            }
        }
        if (!reduced) _refuseInput(inputs);
    }

    /// @dev Reverts with the first input that is not reduced.
    function _refuseInput(uint256[7] memory inputs) private pure {
        for (uint256 i = 0; i < 7; ++i) {
            if (inputs[i] >= ORDER) revert InputNotReduced(i, inputs[i]);
        }
    }
}
