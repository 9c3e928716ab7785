// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title The part of ERC-20 that the demonstration needs
/// @notice Balances, allowances and transfers.
abstract contract Token {
    /// @notice Tokens of each holder.
    mapping(address holder => uint256 amount) public balanceOf;
    /// @notice Tokens that a spender may still take from a holder.
    mapping(address holder => mapping(address spender => uint256 amount)) public allowance;

    /// @notice Tokens moved.
    /// @param from the holder before; zero for new tokens
    /// @param to the holder now
    /// @param amount how many
    event Transfer(address indexed from, address indexed to, uint256 amount);

    /// @notice The holder has too few tokens, or the spender may take too few.
    error Insufficient(uint256 wanted, uint256 available);

    /// @notice Lets a spender take tokens from the caller.
    /// @param spender the account that may take them
    /// @param amount how many, in place of any number before
    /// @return always true
    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    /// @notice Moves the caller's tokens.
    /// @param to the receiver
    /// @param amount how many
    /// @return always true
    function transfer(address to, uint256 amount) external returns (bool) {
        _move(msg.sender, to, amount);
        return true;
    }

    /// @notice Moves a holder's tokens that the caller may take.
    /// @param from the holder
    /// @param to the receiver
    /// @param amount how many
    /// @return always true
    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed < amount) revert Insufficient(amount, allowed);
        allowance[from][msg.sender] = allowed - amount;
        _move(from, to, amount);
        return true;
    }

    function _mint(address to, uint256 amount) internal {
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        uint256 held = balanceOf[from];
        if (held < amount) revert Insufficient(amount, held);
        balanceOf[from] = held - amount;
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
    }
}

/// @title Gold
/// @notice A token with a fixed supply, all of it the deployer's at first.
contract Gold is Token {
    constructor(uint256 supply) {
        _mint(msg.sender, supply);
    }
}

/// @title Ether as a token
/// @notice One token for each wei.
contract WrappedEther is Token {
    /// @notice Gives the caller tokens for the ether sent.
    function deposit() external payable {
        _mint(msg.sender, msg.value);
    }
}
