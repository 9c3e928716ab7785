// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// The registry's part of docs/decisions/blobs.md: the batches of a call are what the transaction's first blob holds.
contract Blob {
    uint256 private constant P = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001;

    error NotTheBlob();

    event Checked(bytes32 versionedHash, uint256 point);

    /// @param statements of the batches: a hash that stands for domain, roots, traceRoot and span of each
    /// @param counts rows of each batch
    /// @param values of each batch at the point, as its proof states them: bits 0 to 175, and the others
    /// @param commitment of the blob
    /// @param opening proof of the blob's value at the point
    function check(
        bytes32[] calldata statements,
        uint256[] calldata counts,
        uint256[2][] calldata values,
        bytes calldata commitment,
        bytes calldata opening
    ) external {
        bytes32 versionedHash = blobhash(0);
        uint256 point = uint256(keccak256(abi.encodePacked(versionedHash, statements))) >> 4;
        // Horner's rule over the batches, from the last.
        uint256 value;
        for (uint256 i = values.length; i > 0; --i) {
            value = mulmod(value, power(point, 3 * counts[i - 1]), P);
            value = addmod(value, values[i - 1][0] + (values[i - 1][1] << 176), P);
        }
        (bool ok,) = address(10).staticcall(abi.encodePacked(versionedHash, point, value, commitment, opening));
        if (!ok) revert NotTheBlob();
        emit Checked(versionedHash, point);
    }

    function power(uint256 base, uint256 exponent) private pure returns (uint256 result) {
        result = 1;
        for (; exponent > 0; exponent >>= 1) {
            if (exponent & 1 == 1) result = mulmod(result, base, P);
            base = mulmod(base, base, P);
        }
    }
}
