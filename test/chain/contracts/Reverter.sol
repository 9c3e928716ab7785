// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IToken} from "./Interfaces.sol";

/// @title Does something that is undone, and something that is not
contract Reverter {
    event Tried(bool done);

    error OnlyItself();
    error Undone();

    receive() external payable {}

    /// @notice Moves ether and the caller's tokens to `to` inside a call that fails. The failure is caught. The ether
    /// sent goes to `to` after that if `pay` is set, and stays here otherwise.
    function attempt(IToken token, address payable to, uint256 amount, bool pay) external payable {
        bool done;
        try this.inner(token, msg.sender, to, amount) {
            done = true;
        } catch {
            done = false;
        }
        emit Tried(done);
        if (pay) to.transfer(msg.value);
    }

    /// @notice Moves ether and tokens, and reverts.
    function inner(IToken token, address from, address payable to, uint256 amount) external {
        if (msg.sender != address(this)) revert OnlyItself();
        token.transferFrom(from, to, amount);
        to.transfer(address(this).balance);
        revert Undone();
    }
}
