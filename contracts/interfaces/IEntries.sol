// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IAssets} from "./IAssets.sol";

/// @title Entries: what crosses from the chain into a moored map
/// @notice An entry is a deposit of an asset, or an observation of a feed. Both kinds share one counter per map. The
/// resource that a deposit becomes has the id `2^61 + number`, whoever is the operator, so that it can be named before
/// it has entered. Nobody can cancel an entry while a proof that uses it is on its way: a deposit is refunded only when
/// no batch could enter it any more, and observations stay for good.
interface IEntries is IAssets {
    /// @notice A deposit waits to enter a map.
    /// @param mapId the map's name
    /// @param number the deposit's number in the map
    /// @param payer who gets it back if it does not enter
    /// @param label the asset
    /// @param quantity how much arrived
    /// @param program the program that is to have it
    /// @param slot the slot where it is to lie; 0: any
    /// @param authority the key that the program must have when it enters
    /// @param deadline last time, in Unix seconds, at which a transition may enter it
    /// @param entered the block's time, in Unix seconds: no transition may enter it earlier
    event Deposited(
        bytes32 indexed mapId,
        uint256 indexed number,
        address indexed payer,
        uint256 label,
        uint256 quantity,
        uint256 program,
        uint256 slot,
        uint256 authority,
        uint256 deadline,
        uint256 entered
    );

    /// @notice A deposit entered its map.
    /// @param mapId the map's name
    /// @param number the deposit's number
    /// @param seq number of the transition that entered it
    event DepositEntered(bytes32 indexed mapId, uint256 indexed number, uint256 seq);

    /// @notice A deposit goes back to its payer, whom the registry now owes it.
    /// @param mapId the map's name
    /// @param number the deposit's number
    /// @param payer the payer
    /// @param label the asset
    /// @param quantity how much
    event DepositRefunded(
        bytes32 indexed mapId, uint256 indexed number, address indexed payer, uint256 label, uint256 quantity
    );

    /// @notice A feed was observed. The map may show the number for `fresh` seconds.
    /// @param mapId the map's name
    /// @param number the observation's number in the map
    /// @param feed number of the feed in the map's terms
    /// @param quantity the number, shifted, from 0 to 2^128 - 1
    /// @param time the block's time, in Unix seconds
    event Observed(
        bytes32 indexed mapId, uint256 indexed number, uint256 indexed feed, uint256 quantity, uint256 time
    );

    /// @notice No such deposit is open: there never was, or it has entered, or it was refunded.
    error UnknownDeposit(bytes32 mapId, uint256 number);
    /// @notice The map has no feed with this number.
    error UnknownFeed(bytes32 mapId, uint256 feed);
    /// @notice A deposit has a quantity above 0 and below 2^128. `quantity` is what arrived.
    error QuantityOutOfRange(uint256 quantity);
    /// @notice The program, its slot or its key cannot be one that receives: 1 < program < 2^24, slot < 256, and the
    /// key is an element of the field, not 0.
    error WrongReceiver(uint256 program, uint256 slot, uint256 authority);
    /// @notice The deposit's deadline is not after the block's time. Both are in Unix seconds.
    error DeadlinePassed(uint256 deadline, uint256 blockTime);
    /// @notice The deposit is another one than the call describes.
    error WrongDeposit(bytes32 mapId, uint256 number);
    /// @notice The deposit may still enter until `until`. Both are in Unix seconds.
    error RefundTooEarly(uint256 until, uint256 blockTime);
    /// @notice The feed's contract gave no number in the 200,000 gas that it gets, or the call has too little gas left
    /// to give it as much.
    error FeedFailed(address target);
    /// @notice A transition enters what no entry allows: the deposit or the observation is missing, differs, or was not
    /// there or no longer valid at the transition's time.
    error EntryRefused(uint256 seq, uint256 number);

    /// @notice Pays an asset to a program of a moored map. It is the program's once a transition enters it.
    /// @dev The quantity is measured by the registry's balance, so a token that keeps a fee brings what arrives.
    /// @param mapId the map's name
    /// @param label the asset
    /// @param quantity how much the caller sends; of a token, the caller has approved as much
    /// @param program the program that is to have it
    /// @param slot the slot where it is to lie; 0: any
    /// @param authority the key that the program must have when it enters; a number alone may be another program's
    /// until the map has settled
    /// @param deadline last time, in Unix seconds, at which a transition may enter it
    /// @return number the deposit's number; its id in the map is 2^61 + number
    function deposit(
        bytes32 mapId,
        uint256 label,
        uint256 quantity,
        uint256 program,
        uint256 slot,
        uint256 authority,
        uint40 deadline
    ) external payable returns (uint256 number);

    /// @notice Gives a deposit that did not enter back to its payer, more than `maxLag` after its deadline or once the
    /// map is frozen. Anybody may call; the payer withdraws.
    /// @param mapId the map's name
    /// @param number the deposit's number
    /// @param label as in the event `Deposited`
    /// @param quantity as in the event `Deposited`
    /// @param program as in the event `Deposited`
    /// @param authority as in the event `Deposited`
    function refund(
        bytes32 mapId,
        uint256 number,
        uint256 label,
        uint256 quantity,
        uint256 program,
        uint256 authority
    ) external;

    /// @notice Asks a feed of a moored map, and keeps the answer for good. Anybody may call.
    /// @param mapId the map's name
    /// @param feed number of the feed in the map's terms
    /// @return number the observation's number
    function observe(bytes32 mapId, uint256 feed) external returns (uint256 number);

    /// @notice An open deposit.
    /// @param mapId the map's name
    /// @param number the deposit's number
    /// @return payer who gets it back if it does not enter; zero if no such deposit is open
    /// @return deadline see `deposit`
    /// @return entered see `Deposited`
    /// @return slot see `deposit`
    /// @return content keccak256(abi.encode(label, quantity, program, authority))
    function getDeposit(bytes32 mapId, uint256 number)
        external
        view
        returns (address payer, uint40 deadline, uint40 entered, uint8 slot, bytes32 content);
}
