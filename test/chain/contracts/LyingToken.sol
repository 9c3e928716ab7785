// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Token} from "./Token.sol";

/// @title A token that says what did not happen
contract LyingToken is Token {
    constructor(uint256 supply) Token("Lying", supply) {}

    /// @notice Says that value moved. Nothing moves.
    function pretend(address from, address to, uint256 value) external {
        emit Transfer(from, to, value);
    }

    /// @notice Moves value of the caller's own, and says nothing.
    function whisper(address to, uint256 value) external {
        _take(msg.sender, value);
        _balances[to] += value;
    }
}

/// @title No token at all: it has no balances, but logs with the shape of a token's events
contract Impostor {
    event Transfer(address indexed from, address indexed to, uint256 value);

    /// @notice A log as of ERC-20.
    function pretend(address from, address to, uint256 value) external {
        emit Transfer(from, to, value);
    }

    /// @notice A log as of ERC-721: the number is indexed.
    function pretendNft(address from, address to, uint256 id) external {
        bytes32 topic = Transfer.selector;
        assembly ("memory-safe") {
            log4(0, 0, topic, from, to, id)
        }
    }

    /// @notice The topic of a transfer, with other topics and data than any token has.
    function babble(uint256 topics, bytes calldata data) external {
        bytes32 topic = Transfer.selector;
        bytes memory copy = data;
        assembly ("memory-safe") {
            let start := add(copy, 32)
            let size := mload(copy)
            switch topics
            case 1 { log1(start, size, topic) }
            case 2 { log2(start, size, topic, not(0)) }
            case 3 { log3(start, size, topic, not(0), not(0)) }
            default { log4(start, size, topic, not(0), not(0), not(0)) }
        }
    }
}
