// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Who is entitled to a resource, and the words of its cell
/// @notice The rules by which a program of the map could take the resource itself (docs/reference/protocol.md, section
/// 4, ClaimFromProgram and RevokeResource).
library Entitled {
    /// @notice A resource, as its cell has it.
    /// @param issuer of its kind
    /// @param label of its kind
    /// @param escrowFrom who gave it in escrow; 0: nobody, it is its holder's outright
    /// @param quantity how much
    /// @param id its id
    /// @param deadline of the escrow, in Unix seconds; 0: none
    struct Resource {
        uint256 issuer;
        uint256 label;
        uint256 escrowFrom;
        uint256 quantity;
        uint256 id;
        uint256 deadline;
    }

    /// @notice Seconds after an escrow's deadline from which its receiver may take it as well.
    uint256 internal constant GRACE = 30 days;

    /// @dev The number of a resource's cell type, in the lowest three bits of its first word.
    uint256 private constant _RESOURCE = 2;

    /// @notice Takes the words of a cell apart.
    /// @param w0 the first
    /// @param w1 the second
    /// @return found whether the cell holds a resource
    /// @return resource the resource
    function unpack(uint256 w0, uint256 w1) internal pure returns (bool found, Resource memory resource) {
        found = w0 & 7 == _RESOURCE;
        resource.label = uint32(w0 >> 7);
        resource.issuer = w0 >> 39 & 0xffffff;
        resource.escrowFrom = w0 >> 63 & 0xffffff;
        resource.quantity = uint128(w1);
        resource.id = uint64(w1 >> 130);
        resource.deadline = uint40(w1 >> 194);
    }

    /// @notice Whether a program is entitled to a resource at a time.
    /// @param program the program
    /// @param holder the program in whose memory it lies
    /// @param escrowFrom who gave it in escrow; 0: nobody
    /// @param deadline of the escrow, in Unix seconds; 0: none
    /// @param time in Unix seconds
    /// @return whether it is
    function isEntitled(uint256 program, uint256 holder, uint256 escrowFrom, uint256 deadline, uint256 time)
        internal
        pure
        returns (bool)
    {
        if (escrowFrom == 0) return program == holder;
        if (program == escrowFrom && time >= deadline) return true;
        return program == holder && (deadline == 0 || time < deadline || time >= deadline + GRACE);
    }
}
