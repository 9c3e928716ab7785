// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ITimeMaps} from "./ITimeMaps.sol";

/// @title Assets: what can enter moored maps, and what the registry owes to accounts
/// @notice In a moored map an asset is the kind `2^32 + label`: the issuer is program 1, the chain. Label 1 is ether.
/// Any token becomes an asset of all maps by `list`. The registry keeps a purse for each map and asset: what entered
/// less what left. Whatever a map's proofs say, no more than its purse is paid for it. Whoever is to be paid is
/// credited first, and withdraws in a call of its own, so that no account and no token can stop a map.
interface IAssets is ITimeMaps {
    /// @notice A token became an asset of all maps.
    /// @param label its number, the same for ever
    /// @param token the token's contract
    event TokenListed(uint256 indexed label, address indexed token);

    /// @notice An asset left a map: the registry owes it to an account.
    /// @param mapId the map's name
    /// @param recipient the account
    /// @param label the asset
    /// @param quantity how much
    /// @param cause number of the transition that took it out (Retire or Eject, below 2^32); 2^32 times the cell's
    /// address if it left a frozen map
    event Credited(
        bytes32 indexed mapId, address indexed recipient, uint256 indexed label, uint256 quantity, uint256 cause
    );

    /// @notice The registry paid what it owed.
    /// @param recipient the account
    /// @param label the asset
    /// @param quantity how much
    event Withdrawn(address indexed recipient, uint256 indexed label, uint256 quantity);

    /// @notice The token is listed already.
    error TokenExists(address token, uint256 label);
    /// @notice There is no contract at this address.
    error NoCode(address target);
    /// @notice No asset has this label. `list` gives a token its label.
    error UnknownAsset(uint256 label);
    /// @notice More of an asset would leave the map than has entered it and not left yet.
    error PurseTooSmall(uint256 label, uint256 quantity, uint256 purse);
    /// @notice The registry owes the account nothing of this asset.
    error NothingOwed(address recipient, uint256 label);
    /// @notice The token refused to move, or the recipient refused the ether.
    error TransferFailed(address token, address to);
    /// @notice A deposit of ether brings as many wei as it says, and one of a token brings none.
    error WrongValue(uint256 sent, uint256 expected);
    /// @notice The registry does not approve a row of a moored map: the chain's program only creates programs, enters
    /// and ejects; facts never move; an asset is retired to an account that can be paid. In a call that names a late
    /// request, every row is an Eject or a Check.
    error RowRefused(uint256 seq, uint256 op);
    /// @notice A token or recipient called back into a call that it is part of.
    error Reentered();

    /// @notice Gives a token the next label, once for all maps.
    /// @dev Nobody vouches for the token. One that lies about balances, takes fees, rebases or halts hurts those who
    /// hold it, and nobody else.
    /// @param token the token's contract
    /// @return label its label, from 2 on
    function list(address token) external returns (uint256 label);

    /// @notice Pays an account all that the registry owes it of one asset. Anybody may call.
    /// @param label the asset
    /// @param recipient the account that is paid
    /// @return quantity how much
    function withdraw(uint256 label, address recipient) external returns (uint256 quantity);

    /// @notice The label of a token.
    /// @param token the token's contract
    /// @return label its label; 0 if it is not listed
    function labelOf(address token) external view returns (uint256 label);

    /// @notice The token with a label.
    /// @param label the label
    /// @return token its contract; zero for ether, and for a label that no token has
    function tokenOf(uint256 label) external view returns (address token);

    /// @notice What the registry owes an account.
    /// @param recipient the account
    /// @param label the asset
    /// @return quantity how much
    function owed(address recipient, uint256 label) external view returns (uint256 quantity);

    /// @notice What has entered a map of an asset less what has left it: the map's quantity of this kind at its head.
    /// @param mapId the map's name
    /// @param label the asset
    /// @return quantity how much
    function purse(bytes32 mapId, uint256 label) external view returns (uint256 quantity);
}
