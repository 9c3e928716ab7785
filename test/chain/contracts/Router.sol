// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IToken, IWeth} from "./Interfaces.sol";
import {Factory, Pair} from "./Pair.sol";

/// @title Exchanges along a path of pairs, with allowances given to this contract
/// @notice What a pair received counts, not what was sent, so tokens that keep a fee can be exchanged too.
contract Router {
    error NoPair(address a, address b);
    error TooLittleOut(uint256 got, uint256 least);
    error NotPaid();

    Factory public immutable factory;
    IWeth public immutable weth;

    constructor(Factory factory_, IWeth weth_) {
        factory = factory_;
        weth = weth_;
    }

    receive() external payable {}

    /// @notice Deposits as much as given. The pair keeps what is beyond the ratio of its reserves.
    function addLiquidity(address a, address b, uint256 amountA, uint256 amountB, address to) external {
        Pair pair = _pair(a, b);
        IToken(a).transferFrom(msg.sender, address(pair), amountA);
        IToken(b).transferFrom(msg.sender, address(pair), amountB);
        pair.mint(to);
    }

    /// @notice Takes the caller's shares back to the pair, and the tokens out.
    function removeLiquidity(address a, address b, uint256 shares, address to) external {
        Pair pair = _pair(a, b);
        pair.transferFrom(msg.sender, address(pair), shares);
        pair.burn(to);
    }

    /// @notice Exchanges all of `amountIn`.
    function swapExactTokensForTokens(uint256 amountIn, uint256 least, address[] calldata path, address to) external {
        IToken(path[0]).transferFrom(msg.sender, address(_pair(path[0], path[1])), amountIn);
        _swapAlong(path, to, least);
    }

    /// @notice Exchanges the ether sent. The path begins with wrapped ether.
    function swapExactETHForTokens(uint256 least, address[] calldata path, address to) external payable {
        weth.deposit{value: msg.value}();
        IToken(path[0]).transfer(address(_pair(path[0], path[1])), msg.value);
        _swapAlong(path, to, least);
    }

    /// @notice Exchanges all of `amountIn` for ether. The path ends with wrapped ether.
    function swapExactTokensForETH(uint256 amountIn, uint256 least, address[] calldata path, address to) external {
        IToken(path[0]).transferFrom(msg.sender, address(_pair(path[0], path[1])), amountIn);
        _swapAlong(path, address(this), least);
        uint256 amount = weth.balanceOf(address(this));
        weth.withdraw(amount);
        (bool paid, ) = to.call{value: amount}("");
        if (!paid) revert NotPaid();
    }

    function _swapAlong(address[] calldata path, address to, uint256 least) private {
        address last = path[path.length - 1];
        uint256 before = IToken(last).balanceOf(to);
        for (uint256 i = 0; i + 1 < path.length; ++i) {
            Pair pair = _pair(path[i], path[i + 1]);
            address receiver = i + 2 < path.length ? address(_pair(path[i + 1], path[i + 2])) : to;
            if (path[i] == pair.token0()) pair.swap(0, _out(path[i], pair, pair.reserve0(), pair.reserve1()), receiver);
            else pair.swap(_out(path[i], pair, pair.reserve1(), pair.reserve0()), 0, receiver);
        }
        uint256 got = IToken(last).balanceOf(to) - before;
        if (got < least) revert TooLittleOut(got, least);
    }

    /// @dev The most that the pair gives for what it received.
    function _out(address token, Pair pair, uint256 reserveIn, uint256 reserveOut) private view returns (uint256) {
        uint256 paid = (IToken(token).balanceOf(address(pair)) - reserveIn) * 997;
        return (paid * reserveOut) / (reserveIn * 1000 + paid);
    }

    function _pair(address a, address b) private view returns (Pair) {
        address pair = factory.pairOf(a, b);
        if (pair == address(0)) revert NoPair(a, b);
        return Pair(pair);
    }
}
