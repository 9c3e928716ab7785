// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "./Groth16.sol";

/// @title The published rows of a batch
/// @notice Each row of a moored map gives three words (docs/reference/protocol.md, section 7). The proof states the
/// value of all of them at a point that is drawn from the statement and from the words. So the words that were handed
/// in are those of the proven rows, in number and order.
/// @dev They come packed: one byte with the operation, two with a mask, and the fields that the mask names, each
/// big-endian in its width. Any bytes give words or revert. What is proven is about the words, so packing is no part of
/// the proof.
library Rows {
    uint256 private constant _OPERATIONS = 21;
    uint256 private constant _LATER = 1 << 28;

    /// @notice The bytes are not `count` rows, or a field is beyond its range.
    error MalformedRows(uint256 count, uint256 length);

    /// @notice Reads the rows of one batch.
    /// @param rows the packed rows
    /// @param count how many there are
    /// @param head domain, preRoot, postRoot, traceRoot and span of the batch
    /// @return point where the proof states the value of the words
    /// @return value the value of these words there
    function read(bytes calldata rows, uint256 count, uint256[5] memory head)
        internal
        pure
        returns (uint256 point, uint256 value)
    {
        uint256 text;
        uint256 end;
        assembly ("memory-safe") {
            // The head, then three words for each row.
            text := mload(0x40)
            mcopy(text, head, 0xa0)
            end := add(text, 0xa0)
            mstore(0x40, add(end, mul(count, 0x60)))
        }
        end = _unpack(rows, count, end);
        uint256 order = Groth16.ORDER;
        assembly ("memory-safe") {
            point := mod(keccak256(text, sub(end, text)), order)
            value := 1
            for { let at := add(text, 0xa0) } lt(at, end) { at := add(at, 0x60) } {
                value := addmod(mulmod(value, point, order), mload(at), order)
                value := addmod(mulmod(value, point, order), mload(add(at, 0x20)), order)
                value := addmod(mulmod(value, point, order), mload(add(at, 0x40)), order)
            }
            // Given back, so that memory does not grow with the number of batches: its price is quadratic.
            mstore(0x40, text)
        }
    }

    /// @dev Writes the words of all rows to memory; reverts if the bytes are not these rows.
    /// @param rows the packed rows
    /// @param count how many there are
    /// @param out where the words go
    /// @return end behind the last word
    function _unpack(bytes calldata rows, uint256 count, uint256 out) private pure returns (uint256 end) {
        bool wrong;
        uint256 order = Groth16.ORDER;
        uint256 operations = _OPERATIONS;
        uint256 latest = _LATER;
        end = out + 96 * count;
        assembly ("memory-safe") {
            let at := rows.offset
            for {} lt(out, end) { out := add(out, 0x60) } {
                // Operation and mask.
                let mask := shr(232, calldataload(at))
                at := add(at, 3)
                let word := shr(16, mask)
                wrong := or(wrong, or(iszero(lt(word, operations)), and(mask, 0x6000)))
                // w1: actor, peer, the three addresses, deadline, resource.
                if and(mask, 0x0001) {
                    word := or(word, shl(5, shr(232, calldataload(at))))
                    at := add(at, 3)
                }
                if and(mask, 0x0002) {
                    word := or(word, shl(29, shr(232, calldataload(at))))
                    at := add(at, 3)
                }
                if and(mask, 0x0004) {
                    word := or(word, shl(53, shr(224, calldataload(at))))
                    at := add(at, 4)
                }
                if and(mask, 0x0008) {
                    word := or(word, shl(85, shr(224, calldataload(at))))
                    at := add(at, 4)
                }
                if and(mask, 0x0010) {
                    word := or(word, shl(117, shr(224, calldataload(at))))
                    at := add(at, 4)
                }
                if and(mask, 0x0020) {
                    word := or(word, shl(149, shr(216, calldataload(at))))
                    at := add(at, 5)
                }
                if and(mask, 0x0040) {
                    word := or(word, shl(189, shr(192, calldataload(at))))
                    at := add(at, 8)
                }
                mstore(out, word)
                // w2: kind, quantity, scope, rights, seconds after notBefore, last.
                word := shl(252, shr(15, and(mask, 0x8000)))
                if and(mask, 0x0080) {
                    word := or(word, shr(200, calldataload(at)))
                    at := add(at, 7)
                }
                if and(mask, 0x0100) {
                    let width := byte(0, calldataload(at))
                    wrong := or(wrong, gt(width, 16))
                    word := or(word, shl(56, shr(sub(256, shl(3, width)), calldataload(add(at, 1)))))
                    at := add(at, add(1, width))
                }
                if and(mask, 0x0200) {
                    word := or(word, shl(184, shr(224, calldataload(at))))
                    at := add(at, 4)
                }
                if and(mask, 0x0400) {
                    word := or(word, shl(216, shr(248, calldataload(at))))
                    at := add(at, 1)
                }
                if and(mask, 0x0800) {
                    let later := shr(224, calldataload(at))
                    wrong := or(wrong, iszero(lt(later, latest)))
                    word := or(word, shl(224, later))
                    at := add(at, 4)
                }
                mstore(add(out, 0x20), word)
                // w3: the argument. A word and the word plus the order would be one to the proof.
                word := 0
                if and(mask, 0x1000) {
                    word := calldataload(at)
                    wrong := or(wrong, iszero(lt(word, order)))
                    at := add(at, 32)
                }
                mstore(add(out, 0x40), word)
            }
            // It only grows, so no row was read from beyond the end.
            wrong := or(wrong, iszero(eq(at, add(rows.offset, rows.length))))
        }
        if (wrong) revert MalformedRows(count, rows.length);
    }
}
