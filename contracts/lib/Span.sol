// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title What a batch covers, packed into one public input
/// @notice span = firstSeq + count·2^32 + notBefore·2^48 + until·2^88, so 128 bits are used and the rest must be zero.
library Span {
    /// @notice The span has bits above its 128.
    error SpanOutOfRange(uint256 span);

    /// @return firstSeq number of the first transition of the batch; a map's first transition is 1
    /// @return count how many transitions the batch holds
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
