// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title A batch's transition numbers and times, packed into one public input
/// @notice span = firstSeq + count·2^32 + notBefore·2^48 + until·2^88 + moored·2^128. All higher bits must be zero.
library Span {
    /// @notice The span has bits above its 129.
    error SpanOutOfRange(uint256 span);

    /// @notice The batch says that its rows are published, and the map does not publish them; or the other way round.
    error WrongMooring(bool given, bool expected);

    /// @notice Unpacks a span. Reverts if it has more than 129 bits, or another `moored` than the map.
    /// @param span the fourth public input of a proof
    /// @param moored whether the map publishes its rows
    /// @return firstSeq number of the batch's first transition; a map's first transition is 1
    /// @return count number of transitions in the batch
    /// @return notBefore no transition of the batch happened earlier, in Unix seconds
    /// @return until no transition of the batch happened later, in Unix seconds
    function unpack(uint256 span, bool moored)
        internal
        pure
        returns (uint256 firstSeq, uint256 count, uint256 notBefore, uint256 until)
    {
        uint256 top = span >> 128;
        if (top != (moored ? 1 : 0)) {
            if (top > 1) revert SpanOutOfRange(span);
            revert WrongMooring(top == 1, moored);
        }
        firstSeq = uint32(span);
        count = uint16(span >> 32);
        notBefore = uint40(span >> 48);
        until = uint40(span >> 88);
    }
}
