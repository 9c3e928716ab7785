// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title A token by ERC-20, and no more
/// @notice Balances, transfers and approvals. The whole supply is the deployer's at first.
contract Token {
    /// @notice Tokens of all holders together.
    uint256 public immutable totalSupply;
    /// @notice Its name.
    string public name;
    /// @notice Its short name.
    string public symbol;
    /// @notice Tokens of each holder.
    mapping(address holder => uint256 amount) public balanceOf;
    /// @notice Tokens that a spender may still take from a holder.
    mapping(address holder => mapping(address spender => uint256 amount)) public allowance;

    /// @notice Tokens moved.
    /// @param from the holder before; zero for new tokens
    /// @param to the holder now
    /// @param amount how many
    event Transfer(address indexed from, address indexed to, uint256 amount);

    /// @notice A holder lets a spender take tokens.
    /// @param holder the holder
    /// @param spender the account that may take them
    /// @param amount how many, in place of any number before
    event Approval(address indexed holder, address indexed spender, uint256 amount);

    /// @notice The holder has too few tokens, or the spender may take too few.
    error Insufficient(uint256 wanted, uint256 available);

    constructor(string memory name_, string memory symbol_, uint256 supply) {
        (name, symbol, totalSupply) = (name_, symbol_, supply);
        balanceOf[msg.sender] = supply;
        emit Transfer(address(0), msg.sender, supply);
    }

    /// @notice Lets a spender take tokens from the caller.
    /// @param spender the account that may take them
    /// @param amount how many, in place of any number before
    /// @return always true
    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
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

    /// @notice The token cannot be divided, so that its amounts are short.
    /// @return always 0
    function decimals() external pure returns (uint8) {
        return 0;
    }

    /// @dev Moves tokens; reverts if the holder has too few.
    function _move(address from, address to, uint256 amount) internal virtual {
        uint256 held = balanceOf[from];
        if (held < amount) revert Insufficient(amount, held);
        balanceOf[from] = held - amount;
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
    }
}
