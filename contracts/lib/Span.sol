// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title A batch's transition numbers and times, packed into one public input
/// @notice span = firstSeq + count·2^32 + notBefore·2^48 + until·2^88. It has 128 bits; all higher bits must be zero.
library Span {
    /// @notice The span has bits above its 128.
    error SpanOutOfRange(uint256 span);

    /// @notice Unpacks a span. Reverts if it has more than 128 bits.
    /// @param span the third public input of a proof
    /// @return firstSeq number of the batch's first transition; a map's first transition is 1
    /// @return count number of transitions in the batch
    /// @return notBefore no transition of the batch happened earlier, in Unix seconds
    /// @return until no transition of the batch happened later, in Unix seconds
    function unpack(uint256 span)
        internal
        pure
        returns (uint256 firstSeq, uint256 count, uint256 notBefore, uint256 until)
    {
        if (span >> 128 != 0) revert SpanOutOfRange(span);
        firstSeq = uint32(span);
        count = uint16(span >> 32);
        notBefore = uint40(span >> 48);
        until = span >> 88;
    }
}
