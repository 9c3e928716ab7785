// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Erc20} from "./Erc20.sol";
import {IToken} from "./Interfaces.sol";

/// @title Two tokens that are exchanged so that the product of the reserves does not shrink
/// @notice The pair is itself the token of its shares. Who calls it has sent tokens or shares to it before.
contract Pair is Erc20 {
    event Minted(address indexed sender, uint256 amount0, uint256 amount1);
    event Burnt(address indexed sender, uint256 amount0, uint256 amount1, address indexed to);
    event Swapped(address indexed sender, uint256 in0, uint256 in1, uint256 out0, uint256 out1, address indexed to);
    event Synced(uint256 reserve0, uint256 reserve1);

    error Nothing();
    error ProductShrinks();

    /// @dev These shares go to the zero address with the first deposit, so that shares keep their precision.
    uint256 private constant LOCKED = 1000;

    address public immutable token0;
    address public immutable token1;
    uint256 public reserve0;
    uint256 public reserve1;

    constructor(address token0_, address token1_) Erc20("Share") {
        token0 = token0_;
        token1 = token1_;
    }

    /// @notice Shares for what was sent.
    function mint(address to) external returns (uint256 shares) {
        (uint256 has0, uint256 has1) = _held();
        (uint256 amount0, uint256 amount1) = (has0 - reserve0, has1 - reserve1);
        if (totalSupply == 0) {
            _mint(address(0), LOCKED);
            shares = _root(amount0 * amount1) - LOCKED;
        } else {
            shares = _least((amount0 * totalSupply) / reserve0, (amount1 * totalSupply) / reserve1);
        }
        if (shares == 0) revert Nothing();
        _mint(to, shares);
        _sync(has0, has1);
        emit Minted(msg.sender, amount0, amount1);
    }

    /// @notice Tokens for the shares that were sent.
    function burn(address to) external returns (uint256 amount0, uint256 amount1) {
        (uint256 has0, uint256 has1) = _held();
        uint256 shares = _balances[address(this)];
        amount0 = (shares * has0) / totalSupply;
        amount1 = (shares * has1) / totalSupply;
        if (amount0 == 0 || amount1 == 0) revert Nothing();
        _burn(address(this), shares);
        IToken(token0).transfer(to, amount0);
        IToken(token1).transfer(to, amount1);
        (has0, has1) = _held();
        _sync(has0, has1);
        emit Burnt(msg.sender, amount0, amount1, to);
    }

    /// @notice Sends tokens out for those that were sent in, less three thousandths of these.
    function swap(uint256 out0, uint256 out1, address to) external {
        if (out0 == 0 && out1 == 0) revert Nothing();
        if (out0 > 0) IToken(token0).transfer(to, out0);
        if (out1 > 0) IToken(token1).transfer(to, out1);
        (uint256 has0, uint256 has1) = _held();
        uint256 in0 = has0 + out0 > reserve0 ? has0 + out0 - reserve0 : 0;
        uint256 in1 = has1 + out1 > reserve1 ? has1 + out1 - reserve1 : 0;
        uint256 product = (has0 * 1000 - in0 * 3) * (has1 * 1000 - in1 * 3);
        if (product < reserve0 * reserve1 * 1e6) revert ProductShrinks();
        _sync(has0, has1);
        emit Swapped(msg.sender, in0, in1, out0, out1, to);
    }

    function _sync(uint256 has0, uint256 has1) private {
        (reserve0, reserve1) = (has0, has1);
        emit Synced(has0, has1);
    }

    function _held() private view returns (uint256 has0, uint256 has1) {
        has0 = IToken(token0).balanceOf(address(this));
        has1 = IToken(token1).balanceOf(address(this));
    }

    function _least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    /// @dev The whole part of the square root, by Newton's method.
    function _root(uint256 square) private pure returns (uint256 root) {
        if (square == 0) return 0;
        root = square;
        uint256 next = square / 2 + 1;
        while (next < root) {
            root = next;
            next = (square / next + next) / 2;
        }
    }
}

/// @title Creates the pairs, each at an address that follows from its tokens
contract Factory {
    event PairCreated(address indexed token0, address indexed token1, address pair);

    error PairExists(address pair);

    mapping(address token => mapping(address other => address pair)) public pairOf;

    /// @notice Creates the pair of two tokens.
    function createPair(address a, address b) external returns (address pair) {
        if (pairOf[a][b] != address(0)) revert PairExists(pairOf[a][b]);
        (address token0, address token1) = a < b ? (a, b) : (b, a);
        pair = address(new Pair{salt: keccak256(abi.encode(token0, token1))}(token0, token1));
        pairOf[a][b] = pair;
        pairOf[b][a] = pair;
        emit PairCreated(token0, token1, pair);
    }
}
