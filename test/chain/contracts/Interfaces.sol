// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title What contracts call of a token
interface IToken {
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
    function permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;
    function balanceOf(address account) external view returns (uint256);
}

/// @title What contracts call of wrapped ether
interface IWeth is IToken {
    function deposit() external payable;
    function withdraw(uint256 wad) external;
}

/// @title What the market calls of a collection
interface INft {
    function transferFrom(address from, address to, uint256 id) external;
    function ownerOf(uint256 id) external view returns (address);
}
