// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ITimeMapRegistry} from "../interfaces/ITimeMapRegistry.sol";

/// @title What lies in a cell of a moored map, for any contract
/// @notice A proof shows the three words of a cell at a root of the map. The registry says which roots there were, and
/// checks the proof with the key that the map fixed at its creation. Who deploys a contract that reads a map has to
/// know the registry, the map, and that the map's keys are the project's or a ceremony's.
///
/// A root is a state of the past: what the map has decided since, or not settled yet, is not in it. `oldest` says how
/// much of the past the caller accepts. The cell of a frozen map may have left (see `IExits`); its root stays.
library TimeMapReader {
    /// @notice The header of a program.
    /// @param inbox first slot that others may deposit into
    /// @param steps effects that the program has made
    /// @param clock its logical clock
    /// @param authority its key; 0: open
    /// @param log commitment to all that it did
    struct Program {
        uint256 inbox;
        uint256 steps;
        uint256 clock;
        uint256 authority;
        uint256 log;
    }

    /// @notice A resource.
    /// @param kind issuer times 2^32, plus the label; 2^32 plus the label for the chain's assets
    /// @param escrowFrom who gave it in escrow; 0: it is its holder's outright
    /// @param quantity how much
    /// @param id its id
    /// @param deadline of the escrow, in Unix seconds; 0: none
    struct Resource {
        uint256 kind;
        uint256 escrowFrom;
        uint256 quantity;
        uint256 id;
        uint256 deadline;
    }

    /// @notice A capability.
    /// @param grantee the program that may use it
    /// @param scope the slot that it is for; 0: any
    /// @param rights claim 1, invoke 2, watch 4, delegate 8
    /// @param nonce number of the transition that made it: no other capability of the map has it
    /// @param parent address of the capability that it was derived from; 0: none
    /// @param parentNonce the parent's nonce
    /// @param subject id of the resource that it is for; 0: any
    /// @param expiry in Unix seconds; 0: none
    struct Capability {
        uint256 grantee;
        uint256 scope;
        uint256 rights;
        uint256 nonce;
        uint256 parent;
        uint256 parentNonce;
        uint256 subject;
        uint256 expiry;
    }

    /// @notice The types of cells, in the lowest three bits of the first word.
    uint256 internal constant EMPTY = 0;
    /// @notice See `EMPTY`.
    uint256 internal constant PROGRAM = 1;
    /// @notice See `EMPTY`.
    uint256 internal constant RESOURCE = 2;
    /// @notice See `EMPTY`.
    uint256 internal constant CAPABILITY = 3;

    /// @notice The map is not moored, so it has no key for proofs of cells.
    error NotReadable(bytes32 mapId);
    /// @notice The root is older than the caller accepts. Both are numbers of roots.
    error TooOld(uint256 number, uint256 oldest);
    /// @notice The proof does not show these words in this cell at this root.
    error NotShown();
    /// @notice The cell is of another type.
    error WrongType(uint256 found, uint256 expected);

    /// @notice Reverts unless the cell held these words at the root.
    /// @param registry the registry
    /// @param mapId the map's name
    /// @param number the root's number, see `rootAt`
    /// @param oldest how many advances the root may be behind the head; 0: it is the head's
    /// @param cell the cell
    /// @param proof under the map's cell key
    function read(
        ITimeMapRegistry registry,
        bytes32 mapId,
        uint256 number,
        uint256 oldest,
        ITimeMapRegistry.Cell calldata cell,
        uint256[8] calldata proof
    ) internal view {
        bytes32 key = registry.getMooring(mapId).cellKey;
        if (key == 0) revert NotReadable(mapId);
        uint256 last = registry.lastRoot(mapId);
        uint256 first = oldest < last ? last - oldest : 0;
        if (number < first) revert TooOld(number, first);
        uint256[7] memory inputs =
            [registry.rootAt(mapId, number), cell.location, cell.w0, cell.w1, cell.w2, 0, 0];
        if (!registry.verifies(key, inputs, proof)) revert NotShown();
    }

    /// @notice The type of a cell.
    /// @param cell the cell
    /// @return `EMPTY`, `PROGRAM`, `RESOURCE`, `CAPABILITY`, or a larger number
    function typeOf(ITimeMapRegistry.Cell calldata cell) internal pure returns (uint256) {
        return cell.w0 & 7;
    }

    /// @notice The header that a cell is; reverts if it is none.
    /// @param cell the cell, which `read` has checked
    /// @return found the header
    function program(ITimeMapRegistry.Cell calldata cell) internal pure returns (Program memory found) {
        _require(cell, PROGRAM);
        found.inbox = (cell.w0 >> 3) & 0x1ff;
        found.steps = uint32(cell.w0 >> 12);
        found.clock = uint32(cell.w0 >> 44);
        found.authority = cell.w1;
        found.log = cell.w2;
    }

    /// @notice The resource that a cell is; reverts if it is none.
    /// @param cell the cell, which `read` has checked
    /// @return found the resource
    function resource(ITimeMapRegistry.Cell calldata cell) internal pure returns (Resource memory found) {
        _require(cell, RESOURCE);
        found.kind = uint56(cell.w0 >> 7);
        found.escrowFrom = uint24(cell.w0 >> 63);
        found.quantity = uint128(cell.w1);
        found.id = uint64(cell.w1 >> 130);
        found.deadline = uint40(cell.w1 >> 194);
    }

    /// @notice The capability that a cell is; reverts if it is none. It is not asked whether the capabilities that it
    /// was derived from still stand: each is a cell of its own.
    /// @param cell the cell, which `read` has checked
    /// @return found the capability
    function capability(ITimeMapRegistry.Cell calldata cell) internal pure returns (Capability memory found) {
        _require(cell, CAPABILITY);
        found.grantee = uint24(cell.w0 >> 3);
        found.scope = uint32(cell.w0 >> 27);
        found.rights = uint8(cell.w0 >> 59);
        found.nonce = uint32(cell.w1);
        found.parent = uint32(cell.w1 >> 32);
        found.parentNonce = uint32(cell.w1 >> 64);
        found.subject = uint64(cell.w1 >> 130);
        found.expiry = uint40(cell.w1 >> 194);
    }

    /// @dev Reverts for a cell of another type.
    function _require(ITimeMapRegistry.Cell calldata cell, uint256 expected) private pure {
        if (typeOf(cell) != expected) revert WrongType(typeOf(cell), expected);
    }
}
