// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Erc20} from "./Erc20.sol";

/// @title Runs the code of another contract on its own storage (ERC-1967)
contract Proxy {
    event Upgraded(address indexed implementation);

    error NotAdmin();

    bytes32 private constant IMPLEMENTATION = bytes32(uint256(keccak256("eip1967.proxy.implementation")) - 1);

    address private immutable _admin;

    /// @param setup the first call, made on the new storage; none if empty
    constructor(address implementation, bytes memory setup) {
        _admin = msg.sender;
        _point(implementation);
        if (setup.length == 0) return;
        (bool done, bytes memory answer) = implementation.delegatecall(setup);
        if (!done) _fail(answer);
    }

    receive() external payable {
        _delegate();
    }

    fallback() external payable {
        _delegate();
    }

    /// @notice Changes the code.
    function upgradeTo(address implementation) external {
        if (msg.sender != _admin) revert NotAdmin();
        _point(implementation);
    }

    function _point(address implementation) private {
        bytes32 slot = IMPLEMENTATION;
        assembly ("memory-safe") {
            sstore(slot, implementation)
        }
        emit Upgraded(implementation);
    }

    function _delegate() private {
        bytes32 slot = IMPLEMENTATION;
        assembly {
            calldatacopy(0, 0, calldatasize())
            let done := delegatecall(gas(), sload(slot), 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            switch done
            case 0 { revert(0, returndatasize()) }
            default { return(0, returndatasize()) }
        }
    }

    function _fail(bytes memory answer) private pure {
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }
}

/// @title The code of a token that lies behind a proxy
contract TokenCode is Erc20 {
    error Initialised();

    constructor() Erc20("") {}

    /// @notice What a constructor would do.
    function initialise(string calldata name_, address owner, uint256 supply) external {
        if (totalSupply != 0) revert Initialised();
        name = name_;
        _mint(owner, supply);
    }
}
