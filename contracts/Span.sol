// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title What a batch covers, packed into one public input
/// @notice span = firstSeq + count·2^32 + notBefore·2^48 + until·2^88, so 128 bits are used and the rest must be zero.
library Span {
    /// @param firstSeq number of the first transition of the batch; a map's first transition is 1
    /// @param count how many transitions the batch holds
    /// @param notBefore no transition of the batch happened earlier, in Unix seconds
    /// @param until no transition of the batch happened later, in Unix seconds
    struct Fields {
        uint32 firstSeq;
        uint16 count;
        uint40 notBefore;
        uint40 until;
    }

    /// @notice The span has bits above its 128.
    error SpanOutOfRange(uint256 span);

    function unpack(uint256 span) internal pure returns (Fields memory fields) {
        if (span >> 128 != 0) revert SpanOutOfRange(span);
        fields.firstSeq = uint32(span);
        fields.count = uint16(span >> 32);
        fields.notBefore = uint40(span >> 48);
        fields.until = uint40(span >> 88);
    }
}
