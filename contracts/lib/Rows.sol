// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "./Groth16.sol";

/// @title The published rows of a batch
/// @notice Each row of a moored map gives three words (docs/reference/protocol.md, section 7). The proof states the
/// value of all of them at a point that is drawn from the statement and from the words. So the words that were handed
/// in are those of the proven rows, in number and order.
/// @dev They come packed: 32 bytes for the first word, 32 for the second, and 32 for the third if it is not zero, which
/// the highest bit of the first says. Zeros cost less than it would cost to leave them out and put them back. Any bytes
/// give words or revert. What is proven is about the words, so packing is no part of the proof.
library Rows {
    /// @dev The bits of a program's number.
    uint256 private constant _PROGRAM = 0xffffff;

    /// @notice The bytes are not `count` rows, or a word is beyond its range.
    error MalformedRows(uint256 count, uint256 length);

    /// @notice Reads the rows of one batch. The memory that it takes is given back by `release`.
    /// @param rows the packed rows
    /// @param count how many there are
    /// @param head domain, preRoot, postRoot, traceRoot and span of the batch
    /// @param all whether every row may cross
    /// @return point where the proof states the value of the words
    /// @return value the value of these words there
    /// @return crossing where the words are, in memory, of each row that may cross between map and chain: the actor or
    /// the issuer of the kind is program 1
    function read(bytes calldata rows, uint256 count, uint256[5] memory head, bool all)
        internal
        pure
        returns (uint256 point, uint256 value, uint256[] memory crossing)
    {
        uint256 text;
        uint256 end;
        assembly ("memory-safe") {
            // The head, then three words for each row.
            text := mload(0x40)
            mcopy(text, head, 0xa0)
            end := add(text, 0xa0)
            crossing := add(end, mul(count, 0x60))
            // Behind the words there is room for a list of all rows. `_unpack` gives back what it does not need.
            mstore(0x40, add(crossing, add(0x20, mul(count, 0x20))))
        }
        end = _unpack(rows, count, end, all ? 0 : _PROGRAM);
        uint256 order = Groth16.ORDER;
        assembly ("memory-safe") {
            point := mod(keccak256(text, sub(end, text)), order)
            value := 1
            for { let at := add(text, 0xa0) } lt(at, end) { at := add(at, 0x60) } {
                value := addmod(mulmod(value, point, order), mload(at), order)
                value := addmod(mulmod(value, point, order), mload(add(at, 0x20)), order)
                value := addmod(mulmod(value, point, order), mload(add(at, 0x40)), order)
            }
        }
    }

    /// @notice Gives back the memory of `read`, and all that was taken since. Otherwise memory would grow with the
    /// number of batches, and its price is quadratic.
    /// @param crossing what `read` returned
    /// @param count how many rows there are
    function release(uint256[] memory crossing, uint256 count) internal pure {
        assembly ("memory-safe") {
            mstore(0x40, sub(crossing, add(0xa0, mul(count, 0x60))))
        }
    }

    /// @notice Which row of the batch one that may cross is.
    /// @param crossing what `read` returned
    /// @param count how many rows there are
    /// @param i number in `crossing`
    /// @return its number in the batch, from 0
    function indexOf(uint256[] memory crossing, uint256 count, uint256 i) internal pure returns (uint256) {
        uint256 end;
        assembly ("memory-safe") {
            end := crossing
        }
        return count - (end - crossing[i]) / 0x60;
    }

    /// @notice Writes the words of all rows to memory, and behind them where those are that may cross, as an array;
    /// reverts if the bytes are not these rows.
    /// @param rows the packed rows
    /// @param count how many there are
    /// @param out where the words go
    /// @param mask the bits of a program's number, in which a row that may cross agrees with program 1
    /// @return end behind the last word
    function _unpack(bytes calldata rows, uint256 count, uint256 out, uint256 mask) private pure returns (uint256 end) {
        bool wrong;
        uint256 order = Groth16.ORDER;
        end = out + 96 * count;
        assembly ("memory-safe") {
            let at := rows.offset
            let list := add(end, 0x20)
            // The actor is at bit 5 of the first word, the issuer of the kind at bit 32 of the second.
            let actor := shl(5, mask)
            let issuer := shl(32, mask)
            for {} lt(out, end) { out := add(out, 0x60) } {
                let word := calldataload(at)
                let follows := shr(255, word)
                word := and(word, not(shl(255, 1)))
                let second := calldataload(add(at, 0x20))
                at := add(at, 0x40)
                mstore(out, word)
                mstore(add(out, 0x20), second)
                if iszero(mul(and(xor(word, 0x20), actor), and(xor(second, shl(32, 1)), issuer))) {
                    mstore(list, out)
                    list := add(list, 0x20)
                }
                // Both have 253 bits, so they are below the order.
                wrong := or(wrong, shr(253, or(word, second)))
                word := 0
                if follows {
                    // A word and the word plus the order would be one to the proof, and two to whoever reads them.
                    word := calldataload(at)
                    wrong := or(wrong, or(iszero(word), iszero(lt(word, order))))
                    at := add(at, 0x20)
                }
                mstore(add(out, 0x40), word)
            }
            // It only grows, so no row was read from beyond the end.
            wrong := or(wrong, iszero(eq(at, add(rows.offset, rows.length))))
            // The length of the list. It ends where free memory begins.
            mstore(end, shr(5, sub(sub(list, end), 0x20)))
            mstore(0x40, list)
        }
        if (wrong) revert MalformedRows(count, rows.length);
    }
}
