// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IAssets} from "./IAssets.sol";

/// @title Exits: leaving a moored map without its operator's leave
/// @notice Who is entitled to an asset asks for it here, with a proof against one of the map's roots. The operator
/// answers within the map's patience: by a transition that ejects the asset, or by a proof that the asker is not
/// entitled to it. Then anybody may answer. After two patiences anybody may freeze the map, and who is entitled leaves
/// with a proof against the last root. See `Entitled` for who that is.
///
/// Public inputs of the exit circuit: root, domain, place, program, authority, w0, w1. It shows that the cell at the
/// place's address holds w0, w1 and 0, that the program's header holds the authority, and a signature by that key over
/// domain, place, program and w1. Public inputs of the cell circuit: root, address, w0, w1, w2, 0, 0.
interface IExits is IAssets {
    /// @notice A signed wish to leave.
    /// @param place address of the cell + 2^32 recipient + 2^192 validUntil (32, 160 and 40 bits)
    /// @param program the program that leaves with what lies there
    /// @param authority the program's key
    /// @param w0 the cell's first word
    /// @param w1 the cell's second word
    struct Exit {
        uint256 place;
        uint256 program;
        uint256 authority;
        uint256 w0;
        uint256 w1;
    }

    /// @notice A cell of a map.
    /// @param location its address: 256 times the program, plus the slot; slot 0 is the program's header
    /// @param w0 its first word
    /// @param w1 its second word
    /// @param w2 its third word
    struct Cell {
        uint256 location;
        uint256 w0;
        uint256 w1;
        uint256 w2;
    }

    /// @notice An open request for an exit.
    /// @param recipient the account that is paid
    /// @param fee wei for who answers
    /// @param id of the resource
    /// @param time the block's time at the request, in Unix seconds; 0 if there is no such request
    /// @param head number of the map's last root at the request
    /// @param authority the program's key
    struct Request {
        address recipient;
        uint96 fee;
        uint64 id;
        uint40 time;
        uint32 head;
        uint256 authority;
    }

    /// @notice Somebody asks to leave.
    /// @param mapId the map's name
    /// @param request the request's name, see `requestExit`
    /// @param recipient the account that is to be paid
    /// @param id of the resource
    /// @param authority the program's key
    /// @param time the block's time, in Unix seconds: what counts is who is entitled then
    /// @param head number of the map's last root
    /// @param fee wei for who answers
    event ExitRequested(
        bytes32 indexed mapId,
        uint256 indexed request,
        address indexed recipient,
        uint256 id,
        uint256 authority,
        uint256 time,
        uint256 head,
        uint256 fee
    );

    /// @notice A transition ejected what was asked for. `Credited` says what it was.
    /// @param mapId the map's name
    /// @param request the request's name
    /// @param answerer who gets the fee
    /// @param seq number of the transition
    event ExitAnswered(bytes32 indexed mapId, uint256 indexed request, address indexed answerer, uint256 seq);

    /// @notice A request was closed because its maker is not entitled to what was asked for.
    /// @param mapId the map's name
    /// @param request the request's name
    /// @param answerer who gets the fee
    event ExitDismissed(bytes32 indexed mapId, uint256 indexed request, address indexed answerer);

    /// @notice A map has ended: its head never moves again.
    /// @param mapId the map's name
    /// @param request the request that nobody answered
    event MapFrozen(bytes32 indexed mapId, uint256 indexed request);

    /// @notice Somebody left a frozen map. `Credited` says with what.
    /// @param mapId the map's name
    /// @param program the program that left
    /// @param location address of the cell that it left with
    event Left(bytes32 indexed mapId, uint256 indexed program, uint256 indexed location);

    /// @notice The fee of a request that a frozen map left open goes to the request's recipient.
    /// @param mapId the map's name
    /// @param request the request's name
    /// @param recipient the account
    /// @param fee wei
    event FeeReclaimed(bytes32 indexed mapId, uint256 indexed request, address indexed recipient, uint256 fee);

    /// @notice The caller may not submit proofs of this map, nor answer this request yet.
    error NotSubmitter(address caller);
    /// @notice The exit's words are out of their ranges, name no recipient, or the cell holds no asset.
    error MalformedExit();
    /// @notice The signed wish counted until `validUntil`. Both are in Unix seconds.
    error ExitExpired(uint256 validUntil, uint256 blockTime);
    /// @notice The program is not entitled to what lies in the cell at this time.
    error NotEntitled(uint256 program, uint256 location, uint256 time);
    /// @notice The proof of the exit or of the cell does not hold.
    error ExitProofRejected();
    /// @notice What was signed has been used for a request before. Sign another exit, with another `validUntil`.
    error ExitUsed();
    /// @notice A request for this cell, program and key is open.
    error RequestIsOpen(uint256 request);
    /// @notice No such request is open.
    error UnknownRequest(uint256 request);
    /// @notice The fee is too small. Both are in wei.
    error FeeTooSmall(uint256 fee, uint256 least);
    /// @notice The request may only be used so after `from`. Both are in Unix seconds.
    error NotLate(uint256 request, uint256 from, uint256 blockTime);
    /// @notice The cell does not show that the request's maker was not entitled.
    error CellRefused();
    /// @notice The root is older than the request. Both are numbers of roots.
    error RootTooOld(uint256 number, uint256 oldest);
    /// @notice A transition ejects what no open request asks for, or for a program that was not entitled.
    error EjectRefused(uint256 seq, uint256 request);
    /// @notice What lay in this cell has left already.
    error HasLeft(uint256 location);

    /// @notice Asks for an asset. Everything sent along is the fee of whoever answers, with at least 400,000 gas at the
    /// block's base fee.
    /// @dev A request is named by cell, program and key, and one of each name is open at a time. So whoever holds a key
    /// that was rotated away cannot keep the program from asking, and closes no request of its new key.
    /// @param mapId the map's name
    /// @param number of the root against which it is proven, see `rootAt`
    /// @param wish the exit
    /// @param proof under the map's exit key
    /// @return request the request's name: address of the cell + 2^32 program + 2^56 (authority mod 2^200)
    function requestExit(bytes32 mapId, uint256 number, Exit calldata wish, uint256[8] calldata proof)
        external
        payable
        returns (uint256 request);

    /// @notice Closes a request whose maker is not entitled to what was asked for. A cell shows that, at a root not
    /// older than the request: the asked one holds no such resource, or one of which the maker was not entitled at the
    /// request's time; or the maker's header holds another key. Submitters may call; anybody, once the request is late.
    /// @param mapId the map's name
    /// @param request the request's name
    /// @param number of the root against which it is proven, see `rootAt`
    /// @param cell the cell
    /// @param proof under the map's cell key
    function dismiss(bytes32 mapId, uint256 request, uint256 number, Cell calldata cell, uint256[8] calldata proof)
        external;

    /// @notice Ends a map that has left a request open for longer than two patiences. Anybody may call.
    /// @param mapId the map's name
    /// @param request the request's name
    function freeze(bytes32 mapId, uint256 request) external;

    /// @notice Leaves a frozen map with an asset. What is in a cell leaves once.
    /// @param mapId the map's name
    /// @param wish the exit; the program is entitled at the block's time
    /// @param proof under the map's exit key, against the last root
    function leaveFrozen(bytes32 mapId, Exit calldata wish, uint256[8] calldata proof) external;

    /// @notice Gives the fee of a request that a frozen map left open to the request's recipient. Anybody may call.
    /// @param mapId the map's name
    /// @param request the request's name
    function reclaim(bytes32 mapId, uint256 request) external;

    /// @notice A request.
    /// @param mapId the map's name
    /// @param request the request's name
    /// @return see `Request`; all zero if it is not open
    function getRequest(bytes32 mapId, uint256 request) external view returns (Request memory);
}
