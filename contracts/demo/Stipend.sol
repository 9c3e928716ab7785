// SPDX-License-Identifier: MIT
// Like the reader, for compilers that any contract can use.
// solhint-disable-next-line compiler-version
pragma solidity ^0.8.20;

import {ITimeMapRegistry} from "../interfaces/ITimeMapRegistry.sol";
import {TimeMapReader} from "../reader/TimeMapReader.sol";

/// @title Ether for whoever has been granted a capability, as long as it stands
/// @notice An example of a contract that reads a time map. A program of the map has a capability in one of its slots.
/// The payee gets the stipend with a proof that it is still there, near the map's head. If it was revoked, there is no
/// such proof, and the giver takes the stipend back after a time.
contract Stipend {
    /// @notice What the two have agreed on.
    /// @param registry the registry
    /// @param mapId the map's name
    /// @param location address of the capability's cell
    /// @param payload the capability's type, grantee, scope and rights: the lowest 131 bits of the cell's first word
    /// @param w1 the cell's second word: the capability's nonce, parent, subject and expiry
    /// @param oldest how many advances the proof may be behind the head
    /// @param until time from which the giver may take the stipend back, in Unix seconds
    struct Agreement {
        ITimeMapRegistry registry;
        bytes32 mapId;
        uint256 location;
        uint256 payload;
        uint256 w1;
        uint256 oldest;
        uint256 until;
    }

    /// @notice Who gave the stipend.
    address public immutable giver;
    /// @notice Who gets it.
    address public immutable payee;
    /// @notice See `Agreement`.
    Agreement public agreement;

    /// @notice The stipend was paid, or taken back.
    /// @param to who got it
    /// @param amount wei
    event Paid(address indexed to, uint256 amount);

    /// @notice The cell holds no such capability.
    error NotTheCapability();
    /// @notice The capability has expired. Both are in Unix seconds.
    error Expired(uint256 expiry, uint256 blockTime);
    /// @notice Only the giver takes it back, and not before `until`.
    error NotYet(uint256 until);
    /// @notice The receiver refused the ether.
    error NotPaid(address to);

    constructor(Agreement memory agreement_, address payee_) payable {
        agreement = agreement_;
        (giver, payee) = (msg.sender, payee_);
    }

    /// @notice Pays the stipend to the payee. Anybody may call.
    /// @param number of the root at which the capability is there
    /// @param cell the capability's cell
    /// @param proof under the map's cell key
    function claim(uint256 number, ITimeMapRegistry.Cell calldata cell, uint256[8] calldata proof) external {
        Agreement memory agreed = agreement;
        TimeMapReader.read(agreed.registry, agreed.mapId, number, agreed.oldest, cell, proof);
        // All but the number of the last transition that opened the cell: using a capability does not change it.
        if (cell.location != agreed.location || cell.w0 & ((1 << 131) - 1) != agreed.payload) {
            revert NotTheCapability();
        }
        if (cell.w1 != agreed.w1) revert NotTheCapability();
        uint256 expiry = TimeMapReader.capability(cell).expiry;
        if (expiry != 0 && block.timestamp >= expiry) revert Expired(expiry, block.timestamp);
        _pay(payee);
    }

    /// @notice Gives the stipend back to the giver, after the agreed time.
    function takeBack() external {
        uint256 until = agreement.until;
        if (msg.sender != giver || block.timestamp < until) revert NotYet(until);
        _pay(giver);
    }

    function _pay(address to) private {
        uint256 amount = address(this).balance;
        emit Paid(to, amount);
        (bool moved,) = to.call{value: amount}("");
        if (!moved) revert NotPaid(to);
    }
}
