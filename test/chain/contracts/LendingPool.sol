// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IToken} from "./Interfaces.sol";

/// @title Lends one token against a deposit of another, one for two, without interest
contract LendingPool {
    event Deposited(address indexed account, uint256 amount);
    event Withdrawn(address indexed account, uint256 amount);
    event Borrowed(address indexed account, uint256 amount);
    event Repaid(address indexed account, uint256 amount);

    error TooMuch();

    IToken public immutable collateral;
    IToken public immutable lent;
    mapping(address account => uint256 amount) public deposits;
    mapping(address account => uint256 amount) public debts;

    constructor(IToken collateral_, IToken lent_) {
        collateral = collateral_;
        lent = lent_;
    }

    /// @notice Deposits what the caller has approved.
    function deposit(uint256 amount) external {
        _deposit(amount);
    }

    /// @notice Deposits with a signature instead of an approval.
    function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        collateral.permit(msg.sender, address(this), amount, deadline, v, r, s);
        _deposit(amount);
    }

    /// @notice Takes back what no debt needs.
    function withdraw(uint256 amount) external {
        deposits[msg.sender] -= amount;
        _requireCovered();
        collateral.transfer(msg.sender, amount);
        emit Withdrawn(msg.sender, amount);
    }

    /// @notice Borrows up to half of the deposit.
    function borrow(uint256 amount) external {
        debts[msg.sender] += amount;
        _requireCovered();
        lent.transfer(msg.sender, amount);
        emit Borrowed(msg.sender, amount);
    }

    /// @notice Repays what the caller has approved.
    function repay(uint256 amount) external {
        debts[msg.sender] -= amount;
        lent.transferFrom(msg.sender, address(this), amount);
        emit Repaid(msg.sender, amount);
    }

    function _deposit(uint256 amount) private {
        deposits[msg.sender] += amount;
        collateral.transferFrom(msg.sender, address(this), amount);
        emit Deposited(msg.sender, amount);
    }

    function _requireCovered() private view {
        if (deposits[msg.sender] < 2 * debts[msg.sender]) revert TooMuch();
    }
}
