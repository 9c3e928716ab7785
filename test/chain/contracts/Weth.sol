// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Ether as a token
/// @notice Wrapping and unwrapping emit `Deposit` and `Withdrawal`, and no `Transfer`. An allowance of 2^256 - 1 is not
/// used up. Nobody needs an allowance for their own.
contract Weth {
    event Approval(address indexed src, address indexed guy, uint256 wad);
    event Transfer(address indexed src, address indexed dst, uint256 wad);
    event Deposit(address indexed dst, uint256 wad);
    event Withdrawal(address indexed src, uint256 wad);

    error TooLittle();
    error NotAllowed();
    error NotPaid();

    string public constant name = "Wrapped Ether";
    string public constant symbol = "WETH";
    uint8 public constant decimals = 18;
    mapping(address account => uint256 amount) public balanceOf;
    mapping(address owner => mapping(address spender => uint256 amount)) public allowance;

    receive() external payable {
        deposit();
    }

    /// @notice Unwraps.
    function withdraw(uint256 wad) external {
        if (balanceOf[msg.sender] < wad) revert TooLittle();
        balanceOf[msg.sender] -= wad;
        emit Withdrawal(msg.sender, wad);
        (bool paid, ) = msg.sender.call{value: wad}("");
        if (!paid) revert NotPaid();
    }

    /// @notice As in ERC-20.
    function approve(address guy, uint256 wad) external returns (bool) {
        allowance[msg.sender][guy] = wad;
        emit Approval(msg.sender, guy, wad);
        return true;
    }

    /// @notice As in ERC-20.
    function transfer(address dst, uint256 wad) external returns (bool) {
        return transferFrom(msg.sender, dst, wad);
    }

    /// @notice As in ERC-20.
    function totalSupply() external view returns (uint256) {
        return address(this).balance;
    }

    /// @notice Wraps.
    function deposit() public payable {
        balanceOf[msg.sender] += msg.value;
        emit Deposit(msg.sender, msg.value);
    }

    /// @notice As in ERC-20.
    function transferFrom(address src, address dst, uint256 wad) public returns (bool) {
        if (balanceOf[src] < wad) revert TooLittle();
        uint256 allowed = allowance[src][msg.sender];
        if (src != msg.sender && allowed != type(uint256).max) {
            if (allowed < wad) revert NotAllowed();
            allowance[src][msg.sender] = allowed - wad;
        }
        balanceOf[src] -= wad;
        balanceOf[dst] += wad;
        emit Transfer(src, dst, wad);
        return true;
    }
}
