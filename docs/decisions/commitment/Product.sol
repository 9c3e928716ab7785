// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.24;

/// @notice k proofs of one key in one product of pairings, with or without a commitment in each proof. A prototype: it
/// measures gas. `gas.mjs` writes the key into it.
contract Product {
    uint256 private constant ORDER = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    bool private constant COMMITTED = IS_COMMITTED;
    /// alpha, beta, gamma, delta, IC; with a commitment also G and -sigma G.
    bytes private constant KEY = hex"KEY_HEX";

    /// @param inputs five words for each proof
    /// @param proofs A, B, C, with a commitment also D and its proof of knowledge
    function check(uint256[] calldata inputs, uint256[] calldata proofs) external view returns (bool) {
        bytes memory key = KEY;
        uint256 width = COMMITTED ? 12 : 8;
        uint256 count = proofs.length / width;
        uint256[] memory pairs = new uint256[](6 * (count + (COMMITTED ? 5 : 3)));
        uint256[7] memory scalars;
        uint256[2][4] memory sums; // C, D, proofs of knowledge
        uint256 seed = uint256(keccak256(abi.encodePacked(inputs, proofs)));
        for (uint256 i = 0; i < count; ++i) {
            uint256 r = i == 0 ? 1 : uint256(keccak256(abi.encode(seed, i))) >> 128;
            uint256 at = width * i;
            _mul(proofs[at], proofs[at + 1], ORDER - r, pairs, 6 * i);
            for (uint256 j = 0; j < 4; ++j) pairs[6 * i + 2 + j] = proofs[at + 2 + j];
            _addScaled(sums[0], proofs[at + 6], proofs[at + 7], r);
            scalars[0] = addmod(scalars[0], r, ORDER);
            for (uint256 j = 0; j < 5; ++j) {
                require(inputs[5 * i + j] < ORDER);
                scalars[j + 1] = addmod(scalars[j + 1], mulmod(r, inputs[5 * i + j], ORDER), ORDER);
            }
            if (COMMITTED) {
                _addScaled(sums[1], proofs[at + 8], proofs[at + 9], r);
                _addScaled(sums[2], proofs[at + 10], proofs[at + 11], r);
                scalars[6] = addmod(scalars[6], mulmod(r, _challenge(inputs, proofs, i), ORDER), ORDER);
            }
        }
        uint256 next = 6 * count;
        // C with delta, alpha with beta, inputs and D with gamma.
        (pairs[next], pairs[next + 1]) = (sums[0][0], sums[0][1]);
        _copy(key, 0x140, pairs, next + 2);
        _mul(_word(key, 0), _word(key, 0x20), scalars[0], pairs, next + 6);
        _copy(key, 0x40, pairs, next + 8);
        for (uint256 j = 0; j < (COMMITTED ? 7 : 6); ++j) {
            _addScaled(sums[3], _word(key, 0x1c0 + 0x40 * j), _word(key, 0x1e0 + 0x40 * j), scalars[j]);
        }
        if (COMMITTED) _addScaled(sums[3], sums[1][0], sums[1][1], 1);
        (pairs[next + 12], pairs[next + 13]) = (sums[3][0], sums[3][1]);
        _copy(key, 0xc0, pairs, next + 14);
        if (COMMITTED) {
            // D with -sigma G, its proofs with G. Both under one more coefficient.
            uint256 rho = uint256(keccak256(abi.encode(seed, count))) >> 128;
            _mul(sums[1][0], sums[1][1], rho, pairs, next + 18);
            _copy(key, 0x400, pairs, next + 20);
            _mul(sums[2][0], sums[2][1], rho, pairs, next + 24);
            _copy(key, 0x380, pairs, next + 26);
        }
        uint256 result;
        assembly ("memory-safe") {
            let length := mul(mload(pairs), 0x20)
            if iszero(staticcall(gas(), 8, add(pairs, 0x20), length, 0, 0x20)) { revert(0, 0) }
            result := mload(0)
        }
        require(result == 1, "product");
        return true;
    }

    /// @dev The hash of the commitment and the inputs, as gnark's verifier computes it.
    function _challenge(uint256[] calldata inputs, uint256[] calldata proofs, uint256 i)
        private
        pure
        returns (uint256 c)
    {
        assembly ("memory-safe") {
            let work := mload(0x40)
            calldatacopy(work, add(proofs.offset, add(mul(i, 0x180), 0x100)), 0x40)
            calldatacopy(add(work, 0x40), add(inputs.offset, mul(i, 0xa0)), 0xa0)
            c := mod(keccak256(work, 0xe0), ORDER)
        }
    }

    function _word(bytes memory key, uint256 at) private pure returns (uint256 word) {
        assembly ("memory-safe") { word := mload(add(add(key, 0x20), at)) }
    }

    function _copy(bytes memory key, uint256 from, uint256[] memory to, uint256 at) private pure {
        assembly ("memory-safe") { mcopy(add(add(to, 0x20), mul(at, 0x20)), add(add(key, 0x20), from), 0x80) }
    }

    function _mul(uint256 x, uint256 y, uint256 scalar, uint256[] memory to, uint256 at) private view {
        assembly ("memory-safe") {
            let work := mload(0x40)
            mstore(work, x)
            mstore(add(work, 0x20), y)
            mstore(add(work, 0x40), scalar)
            if iszero(staticcall(gas(), 7, work, 0x60, add(add(to, 0x20), mul(at, 0x20)), 0x40)) { revert(0, 0) }
        }
    }

    function _addScaled(uint256[2] memory sum, uint256 x, uint256 y, uint256 scalar) private view {
        assembly ("memory-safe") {
            let work := mload(0x40)
            mstore(work, mload(sum))
            mstore(add(work, 0x20), mload(add(sum, 0x20)))
            mstore(add(work, 0x40), x)
            mstore(add(work, 0x60), y)
            mstore(add(work, 0x80), scalar)
            let done := 1
            if iszero(eq(scalar, 1)) { done := staticcall(gas(), 7, add(work, 0x40), 0x60, add(work, 0x40), 0x40) }
            if iszero(and(done, staticcall(gas(), 6, work, 0x80, sum, 0x40))) { revert(0, 0) }
        }
    }
}
