// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title A token whose balances all change at once, without an event of ERC-20
/// @notice An account holds shares. Its balance is its shares times the index.
contract RebasingToken {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    event Rebased(uint256 index);

    error TooLittle();

    uint256 private constant UNIT = 1e18;

    string public constant name = "Rebasing";
    uint8 public constant decimals = 18;
    uint256 public index = UNIT;
    uint256 private _allShares;
    mapping(address account => uint256 amount) private _shares;
    mapping(address owner => mapping(address spender => uint256 amount)) public allowance;

    constructor(uint256 supply) {
        _allShares = supply;
        _shares[msg.sender] = supply;
        emit Transfer(address(0), msg.sender, supply);
    }

    /// @notice All balances grow by so many thousandths. Anyone may do it.
    function rebase(uint256 thousandths) external {
        index += (index * thousandths) / 1000;
        emit Rebased(index);
    }

    /// @notice As in ERC-20.
    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return true;
    }

    /// @notice As in ERC-20, rounded down to whole shares.
    function transfer(address to, uint256 value) external returns (bool) {
        _transfer(msg.sender, to, value);
        return true;
    }

    /// @notice As in ERC-20, rounded down to whole shares.
    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        if (allowance[from][msg.sender] < value) revert TooLittle();
        allowance[from][msg.sender] -= value;
        _transfer(from, to, value);
        return true;
    }

    /// @notice As in ERC-20.
    function balanceOf(address account) external view returns (uint256) {
        return (_shares[account] * index) / UNIT;
    }

    /// @notice As in ERC-20.
    function totalSupply() external view returns (uint256) {
        return (_allShares * index) / UNIT;
    }

    function _transfer(address from, address to, uint256 value) private {
        uint256 shares = (value * UNIT) / index;
        if (_shares[from] < shares) revert TooLittle();
        _shares[from] -= shares;
        _shares[to] += shares;
        emit Transfer(from, to, value);
    }
}
