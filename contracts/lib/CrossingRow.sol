// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title A row that may cross between a moored map and its chain
/// @notice Takes apart the three words of a row (docs/reference/protocol.md, sections 5 and 7), and says what sort of
/// row it is to the registry.
library CrossingRow {
    /// @notice The fields of a row that enters or ejects.
    /// @param seq number of the transition
    /// @param time when it happened, in Unix seconds
    /// @param peer who receives or leaves
    /// @param source address of the cell that an Eject empties
    /// @param destination address of the cell that an Enter fills
    /// @param deadline of the resource, as found
    /// @param id of the resource
    /// @param issuer of its kind
    /// @param label of its kind
    /// @param quantity of the resource
    /// @param escrowFrom who gave it in escrow, as found; 0: nobody
    /// @param argument the peer's key, as found
    struct Row {
        uint256 seq;
        uint256 time;
        uint256 peer;
        uint256 source;
        uint256 destination;
        uint256 deadline;
        uint256 id;
        uint256 issuer;
        uint256 label;
        uint256 quantity;
        uint256 escrowFrom;
        uint256 argument;
    }

    /// @notice Program 1: in a moored map it is the chain.
    uint256 internal constant CHAIN = 1;
    /// @notice The operation of that number.
    uint256 internal constant CREATE_PROGRAM = 1;
    /// @notice The operation of that number.
    uint256 internal constant RETIRE = 3;
    /// @notice The operation of that number.
    uint256 internal constant CHECK = 14;
    /// @notice The operation of that number.
    uint256 internal constant ENTER = 21;
    /// @notice The operation of that number.
    uint256 internal constant EJECT = 22;
    /// @notice No operation: there is nothing to do.
    uint256 internal constant NOTHING = 0;
    /// @notice No operation: the registry does not approve the row.
    uint256 internal constant REFUSE = 255;
    /// @notice The chain's labels below this are assets; the others are facts, one for each feed.
    uint256 internal constant FIRST_FACT = 1 << 31;
    /// @notice The id of an entry's resource is this plus the entry's number.
    uint256 internal constant FIRST_ENTRY = 1 << 61;

    /// @dev Operations that move a resource or change its quantity: Escrow, Claim, Revoke, Pass, Split, Merge. A fact
    /// stays where the chain shows it.
    uint256 private constant _MOVES = 1 << 5 | 1 << 6 | 1 << 7 | 1 << 9 | 1 << 17 | 1 << 18;

    /// @notice What the registry has to do for a row. The circuit refuses every other effect of the chain's program as
    /// well.
    /// @param place where its words are, in memory
    /// @param late whether only Ejects and Checks may be there
    /// @return task `ENTER`, `EJECT` or `RETIRE` if the row does that with something of the chain's; else `NOTHING` or
    /// `REFUSE`
    /// @return op its operation
    function taskOf(uint256 place, bool late) internal pure returns (uint256 task, uint256 op) {
        (uint256 w1, uint256 w2) = _words(place);
        op = w1 & 31;
        if (late && op != EJECT && op != CHECK) return (REFUSE, op);
        bool chain = w1 >> 5 & 0xffffff == CHAIN;
        // Another program's of a kind that is not the chain's is not looked at (`Rows`): it could only be in a false
        // proof, and would pay nobody.
        if (op == ENTER || op == EJECT) return (chain ? op : REFUSE, op);
        if (chain) return (op == CREATE_PROGRAM ? NOTHING : REFUSE, op);
        if (w2 >> 32 & 0xffffff != CHAIN) return (NOTHING, op);
        if (uint32(w2) >= FIRST_FACT) return (_MOVES >> op & 1 == 1 ? REFUSE : NOTHING, op);
        return (op == RETIRE ? op : NOTHING, op);
    }

    /// @notice The fields of a row.
    /// @param place where its words are, in memory
    /// @param seq number of the transition
    /// @param notBefore of the row's batch
    /// @return row the fields
    function unpack(uint256 place, uint256 seq, uint256 notBefore) internal pure returns (Row memory row) {
        (uint256 w1, uint256 w2) = _words(place);
        row.seq = seq;
        row.time = notBefore + (w2 >> 224 & 0xfffffff);
        row.peer = w1 >> 29 & 0xffffff;
        row.source = uint32(w1 >> 53);
        row.destination = uint32(w1 >> 85);
        row.deadline = uint40(w1 >> 149);
        row.id = w1 >> 189;
        row.issuer = w2 >> 32 & 0xffffff;
        row.label = uint32(w2);
        row.quantity = uint128(w2 >> 56);
        row.escrowFrom = uint32(w2 >> 184);
        assembly ("memory-safe") {
            mstore(add(row, 0x160), mload(add(place, 0x40)))
        }
    }

    /// @dev The first two words.
    function _words(uint256 place) private pure returns (uint256 w1, uint256 w2) {
        assembly ("memory-safe") {
            w1 := mload(place)
            w2 := mload(add(place, 0x20))
        }
    }
}
