// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title What the honest tokens and most of the dishonest ones share: ERC-20
abstract contract Erc20 {
    /// @notice As in ERC-20.
    event Transfer(address indexed from, address indexed to, uint256 value);
    /// @notice As in ERC-20.
    event Approval(address indexed owner, address indexed spender, uint256 value);

    error TooLittle(address account, uint256 has, uint256 needs);
    error NotAllowed(address owner, address spender, uint256 allowed, uint256 needs);

    string public name;
    uint8 public constant decimals = 18;
    uint256 public totalSupply;
    mapping(address account => uint256 amount) internal _balances;
    mapping(address owner => mapping(address spender => uint256 amount)) public allowance;

    constructor(string memory name_) {
        name = name_;
    }

    /// @notice As in ERC-20.
    function approve(address spender, uint256 value) external virtual returns (bool) {
        _approve(msg.sender, spender, value);
        return true;
    }

    /// @notice As in ERC-20.
    function transfer(address to, uint256 value) external virtual returns (bool) {
        _transfer(msg.sender, to, value);
        return true;
    }

    /// @notice As in ERC-20. An allowance of 2^256 - 1 is not used up.
    function transferFrom(address from, address to, uint256 value) external virtual returns (bool) {
        _useAllowance(from, msg.sender, value);
        _transfer(from, to, value);
        return true;
    }

    /// @notice As in ERC-20.
    function balanceOf(address account) public view virtual returns (uint256) {
        return _balances[account];
    }

    function _approve(address owner, address spender, uint256 value) internal {
        allowance[owner][spender] = value;
        emit Approval(owner, spender, value);
    }

    function _useAllowance(address owner, address spender, uint256 value) internal {
        uint256 allowed = allowance[owner][spender];
        if (allowed == type(uint256).max) return;
        if (allowed < value) revert NotAllowed(owner, spender, allowed, value);
        allowance[owner][spender] = allowed - value;
    }

    function _transfer(address from, address to, uint256 value) internal virtual {
        _take(from, value);
        _balances[to] += value;
        emit Transfer(from, to, value);
    }

    function _mint(address to, uint256 value) internal virtual {
        totalSupply += value;
        _balances[to] += value;
        emit Transfer(address(0), to, value);
    }

    function _burn(address from, uint256 value) internal virtual {
        _take(from, value);
        totalSupply -= value;
        emit Transfer(from, address(0), value);
    }

    /// @dev Lowers a balance, without an event.
    function _take(address from, uint256 value) internal {
        uint256 has = _balances[from];
        if (has < value) revert TooLittle(from, has, value);
        _balances[from] = has - value;
    }
}
